// What is typed into a step of the dialog and not continued with: kept on the server a moment later, so that a reload, a
// closed tab or another page does not lose it. Back and the steps above send it along without a script.

const keeping = document.querySelector("form[data-keeps-typed]");

if (keeping) {
  // Until the server has it, the tab remembers it: a reload may be quicker than the request that was sent on the way out.
  const waiting = `typed ${keeping.dataset.keepsTyped}`;

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

  let kept = asText(typedNow());
  let timer;

  const keep = async (leaving = false) => {
    clearTimeout(timer);
    const entries = typedNow();
    const text = asText(entries);
    if (text === kept) return;
    try {
      await send(entries, leaving);
      kept = text;
      if (sessionStorage.getItem(waiting) === JSON.stringify(entries)) sessionStorage.removeItem(waiting);
    } catch {
      // The network is away: it stays in the tab's memory, and the next change tries again.
    }
  };

  const changed = (event) => {
    if (event.target.form !== keeping) return;
    sessionStorage.setItem(waiting, JSON.stringify(typedNow()));
    clearTimeout(timer);
    timer = setTimeout(keep, 500);
  };

  // What is sent by a button is on its way as it is; keeping it as well could only come too late.
  let isSent = false;
  keeping.addEventListener("submit", () => {
    isSent = true;
    clearTimeout(timer);
    sessionStorage.removeItem(waiting);
  });
  document.addEventListener("input", changed);
  document.addEventListener("change", changed);
  window.addEventListener("pagehide", () => {
    if (!isSent) keep(true);
  });

  // The page came back without what had been typed: give it to the server and show it.
  const left = JSON.parse(sessionStorage.getItem(waiting) ?? "null");
  sessionStorage.removeItem(waiting);
  const versionOf = (entries) => entries.find(([name]) => name === "version")?.[1];
  if (left && versionOf(left) === versionOf(typedNow()) && asText(left) !== kept) {
    send(left).then(() => location.replace(location.href), () => {});
  }
}
