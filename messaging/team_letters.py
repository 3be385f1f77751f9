"""Letters to people of the team about their place on it: invitation, password, somebody's request.

Pure, as the letters about interviews are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from messaging.facts import Person
from messaging.letters import SUBJECT_LIMIT, Letter
from messaging.rendering import rendered
from text import one_line, shortened
from timezones import local_moment

_SUBJECT_PART_LIMIT = 70


@dataclass(frozen=True)
class TeamReader:
    """Whom a letter is written for, and in whose name. Both are cleaned on the way in."""

    person: Person
    organization: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "organization", one_line(self.organization))


def compose_team_invitation(
    reader: TeamReader, *, invited_by: str, role: str, link: str, expires_at: datetime
) -> Letter:
    """The mail with which somebody joins. `link` works once, until `expires_at` (aware)."""
    return composed(
        "team_invitation",
        reader,
        {
            "invited_by": one_line(invited_by),
            "role": role,
            "link": link,
            "until": moment_for(reader, expires_at),
        },
    )


def compose_password_reset(reader: TeamReader, *, link: str, expires_at: datetime) -> Letter:
    """The mail to somebody who forgot their password. `link` works once, until `expires_at` (aware)."""
    return composed("password_reset", reader, {"link": link, "until": moment_for(reader, expires_at)})


def compose_password_changed(reader: TeamReader, *, changed_at: datetime, link: str) -> Letter:
    """The notice that a password is another one since `changed_at` (aware), with a way to take it back."""
    return composed("password_changed", reader, {"link": link, "when": moment_for(reader, changed_at)})


def compose_request_to_connect(reader: TeamReader, *, asking: Person, role: str, link: str) -> Letter:
    """The request of a colleague to the owner, who alone can open connecting."""
    return composed("ask_to_connect", reader, {"asking": asking, "role": role, "link": link})


def moment_for(reader: TeamReader, instant: datetime) -> str:
    """An aware instant in words, in the reader's own zone."""
    return local_moment(instant, reader.person.zone or "UTC").full


def composed(kind: str, reader: TeamReader, more: dict[str, object]) -> Letter:
    """The letter that a kind's templates make for one reader; `more` is what only that kind says."""
    context = {
        "reader": reader.person,
        "organization": reader.organization,
        "subject_organization": shortened(reader.organization, _SUBJECT_PART_LIMIT),
        **more,
    }
    subject, text, html = rendered(kind, context)
    return Letter(subject=shortened(one_line(subject), SUBJECT_LIMIT), text=text, html=html)
