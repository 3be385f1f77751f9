// How many characters are left in a field.

function count(area) {
  const counter = document.getElementById(area.dataset.counter);
  const left = Number(counter.dataset.limit) - [...area.value].length;
  const characters = Math.abs(left) === 1 ? "character" : "characters";
  counter.textContent = left < 0 ? `${-left} ${characters} too many` : `${left} ${characters} left`;
  counter.classList.toggle("is-over", left < 0);
}

function countAll(part) {
  for (const area of part.querySelectorAll("[data-counter]")) count(area);
}

countAll(document);
document.addEventListener("htmx:afterSettle", () => countAll(document));
document.addEventListener("input", (event) => {
  if (event.target.matches("[data-counter]")) count(event.target);
});
