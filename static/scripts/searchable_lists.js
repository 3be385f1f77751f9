// Long lists: type to find. Some hundred candidates are too many to scroll through. The list itself stays in the form, out of
// sight, and is what is sent; in its place there is a text field with the browser's own suggestions.

import { plain as bare, similarNames } from "./similar_names.js";

/** `whenReleased` makes a change after the click that is under way. */
export function makeSearchable(select, whenReleased) {
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

  // Chosen while what was typed fits no entry: no value of the list, so that the server asks again.
  const unknown = new Option("", "?");
  select.append(unknown);
  const problem = document.createElement("p");
  problem.id = `${input.id}-problem`;
  problem.className = "field-error";
  problem.setAttribute("role", "alert");
  input.after(problem);

  const plain = (text) => bare(text).replaceAll("_", " ");
  const show = () => {
    input.value = select.value ? select.selectedOptions[0].text.trim() : "";
  };
  // Pressing the form's button leaves the field, and would move that button.
  const say = (words) => whenReleased(() => (problem.textContent = words));
  const choose = (option) => {
    (option ?? unknown).selected = true;
    offer(null);
    say("");
  };
  const exactly = () => {
    const typed = plain(input.value);
    if (!typed && empty) return empty;
    return options.find((option) => [option.text, option.value].map(plain).includes(typed));
  };
  const called = (name) => options.find((option) => plain(option.text) === plain(name));
  const offer = similarNames("candidates", called, (name) => {
    choose(called(name));
    show();
    input.focus();
  });
  input.addEventListener("focus", () => input.select());
  // "kaur" is enough where only one entry has a word that is that or begins like that. Three letters are no beginning.
  const theOnly = (fits) => {
    const fitting = options.filter((option) => plain(option.text).split(/[/,()·]/).some(fits));
    return fitting.length === 1 ? fitting[0] : null;
  };
  const meant = (typed) =>
    theOnly((part) => part.trim() === typed) ??
    theOnly((part) => part.split(" ").includes(typed) && typed.length > 3) ??
    (typed.length > 3 ? theOnly((part) => part.trim().startsWith(typed)) : null);
  input.addEventListener("input", () => choose(exactly()));
  input.addEventListener("change", () => {
    const typed = plain(input.value);
    const found = exactly() ?? (typed ? meant(typed) : null);
    choose(found);
    // Text that matches none, or several, stays as typed and is asked about.
    if (found) show();
    else {
      say(`“${input.value}” is not one entry of the list. Type more of the name, or choose from the list.`);
      offer(problem, input.value.trim());
    }
  });
  show();
}
