"""Short messages for the next page, and the lines above every page while something is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from flask import flash, get_flashed_messages

from models import InterviewStatus

Level = Literal["info", "success", "warning", "danger"]


@dataclass(frozen=True)
class Banner:
    """A line above the page. The action is a link, or absent where only waiting helps."""

    level: Level
    text: str
    action_label: str | None = None
    action_url: str | None = None


@dataclass(frozen=True)
class Notice:
    level: Level
    text: str


class Link(NamedTuple):
    label: str
    address: str


class Said(NamedTuple):
    """A message as a page shows it, with the links and the Undo button that belong to it."""

    level: str
    text: str
    links: Sequence[Sequence[str]]
    undo: str | None


def say(text: str, level: Level = "success", *, links: Sequence[Link] = (), undo: str | None = None) -> None:
    """Show a message once, on the next page that this browser loads. `links` are below it: a few, because a
    cookie carries them. `undo` is the address to which its Undo button posts, for what can be taken back."""
    flash(text, level)
    # These belong to the message before them; `said` puts them together.
    if links:
        flash(links, "links")  # type: ignore[arg-type]
    if undo is not None:
        flash(undo, "undo")


def said() -> list[Said]:
    """What was said since the last page, for the page that shows it."""
    found: list[Said] = []
    told_since: list[tuple[str, Any]] = get_flashed_messages(with_categories=True)  # type: ignore[assignment]
    for category, told in told_since:
        if category in ("links", "undo"):
            found[-1] = found[-1]._replace(**{category: told})
        else:
            found.append(Said(category, told, (), None))
    return found


def say_it_is_settled(status: InterviewStatus) -> None:
    """Why an interview that is no longer scheduled has no form to change it."""
    say(f"This interview is marked “{status.label}”, so it can't be changed.", "info")
