"""The facts that a page's banners depend on, as columns that the sign-in's own statement can include."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from connections import catalogue
from database import written_out
from messaging.delivery import is_configured as mail_is_set_up
from models import Connection, ConnectionState, Mail, MailState, MailTrouble, RefusingProvider, User
from scheduling.reading.at_risk import is_any_at_risk
from services import services
from timezones import utc_now
from work.heartbeat import backup_columns, beat_column


@dataclass(frozen=True)
class BannerFacts:
    """`has_lost_own`: the reader has an account to reconnect. `is_refused`: a provider does not accept this
    server, or people have connected an app that is no longer set up. `mail_problem`: what keeps every mail
    from leaving, met when one was last tried, or "". `waiting_mails`: due and not sent, counted only when
    something keeps them. `has_mailboxes`: there is no mail server, and someone has connected a mailbox of
    their own. `is_any_at_risk`: an upcoming interview that the reader manages or scheduled is not ready.
    `beat_at`: when background work last gave a sign of life (aware UTC), None before the first time.
    `backup_asked_at`, `backup_made_at`: when the last nightly backup was asked for, and of when it is."""

    has_lost_own: bool
    is_refused: bool
    mail_problem: str
    waiting_mails: int
    has_mailboxes: bool
    is_any_at_risk: bool
    beat_at: datetime | None
    backup_asked_at: datetime | None
    backup_made_at: datetime | None

    @classmethod
    def read(cls, values: Sequence[Any]) -> BannerFacts:
        """The facts in the values of the `columns`."""
        has_lost_own, is_refused, mail_problem, waiting_mails, has_mailboxes, is_any_at_risk, *times = values
        return cls(
            bool(has_lost_own),
            bool(is_refused),
            mail_problem or "",
            int(waiting_mails),
            bool(has_mailboxes),
            bool(is_any_at_risk),
            *times,
        )


_BACKUP = ("backup_asked_at", "backup_made_at")
# Beside the mails that are counted.
_held = aliased(Mail)


def _held_back(mail: type[Mail]) -> sa.ColumnElement[bool]:
    """The emails that a fault of ours keeps from leaving: nearly always none, which the index answers."""
    return sa.and_(mail.trouble == written_out(MailTrouble.OURS), mail.state == written_out(MailState.QUEUED))


def columns(not_set_up: frozenset[str]) -> tuple[sa.ColumnElement[Any], ...]:
    """The facts, correlated with the user of the statement around them; `not_set_up` is what
    `apps_not_set_up` says.

    They only tell whether there is anything to report: nearly always there is nothing, and then no row is
    read.
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
        sa.select(Mail.words)
        .where(_held_back(Mail))
        .order_by(Mail.id.desc())
        .limit(1)
        .scalar_subquery()
        .label("mail_problem"),
        sa.select(sa.func.count(Mail.id))
        .where(
            sa.or_(
                sa.bindparam("has_no_mail_server", type_=sa.Boolean()), sa.exists().where(_held_back(_held))
            ),
            Mail.state == written_out(MailState.QUEUED),
            Mail.due_at <= sa.bindparam("now", type_=Mail.due_at.type),
        )
        .scalar_subquery()
        .label("waiting_mails"),
        sa.and_(
            sa.bindparam("has_no_mail_server", type_=sa.Boolean()),
            sa.exists().where(
                Connection.app.in_(sa.bindparam("mail_apps", expanding=True)),
                Connection.state == written_out(ConnectionState.CONNECTED),
            ),
        ).label("has_mailboxes"),
        is_any_at_risk(sa.bindparam("now", type_=Mail.due_at.type)).label("is_any_at_risk"),
        beat_column().label("beat_at"),
        *(column.label(name) for column, name in zip(backup_columns(), _BACKUP, strict=True)),
    )


def parameters() -> dict[str, Any]:
    """The parameters that the columns need."""
    return {
        "has_no_mail_server": not mail_is_set_up(),
        "mail_apps": [spec.key for spec in catalogue.mail_apps()],
        "now": utc_now(),
    }


def apps_not_set_up() -> frozenset[str]:
    """The apps for which this server has no credentials, by their keys."""
    return frozenset(spec.key for spec in catalogue.specs() if spec.key not in services().connections.clients)
