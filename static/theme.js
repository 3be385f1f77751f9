// Loaded in <head> without `defer`: the theme has to be known before the first paint, or a dark page flashes white.
// The saved choice is "light" or "dark"; anything else, or storage that is switched off, means the system's.
(() => {
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  const savedTheme = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null;
    }
  };

  const apply = () => {
    const saved = savedTheme();
    const chosen = saved === "light" || saved === "dark" ? saved : null;
    root.dataset.bsTheme = chosen ?? (system.matches ? "dark" : "light");
    root.dataset.themeChoice = chosen ?? "system";
  };

  root.classList.add("js");
  apply();
  system.addEventListener("change", apply);
  // Another tab of this browser has switched.
  window.addEventListener("storage", apply);
  document.addEventListener("themechange", apply);
})();
