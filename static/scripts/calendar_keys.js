// The calendar's own keys. Arrows lead to the dates before and after, and a letter to each view: each is a link of the page.
// With the focus on a free time, arrows lead to the others.

const keys = new Map([...document.querySelectorAll("[data-key]")].map((link) => [link.dataset.key, link]));
const isOn = Boolean(document.querySelector("[data-shortcuts]")?.dataset.shortcuts);
const field = "input, select, textarea, [contenteditable], [role=listbox], [role=menu]";
const isTaken = (target) => target.closest?.(field) || document.querySelector("dialog[open], [popover]:popover-open");
const scrollsSideways = (target) => target.matches?.(".cal-hours") && target.scrollWidth > target.clientWidth;
// Letters may be the second of a pair that begins with "g".
let pairUntil = 0;

function follow(event, key) {
  if (key === "g") {
    pairUntil = Date.now() + 1500;
    return;
  }
  const isPair = Date.now() < pairUntil;
  pairUntil = 0;
  const link = keys.get(key);
  if (!link || isPair || !isOn || scrollsSideways(event.target)) return;
  event.preventDefault();
  link.click();
}

// Free times: the one above, below, or at the same time of the day beside. Tab leads back to the one that was left last.
const rowOf = (cell) => Math.round(cell.offsetTop);
const cellsOf = (day) => [...day.querySelectorAll(".cal-cell")];

function nextTo(cell, key) {
  const day = cell.closest(".cal-day");
  if (key === "ArrowDown") return cell.nextElementSibling?.closest(".cal-cell");
  if (key === "ArrowUp") return cell.previousElementSibling?.closest(".cal-cell");
  const beside = key === "ArrowLeft" ? day.previousElementSibling : key === "ArrowRight" && day.nextElementSibling;
  return beside && cellsOf(beside).find((each) => rowOf(each) >= rowOf(cell));
}

function moveTo(cell) {
  for (const each of cellsOf(cell.closest(".cal-day"))) {
    each.tabIndex = each === cell ? 0 : -1;
    if (each === cell) each.removeAttribute("aria-hidden");
    else each.setAttribute("aria-hidden", "true");
  }
  cell.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || isTaken(event.target)) return;
  if (event.metaKey || event.ctrlKey || event.altKey || event.shiftKey) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const cell = key.startsWith("Arrow") && event.target.closest?.(".cal-cell");
  if (cell) {
    // At the edge nothing happens: those who count on it would find themselves in another week.
    event.preventDefault();
    const next = nextTo(cell, key);
    if (next) moveTo(next);
  } else if (!event.repeat) {
    follow(event, key);
  }
});

for (const select of document.querySelectorAll("select[data-sends]")) select.addEventListener("change", () => select.form.requestSubmit());
