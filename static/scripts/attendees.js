// The Attendees step with a script: find someone in a long list, rows for guests as they are needed, and a pasted
// "Name <address>" taken apart at once. The server does the same with what it gets.

// --- Finding someone on the team ----------------------------------------------------------------------------------------

import { plain, similarNames } from "./similar_names.js";

const search = document.getElementById("team-search");
const manager = document.getElementById("hiring_manager");
const list = document.getElementById("team-choice");

function showWhoFits() {
  const typed = search?.value.trim() ?? "";
  const words = plain(typed).split(/[\s,]+/);
  let shown = 0;
  for (const item of list.querySelectorAll("li")) {
    const comes = item.dataset.user === manager.value;
    const text = plain(item.querySelector(".team-who").textContent);
    const fits = !comes && words.every((word) => text.includes(word));
    // Who is chosen stays in sight, or a choice could be sent that no one sees; the hiring manager comes
    // anyway.
    item.hidden = comes || (!fits && !item.querySelector("input").checked);
    if (fits) shown += 1;
  }
  const none = list.querySelector(".team-none");
  if (!none) return;
  none.hidden = shown > 0;
  none.textContent = "No one on the team matches.";
  offer(shown ? null : none, typed);
}

const nameOf = (item) => item.querySelector(".team-name").textContent;
const offer = similarNames(
  "team",
  (name) => [...list.querySelectorAll("li")].some((item) => nameOf(item) === name && item.dataset.user !== manager.value),
  (name) => {
    search.value = name;
    showWhoFits();
    search.focus();
  },
);

search?.addEventListener("input", showWhoFits);
manager.addEventListener("change", showWhoFits);
// Enter in a field of a form presses its first button; here it only ends the search.
search?.addEventListener("keydown", (event) => {
  if (event.key === "Enter") event.preventDefault();
});

// --- Rows for other people ---------------------------------------------------------------------------------------------

const others = document.getElementById("others");
const add = document.getElementById("add-person");
const template = others.querySelector(".is-spare").cloneNode(true);
let next = others.querySelectorAll(".other-row").length;
// Someone may have typed into a spare row before this script came, or the browser has filled it in again.
for (const input of template.querySelectorAll("input")) input.value = "";
for (const row of others.querySelectorAll(".is-spare")) {
  if ([...row.querySelectorAll("input")].every((input) => !input.value)) row.remove();
}

function addRow() {
  const row = template.cloneNode(true);
  const number = next;
  next += 1;
  for (const input of row.querySelectorAll("input")) {
    const label = row.querySelector(`label[for="${input.id}"]`);
    input.name = input.name.replace(/\d+/, number);
    input.id = input.name;
    label.htmlFor = input.id;
    label.querySelector(".visually-hidden").textContent = ` of person ${others.querySelectorAll(".other-row").length + 1}`;
  }
  add.before(row);
  return row;
}

add.addEventListener("click", () => addRow().querySelector("input").focus());

others.addEventListener("change", (event) => {
  const pasted = event.target.value.match(/^\s*["“]?([^"“”<>]*?)["”]?\s*<([^<>\s]+@[^<>\s]+)>\s*$/);
  if (!pasted) return;
  const row = event.target.closest(".other-row");
  const [name, email] = row.querySelectorAll("input");
  if (name === event.target || !name.value.trim()) name.value = pasted[1].trim();
  email.value = pasted[2];
});
