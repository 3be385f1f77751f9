// The one live region of a page: what scripts have to say, read out by screen readers and shown as a toast.

const announcement = document.getElementById("announcement");

/** Says something and leaves it there; an empty text takes it away. */
export function announce(words, tone = "neutral") {
  announcement.dataset.tone = tone;
  // The same words again would not be read; a poll that keeps failing is announced once.
  if (announcement.textContent !== words) announcement.textContent = words;
}

let clearing;

/** Says something and takes it away after a while. */
export function announceBriefly(words) {
  announce(words);
  clearTimeout(clearing);
  clearing = setTimeout(() => announce(""), 4000);
}

/** Takes a warning away, once what it was about is over. */
export function withdrawWarning() {
  if (announcement.dataset.tone === "danger") announce("");
}
