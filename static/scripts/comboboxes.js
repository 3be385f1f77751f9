// Fields with a list below them that follows what is typed: the search in the top bar, and whom to schedule an interview
// with. The list comes from the server as plain links and buttons; what makes a combobox of it is added here, because only
// a script can move in it. Loaded when such a field first gets the focus: most pages are read without searching.

const TYPING_PAUSE = 150;

/**
 * `root` says in `data-combobox` which address answers with the list, and holds the field, the list and what is said.
 * `whenReleased` makes a change after the click that is under way.
 */
export function makeCombobox(root, whenReleased) {
  const input = root.querySelector("input[type=search]");
  if (!root.querySelector("[data-options]")) {
    root.insertAdjacentHTML(
      "beforeend",
      '<p class="visually-hidden" role="status" data-said></p><div class="suggestions" data-options hidden></div>',
    );
  }
  const list = root.querySelector("[data-options]");
  // The list is part of the page, and its first entry is what Enter means, also while nothing was chosen with the arrows.
  // Otherwise it opens over the page, and Enter leads to the page of results.
  const isPartOfPage = "opensFirst" in root.dataset;
  let options = [];
  let active = -1;
  let pause;
  let asking;
  let entersFirst = false;

  const choose = (index) => {
    options[active]?.setAttribute("aria-selected", "false");
    active = index;
    const option = options[active];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  };

  const show = (isShown) => {
    if (!isPartOfPage) list.hidden = !isShown || !list.firstElementChild;
    const box = list.hidden ? null : list.querySelector("[data-listbox]");
    input.setAttribute("aria-expanded", String(Boolean(box)));
    if (box) input.setAttribute("aria-controls", box.id);
    else input.removeAttribute("aria-controls");
    // A name that is only similar to what was typed has to be chosen.
    choose(box && isPartOfPage && !("guess" in box.dataset) ? 0 : -1);
  };

  // What has just arrived becomes the listbox.
  const dress = () => {
    const box = list.querySelector("[data-listbox]");
    options = [...list.querySelectorAll("[data-option]")];
    active = -1;
    if (box) {
      box.id = `${input.id}-list`;
      box.setAttribute("role", "listbox");
      box.setAttribute("aria-label", box.dataset.listbox);
    }
    options.forEach((option, index) => {
      option.id = `${input.id}-${index}`;
      option.tabIndex = -1;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
    });
  };

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const address = new URL(root.dataset.combobox, location.href);
    address.searchParams.set("q", input.value.trim());
    const answer = await fetch(address, { signal, headers: { "HX-Request": "true" } }).catch(() => null);
    const isFound = answer?.ok && !answer.headers.has("HX-Redirect");
    const html = isFound ? await answer.text().catch(() => "") : "";
    if (signal.aborted) return;
    asking = undefined;
    if (!html) {
      // Signed out, or no network: the form itself leads to where it is said.
      if (isPartOfPage) input.form.requestSubmit();
      else show(false);
      return;
    }
    const page = new DOMParser().parseFromString(html, "text/html");
    whenReleased(() => {
      list.replaceChildren(...page.querySelector("[data-options]").children);
      dress();
      show(root.contains(document.activeElement));
      root.querySelector("[data-said]").textContent = list.querySelector("[data-count]").textContent;
      if (entersFirst) options[active]?.click();
      entersFirst = false;
    });
  };

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-haspopup", "listbox");
  dress();
  show(false);
  const follow = () => {
    clearTimeout(pause);
    asking?.abort();
    entersFirst = false;
    asking = new AbortController();
    pause = setTimeout(ask, TYPING_PAUSE);
  };
  input.addEventListener("input", follow);
  // Typed while this script was on its way.
  if (input.value !== input.defaultValue) follow();
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) show(true);
      if (!options.length || list.hidden) return;
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose((Math.max(active, step < 0 ? 0 : -1) + step + options.length) % options.length);
    } else if (event.key === "Enter" && (active >= 0 || isPartOfPage)) {
      event.preventDefault();
      // Typed and entered at once: what is listed still belongs to what was typed before.
      if (asking) entersFirst = isPartOfPage;
      else options[active]?.click();
    } else if (event.key === "Escape" && !isPartOfPage && !list.hidden) {
      // The browser would empty the field, which the next Escape does.
      event.preventDefault();
      show(false);
    }
  });
  // The field keeps the focus while an entry is pressed, or a list over the page would be gone before the click.
  list.addEventListener("mousedown", (event) => event.target.closest("[data-option]") && event.preventDefault());
  if (isPartOfPage) return;
  input.addEventListener("click", () => list.hidden && show(true));
  root.addEventListener("focusout", ({ relatedTarget }) => root.contains(relatedTarget) || show(false));
  list.addEventListener("click", (event) => event.target.closest("[data-option]") && setTimeout(() => show(false)));
}
