"""The email about a connection that has ended: the first at once, the others as reminders on later days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.mails import RECONNECT_NEEDED, nudge_number
from connections.app_spec import AppSpec
from connections.catalogue import spec_of
from connections.grants import holder_instead
from connections.notices import NUDGES
from connections.purposes import ended_words
from connections.wording import agree_with
from messaging.letters import Letter, TeamReader, compose_for_team, moment_for
from models import Connection, ConnectionState, Mail, User
from scheduling.meetings.on_account import coming_on_account, seen_by
from tasks.mails.team import TeamCopy, TeamKind, answers_reach_the_owner, row_of
from text import one_line
from timezones import utc_now
from wording import owned_by

# No one reads a longer list in an email; the page has them all.
LISTED = 8

_RECONNECTED = "It was reconnected or disconnected in the meantime."


@dataclass(frozen=True)
class InterviewAtRisk:
    """An upcoming interview that depends on a connection. `starts_at` is aware; `has_meeting`: its link
    exists and works, and only changing or cancelling it has become impossible."""

    title: str
    candidate_name: str
    starts_at: datetime
    has_meeting: bool


@dataclass(frozen=True)
class EndedConnection:
    """What there is to say about it. `whose` is None in the letter to its own user; `problem` is one
    sentence; `since` is aware; `unseen`: how many more interviews there are that the reader may not see;
    `advice`: what helps its user besides reconnecting.
    """

    app: AppSpec
    whose: str | None
    problem: str
    since: datetime
    at_risk: tuple[InterviewAtRisk, ...]
    unseen: int = 0
    advice: str = ""


def letter(reader: TeamReader, ended: EndedConnection, *, is_first: bool, is_last: bool, link: str) -> Letter:
    """The immediate letter (`is_first`), or one of the reminders; after the last one nothing follows."""
    whose = one_line(ended.whose) if ended.whose is not None else None
    return compose_for_team(
        RECONNECT_NEEDED,
        reader,
        {
            "app": ended.app.label,
            "whose": whose,
            "whoses": owned_by(whose) if whose is not None else None,
            "problem": one_line(ended.problem),
            "means": ended_words(ended.app),
            "meetings": ended.app.meetings,
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


def _listed(reader: TeamReader, interview: InterviewAtRisk) -> dict[str, object]:
    return {
        "title": one_line(interview.title),
        "candidate": one_line(interview.candidate_name),
        "when": moment_for(reader, interview.starts_at),
        "has_meeting": interview.has_meeting,
    }


def _compose(copy: TeamCopy[Connection]) -> Letter:
    number = nudge_number(copy.mail)
    return letter(
        copy.reader,
        _ended(copy.about, copy.user),
        is_first=number == 0,
        is_last=number == len(NUDGES) - 1,
        link=copy.links.connected_apps(),
    )


def _ended(row: Connection, reader: User) -> EndedConnection:
    coming = coming_on_account(row, now=utc_now())
    seen, holder = seen_by(reader, coming), holder_instead(row)
    return EndedConnection(
        app=spec_of(row.app),
        whose=None if row.user_id == reader.id else row.user.name,
        problem=row.problem or "",
        advice=agree_with(holder) if holder is not None and row.user_id == reader.id else "",
        since=row.problem_since or utc_now(),
        at_risk=tuple(
            InterviewAtRisk(found.title, found.candidate_name, found.starts_at, found.has_meeting)
            for found in seen
        ),
        unseen=len(coming) - len(seen),
    )


def _why_useless(mail: Mail, connection: Connection) -> str | None:
    if connection.state != ConnectionState.RECONNECT_NEEDED:
        return _RECONNECTED
    if connection.problem_since is None or connection.problem_since > mail.created_at:
        return "It was reconnected in the meantime and ended again; a newer email says so."
    return None


KIND = TeamKind(
    name=RECONNECT_NEEDED,
    label="Request to reconnect",
    find=row_of(Connection),
    gone=_RECONNECTED,
    why_useless=_why_useless,
    compose=_compose,
    replies_to=answers_reach_the_owner,
)
