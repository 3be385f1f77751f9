// A week that scrolls sideways, on a phone, begins with today, as far as the days after it reach.
const today = document.querySelector(".cal-hours.is-week .is-today > .cal-day-name");
const week = today?.closest(".cal-hours");
const leftOf = (element) => element.getBoundingClientRect().left;
if (week) week.scrollLeft += leftOf(today) - week.querySelector(".cal-axis").getBoundingClientRect().right;

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

// Free times: a link of each day is the one that has the focus, and is moved to the next one above or below. Left and right
// lead to the same time of the day beside.
const cellsOf = (day) => [...day.querySelectorAll(".cal-cells > a")];
for (const cell of document.querySelectorAll(".cal-cells > a")) cell.dataset.popup = "Schedule an interview";

function moveTo(entry, cell) {
  if (!entry || !cell) return;
  entry.className = `cal-entry ${cell.className}`;
  entry.href = cell.href;
  entry.dataset.at = cell.dataset.at;
  entry.setAttribute("aria-label", `Schedule at ${cell.dataset.at}`);
  entry.focus();
}

function move(entry, key) {
  const day = entry.closest(".cal-day");
  const cells = cellsOf(day);
  const here = cells.findIndex((cell) => cell.href === entry.href);
  if (key === "ArrowUp" || key === "ArrowDown") {
    moveTo(entry, cells[here + (key === "ArrowDown" ? 1 : -1)]);
  } else {
    const beside = key === "ArrowLeft" ? day.previousElementSibling : day.nextElementSibling;
    const same = beside && cellsOf(beside).find((cell) => cell.offsetTop >= cells[here].offsetTop);
    moveTo(beside?.querySelector(".cal-entry"), same);
  }
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || isTaken(event.target)) return;
  if (event.metaKey || event.ctrlKey || event.altKey || event.shiftKey) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const entry = key.startsWith("Arrow") && event.target.closest?.(".cal-entry");
  if (entry) {
    // At the edge nothing happens: those who count on it would find themselves in another week.
    event.preventDefault();
    move(entry, key);
  } else if (!event.repeat) {
    follow(event, key);
  }
});

// A choice is sent at once, except where a key turns a closed list to the next one: someone on the way to
// another choice would find themselves on a new page. Then Enter sends it, and so does the button, which is
// shown.
const opens = (event) => event.key === " " || event.key === "Enter" || event.key === "F4" || event.altKey;
for (const select of document.querySelectorAll("select[data-sends]")) {
  let isTurning = false;
  let waits = false;
  select.addEventListener("keydown", (event) => {
    isTurning = !opens(event);
    if (event.key !== "Enter" || !waits) return;
    event.preventDefault();
    select.form.requestSubmit();
  });
  select.addEventListener("keyup", () => {
    isTurning = false;
  });
  select.addEventListener("change", () => {
    waits = isTurning;
    if (waits) select.form.querySelector(".no-js")?.classList.remove("no-js");
    else select.form.requestSubmit();
  });
}
