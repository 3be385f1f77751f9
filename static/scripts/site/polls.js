// Parts of a page that update themselves. Without this, a page shows the state when it was opened.

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb === "get") return;
  event.detail.headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
});

const NEWS = "connections-changed";

function askNow(trigger, selector = "[data-poll]") {
  for (const element of document.querySelectorAll(selector)) window.htmx?.trigger(element, trigger);
}

// Someone who was signed out may sign in again in another tab, so the one left behind asks when it is looked at again.
let isSignedOut = false;

// No one reads a hidden tab, so it does not ask by the clock; it asks as soon as it is looked at again. News
// from another tab of this browser is rare and goes through, so that this one is already right when the
// person turns to it.
document.addEventListener("htmx:beforeRequest", (event) => {
  const isNews = event.detail.requestConfig.triggeringEvent?.type === NEWS;
  const isLookedAt = event.detail.requestConfig.triggeringEvent?.type === "tab-visible";
  const waits = isSignedOut ? !isLookedAt : document.hidden && !isNews;
  if (waits && event.target.matches("[data-poll]")) event.preventDefault();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) askNow("tab-visible");
});

// After coming back from a provider or disconnecting, a person lands on a page that carries `data-tells-connections`. The other
// tabs of the browser then ask right away instead of at their next turn.
const connections = new BroadcastChannel("connections");
connections.addEventListener("message", () => askNow(NEWS, `[data-poll][hx-trigger*="${NEWS}"]`));
if (document.querySelector("[data-tells-connections]")) connections.postMessage(null);
