// Fields with a list below them that follows what is typed: whom to schedule an interview with. The list comes from the
// server as plain links and buttons; what makes a combobox of it is added here, because only a script can move in it.

const TYPING_PAUSE = 150;

/** `root` says in `data-combobox` which address answers with the list, and holds the field, the list and what is said. */
function makeCombobox(root) {
  const input = root.querySelector("input[type=search]");
  const list = root.querySelector("[data-options]");
  // The first entry is what Enter means, also while nothing was chosen with the arrows.
  const opensFirst = "opensFirst" in root.dataset;
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

  // What has just arrived becomes the listbox.
  const dress = () => {
    const box = list.querySelector("[data-listbox]");
    options = [...list.querySelectorAll("[data-option]")];
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
    input.setAttribute("aria-expanded", String(options.length > 0));
    if (box) input.setAttribute("aria-controls", box.id);
    else input.removeAttribute("aria-controls");
    choose(opensFirst && options.length ? 0 : -1);
  };

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const address = `${root.dataset.combobox}?q=${encodeURIComponent(input.value.trim())}`;
    const answer = await fetch(address, { signal, headers: { "HX-Request": "true" } }).catch(() => null);
    const isFound = answer?.ok && !answer.headers.has("HX-Redirect");
    const html = isFound ? await answer.text().catch(() => "") : "";
    if (signal.aborted) return;
    asking = undefined;
    // Signed out, or no network: the form itself leads to where it is said.
    if (!html) return input.form.requestSubmit();
    const page = new DOMParser().parseFromString(html, "text/html");
    whenReleased(() => {
      list.replaceChildren(...page.querySelector("[data-options]").childNodes);
      dress();
      root.querySelector("[data-said]").textContent = list.querySelector("[data-count]")?.textContent ?? "";
      if (entersFirst) options[0]?.click();
      entersFirst = false;
    });
  };

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-haspopup", "listbox");
  dress();
  input.addEventListener("input", () => {
    clearTimeout(pause);
    asking?.abort();
    entersFirst = false;
    pause = setTimeout(ask, TYPING_PAUSE);
    asking = new AbortController();
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && options.length) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose((Math.max(active, step < 0 ? 0 : -1) + step + options.length) % options.length);
    } else if (event.key === "Enter" && (active >= 0 || opensFirst)) {
      event.preventDefault();
      // Typed and entered at once: what is listed still belongs to what was typed before.
      if (asking) entersFirst = true;
      else options[active]?.click();
    }
  });
  // The field keeps the focus, and the arrows go on from what was pressed.
  list.addEventListener("mousedown", (event) => event.target.closest("[data-option]") && event.preventDefault());
}

document.querySelectorAll("[data-combobox]").forEach(makeCombobox);
