"""The upcoming interviews that a connected calendar does not have yet, on its card: adding them, and how far
that is."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from connections.app_spec import AppSpec
from connections.catalogue import label_of
from extensions import db
from models import Connection, User
from scheduling.calendars import connecting
from scheduling.software import softwares_of
from web.notices import say
from web.signed_in import actor
from wording import counted


@dataclass(frozen=True)
class MissingEntries:
    """`count` interviews could be added. `adding` are being added, `delayed` of them not at the first try,
    for the reason in `why`. `used_instead`: another calendar, which interviews are added to in the place of
    this one, apart from those that are hosted with `hosted_with`."""

    count: int = 0
    adding: int = 0
    delayed: int = 0
    why: str = ""
    used_instead: str = ""
    hosted_with: str = ""


def missing_entries(user: User, spec: AppSpec, row: Connection | None) -> MissingEntries | None:
    """What the card of a connected calendar says; None if there is nothing to say."""
    if row is None or not spec.keeps_entries:
        return None
    used = connecting.used_calendar(user)
    if used is None:
        return None
    if used.id != row.id:
        return MissingEntries(
            used_instead=f"{used.account_email} with {label_of(used.app)}",
            hosted_with=" or ".join(each.label for each in softwares_of(spec.key)),
        )
    count, waiting = len(connecting.missing_from_calendar(user)), connecting.being_added(row)
    if not count and not waiting:
        return None
    reasons = [entry.failure_words or "" for entry in waiting if entry.failure is not None]
    return MissingEntries(count, len(waiting), len(reasons), reasons[0] if reasons else "")


def add() -> ResponseReturnValue:
    """Add all of them. The card then shows how far that is."""
    count = connecting.add_missing(actor())
    db.session.commit()
    if count:
        say(f"Adding {counted(count, 'interview')} to your calendar.")
    else:
        say("All your upcoming interviews are in your calendar already.", "info")
    return redirect(url_for("connected_apps.index"), 303)


def register(blueprint: Blueprint) -> None:
    """Add the command to the blueprint of Connected Apps."""
    blueprint.post("/settings/account/connected-apps/add-interviews", endpoint="add_missing_entries")(add)
