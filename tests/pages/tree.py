"""A page as a browser understands it, as a tree that tests can search: for forms, labels, and text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import html5lib
from html5lib.constants import E as MEANINGS

# What a piece of a page is put into for parsing. A row or an option is understood only inside the right kind
# of element.
_AROUND = {"<tr": "tbody", "<td": "tr", "<th": "tr", "<tbody": "table", "<option": "select"}

# Icons and lists of options make up half of a page; they are the same on many pages, and mean the same
# anywhere.
_KNOWN_TAGS = frozenset({"nav", "header", "svg", "select", "datalist"})
_KNOWN_PARTS = re.compile(r"(<(nav|header|svg|select|datalist)\b[^>]*>)(.+?)(</\2>)", re.DOTALL)


@dataclass(eq=False)
class Element:
    """One element; its text includes that of its descendants, with single spaces."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)
    parent: Element | None = None
    _descendants: tuple[Element, ...] | None = None

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    @property
    def raw_text(self) -> str:
        return "".join(child if isinstance(child, str) else child.raw_text for child in self.children)

    @property
    def text(self) -> str:
        return " ".join(self.raw_text.split())

    @property
    def words(self) -> str:
        """The text with a space at every tag, because cells and list entries are read one by one."""
        pieces = [child if isinstance(child, str) else child.words for child in self.children]
        return " ".join(" ".join(pieces).split())

    def walk(self) -> Iterator[Element]:
        """This element's descendants in the order of the page."""
        return iter(self._descendants) if self._descendants is not None else self._walk()

    def settle(self) -> None:
        """Remember the descendants, because nothing is added anymore: a page is walked over and over."""
        self._descendants = tuple(self._walk())

    def _walk(self) -> Iterator[Element]:
        # Not recursively: each level would cost every element a step.
        ahead = [self]
        while ahead:
            element = ahead.pop()
            if element is not self:
                yield element
            ahead.extend(child for child in reversed(element.children) if isinstance(child, Element))

    def all(self, tag: str | None = None, where: Callable[[Element], bool] | None = None) -> list[Element]:
        return [e for e in self.walk() if (tag is None or e.tag == tag) and (where is None or where(e))]

    def with_id(self, wanted: str) -> Element | None:
        return next((element for element in self.walk() if element.get("id") == wanted), None)

    def inside(self, tag: str) -> Element | None:
        """The nearest ancestor with that tag."""
        above = self.parent
        while above is not None and above.tag != tag:
            above = above.parent
        return above


@dataclass(frozen=True)
class Parsed:
    """The root of a document or piece, and everything that a strict parser would reject, in words."""

    root: Element
    mistakes: tuple[str, ...]


def parse(html: str) -> Parsed:
    """Parse a whole page or a piece of one by the rules of HTML, the way browsers do.

    Browsers repair what is wrong; here the mistakes are listed beside the repaired tree. Parsing by the rules
    is slow, so icons and lists of options are parsed once and put into every page that has the same ones. A
    page in which anything is wrong is parsed from beginning to end.
    """
    parts = [_known_part(match.group()) for match in _KNOWN_PARTS.finditer(html)]
    if not parts:
        return _parse(html)
    # Attributes take the longest to parse; those of a known part are taken from it, along with its mistakes.
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
        start = html.lstrip()
        around = next((tag for opening, tag in _AROUND.items() if start.startswith(opening)), "div")
        root = Element("#fragment")
        tree = parser.parseFragment(html, container=around)
        _fill(root, tree)
    mistakes = tuple(
        f"line {line}: {MEANINGS.get(code, code) % details}" for (line, _), code, details in parser.errors
    )
    return Parsed(root, mistakes)


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
    """A name without its namespace: the parser puts one before `xlink:href` and the like."""
    return name.rpartition("}")[2]
