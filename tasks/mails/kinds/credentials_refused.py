"""The mail to the owner when a provider does not accept the client ID and secret of this server."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from accounts.mails import CREDENTIALS_REFUSED
from connections.catalogue import apps_of, provider_label
from extensions import db
from messaging.letters import Letter, TeamReader, compose_for_team, moment_for
from models import Connection, Mail
from tasks.mails.team import TeamCopy, TeamKind, answers_reach_the_owner, named_by


def letter(
    reader: TeamReader, *, provider: str, settings: tuple[str, str], since: datetime, link: str
) -> Letter:
    """`settings` are the names of the two settings that hold the credentials; `since` is aware."""
    return compose_for_team(
        CREDENTIALS_REFUSED,
        reader,
        {"provider": provider, "settings": settings, "since": moment_for(reader, since), "link": link},
    )


def _compose(copy: TeamCopy[str]) -> Letter:
    provider = copy.about
    return letter(
        copy.reader,
        provider=provider_label(provider),
        settings=apps_of(provider)[0].setting_names,
        since=copy.mail.created_at,
        link=copy.links.connected_apps(),
    )


def _why_useless(mail: Mail, provider: str) -> str | None:
    apps = [spec.key for spec in apps_of(provider)]
    accepted = db.session.scalar(
        sa.select(Connection.id)
        .where(Connection.app.in_(apps), Connection.connected_at > mail.created_at)
        .limit(1)
    )
    return None if accepted is None else "Someone has connected since: the credentials are accepted again."


KIND = TeamKind(
    name=CREDENTIALS_REFUSED,
    label="Notice of refused credentials",
    find=named_by,
    gone="",
    why_useless=_why_useless,
    compose=_compose,
    replies_to=answers_reach_the_owner,
)
