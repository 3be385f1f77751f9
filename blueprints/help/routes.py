"""Help inside the product: pages that explain, each about one thing."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

import htmx
from accounts.permissions import Action, may_anywhere
from blueprints.help.connecting import connecting_help
from blueprints.help.guides import (
    FOR_OPERATORS,
    FOR_ROLES,
    document_of,
    guide_named,
    neighbors,
    own_guide,
)
from blueprints.help.searching import HelpPage, find
from blueprints.help.sending import SENDING_TROUBLES
from connections import catalogue
from extensions import db
from models import Organization
from web.shortcuts import CALENDAR_SHORTCUTS, shortcuts_for
from web.signed_in import actor

help_pages = Blueprint("help_pages", __name__, url_prefix="/help")

_LONGEST_SEARCH = 200


_PAGES = (
    HelpPage(
        "help_pages.connecting_apps",
        "Connecting apps",
        "How to connect meetings, calendars, and mailboxes, which permissions are needed and why, what is "
        "stored, and how to fix problems.",
        "plug-connected",
    ),
    HelpPage(
        "help_pages.calendar_entries",
        "Interviews in calendars",
        "How interviews get into your team's calendars, what happens when someone changes or deletes an "
        "entry there, and what is read of other events.",
        "calendar",
    ),
    HelpPage(
        "help_pages.keyboard_shortcuts", "Keyboard shortcuts", "Most work on every page.", "layout-dashboard"
    ),
    HelpPage(
        "help_pages.privacy",
        "Privacy",
        "What is stored, for how long, who sees it, what leaves this server, and what to do when a candidate "
        "asks for their data.",
        "lock",
    ),
)
_FOR_ADMINISTRATORS = HelpPage(
    "help_pages.sending_email",
    "Sending email",
    "What this server needs to send invitations and reminders, and how to fix problems.",
    "mail",
)


@help_pages.get("")
def index() -> ResponseReturnValue:
    """Every page of Help, the guide for the reader's own role first, or where the words that were searched
    for are found."""
    role = actor().role
    own = own_guide(role)
    pages = (*_PAGES, _FOR_ADMINISTRATORS) if may_anywhere(role, Action.ADMINISTER) else _PAGES
    searched = request.args.get("q", "").strip()[:_LONGEST_SEARCH]
    return render_template(
        "help/index.html",
        searched=searched,
        found=find(searched, pages),
        own=(own, document_of(own)),
        others=[(guide, document_of(guide)) for guide in FOR_ROLES if guide is not own],
        for_operators=[(guide, document_of(guide)) for guide in FOR_OPERATORS],
        pages=pages,
    )


@help_pages.get("/guides/<name>")
def guide(name: str) -> ResponseReturnValue:
    """One guide, for any role."""
    shown = guide_named(name)
    if shown is None:
        abort(404)
    return render_template(
        "help/guide.html",
        document=document_of(shown),
        neighbors=[(each and (each, document_of(each).title)) for each in neighbors(shown)],
    )


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
