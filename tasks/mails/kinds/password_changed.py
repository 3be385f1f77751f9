"""The notice that a password was changed, so that people learn about a change they did not make."""

from __future__ import annotations

from datetime import datetime

from accounts.mails import PASSWORD_CHANGED
from messaging.letters import Letter, TeamReader, compose_for_team, moment_for
from models import Role, User
from tasks.mails.team import TeamCopy, TeamKind, answers_reach_the_owner, row_of


def letter(reader: TeamReader, *, changed_at: datetime, is_owner: bool, link: str) -> Letter:
    """`changed_at` is aware; `is_owner`: there is no one else to tell; `link` leads to where the change can
    be undone by choosing a new password."""
    when = moment_for(reader, changed_at)
    return compose_for_team(PASSWORD_CHANGED, reader, {"link": link, "when": when, "is_owner": is_owner})


def _compose(copy: TeamCopy[User]) -> Letter:
    return letter(
        copy.reader,
        changed_at=copy.mail.created_at,
        is_owner=copy.user.role is Role.OWNER,
        link=copy.links.ask_for_reset(),
    )


KIND = TeamKind(
    name=PASSWORD_CHANGED,
    label="Notice of a new password",
    find=row_of(User),
    gone="This person is no longer on the team.",
    compose=_compose,
    replies_to=answers_reach_the_owner,
)
