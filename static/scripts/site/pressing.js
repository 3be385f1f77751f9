// A button that is being pressed stays where it is. A click counts only if the pointer goes down and up on the same
// thing, so whatever would be replaced or moved in between, by an answer that arrives or by what is said about the field
// that was just left, waits until the click has been dealt with.

let isPressed = false;
const waitingForRelease = [];

/** Makes a change at once, or after the click if something is being pressed. */
function whenReleased(change) {
  if (isPressed) waitingForRelease.push(change);
  else change();
}

function release() {
  isPressed = false;
  for (const change of waitingForRelease.splice(0)) change();
}

// A list that opens over the page may keep the end of the press to itself.
const pressBegins = (event) => (isPressed = !event.target.closest?.("select"));
// A mouse's click comes with the end of the press, a finger's a moment later.
const pressEnds = (event) => setTimeout(release, event.pointerType === "mouse" ? 0 : 100);

window.addEventListener("pointerdown", pressBegins, true);
window.addEventListener("pointerup", pressEnds, true);
window.addEventListener("pointercancel", release, true);
window.addEventListener("blur", release);
// Released outside the window.
window.addEventListener("pointermove", (event) => isPressed && !event.buttons && release(), true);

// htmx says so right before it sends, when all that it does with the answer is in place.
document.addEventListener("htmx:beforeSend", ({ detail: { xhr } }) => {
  const arrive = xhr.onload;
  xhr.onload = () => whenReleased(arrive);
});
