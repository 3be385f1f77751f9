"""A colleague's request to the owner, who alone can let people connect their own apps."""

from __future__ import annotations

from accounts.first_run import organization
from accounts.mails import ASK_TO_CONNECT
from messaging.facts import Person
from messaging.letters import Letter, TeamReader, compose_for_team
from models import Mail, User
from tasks.mails.team import TeamCopy, TeamKind, row_of

_GONE = "The person who asked is no longer on the team."


def letter(reader: TeamReader, *, asking: Person, role: str, link: str) -> Letter:
    """`role` is that of the person who asks; `link` leads to the switch."""
    return compose_for_team(ASK_TO_CONNECT, reader, {"asking": asking, "role": role, "link": link})


def _compose(copy: TeamCopy[User]) -> Letter:
    asking = copy.about
    return letter(
        copy.reader,
        asking=Person(asking.name, asking.email),
        role=asking.role.label,
        link=copy.links.connected_apps(),
    )


def _why_useless(mail: Mail, asking: User) -> str | None:
    if not asking.is_active:
        return _GONE
    here = organization()
    is_open = here is not None and here.connecting_is_open
    return "Connecting has been opened in the meantime." if is_open else None


def _replies_to(mail: Mail, asking: User) -> Person:
    return Person(asking.name, asking.email)


KIND = TeamKind(
    name=ASK_TO_CONNECT,
    label="Request to connect apps",
    find=row_of(User),
    gone=_GONE,
    why_useless=_why_useless,
    compose=_compose,
    replies_to=_replies_to,
)
