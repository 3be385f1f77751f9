"""What must be true of every page, no matter which test opened it.

A page is valid HTML with one h1, which its title starts with. Its ids are used once, its controls have
labels, and whatever aria attributes name exists. The result of the last action comes after the h1. Every link
leads somewhere, and the page contains no style, and no script except the one for the theme. Every form says
how and where it is sent and contains its token.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache

from tests.pages.tree import Element, parse
from web import assets

# The only one that the content security policy lets run.
_THE_INLINE_SCRIPT = " ".join(assets.theme_script().split())
CONTROLS = frozenset({"input", "select", "textarea"})
_NAMES_OF_OTHERS = ("aria-describedby", "aria-labelledby")
# Most elements have none of these attributes, and none that begins with "on".
_LOOKED_AT = frozenset({"style", "href", *_NAMES_OF_OTHERS})
_UNLABELLED = frozenset({"hidden", "submit", "button"})
# Different each time a page is opened, and says nothing about it.
_TOKEN = re.compile(r'(name="csrf[-_]token"[^>]*? (?:content|value)=")[^"]+')


@dataclass(frozen=True)
class Checked:
    """The tree of a page, shared by all tests that look at the same one, and what is wrong with it, in
    words."""

    root: Element
    problems: tuple[str, ...]


NOTHING = Checked(Element("#none"), ())


def checked(html: str, *, is_mail: bool) -> Checked:
    """Parse a page, or a piece of one, and check it. A mail in its frame is checked elsewhere.

    Parsing by the rules takes as long as rendering the page. Tests open the same pages again and again,
    because each begins with the same rows, so the last few hundred are remembered. The tree holds a made-up
    token.
    """
    return _checked(_TOKEN.sub(r"\1token", html), is_mail)


@lru_cache(maxsize=400)
def _checked(html: str, is_mail: bool) -> Checked:
    parsed = parse(html)
    parsed.root.settle()
    if is_mail:
        return Checked(parsed.root, ())
    problems = _page_problems(parsed.root) if "<html" in html else _problems(parsed.root)
    return Checked(parsed.root, (*parsed.mistakes, *problems))


def _page_problems(tree: Element) -> list[str]:
    headings = [heading.text for heading in tree.all("h1")]
    titles = [title.text for title in tree.all("title") if title.inside("svg") is None]
    problems = [] if len(headings) == 1 else [f"{len(headings)} h1"]
    problems += [] if len(titles) == 1 else [f"{len(titles)} titles"]
    problems += [
        f"a title “{title}” that does not start with the h1 “{heading}”"
        for title, heading in zip(titles, headings, strict=False)
        if not title.removeprefix("Error: ").startswith(heading)
    ]
    problems += [] if tree.all("html")[0].get("lang") else ["no lang"]
    in_order = [e for e in tree.walk() if e.tag == "h1" or e.get("id") == "messages"]
    if [element.tag for element in in_order] != ["h1", "div"]:
        problems.append("no single place for messages under the h1")
    return problems + _problems(tree)


def _problems(tree: Element) -> list[str]:
    ids = Counter(element["id"] for element in tree.walk() if "id" in element.attributes)
    problems = [f"the id {name} {number} times" for name, number in ids.items() if number > 1]
    labels = {label.get("for") for label in tree.all("label")}
    problems += [
        f"a label for {target}, which is not there" for target in labels if target and target not in ids
    ]
    for element in tree.walk():
        for name in element.attributes:
            if name in _LOOKED_AT or name.startswith("on"):
                problems += _problems_of_attributes(element, ids)
                break
        is_inline = element.tag == "style" or (element.tag == "script" and "src" not in element.attributes)
        if is_inline and element.text != _THE_INLINE_SCRIPT:
            problems.append(f"inline <{element.tag}>")
        if element.tag == "a" and element.get("href", "#") == "#":
            problems.append(f"a link to nowhere: {element.text}")
        if element.get("aria-label") and _seen_words(element) not in element["aria-label"].casefold():
            # People who speak to their computer say the words that they see.
            problems.append(f"a name without the words that are seen: {element['aria-label']}")
        if element.tag == "form":
            problems += _form_problems(element)
        if element.tag in CONTROLS and element.get("type") not in _UNLABELLED:
            is_tied = element.get("id") in labels or element.inside("label") is not None
            if not (is_tied or element.get("aria-label") or element.get("aria-labelledby")):
                problems.append(f"no label for {element.get('name')}")
    return problems


def _problems_of_attributes(element: Element, ids: Container[str]) -> list[str]:
    problems = [f"{a} on <{element.tag}>" for a in element.attributes if a.startswith("on") or a == "style"]
    target = element.get("href").lower().strip()
    # Plain text that is saved rather than opened can't run anything.
    is_saved = "download" in element.attributes and target.startswith("data:text/plain;charset=utf-8,")
    if target.startswith(("javascript:", "data:")) and not is_saved:
        problems.append(f"a link that runs: {element['href']}")
    for name in _NAMES_OF_OTHERS:
        problems += [f"{name} {i}, which is not there" for i in element.get(name).split() if i not in ids]
    return problems


def _seen_words(element: Element) -> str:
    """The words of a button or a link, in lower case; nothing for other elements."""
    return " ".join(_seen(element).split()).casefold() if element.tag in ("a", "button") else ""


def _seen(element: Element) -> str:
    is_hidden = "visually-hidden" in element.get("class").split() or element.get("aria-hidden") == "true"
    if is_hidden or element.tag == "svg":
        return ""
    return " ".join(child if isinstance(child, str) else _seen(child) for child in element.children)


def _form_problems(form: Element) -> list[str]:
    method = form.get("method").lower()
    problems = [] if method in ("get", "post") else [f"a form with method {method or 'missing'}"]
    if not form.get("action"):
        problems.append("a form without an address to send to")
    tokens = [e for e in form.all("input") if e.get("name") == "csrf_token" and e.get("value")]
    if method == "post" and len(tokens) != 1:
        problems.append(f"a form with {len(tokens)} tokens")
    return problems
