"""Settings → Account → Connected Apps, and the round trip to a provider."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from accounts import audit, mails
from accounts.audit import Event
from accounts.permissions import Action, Scope, may_anywhere, scope_of
from accounts.settings import open_connecting as change_opening
from accounts.team import owner
from blueprints.connected_apps import live
from blueprints.connected_apps.cards import coming_of, connection_of, sections
from blueprints.connected_apps.consent import consent_address
from blueprints.connected_apps.round_trip_notice import forget_notices, keep_notice, notice_of
from blueprints.connected_apps.versions import card_versions
from connections import catalogue, round_trip
from connections.app_spec import AppSpec
from connections.catalogue import label_of
from connections.revocation import end_connections, is_superseded
from connections.round_trip import Repeated, RoundTrip
from connections.rows import is_unreadable
from database import writing
from extensions import db
from models import Connection, User, UserSession
from scheduling.meetings.on_account import settle_on_account
from scheduling.meetings.wanting import try_again_for_host
from services import services
from web.notices import say
from web.signed_in import (
    actor,
    connecting_is_open,
    forget_whether_connecting_is_open,
    may_connect,
    person,
)

connected_apps = Blueprint("connected_apps", __name__)
live.register(connected_apps)

# Providers' codes and states have a few hundred characters at most.
_LONGEST_PARAMETER = 2048
# In the browser's session: this browser just disconnected something, and its other tabs should know.
_CHANGED = "connections_changed"


@connected_apps.get("/settings/account/connected-apps")
def index() -> ResponseReturnValue:
    result = next((request.args[name] for name in catalogue.providers() if name in request.args), None)
    notice = notice_of(person().session, result) if result else None
    return render_template(
        "connected_apps/connected_apps.html",
        # Read before the cards, so that the next poll notices what changes in between.
        card_versions=card_versions(actor()),
        sections=sections(actor()),
        notice=notice,
        tells_other_tabs=session.pop(_CHANGED, False) or notice is not None,
        connecting_is_open=connecting_is_open(),
    )


@connected_apps.post("/settings/account/connected-apps/opening")
def open_connecting() -> ResponseReturnValue:
    is_open = request.form.get("connecting_is_open") == "y"
    change_opening(actor(), is_open)
    db.session.commit()
    if is_open:
        say("Everyone who schedules or hosts can now connect their own apps.")
    else:
        say("Only owners and admins can now connect apps. Existing connections stay.")
    return redirect(url_for("connected_apps.index"), 303)


@connected_apps.post("/settings/account/connected-apps/ask")
def ask() -> ResponseReturnValue:
    """One click for those who may not connect; the owner gets it by email."""
    user = actor()
    if scope_of(user.role, Action.CONNECT_APPS) is not Scope.IF_OPENED or may_connect(user):
        abort(403)
    asked = owner()
    was_told = mails.queue_request_to_connect(user, asked, services().mail_domain)
    db.session.commit()
    if not was_told:
        say(f"{asked.name} was already asked in the last day.", "info")
    else:
        say(f"{asked.name} will get an email with your request.")
    return redirect(url_for("connected_apps.index"), 303)


@connected_apps.post("/connect/<app>")
def connect(app: str) -> ResponseReturnValue:
    try:
        address = consent_address(_app(app).key)
    except round_trip.NotSetUpError:
        abort(404)
    db.session.commit()
    return redirect(address, 303)


@connected_apps.get("/connect/<provider>/callback")
def callback(provider: str) -> ResponseReturnValue:
    """Where a provider sends people back to. The only GET that writes, because providers use GET."""
    if provider not in catalogue.providers():
        abort(404)
    if request.environ["REQUEST_METHOD"] != "GET":
        # A HEAD, which every other page answers like a GET, would use up what the provider sent.
        abort(405)
    if "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", "")):
        # A prefetch. Browsers discard such an answer and ask again when the person opens the page.
        return Response(status=503)
    state = _only("state")
    if not current_user.is_authenticated:
        return _signed_out_meanwhile(provider, state)
    user, session_id = actor(), person().session_id
    user_id, is_admin, is_allowed = user.id, may_anywhere(user.role, Action.ADMINISTER), may_connect(user)
    # The provider is called in between, and no transaction may be open during the call.
    db.session.rollback()
    trip: RoundTrip | Repeated
    with writing():
        if is_allowed:
            trip = round_trip.finish(
                user_id,
                session_id,
                provider,
                state=state,
                code=_only("code"),
                error=_only("error"),
                may_connect=_may_still_connect,
            )
        else:
            round_trip.abandon(state)
            trip = RoundTrip("error", "Your role can no longer connect apps. Nothing was connected.")
        if isinstance(trip, Repeated):
            db.session.rollback()
            return _same_answer_again(provider, trip)
        words = trip.words
        if trip.credentials_refused_by is not None:
            words = f"{words} {_who_helps_with_credentials(trip.credentials_refused_by, is_admin=is_admin)}"
        left_behind = 0
        if trip.connection_id is not None:
            left_behind = settle_on_account(db.session.get_one(Connection, trip.connection_id))
            try_again_for_host(user_id)
            user = db.session.get_one(User, user_id)
            audit.record(Event.CONNECTED, f"{user.name}: {trip.words}", user)
        if left_behind:
            words = f"{words} {_left_behind(left_behind)}"
        keep_notice(db.session.get_one(UserSession, session_id), words, warns=trip.is_other_account)
        db.session.commit()
    return redirect(f"{url_for('connected_apps.index')}?{provider}={trip.result}", 303)


def _same_answer_again(provider: str, repeated: Repeated) -> ResponseReturnValue:
    """After a double click or a reload, people end where the first answer led, with the message about it."""
    page = url_for("connected_apps.index")
    if repeated.result is None:
        say(f"{label_of(repeated.app)} is being connected. Its card will show it in a moment.", "info")
        return redirect(page, 303)
    return redirect(f"{page}?{provider}={repeated.result}", 303)


def _may_still_connect(user: User) -> bool:
    """Ask again after the call to the provider, which takes a while."""
    forget_whether_connecting_is_open()
    return may_connect(user)


def _signed_out_meanwhile(provider: str, state: str | None) -> ResponseReturnValue:
    """No one is signed in to get the answer, and it must not work for the next person who signs in."""
    # Looking up the ended session has opened a read-only transaction.
    db.session.rollback()
    app = round_trip.abandon(state)
    if app is None:
        say("Nothing was connected. Sign in and connect again.", "warning")
    else:
        say(
            f"You were signed out while you were at {label_of(app)}. "
            "Nothing was connected; sign in and connect again.",
            "warning",
        )
    # Not back to this address: it contains the provider's code.
    return redirect(url_for("sign_in.login", next=url_for("connected_apps.index")), 303)


def _left_behind(count: int) -> str:
    has = (
        "One upcoming interview has its meeting" if count == 1 else f"{count} upcoming interviews have theirs"
    )
    return (
        f"{has} there. The links work, but nothing can be changed or cancelled from here until that account "
        "is connected again."
    )


def _who_helps_with_credentials(app: str, *, is_admin: bool) -> str:
    if is_admin:
        return f"Check {catalogue.spec_of(app).settings_in_words} in this server's settings."
    return f"Only the person who runs this server can change that. We've told {owner().name}."


def _only(name: str) -> str | None:
    """The value of a query parameter; None if it was sent twice, or is longer than any provider's."""
    values = request.args.getlist(name)
    return values[0] if len(values) == 1 and len(values[0]) <= _LONGEST_PARAMETER else None


@connected_apps.get("/settings/account/connected-apps/<app>/disconnect")
def confirm_disconnecting(app: str) -> ResponseReturnValue:
    wanted = _app(app)
    row = connection_of(actor(), wanted.key)
    if row is None:
        say(f"{wanted.label} isn't connected.", "info")
        return redirect(url_for("connected_apps.index"), 303)
    return render_template(
        "connected_apps/disconnect.html",
        app=wanted,
        connection=row,
        is_unreadable=is_unreadable(row),
        # Its tokens are gone, and we cannot know whether the provider still honors them.
        may_be_alive=not row.ciphertext and not is_superseded(wanted.key, row.account_id, row.user_id),
        coming=coming_of(actor(), row),
    )


@connected_apps.post("/disconnect/<app>")
def disconnect(app: str) -> ResponseReturnValue:
    wanted, user = _app(app), actor()
    row = connection_of(user, wanted.key)
    cannot_be_told = row is not None and is_unreadable(row)
    ended = end_connections(user, only=wanted.key)
    if ended:
        forget_notices(user)
        audit.record(Event.DISCONNECTED, f"{user.name} disconnected {wanted.label}.", user)
        # Work that waits for a meeting on this account must learn right away that it is gone.
        try_again_for_host(user.id)
    db.session.commit()
    if ended:
        session[_CHANGED] = True
        say(f"{wanted.label} is disconnected. We no longer have access to your account.")
        if cannot_be_told:
            say(
                f"We couldn't tell {wanted.label}, because none of this server's keys opens what was stored. "
                f"Also remove {services().connections.name} in {wanted.label}'s own settings.",
                "warning",
            )
    else:
        say(f"{wanted.label} isn't connected.", "info")
    return redirect(url_for("connected_apps.index"), 303)


def _app(key: str) -> AppSpec:
    found = catalogue.find(key)
    if found is None:
        abort(404)
    return found
