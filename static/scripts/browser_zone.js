// Chooses the browser's time zone where none was chosen yet, so that no one begins with the first zone of the alphabet.

const select = document.querySelector("[data-browser-zone]");
const canonical = (timeZone) => new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone;

if (!select.value) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zones = [...select.options].filter((option) => option.value);
  // Browsers still call some zones by a former name, such as Asia/Calcutta, which the list does not have.
  const named = zones.find((option) => option.value === here) ?? zones.find((option) => sameZone(option.value, here));
  if (named) named.selected = true;
}

function sameZone(zone, here) {
  try {
    return canonical(zone) === here;
  } catch {
    // The list is newer than the browser.
    return false;
  }
}
