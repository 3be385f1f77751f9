// Links marked with `data-popup` open the page they lead to as a popup, which is called what they say, or what the mark
// says. Without this, and in a new tab, it is that page.

const popup = document.createElement("dialog");
popup.className = "popup";
popup.setAttribute("aria-labelledby", "popup-title");
popup.innerHTML = `
  <div class="popup-head">
    <h2 id="popup-title" class="popup-title" tabindex="-1" autofocus></h2>
    <button class="btn btn-quiet popup-close" type="button" aria-label="Close">
      <svg class="icon" width="20" height="20" viewBox="0 0 24 24" aria-hidden="true"><path d="M18 6l-12 12"/><path d="M6 6l12 12"/></svg>
    </button>
  </div>
  <div class="popup-inside"></div>`;
document.body.append(popup);

async function openPopup(address, title) {
  const answer = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || answer.headers.has("HX-Redirect")) {
    // Signed out, gone, or no network: the page itself says so.
    location.assign(address);
    return false;
  }
  popup.querySelector(".popup-inside").innerHTML = await answer.text();
  popup.querySelector(".popup-title").textContent = title;
  // The focus goes to the title, or to the field that it is all about, and back to the link when the popup is closed.
  if (!popup.open) popup.showModal();
  popup.querySelector(".popup-inside [autofocus]")?.focus();
  return true;
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-popup]");
  const wantsPage = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (!link || wantsPage) return;
  event.preventDefault();
  const [address, title] = [link.href, link.dataset.popup || link.textContent.trim()];
  // An entry of the browser's history with the page's own address: Back closes the popup, and a reload shows the page.
  if (await openPopup(address, title)) history.pushState({ popup: address, title }, "", address);
});

// However it is closed (Escape, its button, a click beside it), its entry goes as well.
let isLeavingEntry = false;
popup.addEventListener("close", () => {
  if (!history.state?.popup) return;
  isLeavingEntry = true;
  history.back();
});
popup.addEventListener("click", (event) => {
  if (event.target === popup || event.target.closest(".popup-close")) popup.close();
});

// Listens before htmx, which would take a step back to a list as a reason to load it again.
const shownPath = location.pathname;
window.addEventListener("popstate", (event) => {
  if (isLeavingEntry) {
    isLeavingEntry = false;
    event.stopImmediatePropagation();
  } else if (event.state?.popup) {
    openPopup(event.state.popup, event.state.title);
    event.stopImmediatePropagation();
  } else if (popup.open) {
    popup.close();
    event.stopImmediatePropagation();
  } else if (location.pathname !== shownPath) {
    // The popup's page was reloaded, and the step back is to the list, which this document does not hold.
    location.reload();
  }
});
