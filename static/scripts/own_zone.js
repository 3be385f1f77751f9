// Offers the time on the candidate's own clock, where the page tells it by another one. It only offers: what
// opens a page to check it must not change what the next reader sees.

const offer = document.querySelector("[data-own-zone]");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const instant = new Date(document.querySelector(".when-main time").dateTime);
const clock = (timeZone) => instant.toLocaleString("en", { timeZone });

if (here && clock(here) !== clock(offer.dataset.ownZone)) {
  offer.search = new URLSearchParams({ zone: here });
  offer.hidden = false;
}
