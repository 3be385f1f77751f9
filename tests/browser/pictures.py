"""Pictures of pages, each with a record of what was on it.

A browser of another version draws the same page with other pixels, so what is compared is what a reader would
notice: the words, the fields, and where each of them is. The record is beside the tests, a line for each, and
names the pictures that were taken with it; a difference says which words are new, gone, or elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from blueprints.help.guides import PICTURES
from blueprints.help.markdown import DENSITY

RECORDS = Path(__file__).parent / "picture_records"
THEMES = ("light", "dark")
# How many pixels words may have moved: every browser draws a font a little wider or narrower.
_LEEWAY = 6
# Twice as many pixels at the lowest quality look better than half of them at a high one, and are no larger.
_QUALITY = 1
_MARGIN = 8

# The words and fields within a rectangle, each with its own rectangle; what only screen readers get is left
# out.
_LOOK = """({ left, top, right, bottom }) => {
    const seen = [];
    const note = (words, box) => {
        const inside = box.right > left && box.left < right && box.bottom > top && box.top < bottom;
        if (inside && box.width > 1 && box.height > 1)
            seen.push([words, box.left - left, box.top - top, box.width, box.height].map(
                (value) => typeof value === "number" ? Math.round(value) : value));
    };
    const shows = (element) =>
        element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
        && !element.closest(".visually-hidden");
    const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode()); ) {
        const words = node.data.replace(/\\s+/g, " ").trim();
        if (!words || !shows(node.parentElement)) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        note(words, range.getBoundingClientRect());
    }
    for (const field of document.querySelectorAll("main :is(input, select, textarea)")) {
        if (!shows(field) || field.type === "hidden") continue;
        const value = field.type === "checkbox" || field.type === "radio"
            ? (field.checked ? "checked" : "not checked") : field.value || field.placeholder || "empty";
        note(`[${value.replace(/\\s+/g, " ").slice(0, 60)}]`, field.getBoundingClientRect());
    }
    return seen;
}"""
# What is different in each run: ids that the simulators give to meetings, and their ports.
_MADE_UP = re.compile(r"https?://\S+|\b\d{9,}\b|\b[a-z]{3}-[a-z]{4}-[a-z]{3}\b")


@dataclass(frozen=True)
class Seen:
    """Words, and the place where they are: left, top, width, height."""

    words: str
    box: tuple[int, int, int, int]

    @classmethod
    def read(cls, line: str) -> Seen:
        *box, words = line.split(" ", 4)
        left, top, width, height = map(int, box)
        return cls(words, (left, top, width, height))

    def __str__(self) -> str:
        return " ".join([*map(str, self.box), self.words])


@dataclass(frozen=True)
class Taken:
    """One look at a page: what was seen, and the picture in the theme of the page."""

    seen: list[Seen]
    picture: bytes


def take(page: Page, shown: Iterable[Locator]) -> Taken:
    """Take a picture of the part of the page around these elements, as it is now."""
    boxes = [box for each in shown if (box := each.bounding_box()) is not None]
    scrolled = page.evaluate("scrollY")
    left = max(min(box["x"] for box in boxes) - _MARGIN, 0)
    top = max(min(box["y"] for box in boxes) - _MARGIN, -scrolled)
    right = max(box["x"] + box["width"] for box in boxes) + _MARGIN
    bottom = max(box["y"] + box["height"] for box in boxes) + _MARGIN
    found: list[list[Any]] = page.evaluate(
        _LOOK, {"left": left, "top": top, "right": right, "bottom": bottom}
    )
    seen = [Seen(_MADE_UP.sub("…", str(words)), (x, y, w, h)) for words, x, y, w, h in found]
    clip = {"x": left, "y": top + scrolled, "width": right - left, "height": bottom - top, "scale": DENSITY}
    answer = page.context.new_cdp_session(page).send(
        "Page.captureScreenshot",
        {"format": "webp", "quality": _QUALITY, "clip": clip, "captureBeyondViewport": True},
    )
    return Taken(seen, base64.b64decode(answer["data"]))


def keep(name: str, looks: dict[str, Taken]) -> None:
    """Write the pictures of a page in both themes, with the record of what is on them."""
    PICTURES.mkdir(exist_ok=True)
    RECORDS.mkdir(exist_ok=True)
    for theme, taken in looks.items():
        _file(name, theme).write_bytes(taken.picture)
    lines = [*_hashes(name), *map(str, looks["light"].seen)]
    _record(name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def differences(name: str, taken: Taken) -> list[str]:
    """What someone who knows the kept picture would notice on the page as it is now."""
    if not _record(name).exists():
        return ["there is no picture yet"]
    lines = _record(name).read_text(encoding="utf-8").splitlines()
    hashes, kept = lines[: len(THEMES)], [Seen.read(line) for line in lines[len(THEMES) :]]
    found = [] if hashes == _hashes(name) else ["the pictures are not those that were taken with the record"]
    before, now = [each.words for each in kept], [each.words for each in taken.seen]
    if sorted(before) != sorted(now):
        found += [f"gone: {words}" for words in _beyond(before, now)]
        found += [f"new: {words}" for words in _beyond(now, before)]
        return found
    pairs = zip(sorted(kept, key=_by_words), sorted(taken.seen, key=_by_words), strict=True)
    return found + [
        f"elsewhere: {new.words}, {old.box} before, {new.box} now"
        for old, new in pairs
        if _is_elsewhere(old, new)
    ]


def _by_words(seen: Seen) -> tuple[str, tuple[int, int, int, int]]:
    return seen.words, seen.box


def _is_elsewhere(old: Seen, new: Seen) -> bool:
    return any(abs(was - is_) > _LEEWAY for was, is_ in zip(old.box, new.box, strict=True))


def _beyond(some: list[str], others: list[str]) -> list[str]:
    left = list(others)
    return [each for each in some if each not in left or left.remove(each)]  # type: ignore[func-returns-value]


def _hashes(name: str) -> list[str]:
    return [
        f"{theme} {hashlib.sha256(_file(name, theme).read_bytes()).hexdigest()[:32]}"
        for theme in THEMES
        if _file(name, theme).exists()
    ]


def _file(name: str, theme: str) -> Path:
    return PICTURES / f"{name}-{theme}.webp"


def _record(name: str) -> Path:
    return RECORDS / f"{name}.txt"
