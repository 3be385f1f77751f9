// Everything here makes a page smoother and nothing depends on it: each page works with plain links and forms.

import { announce, announceBriefly } from "./announcements.js";

// What the page before has left to say stands at the top of this one. A live region is read when it changes and not when
// it arrives with its text, so the text is put in once more.
const messages = document.getElementById("messages");
setTimeout(() => messages.replaceChildren(...messages.childNodes), 300);

// --- Theme ---------------------------------------------------------------------------------------------------------

function markThemeChoice() {
  for (const button of document.querySelectorAll("[data-theme-choice-button]")) {
    const isChosen = button.dataset.themeChoiceButton === document.documentElement.dataset.themeChoice;
    button.setAttribute("aria-pressed", String(isChosen));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-choice-button]");
  if (!button) return;
  try {
    localStorage.setItem("theme", button.dataset.themeChoiceButton);
  } catch {
    announceBriefly("This browser does not keep the choice.");
  }
  document.dispatchEvent(new Event("themechange"));
  markThemeChoice();
});
markThemeChoice();

// --- Copy buttons --------------------------------------------------------------------------------------------------

async function copyText(text) {
  if (window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Browsers offer the clipboard on https and localhost only; a server in a company's network is often plain http.
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (!copied) throw new Error("the browser refused to copy");
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await copyText(button.dataset.copy);
    button.classList.add("is-copied");
    setTimeout(() => button.classList.remove("is-copied"), 2000);
    announceBriefly(button.dataset.copied);
  } catch {
    announceBriefly("Copying did not work. Select the text and copy it with the keyboard.");
  }
  button.focus();
});

// --- Character counters --------------------------------------------------------------------------------------------

function count(area) {
  const counter = document.getElementById(area.dataset.counter);
  const left = Number(counter.dataset.limit) - [...area.value].length;
  const characters = Math.abs(left) === 1 ? "character" : "characters";
  counter.textContent = left < 0 ? `${-left} ${characters} too many` : `${left} ${characters} left`;
  counter.classList.toggle("is-over", left < 0);
}

for (const area of document.querySelectorAll("[data-counter]")) {
  count(area);
  area.addEventListener("input", () => count(area));
}

// --- Fields that are filled in by a button --------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fills]");
  if (!button) return;
  const field = document.getElementById(button.dataset.fills);
  field.value = button.dataset.value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("input", (event) => {
  for (const button of document.querySelectorAll(`[data-fills="${event.target.id}"][aria-pressed]`)) {
    button.setAttribute("aria-pressed", String(button.dataset.value === event.target.value));
  }
});

// --- Files that are too large ---------------------------------------------------------------------------------------

// Said before they are sent: a server that turns a request of such a size away closes the connection, and then the
// browser has nothing to show but that.
document.addEventListener("change", (event) => {
  const field = event.target;
  const limit = Number(field.dataset.largestFile);
  const files = [...(field.files ?? [])];
  const large = files.filter((file) => file.size > limit);
  if (!limit || !large.length) return;
  const kept = new DataTransfer();
  for (const file of files) if (file.size <= limit) kept.items.add(file);
  field.files = kept.files;
  const names = large.map((file) => `“${file.name}”`).join(", ");
  announce(`${names}: larger than ${limit / 1024 / 1024} MB, so not chosen.`, "danger");
});

// --- Long lists: type to find --------------------------------------------------------------------------------------

// Some hundred time zones are too many to scroll through. The list itself stays in the form, out of sight, and is what
// is sent; in its place stands a text field with the browser's own suggestions.
function makeSearchable(select) {
  const options = [...select.options].filter((option) => option.value);
  const suggestions = document.createElement("datalist");
  suggestions.id = `${select.id}-suggestions`;
  for (const option of options) suggestions.append(new Option("", option.text.trim()));

  const input = document.createElement("input");
  input.id = select.id;
  input.className = select.className;
  input.setAttribute("list", suggestions.id);
  input.autocomplete = "off";
  input.spellcheck = false;
  const empty = [...select.options].find((option) => !option.value);
  input.placeholder = empty ? empty.text.trim() : "";
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  }
  select.id = `${select.id}-list`;
  select.hidden = true;
  select.after(input, suggestions);

  const plain = (text) => text.trim().toLowerCase().replaceAll("_", " ");
  const show = () => {
    input.value = select.value ? select.selectedOptions[0].text.trim() : "";
  };
  const choose = (option) => {
    if (option) select.value = option.value;
    return Boolean(option);
  };
  const exactly = () => {
    const typed = plain(input.value);
    if (!typed && empty) return empty;
    return options.find((option) => [option.text, option.value].map(plain).includes(typed));
  };
  input.addEventListener("focus", () => input.select());
  input.addEventListener("input", () => choose(exactly()));
  // Leaving the field, or Enter: the first that contains what was typed, so that "berlin" is enough.
  input.addEventListener("change", () => {
    const typed = plain(input.value);
    const found = exactly() ?? (typed ? options.find((option) => plain(option.text).includes(typed)) : null);
    if (!choose(found)) announceBriefly(`No entry is called “${input.value}”.`);
    show();
  });
  show();
}

for (const select of document.querySelectorAll("select[data-searchable]")) makeSearchable(select);

// --- Forms ---------------------------------------------------------------------------------------------------------

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
