"""What the banners above a page depend on, as columns that the sign-in's own statement can bring along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import current_app

from connections import catalogue
from connections.service import connections
from database import written_out
from models import Connection, ConnectionState, Mail, MailState, RefusingProvider, User
from timezones import utc_now


@dataclass(frozen=True)
class BannerFacts:
    """`has_lost_own`: the reader has an account to reconnect. `is_refused`: a provider does not accept this
    server, or people have connected an app that is no longer set up. `waiting_mails`: due and not sent."""

    has_lost_own: bool
    is_refused: bool
    waiting_mails: int


def columns(not_set_up: frozenset[str]) -> tuple[sa.ColumnElement[Any], ...]:
    """The facts, correlated with the user of the statement around them; `not_set_up` is what
    `apps_not_set_up` says.

    They only say whether there is anything to say: nearly always there is nothing, and then no row is read.
    """
    is_lost = sa.or_(sa.false(), *(Connection.app == written_out(app) for app in sorted(not_set_up)))
    return (
        sa.exists()
        .where(
            Connection.user_id == User.id,
            Connection.state == written_out(ConnectionState.RECONNECT_NEEDED),
        )
        .correlate(User)
        .label("has_lost_own"),
        sa.or_(
            sa.exists().where(Connection.credentials_refused.is_(True)),
            sa.exists().where(is_lost, Connection.state == written_out(ConnectionState.CONNECTED)),
            sa.select(RefusingProvider.provider).exists(),
        ).label("is_refused"),
        sa.select(sa.func.count(Mail.id))
        .where(
            sa.bindparam("has_no_mail_server", type_=sa.Boolean()),
            Mail.state == written_out(MailState.QUEUED),
            Mail.due_at <= sa.bindparam("now", type_=Mail.due_at.type),
        )
        .scalar_subquery()
        .label("waiting_mails"),
    )


def parameters() -> dict[str, Any]:
    """What the columns have to be told."""
    return {"has_no_mail_server": not current_app.config["MAIL_SERVER"], "now": utc_now()}


def apps_not_set_up() -> frozenset[str]:
    """The apps for which this server has no credentials, by their keys."""
    return frozenset(spec.key for spec in catalogue.specs() if spec.key not in connections().clients)


def facts_of(row: sa.Row[Any]) -> BannerFacts:
    """The facts in a row that holds `COLUMNS`."""
    return BannerFacts(bool(row.has_lost_own), bool(row.is_refused), int(row.waiting_mails))
