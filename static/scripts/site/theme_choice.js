// The switch between the themes. scripts/theme.js has set the saved one before the first paint.

const root = document.documentElement;

function showTheme(choice) {
  if (choice === "light" || choice === "dark") root.dataset.theme = choice;
  else delete root.dataset.theme;
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    const isChosen = button.dataset.themeChoice === (root.dataset.theme ?? "system");
    button.setAttribute("aria-pressed", String(isChosen));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-choice]");
  if (!button) return;
  try {
    localStorage.setItem("theme", button.dataset.themeChoice);
  } catch {
    announceBriefly("This browser does not keep the choice.");
  }
  showTheme(button.dataset.themeChoice);
});
// Another tab of this browser has switched.
window.addEventListener("storage", (event) => {
  if (event.key === "theme") showTheme(event.newValue);
});
showTheme(root.dataset.theme);
