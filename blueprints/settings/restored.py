"""The decision about the background work of a server that was restored from a backup."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts import restored as held
from accounts.first_run import organization
from extensions import db
from scheduling.reading.restored import next_interviews
from tasks.asking_for_links import ask
from tasks.held_back import what_waits
from timezones import utc_now
from web.notices import say
from web.signed_in import actor
from wording import counted

# How long someone waits for what the providers say.
_SECONDS = 8.0


def restored() -> ResponseReturnValue:
    return _page()


def check_links() -> ResponseReturnValue:
    """The page, with what the providers say of the links at this moment. Nothing of it is stored."""
    return _page(checks_links=True)


def _page(*, checks_links: bool = False) -> ResponseReturnValue:
    here = organization()
    if here is None or here.held_back_since is None:
        return redirect(url_for("settings.system_log"), 303)
    made_at, restored_at, now = here.restored_from, here.held_back_since, utc_now()
    following = next_interviews(now)
    links = None
    if checks_links:
        links = ask([each.meeting_id for each in following.soonest if each.meeting_id is not None], _SECONDS)
    return render_template(
        "settings/restored.html",
        made_at=made_at,
        restored_at=restored_at,
        next=following,
        links=links,
        waiting=what_waits(now),
    )


def resume_restored() -> ResponseReturnValue:
    return _resume("send")


def drop_held_back() -> ResponseReturnValue:
    return _resume("drop")


def _resume(decision: held.Decision) -> ResponseReturnValue:
    dropped = held.resume(actor(), decision)
    if dropped is None:
        say("Background work is already running.", "info")
    elif decision == "send":
        say("Background work has resumed. What was waiting is done now.")
    else:
        were = "was" if dropped == 1 else "were"
        say(f"Background work has resumed. {counted(dropped, 'email')} {were} dropped.")
    db.session.commit()
    return redirect(url_for("settings.system_log"), 303)


def register(blueprint: Blueprint) -> None:
    """Add these pages to the settings' blueprint."""
    blueprint.get("/restored")(restored)
    blueprint.post("/restored/links", endpoint="check_restored_links")(check_links)
    blueprint.post("/restored/resume")(resume_restored)
    blueprint.post("/restored/drop")(drop_held_back)
