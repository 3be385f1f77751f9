// Fields for a time zone: suggestions, and the whole name for a part of it. Some hundred zones are too many to scroll
// through, and too many to be part of a page. Without this, what is typed is sent as it is, and the server knows the same
// ways of writing it. Loaded when such a field first gets the focus.

const plain = (text) => text.trim().toLowerCase().replaceAll("_", " ");

const said = (name) => name.replaceAll("_", " ");

let reading;
/** All zones as people read them, each with the ways in which it is written; and what means several of them. */
function known() {
  reading ??= fetch(new URL("../zones.json", import.meta.url)).then(async (answer) => {
    const { zones, unclear } = await answer.json();
    return {
      zones: Object.entries(zones).map(([name, others]) => ({
        name,
        text: said(name),
        ways: new Set([plain(name), ...others]),
      })),
      unclear: new Map(Object.entries(unclear)),
    };
  });
  // Asked for again by the next field, or the next page.
  reading.catch(() => (reading = undefined));
  return reading;
}

// "berlin" is enough where only one zone has a word that is that or begins like that. Three letters are no beginning: they
// are more likely the short name of a clock, and IST is not Istanbul.
function meant(zones, typed) {
  const theOnly = (fits) => {
    const fitting = zones.filter(({ name }) => plain(name).split("/").some(fits));
    return fitting.length === 1 ? fitting[0] : null;
  };
  return (
    zones.find(({ ways }) => ways.has(typed)) ??
    theOnly((part) => part === typed) ??
    theOnly((part) => part.split(" ").includes(typed) && typed.length > 3) ??
    (typed.length > 3 ? theOnly((part) => part.startsWith(typed)) : null)
  );
}

/** What is said of a text that is not one zone; `several` are those that it may mean. */
function problemWith(typed, several) {
  if (!several) return `“${typed}” is not one entry of the list. Type more of the name, or choose from the list.`;
  const places = several.slice(0, 3).map((name) => said(name).split("/").at(-1));
  const either = new Intl.ListFormat("en", { type: "disjunction" }).format(places);
  return `“${typed}” could be ${either} time. Enter a city.`;
}

/** How the list calls a zone that a browser names, by whichever of its names. */
export async function zoneCalled(name) {
  return meant((await known()).zones, plain(name))?.text;
}

/** `whenReleased` makes a change after the click that is under way: leaving a field by a click may move what is clicked. */
export async function suggestZones(field, whenReleased) {
  const { zones, unclear } = await known();
  const suggestions = document.createElement("datalist");
  suggestions.id = `${field.id}-suggestions`;
  for (const { text } of zones) suggestions.append(new Option("", text));
  const problem = document.createElement("p");
  problem.id = `${field.id}-problem`;
  problem.className = "field-error";
  problem.setAttribute("role", "alert");
  field.after(suggestions, problem);
  field.setAttribute("list", suggestions.id);

  const say = (words) => whenReleased(() => (problem.textContent = words));
  const complete = () => {
    const typed = plain(field.value);
    // What people write for several is asked about, although a part of one name may begin like that.
    const found = typed && !unclear.has(typed) && meant(zones, typed);
    if (found) field.value = found.text;
    // Text that matches none, or several, stays as typed and is asked about.
    say(found || !typed ? "" : problemWith(field.value, unclear.get(typed)));
  };
  field.addEventListener("input", () => say(""));
  field.addEventListener("change", complete);
  field.addEventListener("focus", () => field.select());
  const isUntouched = field.value === field.defaultValue;
  if (document.activeElement === field) {
    if (isUntouched) field.select();
  } else if (!isUntouched) {
    // Typed and left while the list was on its way. A field that was only passed isn't selected: that would take the focus
    // back.
    complete();
  }
}
