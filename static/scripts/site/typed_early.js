// Someone may type before a page's scripts are ready, and browsers fill in again what was typed before a reload. What
// follows typing by asking the server is told of it as soon as htmx listens. Only questions are asked so: something that a
// browser filled in again must not change anything on its own.

/** Whether a field still holds what the page came with. */
export function isAsItCame(field) {
  if (field.options) {
    const options = [...field.options];
    const came = options.filter((option) => option.defaultSelected);
    return options.every((option) => option.selected === (came.length ? came : options.slice(0, 1)).includes(option));
  }
  if (["checkbox", "radio"].includes(field.type)) return field.checked === field.defaultChecked;
  return field.defaultValue === undefined || ["file", "hidden"].includes(field.type) || field.value === field.defaultValue;
}

document.addEventListener(
  "htmx:load",
  () => {
    for (const follower of document.querySelectorAll("[hx-get][hx-trigger*=input], [hx-get][hx-trigger*=change]")) {
      for (const field of follower.querySelectorAll("input, select, textarea")) {
        if (!isAsItCame(field)) field.dispatchEvent(new Event(field.matches("select") ? "change" : "input", { bubbles: true }));
      }
    }
  },
  { once: true },
);
