"""Settings → Account → Connected Apps, and the way to a provider and back."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import audit, mails
from accounts.audit import Event
from accounts.permissions import Action, Scope, may_anywhere, scope_of
from accounts.settings import open_connecting as change_opening
from accounts.team import owner
from blueprints.connected_apps.cards import sections
from connections import round_trip
from database import writing
from extensions import db
from models import App, User, UserSession
from scheduling.meetings import try_again_for_host
from timezones import utc_now
from web import services
from web.notices import Level, Notice, say
from web.signed_in import actor, connecting_is_open, person

connected_apps = Blueprint("connected_apps", __name__)

PROVIDERS = ("zoom", "google", "microsoft")
_LEVELS: dict[str, Level] = {"connected": "success", "denied": "warning", "error": "danger"}
# Past this age the message of a round trip belongs to another visit.
_NOTICE_LIFETIME = timedelta(minutes=10)


@connected_apps.get("/settings/account/connected-apps")
def index() -> ResponseReturnValue:
    return render_template(
        "settings/connected_apps.html",
        sections=sections(actor()),
        notice=_notice(),
        connecting_is_open=connecting_is_open(),
    )


@connected_apps.post("/settings/account/connected-apps/opening")
def open_connecting() -> ResponseReturnValue:
    is_open = request.form.get("connecting_is_open") == "y"
    change_opening(actor(), is_open)
    db.session.commit()
    if is_open:
        say("Everyone who schedules or hosts may connect their own apps now.")
    else:
        say("Only owners and admins may connect apps now. Apps that were connected before stay so.")
    return redirect(url_for("connected_apps.index"), 303)


@connected_apps.post("/settings/account/connected-apps/ask")
def ask() -> ResponseReturnValue:
    """One click for whoever may not connect; the owner reads it in a mail."""
    user = actor()
    is_for_role = scope_of(user.role, Action.CONNECT_APPS) is Scope.IF_OPENED
    if not is_for_role or may_anywhere(
        user.role, Action.CONNECT_APPS, connecting_is_open=connecting_is_open()
    ):
        abort(403)
    asked = owner()
    mail = mails.queue_request_to_connect(user, asked, services.rules())
    db.session.commit()
    if mail is None:
        say(f"{asked.name} was asked within the last day already.", "info")
    else:
        say(f"{asked.name} gets a mail with your request.")
    return redirect(url_for("connected_apps.index"), 303)


@connected_apps.post("/connect/<app>")
def connect(app: str) -> ResponseReturnValue:
    wanted = next((known for known in App if known.value == app), None)
    if wanted is None:
        abort(404)
    try:
        address = round_trip.begin(actor(), person().session, wanted)
    except round_trip.NotSetUpError:
        abort(404)
    db.session.commit()
    return redirect(address, 303)


@connected_apps.get("/connect/<provider>/callback")
def callback(provider: str) -> ResponseReturnValue:
    """Where a provider sends people back to. The one GET that writes, because providers come by GET."""
    if provider not in PROVIDERS:
        abort(404)
    user_id, session_id = actor().id, person().session.id
    # The provider is called in between; no transaction may be open meanwhile.
    db.session.rollback()
    trip = round_trip.finish(
        user_id,
        session_id,
        provider,
        state=request.args.get("state"),
        code=request.args.get("code"),
        error=request.args.get("error"),
    )
    with writing():
        row = db.session.get_one(UserSession, session_id)
        row.connect_notice, row.connect_notice_at = trip.words[:500], utc_now()
        if trip.result == "connected":
            try_again_for_host(user_id)
            user = db.session.get_one(User, user_id)
            audit.record(Event.CONNECTED, f"{user.name}: {trip.words}", user)
        db.session.commit()
    return redirect(f"{url_for('connected_apps.index')}?{provider}={trip.result}", 303)


def _notice() -> Notice | None:
    """The message of the round trip that ended a moment ago. Its words come from the session's row: the
    address says only that there is one, so a link cannot put words into our mouth."""
    session = person().session
    result = next((request.args[name] for name in PROVIDERS if name in request.args), None)
    if result not in _LEVELS or session.connect_notice is None or session.connect_notice_at is None:
        return None
    if utc_now() - session.connect_notice_at > _NOTICE_LIFETIME:
        return None
    return Notice(_LEVELS[result], session.connect_notice)
