// Scripts that only some fields need. Most wait until one of them has the focus: a list below the field that
// follows what is typed (`comboboxes.js`), and time zones (`zones.js`). A list in which one types takes the
// place of another as soon as it can.

const made = new WeakSet();

async function loadFor(field) {
  const root = field?.closest?.("[data-combobox], [data-zone]");
  if (!root || made.has(root)) return;
  made.add(root);
  if ("zone" in root.dataset) {
    const { suggestZones } = await import("./scripts/zones.js");
    await suggestZones(root, whenReleased).catch(() => made.delete(root));
  } else {
    const { makeCombobox } = await import("./scripts/comboboxes.js");
    makeCombobox(root, whenReleased);
  }
}

// Screen readers announce the kind of field when it gets the focus.
for (const field of document.querySelectorAll("[data-combobox] input[type=search]")) {
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-expanded", "false");
}
document.addEventListener("focusin", ({ target }) => loadFor(target));
loadFor(document.activeElement);

for (const select of document.querySelectorAll("select[data-searchable]")) {
  import("./scripts/searchable_lists.js").then(({ makeSearchable }) => makeSearchable(select, whenReleased));
}
