// Text that is typed into a step of the dialog is kept on the server a moment later, even without Continue,
// so that a reload, a closed tab or another page does not lose it. Back and the steps above send it along
// without a script.
import { isAsItCame } from "../site.js";

const keeping = document.querySelector("form[data-keeps-typed]");

if (keeping) {
  // The tab remembers it, too: a reload may be quicker than the request that was sent on the way out.
  const memory = `typed ${keeping.dataset.keepsTyped}`;
  const remember = (entries, keptAt = null) => sessionStorage.setItem(memory, JSON.stringify({ entries, keptAt }));
  const forget = () => sessionStorage.removeItem(memory);

  // Without files, which stay with the browser, and without the token, which is another one on each page.
  const typedNow = () =>
    [...new FormData(keeping)].filter(([name, value]) => typeof value === "string" && name !== "csrf_token");
  // As two moments compare: empty rows come and go.
  const asText = (entries) => JSON.stringify(entries.filter(([, value]) => value));

  const send = (entries, leaving = false) => {
    const body = new FormData();
    for (const [name, value] of entries) body.append(name, value);
    body.set("csrf_token", keeping.elements.csrf_token.value);
    return fetch(keeping.dataset.keepsTyped, {
      method: "POST",
      body,
      headers: { "HX-Request": "true" },
      keepalive: leaving,
      redirect: "manual",
    });
  };

  // Someone may have typed before this script came, or the browser has filled the form in again.
  const wasTypedBefore = ![...keeping.elements].filter((field) => field.name).every(isAsItCame);

  let kept = wasTypedBefore ? null : asText(typedNow());
  let timer;

  const keep = async (leaving = false) => {
    clearTimeout(timer);
    const entries = typedNow();
    const text = asText(entries);
    if (text === kept) return;
    try {
      await send(entries, leaving);
      kept = text;
      if (asText(typedNow()) === text) remember(entries, Date.now());
    } catch {
      // The network is away: it stays in the tab's memory, and the next change tries again.
    }
  };

  const keepSoon = () => {
    remember(typedNow());
    clearTimeout(timer);
    timer = setTimeout(keep, 500);
  };
  const changed = (event) => {
    if (event.target.form === keeping) keepSoon();
  };

  // What is sent by a button is on its way as it is; keeping it as well could only come too late.
  let isSent = false;
  keeping.addEventListener("submit", () => {
    isSent = true;
    clearTimeout(timer);
    forget();
  });
  // A button whose answer is put into this page sends it as well.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.form !== keeping) return;
    clearTimeout(timer);
    forget();
  });
  document.addEventListener("input", changed);
  document.addEventListener("change", changed);
  window.addEventListener("pagehide", () => {
    if (!isSent) keep(true);
  });

  // The page came back without what had been typed: give it to the server and show it. What the server had before this
  // page was asked for is in the page already; what it got later may have come too late for this page.
  const left = JSON.parse(sessionStorage.getItem(memory) ?? "null");
  forget();
  const versionOf = (entries) => entries.find(([name]) => name === "version")?.[1];
  const isMissing = left && !(left.keptAt && left.keptAt < performance.timeOrigin) && asText(left.entries) !== kept;
  if (wasTypedBefore) {
    keepSoon();
  } else if (isMissing && versionOf(left.entries) === versionOf(typedNow())) {
    send(left.entries).then(() => location.replace(location.href), () => {});
  }
}
