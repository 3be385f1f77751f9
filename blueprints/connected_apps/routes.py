"""Settings → Account → Connected Apps, and the way to a provider and back."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from accounts import audit, mails
from accounts.audit import Event
from accounts.permissions import Action, Scope, may_anywhere, scope_of
from accounts.settings import open_connecting as change_opening
from accounts.team import owner
from blueprints.connected_apps.cards import coming_of, connection_of, may_connect, sections
from blueprints.connected_apps.versions import card_versions
from connections import round_trip
from connections.ending import end_connections
from connections.reasons import CREDENTIAL_SETTINGS
from connections.round_trip import RoundTrip
from database import writing
from extensions import db
from models import App, User, UserSession
from scheduling.hosting import leave_account
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
# Codes and states of the providers have some hundred characters at most.
_LONGEST_PARAMETER = 2048


@connected_apps.get("/settings/account/connected-apps")
def index() -> ResponseReturnValue:
    return render_template(
        "settings/connected_apps.html",
        # Before the cards: what changes in between is then noticed by the next poll.
        card_versions=card_versions(actor()),
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
    if scope_of(user.role, Action.CONNECT_APPS) is not Scope.IF_OPENED or may_connect(user):
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
    try:
        address = round_trip.begin(actor(), person().session, _app(app))
    except round_trip.NotSetUpError:
        abort(404)
    db.session.commit()
    return redirect(address, 303)


@connected_apps.get("/connect/<provider>/callback")
def callback(provider: str) -> ResponseReturnValue:
    """Where a provider sends people back to. The one GET that writes, because providers come by GET."""
    if provider not in PROVIDERS:
        abort(404)
    if request.method != "GET":
        abort(405)
    if "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", "")):
        # Looked at in advance. Browsers throw such an answer away and come again when somebody goes there.
        return Response(status=503)
    state = _only("state")
    if not current_user.is_authenticated:
        return _signed_out_meanwhile(provider, state)
    user, session_id = actor(), person().session.id
    user_id, is_admin, is_allowed = user.id, may_anywhere(user.role, Action.ADMINISTER), may_connect(user)
    # The provider is called in between; no transaction may be open meanwhile.
    db.session.rollback()
    with writing():
        if is_allowed:
            trip = round_trip.finish(
                user_id, session_id, provider, state=state, code=_only("code"), error=_only("error")
            )
        else:
            round_trip.abandon(state)
            trip = RoundTrip("error", "Connecting is not open to your role any more. Nothing was connected.")
        words = trip.words
        if trip.credentials_refused_by is not None:
            words = f"{words} {_who_helps_with_credentials(trip.credentials_refused_by, is_admin=is_admin)}"
        row = db.session.get_one(UserSession, session_id)
        row.connect_notice, row.connect_notice_at = words[:500], utc_now()
        if trip.connection_id is not None:
            if trip.is_other_account:
                leave_account(trip.connection_id)
            try_again_for_host(user_id)
            user = db.session.get_one(User, user_id)
            audit.record(Event.CONNECTED, f"{user.name}: {trip.words}", user)
        db.session.commit()
    return redirect(f"{url_for('connected_apps.index')}?{provider}={trip.result}", 303)


def _signed_out_meanwhile(provider: str, state: str | None) -> ResponseReturnValue:
    """The answer is for nobody now, and shall not work for whoever signs in next."""
    # A session that has ended was looked up, in a transaction that can only read.
    db.session.rollback()
    app = round_trip.abandon(state)
    if app is None:
        say("Nothing was connected. Sign in and connect again.", "warning")
    else:
        say(
            f"You were signed out while you were at {app.label}. "
            "Nothing was connected; sign in and connect again.",
            "warning",
        )
    # Not back to this address: it holds the provider's code.
    return redirect(url_for("people.sign_in", next=url_for("connected_apps.index")), 303)


def _who_helps_with_credentials(app: App, *, is_admin: bool) -> str:
    if is_admin:
        return f"Check {' and '.join(CREDENTIAL_SETTINGS[app.provider])} in the settings of this server."
    return f"Only whoever runs this server can change that; {owner().name} has been told."


def _only(name: str) -> str | None:
    """The value of a parameter of the address. Sent twice, or longer than any provider's, it is none."""
    values = request.args.getlist(name)
    return values[0] if len(values) == 1 and len(values[0]) <= _LONGEST_PARAMETER else None


@connected_apps.get("/settings/account/connected-apps/<app>/disconnect")
def confirm_disconnecting(app: str) -> ResponseReturnValue:
    wanted = _app(app)
    row = connection_of(actor(), wanted)
    if row is None:
        say(f"{wanted.label} is not connected.", "info")
        return redirect(url_for("connected_apps.index"), 303)
    return render_template(
        "settings/disconnect.html", app=wanted, connection=row, coming=coming_of(actor(), row)
    )


@connected_apps.post("/disconnect/<app>")
def disconnect(app: str) -> ResponseReturnValue:
    wanted, user = _app(app), actor()
    ended = end_connections(user, only=wanted)
    if ended:
        audit.record(Event.DISCONNECTED, f"{user.name} disconnected {wanted.label}.", user)
        # What waits for a meeting on this account shall not wait for its next turn to find that it is gone.
        try_again_for_host(user.id)
    db.session.commit()
    if ended:
        say(f"{wanted.label} is disconnected. From now on nothing is done on your account.")
    else:
        say(f"{wanted.label} is not connected.", "info")
    return redirect(url_for("connected_apps.index"), 303)


def _app(key: str) -> App:
    found = next((app for app in App if app.value == key), None)
    if found is None:
        abort(404)
    return found


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
