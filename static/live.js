// Pieces of a page that bring themselves up to date. Without this file a page shows what was true when it was opened.

import { announce, announceBriefly, withdrawWarning } from "./announcements.js";

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb === "get") return;
  event.detail.headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
});

// --- Polls ---------------------------------------------------------------------------------------------------------

const NEWS = "connections-changed";

function askNow(trigger, selector = "[data-poll]") {
  for (const element of document.querySelectorAll(selector)) window.htmx.trigger(element, trigger);
}

// Whoever has been signed out may sign in again in another tab, so the one left behind asks when it is looked at again.
let isSignedOut = false;

// Nobody reads a hidden tab, so it does not ask by the clock; it asks at once when it is looked at again. News from
// another tab of this browser is rare and goes through, so that this one is right already when somebody turns to it.
document.addEventListener("htmx:beforeRequest", (event) => {
  const isNews = event.detail.requestConfig.triggeringEvent?.type === NEWS;
  const isLookedAt = event.detail.requestConfig.triggeringEvent?.type === "tab-visible";
  const waits = isSignedOut ? !isLookedAt : document.hidden && !isNews;
  if (waits && event.target.matches("[data-poll]")) event.preventDefault();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) askNow("tab-visible");
});

// Whoever comes back from a provider or disconnects lands on a page that carries `data-tells-connections`. The other
// tabs of the browser then ask at once instead of when it is their turn.
const connections = new BroadcastChannel("connections");
connections.addEventListener("message", () => askNow(NEWS, `[data-poll][hx-trigger*="${NEWS}"]`));
if (document.querySelector("[data-tells-connections]")) connections.postMessage(null);

// --- What went wrong -----------------------------------------------------------------------------------------------

const REFUSALS = {
  401: "You have been signed out, so this page is not brought up to date any more. Sign in again in another tab.",
  403: "You may not do this any more. Reload the page.",
};

document.addEventListener("htmx:responseError", (event) => {
  const otherwise = "The server could not answer. What you see may be out of date; reload the page.";
  announce(REFUSALS[event.detail.xhr.status] ?? otherwise, "danger");
  if (event.detail.xhr.status === 401) isSignedOut = true;
});
document.addEventListener("htmx:sendError", () => {
  announce("The server cannot be reached. What you see may be out of date.", "danger");
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful) return;
  withdrawWarning();
  isSignedOut = false;
});

// --- What has changed ----------------------------------------------------------------------------------------------

// A fragment that updates itself is not a live region, or each poll would be read out as a whole. It carries one
// sentence in `data-announce`, which is said when it differs from the one before.
const said = new Map();

function remember(element, isNew) {
  const words = element.dataset.announce;
  if (isNew && said.get(element.id) !== words) announceBriefly(words);
  said.set(element.id, words);
}

for (const element of document.querySelectorAll("[data-announce]")) remember(element, false);
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.matches("[data-announce]")) remember(event.target, true);
});

// The focus stays in a piece that is replaced: on the same control, which htmx finds by its id, or else on the new piece,
// where it would otherwise fall back to the top of the page.
let focused = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  const target = event.detail.target;
  focused = target.matches('[tabindex="-1"]') && target.contains(document.activeElement) ? target.id : null;
});
document.addEventListener("htmx:afterSwap", () => {
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus();
  focused = null;
});

// What somebody has opened stays open in the piece that takes the place of the old one.
const opened = new Set();

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  for (const summary of event.detail.target.querySelectorAll("details[open] > summary[id]")) opened.add(summary.id);
});
document.addEventListener("htmx:oobAfterSwap", () => {
  for (const id of opened) document.getElementById(id)?.parentElement.setAttribute("open", "");
  opened.clear();
});
