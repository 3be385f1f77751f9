// Buttons that fill a field in. One that sends the form without a script does not send it with one; what it would send is
// what it fills in, if it has no value of its own for that. A time on another day fills in that day first.

const valueOf = (button) => button.dataset.value ?? button.value;

function fillIn(field, value) {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fills]");
  if (!button) return;
  event.preventDefault();
  if (button.dataset.day) fillIn(document.getElementById("date"), button.dataset.day);
  fillIn(document.getElementById(button.dataset.fills), valueOf(button));
});

document.addEventListener("input", (event) => {
  for (const button of document.querySelectorAll(`[data-fills="${event.target.id}"][aria-pressed]`)) {
    const isOnDay = !button.dataset.day || button.dataset.day === document.getElementById("date").value;
    button.setAttribute("aria-pressed", String(isOnDay && valueOf(button) === event.target.value));
  }
});
