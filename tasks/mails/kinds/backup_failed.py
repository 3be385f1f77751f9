"""The mail to the owner when the backup of a night could not be made."""

from __future__ import annotations

from datetime import datetime

from accounts.mails import BACKUP_FAILED
from extensions import db
from messaging.letters import Letter, TeamReader, compose_for_team, moment_for
from models import Mail, Organization
from tasks.mails.team import TeamCopy, TeamKind, answers_reach_the_owner
from text import one_line
from work.heartbeat import BACKUP_MADE, last_time


def letter(reader: TeamReader, *, why: str, last: datetime | None, link: str) -> Letter:
    """`why`: in words or the system's own; `last` (aware): of when the last whole backup is, None where there
    is none; `link` leads to the System log."""
    return compose_for_team(
        BACKUP_FAILED,
        reader,
        {"why": one_line(why), "last": moment_for(reader, last) if last is not None else None, "link": link},
    )


def _compose(copy: TeamCopy[Organization]) -> Letter:
    last = copy.said.get("last")
    return letter(
        copy.reader,
        why=copy.said.get("why", ""),
        last=datetime.fromisoformat(last) if last is not None else None,
        link=copy.links.system_log(),
    )


def _why_useless(mail: Mail, organization: Organization) -> str | None:
    made = last_time(BACKUP_MADE)
    return "A backup has been made since." if made is not None and made > mail.created_at else None


KIND = TeamKind(
    name=BACKUP_FAILED,
    label="Warning that a backup failed",
    find=lambda mail: db.session.get(Organization, 1),
    gone="This server isn't set up.",
    compose=_compose,
    replies_to=answers_reach_the_owner,
    why_useless=_why_useless,
)
