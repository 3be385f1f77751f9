// The one live region of a page: what scripts have to say, read out by screen readers and shown as a toast.

const announcement = document.getElementById("announcement");

/** Says something and leaves it there; an empty text takes it away. */
function announce(words, tone = "neutral") {
  announcement.dataset.tone = tone;
  // The same words again would not be read; a poll that keeps failing is announced once.
  if (announcement.textContent !== words) announcement.textContent = words;
}

let clearing;

/** Says something and takes it away after a while. */
function announceBriefly(words, tone = "neutral") {
  // What someone has to read is not pushed away by what only repeats the page.
  if (tone === "quiet" && announcement.dataset.tone === "refused" && announcement.textContent) return;
  announce(words, tone);
  clearTimeout(clearing);
  clearing = setTimeout(() => announce(""), 4000);
}

/** Takes a warning away, once what it was about is over. */
function withdrawWarning() {
  if (announcement.dataset.tone === "danger") announce("");
}

// What the page before has left to say is under this one's heading. A live region is read when it changes and not when it
// arrives with its text, so the text is put in once more.
const messages = document.getElementById("messages");
setTimeout(() => messages.replaceChildren(...messages.childNodes), 300);
