"""Reads what leaves no question open, in a fraction of the time that the rules of HTML take.

Those rules say what a browser makes of every text there is. Where each element has its end, attributes are
quoted and nothing closes anything else by itself, there is only one way to read a page. Anything beyond that
is left to `tests.pages.tree`, mistakes above all. Full runs read every page in both ways and compare.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from html.entities import html5

from tests.pages.element import Element

_TOKEN = re.compile(
    r"</([a-z][a-z0-9]*)>"
    r"|<([a-z][a-z0-9]*)((?:\s+[^\s\"'<>/=]+(?:=(?:\"[^\"]*\"|'[^']*'))?)*)\s*>"
    r"|([^<]+)"
)
_ATTRIBUTE = re.compile(r"\s+([^\s\"'<>/=]+)(?:=(?:\"([^\"]*)\"|'([^']*)'))?")
_HEAD = re.compile(r"\s*<!doctype html>\s*(?=<html)", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:(\w+;)|#(\d+);)?")
_STRANGE = re.compile("[^\t\n -~\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0001fffd]")
_SVG = re.compile(r"<svg\b[^>]*>(?:(?!<svg\b).)*?</svg>", re.DOTALL)


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


_VOID = _tags("br hr img input link meta wbr")
# Their text is not read as HTML, or only its references are.
_RAW = _tags("script iframe")
_NEARLY_RAW = _tags("title textarea")
_HEADINGS = _tags("h1 h2 h3 h4 h5 h6")
_ENDS_P = _HEADINGS | _tags(
    "address article aside blockquote dd details dialog div dl dt fieldset figcaption figure footer form "
    "header hr li main menu nav ol p pre section summary table ul"
)
_PLAIN = _tags(
    "a abbr b bdi body button caption cite code datalist del dfn em head html i ins kbd label legend mark "
    "meter noscript optgroup option output picture progress q s samp select small span strong sub sup tbody "
    "td tfoot th thead time tr u var"
)
_KNOWN = _VOID | _RAW | _NEARLY_RAW | _ENDS_P | _PLAIN
# Their ends, and the next option, end an option too.
_OPTIONS_ARE_IN = _tags("select optgroup datalist")
_ROWS = _tags("tr")
# Elements that hold these alone and, besides options, no words.
_HOLDS: dict[str, frozenset[str]] = {
    "html": _tags("head body"),
    "head": _tags("meta link title script"),
    "table": _tags("caption thead tbody tfoot"),
    "thead": _ROWS,
    "tbody": _ROWS,
    "tfoot": _ROWS,
    "tr": _tags("td th"),
    "select": _tags("option optgroup"),
    "optgroup": _tags("option"),
    "option": _tags(""),
}
_WORDS_TOO = _tags("option")
# Elements that stand nowhere but in these.
_STANDS_IN: dict[str, frozenset[str]] = {
    "html": _tags("#document"),
    "head": _tags("html"),
    "body": _tags("html"),
    "meta": _tags("head"),
    "link": _tags("head"),
    "title": _tags("head"),
    "option": _OPTIONS_ARE_IN,
    "optgroup": _tags("select"),
    "caption": _tags("table"),
    "thead": _tags("table"),
    "tbody": _tags("table"),
    "tfoot": _tags("table"),
    "tr": _tags("thead tbody tfoot"),
    "td": _tags("tr"),
    "th": _tags("tr"),
}
# The second kind ends the first where none of the third is between them.
_ENDED_BY_ITS_LIKE = {
    "li": (_tags("li"), _tags("ul ol menu")),
    "dt": (_tags("dt dd"), _tags("dl")),
    "dd": (_tags("dt dd"), _tags("dl")),
}
_NEVER_IN_ITSELF = _tags("a button form label option select table")


class _QuestionError(Exception):
    """Something that has to be looked up in the rules."""


def read(html: str, around: str, known_part: Callable[[str], Element | None]) -> Element | None:
    """Return the tree of a page, or of a piece that is put into an element ``around``; None if only the
    rules can tell what it means. ``known_part`` reads an icon, and returns None for one with a mistake."""
    try:
        return (
            _Reading(html, known_part).whole()
            if "<html" in html
            else _Reading(html, known_part).piece(around)
        )
    except _QuestionError:
        return None


class _Reading:
    """One text while it is read; ``open`` are the tags around the place."""

    def __init__(self, html: str, known_part: Callable[[str], Element | None]) -> None:
        self._html = html.replace("\r\n", "\n").replace("\r", "\n")
        if _STRANGE.search(self._html):
            raise _QuestionError
        self._known_part = known_part
        self._open: list[str] = []

    def whole(self) -> Element:
        begin = _HEAD.match(self._html)
        if begin is None:
            raise _QuestionError
        root = Element("#document")
        self._read(root, begin.end())
        [page] = (child for child in root.children if isinstance(child, Element))
        head, body = (child for child in page.children if isinstance(child, Element))
        if (head.tag, body.tag) != ("head", "body"):
            raise _QuestionError
        # Space before the head means nothing; what follows the body is in it.
        after = [child for child in page.children[page.children.index(body) + 1 :] if isinstance(child, str)]
        after += [child for child in root.children if isinstance(child, str)]
        between = page.children[page.children.index(head) + 1 : page.children.index(body)]
        page.children = [head, *between, body]
        root.children = [page]
        for space in after:
            _append(body, space)
        return root

    def piece(self, around: str) -> Element:
        root = Element("#fragment")
        self._open.append(around)
        self._read(root, 0)
        return root

    def _read(self, root: Element, place: int) -> None:
        html, opened, match = self._html, self._open, _TOKEN.match
        outermost = opened[0] if opened else "#document"
        opened[:] = [outermost]
        here = root
        while place < len(html):
            token = match(html, place)
            if token is None:
                place = self._icon(here, place)
                continue
            place = token.end()
            end, tag, attributes, text = token.groups()
            if text is not None:
                self._say(here, text)
            elif end is not None:
                if opened[-1] == "option" and end in _OPTIONS_ARE_IN and here.parent is not None:
                    opened.pop()
                    here = here.parent
                if end != opened[-1] or len(opened) == 1 or here.parent is None:
                    raise _QuestionError
                opened.pop()
                here = here.parent
            elif tag == "svg":
                place = self._icon(here, token.start())
            else:
                if tag == opened[-1] == "option" and here.parent is not None:
                    opened.pop()
                    here = here.parent
                self._allow(tag)
                element = Element(tag, _attributes(attributes) if attributes else {}, parent=here)
                here.children.append(element)
                if tag in _VOID:
                    continue
                if tag in _RAW or tag in _NEARLY_RAW:
                    place = self._raw(element, place)
                    continue
                if tag == "pre" and html.startswith("\n", place):
                    place += 1
                opened.append(tag)
                here = element
        if here is not root:
            raise _QuestionError

    def _say(self, here: Element, text: str) -> None:
        inside = self._open[-1]
        holds_no_words = inside == "#document" or (inside in _HOLDS and inside not in _WORDS_TOO)
        if holds_no_words and not text.isspace():
            raise _QuestionError
        _append(here, _plain(text))

    def _allow(self, tag: str) -> None:
        opened = self._open
        inside = opened[-1]
        only = _HOLDS.get(inside)
        places = _STANDS_IN.get(tag)
        if (
            tag not in _KNOWN
            or (only is not None and tag not in only)
            or (places is not None and inside not in places)
            or (places is None and inside == "#document")
            or (tag in _ENDS_P and "p" in opened)
            or (tag in _HEADINGS and inside in _HEADINGS)
            or (tag in _NEVER_IN_ITSELF and tag in opened)
        ):
            raise _QuestionError
        if tag in _ENDED_BY_ITS_LIKE:
            like, between = _ENDED_BY_ITS_LIKE[tag]
            nearest = next((each for each in reversed(opened) if each in like or each in between), "")
            if nearest in like:
                raise _QuestionError

    def _raw(self, element: Element, place: int) -> int:
        end = self._html.find(f"</{element.tag}>", place)
        text = self._html[place:end]
        if (
            end < 0
            or "<!--" in text
            or (element.tag == "iframe" and text)
            or f"</{element.tag}" in text.lower()
        ):
            raise _QuestionError
        if element.tag == "textarea":
            text = text.removeprefix("\n")
        if text:
            element.children.append(text if element.tag in _RAW else _plain(text))
        return end + len(element.tag) + 3

    def _icon(self, here: Element, place: int) -> int:
        """Read an icon, which has rules of its own; it is the same on many pages."""
        found = _SVG.match(self._html, place)
        icon = self._known_part(found.group()) if found and self._open[-1] not in _HOLDS else None
        if found is None or icon is None:
            raise _QuestionError
        here.children.append(icon)
        icon.parent = here
        return found.end()


def _append(element: Element, text: str) -> None:
    children = element.children
    if children and isinstance(children[-1], str):
        children[-1] += text
    else:
        children.append(text)


def _attributes(text: str) -> dict[str, str]:
    attributes: dict[str, str] = {}
    for name, double, single in _ATTRIBUTE.findall(text):
        if name in attributes or name != name.lower():
            raise _QuestionError
        attributes[name] = _plain(double or single)
    return attributes


def _plain(text: str) -> str:
    """The text with its references resolved, if each of them is complete and means something."""
    if "&" not in text:
        return text
    for name, number in _REFERENCE.findall(text):
        if name not in html5 and not (number and (32 <= int(number) < 127 or 160 <= int(number) < 0xD800)):
            raise _QuestionError
    return unescape(text)
