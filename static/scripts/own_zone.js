// Offers the times on the candidate's own clock, where the page tells any of them by another one. It only offers:
// what opens a page to check it must not change what the next reader sees.

const offer = document.querySelector("[data-own-zone]");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const times = [...document.querySelectorAll(".candidate-page time")].map(({ dateTime }) => new Date(dateTime));
const reads = (time, timeZone) => time.toLocaleString("en", { timeZone });

if (here && offer && times.some((time) => reads(time, here) !== reads(time, offer.dataset.ownZone))) {
  offer.search = new URLSearchParams({ zone: here });
  offer.hidden = false;
}
