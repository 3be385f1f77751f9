"""What the guides mention exists: links lead somewhere, and there are such labels, settings and commands."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click
import pytest
from flask import Flask
from markdown_it import MarkdownIt
from markdown_it.token import Token

from blueprints.help.guides import FOR_ROLES, GUIDES, Guide
from blueprints.help.markdown import anchor_of, text_of
from config import SETTINGS
from tests.architecture.repository import ROOT, product_files, text_files

# Bold text is something that can be read in the product: a button, a field, a page. A path through menus is
# written with arrows.
_ARROW = " → "
# The words of a template between its tags and its code.
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_NO_WORDS = re.compile(r"\{[{%].*?[%}]\}|<[^>]*>", re.DOTALL)
_QUOTED = re.compile(r'"([^"\n]+)"')
_SETTING = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
# Names in capital letters are placeholders for what people fill in.
_NO_SETTINGS = {"ADDRESS-OF-THIS-REPOSITORY"}
_MOST_BYTES_OF_PICTURES = 700_000

FILES = sorted({guide.file for guide in GUIDES})


def tokens_of(file: str) -> list[Token]:
    return MarkdownIt("commonmark", {"html": False}).enable("table").parse((ROOT / file).read_text())


def dark_twin(picture: Path) -> Path:
    return picture.with_name(picture.name.replace("-light.", "-dark."))


def inline(file: str) -> Iterator[Token]:
    for token in tokens_of(file):
        yield from token.children or ()


def anchors(path: Path) -> set[str]:
    taken: set[str] = set()
    tokens = tokens_of(str(path.resolve().relative_to(ROOT)))
    for opening, heading in pairwise(tokens):
        if opening.type == "heading_open":
            anchor_of(text_of(heading), taken)
    return taken


@pytest.mark.parametrize("file", FILES)
def test_links_and_pictures_lead_somewhere(file: str) -> None:
    broken = []
    for token in inline(file):
        if token.type not in {"link_open", "image"}:
            continue
        target = urlsplit(str(token.attrGet("href") or token.attrGet("src")))
        if target.scheme:
            continue
        path = (ROOT / file).parent / unquote(target.path) if target.path else ROOT / file
        if not path.is_file() or (target.fragment and target.fragment not in anchors(path)):
            broken.append(target.geturl())
        elif token.type == "image":
            assert token.content, f"{target.path} has no words for those who don't see it"
            assert path.name.endswith("-light.webp"), target.path
            assert dark_twin(path).is_file(), f"{target.path} has no twin for the dark theme"
    assert broken == []


def test_every_picture_is_shown_and_they_are_small() -> None:
    shown = {
        Path(str(token.attrGet("src"))).name
        for file in FILES
        for token in inline(file)
        if token.type == "image"
    }
    there = list((ROOT / "docs" / "pictures").iterdir())
    assert {path.name for path in there} == shown | {dark_twin(Path(name)).name for name in shown}
    assert sum(path.stat().st_size for path in there) <= _MOST_BYTES_OF_PICTURES


@pytest.fixture(scope="module")
def labels() -> set[str]:
    """Everything that can be read on some page as a separate text."""
    found: set[str] = set()
    for name, text in text_files():
        if name.parts[0] == "templates" and name.suffix == ".html":
            plain = _COMMENT.sub(" ", text)
            found.update(_QUOTED.findall(plain))
            found.update(_NO_WORDS.sub("\n", plain).splitlines())
    for name, text in product_files():
        if name.suffix == ".py" and name.parts[0] not in {"simulators", "migrations"}:
            found.update(
                node.value
                for node in ast.walk(ast.parse(text))
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            )
    return {" ".join(each.split()) for each in found}


@pytest.mark.parametrize("guide", FOR_ROLES, ids=lambda guide: guide.name)
def test_words_in_bold_can_be_read_in_the_product(guide: Guide, labels: set[str]) -> None:
    unknown = [part for words in bold(guide.file) for part in words.split(_ARROW) if part not in labels]
    assert unknown == [], "a guide quotes words that no page has"


def bold(file: str) -> Iterator[str]:
    """The texts in bold, without the marks."""
    depth, words = 0, ""
    for token in inline(file):
        depth += {"strong_open": 1, "strong_close": -1}.get(token.type, 0)
        if depth:
            words += token.content if token.type == "text" else " " if token.type == "softbreak" else ""
        elif words:
            yield words
            words = ""


@pytest.mark.parametrize("guide", FOR_ROLES, ids=lambda guide: guide.name)
def test_settings_and_commands_of_guides_exist(guide: Guide, sqlite_app: Flask) -> None:
    known = {setting.name for setting in SETTINGS} | _NO_SETTINGS
    code = [
        token.content
        for token in [*inline(guide.file), *tokens_of(guide.file)]
        if token.type in {"code_inline", "fence"}
    ]
    assert [name for each in code for name in _SETTING.findall(each) if name not in known] == []
    commands = [
        found.split() for each in code for found in re.findall(r"\bsmoothhiring ([a-z][a-z -]*[a-z])", each)
    ]
    for words in commands:
        group: click.Command | None = sqlite_app.cli
        for word in words:
            if word.startswith("--"):
                break
            assert isinstance(group, click.Group), f"smoothhiring {' '.join(words)}"
            group = group.commands.get(word)
            assert group is not None, f"smoothhiring {' '.join(words)}"
