// Frames that are as tall as what is in them, so that nothing scrolls inside the page's own scrolling.

function fit(frame) {
  const inside = frame.contentDocument?.documentElement;
  if (!inside?.querySelector("body *")) return;
  // A document is never shorter than its frame, so the frame gives way first.
  frame.style.height = "0";
  const borders = frame.offsetHeight - frame.clientHeight;
  frame.style.height = `${inside.scrollHeight + borders}px`;
}

for (const frame of document.querySelectorAll("iframe[data-fits]")) {
  frame.addEventListener("load", () => fit(frame));
  fit(frame);
  // Narrower lines make more of them.
  let width = 0;
  new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.width !== width) fit(frame);
    width = contentRect.width;
  }).observe(frame);
}
