"""A page as a browser understands it, as a tree that tests can ask: which form, which label, which text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import html5lib
from html5lib.constants import E as MEANINGS

from tests.pages import quick
from tests.pages.element import Element

# What a piece of a page is put into. A row or an option is understood only inside its own kind of element.
_AROUND = {"<tr": "tbody", "<td": "tr", "<th": "tr", "<tbody": "table", "<option": "select"}

# Icons and lists of options, which fill half of a page, are the same on many, and mean the same anywhere.
_KNOWN_TAGS = frozenset({"nav", "header", "svg", "select", "datalist"})
_KNOWN_PARTS = re.compile(r"(<(nav|header|svg|select|datalist)\b[^>]*>)(.+?)(</\2>)", re.DOTALL)


# Whether what can be read quickly is read by the rules too, and both trees compared, as in full runs.
compares = False


@dataclass(frozen=True)
class Parsed:
    """The root of a document or piece, and what a strict reader would refuse it for, in words."""

    root: Element
    mistakes: tuple[str, ...]


def parse(html: str) -> Parsed:
    """Parse a whole page or a piece of one by the rules of HTML, the way browsers do.

    Browsers repair what is wrong; here the mistakes are listed beside the repaired tree. Reading by the rules
    is slow, so that what can be read in one way alone is read without them.
    """
    root = quick.read(html, _around(html), _icon)
    if root is None:
        return parse_by_the_rules(html)
    if compares:
        slow = parse_by_the_rules(html)
        assert not slow.mistakes, f"{slow.mistakes} overlooked in {html}"
        assert root.is_like(slow.root), f"read in two ways: {html}"
    return Parsed(root, ())


def parse_by_the_rules(html: str) -> Parsed:
    """Parse a page or a piece of one by all the rules.

    Icons and lists of options are read once and put into every page that holds the same. A page in which
    anything is wrong is read from the first to the last letter.
    """
    parts = [_known_part(match.group()) for match in _KNOWN_PARTS.finditer(html)]
    if not parts:
        return _parse(html)
    # Attributes are what takes longest to read; those of a known part come from it, its mistakes too.
    quick = _parse(_KNOWN_PARTS.sub(r"<\2>\4", html))
    holders = [e for e in quick.root.walk() if e.tag in _KNOWN_TAGS and not e.children]
    known = [part.root.children[0] for part in parts if not part.mistakes]
    same = [h for h, k in zip(holders, known, strict=False) if isinstance(k, Element) and h.tag == k.tag]
    if quick.mistakes or not len(same) == len(holders) == len(parts):
        return _parse(html)
    for holder, element in zip(holders, known, strict=True):
        assert isinstance(element, Element)
        holder.attributes = element.attributes
        _copy_children(element, holder)
    return quick


def _icon(html: str) -> Element | None:
    """A copy of an icon, None if there is a mistake in it."""
    part = _known_part(html)
    [original] = part.root.children or [""]
    if part.mistakes or not isinstance(original, Element):
        return None
    icon = Element(original.tag, original.attributes)
    _copy_children(original, icon)
    return icon


@lru_cache(maxsize=1000)
def _known_part(html: str) -> Parsed:
    return _parse(html)


def _copy_children(original: Element, copy: Element) -> None:
    for child in original.children:
        if isinstance(child, str):
            copy.children.append(child)
        else:
            another = Element(child.tag, child.attributes, parent=copy)
            copy.children.append(another)
            _copy_children(child, another)


def _parse(html: str) -> Parsed:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    if "<html" in html:
        tree = parser.parse(html)
        root = Element("#document")
        _adopt(root, tree)
    else:
        root = Element("#fragment")
        tree = parser.parseFragment(html, container=_around(html))
        _fill(root, tree)
    mistakes = tuple(
        f"line {line}: {MEANINGS.get(code, code) % details}" for (line, _), code, details in parser.errors
    )
    return Parsed(root, mistakes)


def _around(html: str) -> str:
    start = html.lstrip()
    return next((tag for opening, tag in _AROUND.items() if start.startswith(opening)), "div")


def _adopt(parent: Element, node: Any) -> None:
    # A comment has a function where an element has its name.
    if isinstance(node.tag, str):
        element = Element(
            node.tag.rpartition("}")[2], {_name(n): v for n, v in node.attrib.items()}, parent=parent
        )
        parent.children.append(element)
        _fill(element, node)
    if node.tail:
        parent.children.append(node.tail)


def _fill(element: Element, node: Any) -> None:
    if node.text:
        element.children.append(node.text)
    for child in node:
        _adopt(element, child)


def _name(name: str) -> str:
    """A name without its namespace, as the parser puts one before `xlink:href` and the like."""
    return name.rpartition("}")[2]
