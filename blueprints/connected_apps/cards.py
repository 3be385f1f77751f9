"""What the page of connected apps shows of each app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from accounts.permissions import Action, Scope, may_anywhere, scope_of
from accounts.team import owner
from connections.setup import connections
from extensions import db
from models import App, Connection, ConnectionState, User
from timezones import local_moment
from web.signed_in import connecting_is_open

CardState = Literal["connected", "connect", "reconnect", "not_set_up", "not_offered", "ask", "not_for_role"]


@dataclass(frozen=True)
class Card:
    app: App | None
    key: str
    label: str
    icon: str
    line: str
    state: CardState
    connection: Connection | None = None
    problem: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
    redirect_uri: str | None = None
    scopes: tuple[str, ...] = ()
    ask_name: str | None = None


_PLANS = {"basic": "Basic", "licensed": "Licensed", "unknown": "Not known"}

# The apps that this version does not offer yet, in the sections where they will stand.
_LATER = {
    "E-mail": (
        (App.GMAIL, "brand-gmail", "Sends invitations from your own Gmail address."),
        (App.OUTLOOK_MAIL, "mail", "Sends invitations from your own Outlook address."),
    ),
    "Google": (
        (
            App.GOOGLE_CALENDAR,
            "brand-google",
            "Writes interviews into your Google Calendar and makes Google Meet links.",
        ),
    ),
    "Microsoft": (
        (
            App.OUTLOOK_CALENDAR,
            "brand-teams",
            "Writes interviews into your Outlook calendar and makes Teams links.",
        ),
    ),
}


def sections(user: User) -> list[tuple[str, list[Card]]]:
    """The cards of one person, by section."""
    later = [
        (name, [Card(app, app.value, app.label, icon, line, "not_offered") for app, icon, line in cards])
        for name, cards in _LATER.items()
    ]
    return [("Video & e-sign", [_zoom_card(user)]), *later]


def _zoom_card(user: User) -> Card:
    row = db.session.scalar(
        sa.select(Connection).where(Connection.user_id == user.id, Connection.app == App.ZOOM)
    )
    provider = connections().provider(App.ZOOM)
    state: CardState = "connect"
    if provider is None:
        state = "not_set_up"
    elif row is not None and row.state != ConnectionState.ENDED:
        state = "connected" if row.state == ConnectionState.CONNECTED else "reconnect"
    if state in ("connect", "reconnect") and not may_anywhere(
        user.role, Action.CONNECT_APPS, connecting_is_open=connecting_is_open()
    ):
        # Opening would not help a role that hosts nothing.
        state = "ask" if scope_of(user.role, Action.CONNECT_APPS) is Scope.IF_OPENED else "not_for_role"
    return Card(
        app=App.ZOOM,
        key=App.ZOOM.value,
        label="Zoom",
        icon="brand-zoom",
        line="Makes a Zoom meeting for every video interview you host.",
        state=state,
        connection=row,
        problem=row.problem if row is not None and state in ("reconnect", "ask") else None,
        facts=_facts(row, user) if row is not None and state == "connected" else (),
        redirect_uri=connections().redirect_uri("zoom"),
        scopes=connections().required_scopes(App.ZOOM),
        ask_name=owner().name if state == "ask" else None,
    )


def _facts(row: Connection, user: User) -> tuple[tuple[str, str], ...]:
    return (
        ("Account", row.account_email),
        ("Plan", _PLANS.get(row.plan, row.plan)),
        ("Connected since", local_moment(row.connected_at, user.timezone).short),
    )
