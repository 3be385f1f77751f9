"""The decision about a database that came from another installation."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts import copies
from extensions import db
from web.notices import say
from web.signed_in import actor


def copied() -> ResponseReturnValue:
    installation_id = _installation_id()
    if not copies.is_paused(installation_id):
        return redirect(url_for("settings.system_log"), 303)
    return render_template("settings/copied.html", is_decided=copies.stays_paused(installation_id))


def resume_copy() -> ResponseReturnValue:
    if copies.resume(actor(), _installation_id()):
        say("Background work has resumed. What was waiting is done now.")
    else:
        say("Background work is already running.", "info")
    db.session.commit()
    return redirect(url_for("settings.system_log"), 303)


def keep_copy_paused() -> ResponseReturnValue:
    if copies.stay_paused(actor(), _installation_id()):
        say("Background work stays paused.")
    else:
        say("Nothing has changed.", "info")
    db.session.commit()
    return redirect(url_for("settings.system_log"), 303)


def _installation_id() -> str:
    return str(current_app.config["INSTALLATION_ID"])


def register(blueprint: Blueprint) -> None:
    """Add these pages to the settings' blueprint."""
    blueprint.get("/copy")(copied)
    blueprint.post("/copy/resume")(resume_copy)
    blueprint.post("/copy/stay-paused")(keep_copy_paused)
