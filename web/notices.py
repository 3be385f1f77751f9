"""Short messages for the next page, and the lines above every page while something is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flask import flash

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


def say(text: str, level: Level = "success", *, undo: str | None = None) -> None:
    """Show a message once, on the next page that this browser loads. `undo` is the address to which its Undo
    button posts, for what can be taken back."""
    flash(text, level)
    if undo is not None:
        # It belongs to the message before it; `messages` in the templates puts the two together.
        flash(undo, "undo")


def say_it_is_settled(status: InterviewStatus) -> None:
    """Why an interview that is no longer scheduled has no form to change it."""
    say(f"This interview is marked “{status.label}”, so it can't be changed.", "info")
