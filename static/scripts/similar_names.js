// Where a list on the page has no such name: the server knows which ones are similar (`spelling.py`), and each is a button.

const PAUSE = 300;

/** A text as people mean it, without case and accents. */
export const plain = (text) => text.trim().toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

/**
 * Makes a function that adds similar names to an element which says that there is no such name. `of` is whose names, as
 * `/search/names` takes it; `has` says whether the list has a name, and `choose` is what its button does.
 */
export function similarNames(of, has, choose) {
  let asking;
  let pause;
  /** `element` is left alone if something else was typed meanwhile; `null` only ends what is under way. */
  return (element, typed) => {
    asking?.abort();
    clearTimeout(pause);
    if (!element) return;
    asking = new AbortController();
    const { signal } = asking;
    pause = setTimeout(async () => {
      const address = new URL(`/search/names?${new URLSearchParams({ of, q: typed })}`, location.href);
      const answer = await fetch(address, { signal }).catch(() => null);
      const isList = answer?.ok && answer.headers.get("Content-Type") === "application/json";
      const names = isList ? (await answer.json().catch(() => [])).filter(has) : [];
      if (signal.aborted || !names.length) return;
      const buttons = names.flatMap((name, index) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "text-button";
        button.textContent = name;
        button.addEventListener("click", () => choose(name));
        return index ? [" or ", button] : [button];
      });
      // One piece, because the element may set its pieces apart.
      const question = document.createElement("span");
      question.append(`No one is called “${typed}”. Did you mean `, ...buttons, "?");
      element.replaceChildren(question);
    }, PAUSE);
  };
}
