"""Finding what Help says: in the guides by their sections, in the other pages by their titles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from flask import url_for
from markupsafe import Markup, escape

from blueprints.help.guides import GUIDES, document_of

_MOST_FOUND = 20
# How much of a section is shown around the first word that was found.
_BEFORE, _AFTER = 60, 160
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class HelpPage:
    """A page of Help that is no guide."""

    endpoint: str
    title: str
    about: str
    icon: str


@dataclass(frozen=True)
class Found:
    """A place in Help: the page, the section below it, and a few words of it, in which those searched for are
    marked."""

    page: str
    section: str | None
    address: str
    words: Markup


@dataclass(frozen=True)
class _Place:
    page: str
    section: str | None
    address: str
    text: str
    key_of_heading: str
    key: str


def find(searched: str, pages: Iterable[HelpPage]) -> list[Found]:
    """The places that have all words of `searched`, in any order. Those that have them in a heading come
    first."""
    wanted = searched.casefold().split()
    if not wanted:
        return []
    others = (_place(page.title, None, url_for(page.endpoint), page.about) for page in pages)
    places = [place for place in (*_in_guides(), *others) if all(word in place.key for word in wanted)]
    places.sort(key=lambda place: -sum(word in place.key_of_heading for word in wanted))
    return [
        Found(place.page, place.section, place.address, _around(place.text, wanted))
        for place in places[:_MOST_FOUND]
    ]


@cache
def _in_guides() -> tuple[_Place, ...]:
    return tuple(_sections())


def _sections() -> Iterator[_Place]:
    for guide in GUIDES:
        document = document_of(guide)
        address = url_for("help_pages.guide", name=guide.name)
        for passage in document.passages:
            heading = passage.heading
            if heading.level == 1:
                yield _place(document.title, None, address, passage.text)
            else:
                yield _place(document.title, heading.text, f"{address}#{heading.anchor}", passage.text)


def _place(page: str, section: str | None, address: str, text: str) -> _Place:
    words = _SPACE.sub(" ", text)
    heading = (section or page).casefold()
    return _Place(page, section, address, words, heading, f"{heading} {words.casefold()}")


def _around(text: str, wanted: list[str]) -> Markup:
    """The words around the first of those searched for, all of which are marked."""
    marks = re.compile("|".join(re.escape(word) for word in wanted), re.IGNORECASE)
    first = marks.search(text)
    at = first.start() if first else 0
    begin = text.rfind(" ", 0, max(at - _BEFORE, 0) + 1) + 1
    end = text.find(" ", at + _AFTER)
    shown = text[begin:] if end < 0 else text[begin:end]
    pieces, here = [Markup("…" if begin else "")], 0
    for match in marks.finditer(shown):
        pieces += [escape(shown[here : match.start()]), Markup("<mark>{}</mark>").format(match.group())]
        here = match.end()
    return Markup("").join([*pieces, escape(shown[here:]), "" if end < 0 else "…"])
