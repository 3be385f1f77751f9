// Buttons that copy.

async function copyText(text) {
  if (window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Browsers offer the clipboard on https and localhost only; a server in a company's network is often plain http.
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (!copied) throw new Error("the browser refused to copy");
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await copyText(button.dataset.copy);
    button.classList.add("is-copied");
    setTimeout(() => button.classList.remove("is-copied"), 2000);
    announceBriefly(button.dataset.copied);
  } catch {
    announceBriefly("Copying did not work. Select the text and copy it with the keyboard.");
  }
  button.focus();
});
