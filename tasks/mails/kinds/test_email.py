"""The email with which someone finds out whether emails leave this server, to no one but themselves."""

from __future__ import annotations

from accounts.mails import TEST_EMAIL
from messaging.letters import Letter, TeamReader, compose_for_team
from models import User
from tasks.mails.team import TeamCopy, TeamKind, answers_are_not_directed, row_of


def letter(reader: TeamReader) -> Letter:
    """The letter to the person who asked for it."""
    return compose_for_team(TEST_EMAIL, reader, {})


def _compose(copy: TeamCopy[User]) -> Letter:
    return letter(copy.reader)


KIND = TeamKind(
    name=TEST_EMAIL,
    label="Test email",
    find=row_of(User),
    gone="This person is no longer on the team.",
    compose=_compose,
    replies_to=answers_are_not_directed,
)
