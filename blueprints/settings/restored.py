"""What to decide about the background work of a server that was restored from a backup."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts import restored as held
from accounts.first_run import organization
from extensions import db
from tasks.held_back import what_waits
from timezones import utc_now
from web.notices import say
from web.signed_in import actor
from wording import counted


def restored() -> ResponseReturnValue:
    here = organization()
    if here is None or here.held_back_since is None:
        return redirect(url_for("settings.system_log"), 303)
    return render_template(
        "settings/restored.html",
        made_at=here.restored_from,
        restored_at=here.held_back_since,
        waiting=what_waits(utc_now()),
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
    blueprint.post("/restored/resume")(resume_restored)
    blueprint.post("/restored/drop")(drop_held_back)
