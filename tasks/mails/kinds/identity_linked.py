"""The notice that an account elsewhere can now sign in, so that people learn of one that isn't theirs."""

from __future__ import annotations

from datetime import datetime

from accounts.mails import IDENTITY_LINKED
from messaging.letters import Letter, TeamReader, compose_for_team, moment_for
from models import Role, User
from tasks.mails.team import TeamCopy, TeamKind, answers_reach_the_owner, row_of


def letter(
    reader: TeamReader, *, label: str, account: str, linked_at: datetime, is_owner: bool, link: str
) -> Letter:
    """`label` is what people call the issuer, and `account` the address of the account there; `linked_at` is
    aware; `link` leads to where a new password unlinks it."""
    return compose_for_team(
        IDENTITY_LINKED,
        reader,
        {
            "label": label,
            "account": account,
            "is_owner": is_owner,
            "when": moment_for(reader, linked_at),
            "link": link,
        },
    )


def _compose(copy: TeamCopy[User]) -> Letter:
    return letter(
        copy.reader,
        label=copy.said["label"],
        account=copy.said["account"],
        linked_at=copy.mail.created_at,
        is_owner=copy.user.role is Role.OWNER,
        link=copy.links.ask_for_reset(),
    )


KIND = TeamKind(
    name=IDENTITY_LINKED,
    label="Notice of a linked account",
    find=row_of(User),
    gone="This person is no longer on the team.",
    compose=_compose,
    replies_to=answers_reach_the_owner,
)
