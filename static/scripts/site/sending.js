// Forms that are being sent.

// A second click while the first answer is on its way. The server refuses doubles too; this spares the wait. The
// button is not disabled, because a disabled button's name and value are left out of what is sent.
const sent = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  event.submitter?.classList.add("is-sending");
});

// The browser's Back may bring a page out of its cache as it was left, with the form still marked as sent.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) sent.delete(form);
  for (const button of document.querySelectorAll(".is-sending")) button.classList.remove("is-sending");
});
