"""Markdown as pages of Help show it: headings with the anchors that they have in the repository, and links
and pictures with addresses of this server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from itertools import count, pairwise
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

# Where a link of the file that is being read leads to here, and None for what Help has no page of. It gets
# the path within the repository and the anchor.
Lead = Callable[[PurePosixPath, str], str | None]
# The address of a picture, by its name in `docs/pictures`.
PictureAddress = Callable[[str], str]

# A picture holds so many pixels for each one of the page, for screens that show that many.
DENSITY = 2
_NO_PART_OF_AN_ANCHOR = re.compile(r"[^\w\- ]")


@dataclass(frozen=True)
class Heading:
    """`level` is 1 for a page's title."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True)
class Passage:
    """The text below one heading, up to the next, without markup."""

    heading: Heading
    text: str


@dataclass(frozen=True)
class Document:
    """A file as a page: its title, its first paragraph as text, the rest as HTML, and what to find in it."""

    title: str
    lead: str
    body: Markup
    headings: tuple[Heading, ...]
    passages: tuple[Passage, ...]


@dataclass
class _Reading:
    """What the renderer's rules have to know about the file."""

    file: PurePosixPath
    pictures: Path
    lead: Lead
    picture_address: PictureAddress
    open_links: list[bool] = field(default_factory=list)
    table_numbers: Iterator[int] = field(default_factory=lambda: count(1))


def anchor_of(text: str, taken: set[str]) -> str:
    """The anchor of a heading as the sites that show repositories make it; it is added to those `taken`."""
    base = _NO_PART_OF_AN_ANCHOR.sub("", text.strip().lower()).replace(" ", "-")
    anchor, number = base, 0
    while anchor in taken:
        number += 1
        anchor = f"{base}-{number}"
    taken.add(anchor)
    return anchor


def parse(text: str) -> list[Token]:
    """The tokens of a text. HTML in it is text like any other, so no file can bring scripts or styles."""
    return _parser().parse(text)


def read(
    tokens: Sequence[Token], file: PurePosixPath, pictures: Path, lead: Lead, picture_address: PictureAddress
) -> Document:
    """Render what `parse` has made of a file, which is named by its path within the repository. `pictures` is
    the folder with those that it shows."""
    headings = headings_of(tokens)
    begin, first = _after_title(tokens)
    reading = _Reading(file, pictures, lead, picture_address)
    body = _parser().renderer.render(tokens[begin:], _parser().options, {"reading": reading})
    title = next(heading.text for heading in headings if heading.level == 1)
    return Document(title, first, Markup(body), headings, tuple(_passages(tokens)))


def text_of(inline: Token) -> str:
    """The words of a paragraph or heading, without what makes them bold or a link."""
    return "".join(
        child.content if child.type in {"text", "code_inline"} else " " if child.type == "softbreak" else ""
        for child in inline.children or ()
    )


def _after_title(tokens: Sequence[Token]) -> tuple[int, str]:
    """Where the page begins below its title and its first paragraph, and the text of that paragraph: the
    page's head shows both. A file may go on with a heading instead."""
    return (6, text_of(tokens[4])) if tokens[3].type == "paragraph_open" else (3, "")


def headings_of(tokens: Sequence[Token]) -> tuple[Heading, ...]:
    """The headings of a file. Each token that opens one gets its anchor."""
    return tuple(_with_anchors(tokens))


def _with_anchors(tokens: Sequence[Token]) -> Iterator[Heading]:
    taken: set[str] = set()
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            text = text_of(inline)
            anchor = anchor_of(text, taken)
            opening.attrSet("id", anchor)
            yield Heading(int(opening.tag[1:]), text, anchor)


def _passages(tokens: Sequence[Token]) -> Iterator[Passage]:
    here: Heading | None = None
    texts: list[str] = []
    for opening, token in pairwise(tokens):
        if opening.type == "heading_open":
            if here is not None:
                yield Passage(here, " ".join(texts))
            here = Heading(int(opening.tag[1:]), text_of(token), str(opening.attrGet("id")))
            texts = []
        elif token.type == "inline":
            texts.append(text_of(token))
        elif token.type in {"fence", "code_block"}:
            texts.append(token.content.strip())
    if here is not None:
        yield Passage(here, " ".join(texts))


class _Pages(RendererHTML):
    """How pages differ from plain Markdown. Methods without an underscore are rules, named after the tokens
    that they render."""

    def link_open(
        self, tokens: Sequence[Token], index: int, options: Any, env: MutableMapping[str, Any]
    ) -> str:
        reading: _Reading = env["reading"]
        target = urlsplit(str(tokens[index].attrGet("href")))
        if target.scheme:
            reading.open_links.append(True)
            return f'<a href="{escape(target.geturl())}" rel="noopener">'
        path = _joined(reading.file, unquote(target.path)) if target.path else reading.file
        address = reading.lead(path, target.fragment)
        reading.open_links.append(address is not None)
        return f'<a href="{escape(address)}">' if address is not None else ""

    def link_close(
        self, tokens: Sequence[Token], index: int, options: Any, env: MutableMapping[str, Any]
    ) -> str:
        reading: _Reading = env["reading"]
        return "</a>" if reading.open_links.pop() else ""

    def image(self, tokens: Sequence[Token], index: int, options: Any, env: MutableMapping[str, Any]) -> str:
        """A picture in both themes, which leads to itself, for small screens. The page's theme decides which
        is shown, and a browser fetches no other. The drawing without lines keeps its room until then."""
        reading: _Reading = env["reading"]
        name = PurePosixPath(str(tokens[index].attrGet("src"))).name
        width, height = (number // DENSITY for number in size_of(reading.pictures / name))
        size = f'width="{width}" height="{height}"'
        room = f'<svg {size} viewBox="0 0 {width} {height}" aria-hidden="true"></svg>'
        alt = escape(self.renderInlineAsText(tokens[index].children or (), options, env))
        addresses = [
            (theme, escape(reading.picture_address(shown)))
            for theme, shown in (("in-light", name), ("in-dark", name.replace("-light.", "-dark.")))
        ]
        return "".join(
            f'<a class="picture {theme}" href="{address}">{room}<span class="picture-inside">'
            f'<img src="{address}" alt="{alt}" {size} loading="lazy"></span></a>'
            for theme, address in addresses
        )

    def table_open(
        self, tokens: Sequence[Token], index: int, options: Any, env: MutableMapping[str, Any]
    ) -> str:
        # Wide tables scroll on their own, and are reached by keyboard for that. No two have the same name.
        label = f"Table {next(env['reading'].table_numbers)}"
        return f'<div class="guide-table" tabindex="0" role="region" aria-label="{label}"><table>\n'

    def table_close(
        self, tokens: Sequence[Token], index: int, options: Any, env: MutableMapping[str, Any]
    ) -> str:
        return "</table></div>\n"

    def fence(self, tokens: Sequence[Token], index: int, options: Any, env: MutableMapping[str, Any]) -> str:
        return f'<pre tabindex="0"><code>{escape(tokens[index].content)}</code></pre>\n'


def _joined(file: PurePosixPath, path: str) -> PurePosixPath:
    """Where a relative path leads that is written in a file."""
    parts: list[str] = []
    for part in (file.parent / path).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return PurePosixPath(*parts)


def size_of(picture: Path) -> tuple[int, int]:
    """Width and height in pixels of a WebP file as Chromium writes it, which begins with both."""
    data = picture.read_bytes()[:30]
    assert data[:4] == b"RIFF", picture
    assert data[8:16] == b"WEBPVP8X", picture
    width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
    return width, height


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}, renderer_cls=_Pages).enable("table")
