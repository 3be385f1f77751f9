// Looks every few seconds whether the page has changed and swaps in the parts marked data-live.
// A part that holds the focus or an open selection is left alone, and a hidden tab does not ask.
"use strict";

const SECONDS = 3;

async function refresh() {
  if (document.hidden) return;
  let answer;
  try {
    answer = await fetch(location.href);
  } catch {
    return; // The simulator was stopped; the next look may find it again.
  }
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const other = fresh.getElementById(part.id);
    const busy = part.contains(document.activeElement) || part.contains(getSelection().anchorNode);
    if (other && !busy && other.innerHTML !== part.innerHTML) part.replaceWith(other);
  }
}

setInterval(refresh, SECONDS * 1000);
document.addEventListener("visibilitychange", refresh);
