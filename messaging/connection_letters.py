"""Letters about connected apps: one was connected, one has ended, a provider does not accept this server.

Pure, as the other letters are. None of them says more of an account than its address, and that only while it
is connected.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from messaging.letters import Letter
from messaging.team_letters import TeamReader, composed, moment_for
from text import one_line

# More than this is a list that nobody reads in a mail; the page has them all.
LISTED = 8


@dataclass(frozen=True)
class InterviewAtRisk:
    """A coming interview that depends on a connection. `starts_at` is aware; `has_meeting`: its link exists
    and works, and only changing or cancelling it has become impossible."""

    title: str
    candidate_name: str
    starts_at: datetime
    has_meeting: bool


@dataclass(frozen=True)
class EndedConnection:
    """What there is to say of it. `whose` is None in the letter to its own user; `problem` is one sentence;
    `since` is aware; `unseen`: how many interviews more there are that the reader's role does not reach;
    `advice`: what helps its user beside reconnecting."""

    app: str
    whose: str | None
    problem: str
    since: datetime
    at_risk: tuple[InterviewAtRisk, ...]
    unseen: int = 0
    advice: str = ""


def compose_app_connected(
    reader: TeamReader, *, app: str, account: str, connected_at: datetime, is_owner: bool, link: str
) -> Letter:
    """The notice that an account was connected in the reader's name. `account` is its address, or "";
    `is_owner`: nobody else is there to be told."""
    return composed(
        "app_connected",
        reader,
        {
            "app": app,
            "account": one_line(account),
            "when": moment_for(reader, connected_at),
            "is_owner": is_owner,
            "link": link,
        },
    )


def compose_reconnect_needed(
    reader: TeamReader, ended: EndedConnection, *, is_first: bool, is_last: bool, link: str
) -> Letter:
    """The mail about a connection that has ended, at once or as a reminder on a later day."""
    return composed(
        "reconnect_needed",
        reader,
        {
            "app": ended.app,
            "whose": one_line(ended.whose) if ended.whose is not None else None,
            "problem": one_line(ended.problem),
            "advice": one_line(ended.advice),
            "since": moment_for(reader, ended.since),
            "count": len(ended.at_risk) + ended.unseen,
            "interviews": [_listed(reader, interview) for interview in ended.at_risk[:LISTED]],
            "more": max(0, len(ended.at_risk) - LISTED),
            "unseen": ended.unseen,
            "is_first": is_first,
            "is_last": is_last,
            "link": link,
        },
    )


def compose_credentials_refused(
    reader: TeamReader, *, provider: str, settings: tuple[str, str], since: datetime, link: str
) -> Letter:
    """The mail to the owner when a provider refuses client id and secret, whose settings are named."""
    return composed(
        "credentials_refused",
        reader,
        {"provider": provider, "settings": settings, "since": moment_for(reader, since), "link": link},
    )


def _listed(reader: TeamReader, interview: InterviewAtRisk) -> dict[str, object]:
    return {
        "title": one_line(interview.title),
        "candidate": one_line(interview.candidate_name),
        "when": moment_for(reader, interview.starts_at),
        "has_meeting": interview.has_meeting,
    }
