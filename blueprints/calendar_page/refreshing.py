"""Having one's connected calendars read now."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from connections.catalogue import label_of
from extensions import db
from scheduling.outside import sync
from security import safe_next
from web.notices import say
from web.signed_in import actor
from wording import listed


def refresh() -> ResponseReturnValue:
    """Ask for it, and go back to where the button was (`next`). The result is shown the next time the page is
    opened."""
    asked = sync.ask_now(actor())
    db.session.commit()
    if asked.reading:
        say(f"Reading your {_labels(asked.reading)} now. Look again in a moment to see what has changed.")
    elif asked.just_asked:
        were = "was" if len(asked.just_asked) == 1 else "were"
        labels = _labels(asked.just_asked)
        say(f"Your {labels} {were} just refreshed. Try again in half a minute.", "info")
    else:
        say("You haven't connected a calendar.", "info")
    return redirect(safe_next(request.form.get("next")) or url_for("calendar_page.index"), 303)


def _labels(apps: tuple[str, ...]) -> str:
    return listed([label_of(app) for app in apps])


def register(blueprint: Blueprint) -> None:
    """Add this address to the calendar's blueprint."""
    blueprint.post("/calendar/refresh")(refresh)
