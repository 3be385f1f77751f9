// What is said when a page can no longer bring itself up to date.

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
