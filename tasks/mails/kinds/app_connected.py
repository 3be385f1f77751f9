"""The notice that an account was connected in the reader's name.

It only gives the account's address, and only while it is connected.
"""

from __future__ import annotations

from datetime import datetime

from accounts.mails import APP_CONNECTED
from connections.app_spec import AppSpec
from connections.catalogue import spec_of
from connections.purposes import from_now_on
from messaging.letters import Letter, TeamReader, compose_for_team, moment_for
from models import Connection, ConnectionState, Mail, Role
from scheduling.software import softwares_of
from scheduling.software import spec_of as spec_of_software
from tasks.mails.team import TeamCopy, TeamKind, answers_reach_the_owner, row_of
from text import one_line

_NOT_CONNECTED = "The account is no longer connected."


def letter(
    reader: TeamReader,
    *,
    app: AppSpec,
    account: str,
    connected_at: datetime,
    is_owner: bool,
    link: str,
    plan: str = "",
) -> Letter:
    """`account` is its address, or ""; `connected_at` is aware; `is_owner`: there is no one else to tell;
    `plan`: of the account, by the names of `providers.base.Plan`."""
    return compose_for_team(
        APP_CONNECTED,
        reader,
        {
            "app": app.label,
            "from_now_on": from_now_on(app, plan, hosts=_can_host(app, plan)),
            "account": one_line(account),
            "when": moment_for(reader, connected_at),
            "is_owner": is_owner,
            "link": link,
        },
    )


def _can_host(app: AppSpec, plan: str) -> bool:
    return any(plan not in spec_of_software(each).makes_none_on for each in softwares_of(app.key))


def _compose(copy: TeamCopy[Connection]) -> Letter:
    return letter(
        copy.reader,
        app=spec_of(copy.about.app),
        account=copy.said["account"],
        connected_at=datetime.fromisoformat(copy.said["connected_at"]),
        is_owner=copy.user.role is Role.OWNER,
        link=copy.links.connected_apps(),
        plan=copy.about.plan,
    )


def _why_useless(mail: Mail, connection: Connection) -> str | None:
    return None if connection.state == ConnectionState.CONNECTED else _NOT_CONNECTED


KIND = TeamKind(
    name=APP_CONNECTED,
    label="Notice of a connected app",
    find=row_of(Connection),
    gone=_NOT_CONNECTED,
    why_useless=_why_useless,
    compose=_compose,
    replies_to=answers_reach_the_owner,
)
