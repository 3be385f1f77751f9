// In the page itself, before the style sheet: the theme has to be known before the first paint, or a dark page flashes
// white. "light" or "dark" was chosen; anything else, or storage that is switched off, leaves it to the system.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const choice = localStorage.getItem("theme");
    if (choice === "light" || choice === "dark") root.dataset.theme = choice;
  } catch {}
})();
