// Announces what has changed, and keeps the focus in its place.

// A fragment that updates itself is not a live region, or each poll would be read out as a whole. It carries one
// sentence in `data-announce`, which is said when it differs from the one before. Where the style sheet shows one of
// several parts, each part has its own in `data-announced`.
const said = new Map();

function remember(element, isNew) {
  const parts = [...element.querySelectorAll("[data-announced]")].filter((part) => part.offsetParent);
  const words = element.dataset.announce || parts.map((part) => part.dataset.announced).join(" ");
  // The fragment shows it, so it is only for ears.
  if (isNew && said.get(element.id) !== words) announceBriefly(words, "quiet");
  said.set(element.id, words);
}

for (const element of document.querySelectorAll("[data-announce]")) remember(element, false);
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.matches("[data-announce]")) remember(event.target, true);
});

// The focus stays in a piece that is replaced: on the same control, which htmx finds by its id, or else on the new piece,
// where it would otherwise fall back to the top of the page.
let focused = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  const target = event.detail.target;
  focused = target.matches('[tabindex="-1"]') && target.contains(document.activeElement) ? target.id : null;
});
document.addEventListener("htmx:afterSwap", () => {
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus();
  focused = null;
});

// What was opened stays open in the piece that replaces the old one.
const opened = new Set();

for (const name of ["htmx:beforeSwap", "htmx:oobBeforeSwap"]) {
  document.addEventListener(name, (event) => {
    for (const summary of event.detail.target.querySelectorAll("details[open] > summary[id]")) opened.add(summary.id);
  });
}
for (const name of ["htmx:afterSwap", "htmx:oobAfterSwap"]) {
  document.addEventListener(name, () => {
    for (const id of opened) document.getElementById(id)?.parentElement.setAttribute("open", "");
    opened.clear();
  });
}
