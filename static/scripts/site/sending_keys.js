// Ctrl+Enter, or ⌘+Enter, presses the main button of the form that one is in, also from a text of several lines.

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat || event.isComposing) return;
  const button = event.target.closest("form")?.querySelector('.btn-primary[type="submit"]');
  if (!button) return;
  event.preventDefault();
  button.click();
});
