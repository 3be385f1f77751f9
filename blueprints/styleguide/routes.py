"""Every component in every state, in both themes: the page to look at before and after changing the design.

It exists only in development and in tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, abort, current_app, render_template
from flask.typing import ResponseReturnValue

from blueprints.styleguide.samples import sample_form, states

styleguide = Blueprint("styleguide", __name__)


@dataclass(frozen=True)
class Step:
    key: str
    label: str
    state: str
    can_go: bool


@dataclass(frozen=True)
class Person:
    name: str


@dataclass(frozen=True)
class Entry:
    at: datetime
    words: str
    actor: Person | None


_INSTANT = datetime(2027, 3, 9, 14, 30, tzinfo=UTC)
_STEPS = (
    Step("setup", "Setup", "done", True),
    Step("date-time", "Date & Time", "done", True),
    Step("attendees", "Attendees", "current", False),
    Step("details", "Details", "open", True),
    Step("preview", "Preview", "todo", False),
    Step("finalize", "Finalize", "todo", False),
)
_TIMELINE = (
    Entry(_INSTANT, "Lena Vogel scheduled the interview", Person("Lena Vogel")),
    Entry(_INSTANT, "Meeting created on Priya's account", None),
    Entry(_INSTANT, "Invitation sent to 4 people", None),
)


@styleguide.before_request
def only_in_development() -> None:
    if not (current_app.debug or current_app.testing):
        abort(404)


@styleguide.get("/styleguide")
def components() -> ResponseReturnValue:
    return render_template(
        "styleguide/components.html",
        forms={theme: sample_form(theme) for theme in ("light", "dark")},
        states=states(),
        steps=_STEPS,
        timeline_entries=_TIMELINE,
        instant=_INSTANT,
    )


@styleguide.get("/styleguide/confirm")
def confirm() -> ResponseReturnValue:
    return render_template("styleguide/confirm.html")
