"""Settings → Connected Apps, and the round trip to a provider."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from accounts import audit, mails
from accounts.audit import Event
from accounts.permissions import Action, Scope, may_anywhere, scope_of
from accounts.settings import open_connecting as change_opening
from accounts.team import owner
from blueprints.connected_apps import admin_answers, approvals, disconnecting, live, missing_entries, sending
from blueprints.connected_apps.cards import sections
from blueprints.connected_apps.consent import consent_address
from blueprints.connected_apps.disconnecting import CHANGED, app_or_404
from blueprints.connected_apps.round_trip_notice import keep_notice, notice_of
from blueprints.connected_apps.versions import card_versions
from blueprints.connected_apps.waiting import Forms
from connections import catalogue, round_trip
from connections.catalogue import label_of
from connections.round_trip import Repeated, RoundTrip
from database import writing
from extensions import db
from models import Connection, User, UserSession
from scheduling.calendars import connecting
from scheduling.entries.disconnecting import take_up_again
from scheduling.mails.waking import try_again_for_scheduler
from scheduling.meetings.on_account import settle_on_account
from scheduling.meetings.wanting import try_again_for_host
from scheduling.outside import sync
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
disconnecting.register(connected_apps)
missing_entries.register(connected_apps)
sending.register(connected_apps)

# Providers' codes and states have a few hundred characters at most.
_LONGEST_PARAMETER = 2048


@connected_apps.get("/settings/account/connected-apps")
def index() -> ResponseReturnValue:
    return _page({})


def _page(forms: Forms) -> str:
    result_of = next((name for name in catalogue.providers() if name in request.args), None)
    notice = notice_of(person().session, request.args[result_of]) if result_of is not None else None
    return render_template(
        "connected_apps/connected_apps.html",
        # Read before the cards, so that the next poll notices what changes in between.
        card_versions=card_versions(actor()),
        sections=sections(actor(), forms),
        notice=notice,
        # "How to fix it" leads to the page about an app of the provider that the message is about.
        helps_with=catalogue.apps_of(result_of)[0].key if result_of is not None else None,
        tells_other_tabs=session.pop(CHANGED, False) or notice is not None,
        connecting_is_open=connecting_is_open(),
    )


approvals.register(connected_apps, _page)


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
        address = consent_address(app_or_404(app).key)
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
    if admin_answers.is_answer(state):
        return admin_answers.take(provider, state)
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
                description=_only("error_description") or "",
                subcode=_only("error_subcode") or "",
            )
        else:
            round_trip.abandon(state)
            trip = RoundTrip("error", "Your role can no longer connect apps. Nothing was connected.")
        if isinstance(trip, Repeated):
            db.session.rollback()
            return _same_answer_again(provider, trip)
        words = trip.words
        if trip.credentials_refused_by is not None:
            words = f"{words} {_who_helps_with_credentials(trip, is_admin=is_admin)}"
        left_behind = 0
        if trip.connection_id is not None:
            connection = db.session.get_one(Connection, trip.connection_id)
            left_behind = settle_on_account(connection)
            connecting.settle(connection)
            sync.request(connection)
            take_up_again(connection)
            try_again_for_host(user_id)
            if catalogue.spec_of(connection.app).sends_mail:
                try_again_for_scheduler(user_id)
            user = db.session.get_one(User, user_id)
            audit.record(Event.CONNECTED, f"{user.name}: {trip.words}", user)
        if left_behind:
            words = f"{words} {_left_behind(left_behind)}"
        keep_notice(db.session.get_one(UserSession, session_id), words, warns=trip.warns)
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


def _who_helps_with_credentials(trip: RoundTrip, *, is_admin: bool) -> str:
    assert trip.credentials_refused_by is not None, "the provider accepts this server"
    spec = catalogue.spec_of(trip.credentials_refused_by)
    if is_admin and trip.refused_because in spec.faults:
        return f"The person who runs this server has to {spec.faults[trip.refused_because].cure}."
    if is_admin:
        return f"Check {spec.settings_in_words} in this server's settings."
    return f"Only the person who runs this server can change that. We've told {owner().name}."


def _only(name: str) -> str | None:
    """The value of a query parameter; None if it was sent twice, or is longer than any provider's."""
    values = request.args.getlist(name)
    return values[0] if len(values) == 1 and len(values[0]) <= _LONGEST_PARAMETER else None
