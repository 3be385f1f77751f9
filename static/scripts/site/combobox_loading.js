// Fields with a list below them that follows what is typed: `comboboxes.js`, once one of them has the focus.

const comboboxes = new WeakSet();

async function loadCombobox(field) {
  const root = field?.closest?.("[data-combobox]");
  if (!root || comboboxes.has(root)) return;
  comboboxes.add(root);
  const { makeCombobox } = await import("./scripts/comboboxes.js");
  makeCombobox(root, whenReleased);
}

// What such a field is, is heard when it gets the focus.
for (const field of document.querySelectorAll("[data-combobox] input[type=search]")) {
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-expanded", "false");
}
document.addEventListener("focusin", ({ target }) => loadCombobox(target));
loadCombobox(document.activeElement);
