// The calendar's own keys: arrows for the dates before and after, and a letter for each view. Each is a link of the page.

const keys = new Map([...document.querySelectorAll("[data-key]")].map((link) => [link.dataset.key, link]));
const isOn = Boolean(document.querySelector("[data-shortcuts]")?.dataset.shortcuts);
const isTaken = (target) =>
  target.closest?.("input, select, textarea, [contenteditable]") || document.querySelector("dialog[open], [popover]:popover-open");
// Letters may be the second of a pair that begins with "g".
let pairUntil = 0;

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.repeat || event.isComposing || isTaken(event.target)) return;
  if (event.metaKey || event.ctrlKey || event.altKey || event.shiftKey) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === "g") {
    pairUntil = Date.now() + 1500;
    return;
  }
  const isPair = Date.now() < pairUntil;
  pairUntil = 0;
  if (isPair || !isOn) return;
  const link = keys.get(key);
  if (!link) return;
  event.preventDefault();
  link.click();
});

document.querySelector("select[data-sends]")?.addEventListener("change", (event) => event.target.form.requestSubmit());
