"""The lines above every page while something is wrong that somebody has to put right."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app, request, url_for
from flask_login import current_user

from accounts.permissions import Action, Scope, scope_of
from accounts.team import owner
from connections import catalogue
from connections.app_spec import AppSpec
from connections.catalogue import label_of
from extensions import db
from models import Connection, ConnectionState, RefusingProvider, User
from scheduling.meetings.on_account import coming_on_account
from services import services
from timezones import utc_now
from web import banner_facts
from web.notices import Banner
from web.signed_in import may_connect, person

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


# For a page whose request did not bring the facts along, such as a form that is shown again.
_SEPARATELY = sa.select(*banner_facts.COLUMNS).select_from(User).where(User.id == sa.bindparam("reader_id"))


def banners() -> list[Banner]:
    """What this person should know; empty for those who could do nothing about it."""
    if not current_user.is_authenticated:
        return []
    reader, facts = person(), person().banner_facts
    if facts is None:
        told = {**banner_facts.parameters(), "reader_id": reader.user.id}
        facts = banner_facts.facts_of(db.session.execute(_SEPARATELY, told).one())
    administers = scope_of(reader.role, Action.ADMINISTER) is Scope.ALL
    found: list[Banner] = []
    if facts.has_lost_own or (administers and facts.is_refused):
        found += _connections(reader.user, administers)
    if administers and services().demo is None:
        found += [banner for banner in (_mail_server(facts.waiting_mails), _address()) if banner is not None]
    return found


def _connections(user: User, administers: bool) -> list[Banner]:
    """The person's own accounts that have to be reconnected and, for those who administer, providers that do
    not accept this server or that it has lost."""
    told = sa.and_(Connection.user_id == user.id, Connection.state == ConnectionState.RECONNECT_NEEDED)
    not_set_up = banner_facts.apps_not_set_up()
    is_lost = sa.and_(Connection.app.in_(not_set_up), Connection.state == ConnectionState.CONNECTED)
    if administers:
        told = sa.or_(told, Connection.credentials_refused, is_lost)
    rows = db.session.scalars(sa.select(Connection).where(told)).all()
    found = _unusable(rows, not_set_up) if administers else []
    if request.endpoint != "connected_apps.index":
        # There, its card says the same and more.
        found += [
            _reconnect(user, row)
            for row in rows
            if row.user_id == user.id and row.state is ConnectionState.RECONNECT_NEEDED
        ]
    return found


def _reconnect(user: User, row: Connection) -> Banner:
    count = len(coming_on_account(row, now=utc_now()))
    at_risk = {0: "No coming interview depends on it.", 1: "One coming interview depends on it."}
    if may_connect(user):
        what = f"Your {label_of(row.app)} account has to be reconnected."
    else:
        what = f"Your {label_of(row.app)} connection has ended, and your role may not connect apps: "
        what += f"ask {owner().name}."
    return Banner(
        "warning",
        f"{what} {at_risk.get(count, f'{count} coming interviews depend on it.')}",
        "Connected Apps",
        url_for("connected_apps.index", _anchor=f"app-{row.app}"),
    )


def _unusable(rows: Sequence[Connection], not_set_up: Collection[str]) -> list[Banner]:
    """The apps whose provider does not accept this server, and those that people have connected although they
    are not set up any more."""
    refusing = set(db.session.scalars(sa.select(RefusingProvider.provider)))
    refused_in_renewing = {row.app for row in rows if row.credentials_refused}
    lost = {row.app for row in rows if row.app in not_set_up and row.state is ConnectionState.CONNECTED}
    found = []
    for spec in catalogue.specs():
        if spec.key in lost:
            found.append(_server_has_to_change(spec, "is not set up on this server any more"))
        elif spec.key not in not_set_up and (spec.key in refused_in_renewing or spec.provider in refusing):
            found.append(_server_has_to_change(spec, "does not accept this server's credentials"))
    return found


def _server_has_to_change(spec: AppSpec, what: str) -> Banner:
    return Banner(
        "danger",
        f"{spec.label} {what}: nobody can connect it, and within the hour no new {spec.label} meetings can "
        f"be made. Meetings that exist, and their links, keep working. Whoever runs this server has to put "
        f"{spec.settings_in_words} right. Everybody's account stays connected.",
        "How to set it up",
        url_for("help_pages.connecting_apps", _anchor="registering"),
    )


def _mail_server(waiting: int) -> Banner | None:
    if current_app.config["MAIL_SERVER"]:
        return None
    text = "No mail server is set: invitations and reminders wait until MAIL_SERVER is."
    return Banner("danger" if waiting else "warning", f"{text} Waiting now: {waiting}." if waiting else text)


def _address() -> Banner | None:
    base = urlsplit(current_app.config["BASE_URL"])
    if base.hostname in _LOOPBACK:
        return Banner(
            "info",
            f"BASE_URL is {current_app.config['BASE_URL']}: links in mails lead to this machine only. "
            "Set it to the address that candidates can reach.",
        )
    if base.scheme == "http":
        return Banner(
            "warning", "This server is reached over http: put it behind https before inviting anybody."
        )
    return None
