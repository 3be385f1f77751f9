// Keys that lead somewhere from every page. The page says which there are; one whose reader turned them off names none.

const shortcuts = JSON.parse(document.querySelector("[data-shortcuts]")?.dataset.shortcuts || "null");
const searchField = document.getElementById("shell-search");

// How long the second key of a pair may take.
const PAIR_MS = 1500;
let firstKey = "";
let forgetting;
let isOpening = false;

/** Whether the keys that someone presses belong to what has the focus, or to what is above the page. */
function isTypedInto(target) {
  const field = "input, select, textarea, [contenteditable], [role=listbox], [role=menu]";
  return Boolean(target.closest?.(field) || document.querySelector("dialog[open], [popover]:popover-open"));
}

async function follow(keys) {
  const [address, title] = shortcuts[keys];
  if (!address) {
    searchField.focus();
    searchField.select();
  } else if (!title) {
    location.assign(address);
  } else if (!isOpening) {
    // Pressed again before the popup is there, the key would leave two entries in the browser's history.
    isOpening = true;
    if (await openPopup(address, title)) history.pushState({ popup: address, title }, "", address);
    isOpening = false;
  }
}

function isSearchToo(event) {
  return event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey) && !event.altKey && !event.shiftKey;
}

if (shortcuts) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || event.isComposing || isTypedInto(event.target)) return;
    // Shift is part of "?", and on some keyboards of "/"; caps lock makes capitals of letters.
    const key = event.key.length === 1 ? event.key.toLowerCase() : "";
    const isOther = event.metaKey || event.ctrlKey || event.altKey || (event.shiftKey && key >= "a" && key <= "z");
    const keys = isSearchToo(event) ? "/" : isOther ? "" : `${firstKey} ${key}`.trim();
    if (event.key === "Shift") return;
    clearTimeout(forgetting);
    firstKey = "";
    if (keys in shortcuts) {
      event.preventDefault();
      follow(keys);
    } else if (!isOther && key && Object.keys(shortcuts).some((each) => each.startsWith(`${key} `))) {
      firstKey = key;
      forgetting = setTimeout(() => (firstKey = ""), PAIR_MS);
    }
  });
}
