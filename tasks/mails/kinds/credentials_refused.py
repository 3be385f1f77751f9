"""The mail to the owner when a provider does not accept the client ID and secret of this server."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from accounts.mails import CREDENTIALS_REFUSED
from connections.app_spec import AppSpec
from connections.catalogue import apps_of
from connections.purposes import what_goes_on, what_stops
from extensions import db
from messaging.letters import Letter, TeamReader, compose_for_team, moment_for
from models import Connection, Mail
from tasks.mails.team import TeamCopy, TeamKind, answers_reach_the_owner, named_by


def letter(
    reader: TeamReader, *, apps: Sequence[AppSpec], since: datetime, link: str, because: str = ""
) -> Letter:
    """`apps`: those of one provider, which share their credentials; `since` is aware; `because`: a key of
    `AppSpec.faults`, where the provider says why."""
    return compose_for_team(
        CREDENTIALS_REFUSED,
        reader,
        {
            "provider": apps[0].provider_label,
            "settings": apps[0].setting_names,
            "fault": apps[0].faults.get(because),
            "stops": what_stops(apps),
            "goes_on": what_goes_on(apps),
            "makes_meetings": any(app.meetings for app in apps),
            "since": moment_for(reader, since),
            "link": link,
        },
    )


def _compose(copy: TeamCopy[str]) -> Letter:
    apps = apps_of(copy.about)
    return letter(
        copy.reader,
        apps=[app for app in apps if app.is_available] or apps,
        since=copy.mail.created_at,
        because=copy.said.get("because", ""),
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
