// Buttons that fill a field in. One that sends the form without a script does not send it with one; what it would send is
// what it fills in, if it has no value of its own for that.

const valueOf = (button) => button.dataset.value ?? button.value;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fills]");
  if (!button) return;
  event.preventDefault();
  const field = document.getElementById(button.dataset.fills);
  field.value = valueOf(button);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("input", (event) => {
  for (const button of document.querySelectorAll(`[data-fills="${event.target.id}"][aria-pressed]`)) {
    button.setAttribute("aria-pressed", String(valueOf(button) === event.target.value));
  }
});
