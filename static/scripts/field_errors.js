// A field's error goes away as soon as the field is changed, or no longer asked for. The server checks again
// anyway. Loaded by forms that were refused.

const messagesIn = (part) => part.querySelectorAll('.field-error[id$="-error"]');

function dropMessage(message) {
  for (const control of document.querySelectorAll(`[aria-describedby~="${message.id}"]`)) {
    const others = control.getAttribute("aria-describedby").split(" ").filter((id) => id !== message.id);
    if (others.length) control.setAttribute("aria-describedby", others.join(" "));
    else control.removeAttribute("aria-describedby");
    // The choices of a group carry the mark each for itself.
    for (const marked of [control, ...control.querySelectorAll("[aria-invalid]")]) {
      marked.removeAttribute("aria-invalid");
      marked.classList.remove("is-invalid");
    }
  }
  message.remove();
}

/** Takes the lines out of the list on top of the form that `isOver` says so of, by the control they lead to. */
function dropLines(isOver) {
  for (const line of document.querySelectorAll('.error-summary a[href^="#"]')) {
    if (isOver(document.getElementById(line.hash.slice(1)))) line.closest("li").remove();
  }
  for (const summary of document.querySelectorAll(".error-summary")) {
    if (summary.querySelector("li")) continue;
    summary.remove();
    document.title = document.title.replace(/^Error: /, "");
  }
}

const fieldOf = (control) => control.closest(".other-row, .field") ?? control;
const isShown = (element) => element.getClientRects().length > 0;

function dropWhatIsGone() {
  for (const message of messagesIn(document)) if (!isShown(message)) dropMessage(message);
  dropLines((control) => !control || !isShown(fieldOf(control)));
}

function dropWhatChanged(event) {
  const field = event.target.closest(".other-row, .field");
  if (!field) return;
  // Some are judged together: another date may make the time right.
  const together = event.target.closest("[data-judged-with]")?.dataset.judgedWith.split(" ") ?? [];
  const fields = [field, ...together.map((id) => fieldOf(document.getElementById(id)))];
  for (const each of fields) for (const message of messagesIn(each)) dropMessage(message);
  dropLines((control) => fields.some((each) => each.contains(control)));
}

document.addEventListener("input", dropWhatChanged);
document.addEventListener("change", (event) => {
  dropWhatChanged(event);
  // What belongs to another kind of interview is hidden by the style sheet, which has followed by the next frame.
  requestAnimationFrame(dropWhatIsGone);
});
document.addEventListener("htmx:afterSettle", dropWhatIsGone);
