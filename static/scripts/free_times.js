// The times and days to choose from: each row is one stop of the Tab key, and the arrow keys go on from there.

const buttonsOf = (row) => [...row.querySelectorAll("button")];

function stopAt(row, stop) {
  for (const button of buttonsOf(row)) button.tabIndex = button === stop ? 0 : -1;
}

function arrange() {
  for (const row of document.querySelectorAll("[data-roving]")) {
    const buttons = buttonsOf(row);
    const focused = buttons.find((button) => button === document.activeElement);
    stopAt(row, focused ?? buttons.find((button) => button.ariaPressed === "true") ?? buttons[0]);
  }
}

const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -Infinity, End: Infinity };

document.addEventListener("keydown", (event) => {
  const row = event.target.closest("[data-roving]");
  const step = STEPS[event.key];
  if (!row || step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  const buttons = buttonsOf(row);
  const to = Math.min(Math.max(buttons.indexOf(event.target) + step, 0), buttons.length - 1);
  event.preventDefault();
  stopAt(row, buttons[to]);
  buttons[to].focus();
});

document.addEventListener("htmx:afterSettle", arrange);
arrange();
