// The line that says which reminders are sent follows the choices below it. The server says it the same way when the page
// opens (`FinalizeForm.reminders_in_words`). What is too late to be sent has no words there, and isn't announced.

const part = document.querySelector(".reminders");
const words = part.querySelector(".reminders-words");
const durations = JSON.parse(part.dataset.times);
const checked = (name) => [...part.querySelectorAll(`[name="${name}"]:checked`)];
const listed = (texts) => (texts.length > 1 ? `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}` : texts[0]);

part.addEventListener("change", () => {
  const times = checked("reminders").map((box) => durations[box.value]).filter(Boolean);
  const people = part.querySelectorAll('[name="reminders_to"]').length;
  const to = checked("reminders_to").length;
  const whom = to === people ? "everyone" : `${to} of ${people} people`;
  words.textContent = times.length && to ? `${listed(times)} before, to ${whom}` : "None";
});
