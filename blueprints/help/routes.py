"""Help inside the product: pages that explain, each about one thing."""

from __future__ import annotations

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import htmx
from blueprints.help.connecting import connecting_help
from blueprints.help.sending import SENDING_TROUBLES
from connections import catalogue
from extensions import db
from models import Organization
from web.shortcuts import CALENDAR_SHORTCUTS, shortcuts_for
from web.signed_in import actor

help_pages = Blueprint("help_pages", __name__, url_prefix="/help")


@help_pages.get("")
def index() -> ResponseReturnValue:
    """Leads to the page that most people need; it names the others."""
    return redirect(url_for("help_pages.connecting_apps"), 303)


@help_pages.get("/connecting-apps")
def connecting_apps() -> ResponseReturnValue:
    """About the app that the address names, or otherwise the first one."""
    asked = catalogue.find(request.args.get("app", ""))
    app = asked if asked is not None and asked.is_available else catalogue.available()[0]
    return render_template("help/connecting_apps.html", help=connecting_help(actor(), app))


@help_pages.get("/calendar-entries")
def calendar_entries() -> ResponseReturnValue:
    """How interviews get into people's calendars, and what becomes of what they change there."""
    calendars = [app for app in catalogue.available() if app.keeps_entries]
    return render_template("help/calendar_entries.html", calendars=calendars)


@help_pages.get("/keyboard-shortcuts")
def keyboard_shortcuts() -> ResponseReturnValue:
    """As a page, or as what a popup shows."""
    name = "_keyboard_shortcuts" if htmx.is_htmx() else "keyboard_shortcuts"
    shown = render_template(
        f"help/{name}.html",
        shortcuts_shown=shortcuts_for(actor().role),
        calendar_shortcuts=CALENDAR_SHORTCUTS,
    )
    return htmx.varies(make_response(shown))


@help_pages.get("/privacy")
def privacy() -> ResponseReturnValue:
    """What is stored, for how long as of now, and who sees it."""
    row = db.session.get_one(Organization, 1)
    return render_template(
        "help/privacy.html",
        retention_days=row.retention_days,
        mail_copy_days=row.mail_copy_days,
        log_days=row.log_days,
        backup_days=current_app.config["BACKUP_KEEP_DAYS"] if current_app.config["BACKUP_FOLDER"] else None,
    )


@help_pages.get("/sending-email")
def sending_email() -> ResponseReturnValue:
    """What the operator of the server sets so that emails leave, and what helps when they do not."""
    config = current_app.config
    return render_template(
        "help/sending_email.html",
        troubles=SENDING_TROUBLES,
        # Of providers that are mail servers too; most have none.
        guides=list(dict.fromkeys(f"{spec.guide}/mail_server.html" for spec in catalogue.available())),
        mailboxes=" or ".join(spec.label for spec in catalogue.mail_apps()),
        mail_server=config.get("MAIL_SERVER") or "",
        sender=config.get("MAIL_DEFAULT_SENDER") or "",
    )
