// The message when a page can no longer update itself.

const REFUSALS = {
  401: "You've been signed out, so this page no longer updates. Sign in again in another tab.",
  403: "You don't have access to this anymore. Reload the page.",
};

document.addEventListener("htmx:responseError", (event) => {
  const otherwise = "Something went wrong on the server. What you see may be out of date; reload the page.";
  announce(REFUSALS[event.detail.xhr.status] ?? otherwise, "danger");
  if (event.detail.xhr.status === 401) isSignedOut = true;
});
document.addEventListener("htmx:sendError", () => {
  announce("The server can't be reached. What you see may be out of date.", "danger");
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful) return;
  withdrawWarning();
  isSignedOut = false;
});
