"""Asking providers, while someone waits, whether the meetings of a restored server are still there.

Background work is paused then, and the results are not stored: people read them and decide. The grants are
used and renewed, though, which may end them for the old server if that still runs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

import sqlalchemy as sa
from flask import Flask, current_app

from database import read_only
from extensions import db
from models import Meeting
from providers.base import Meeting as ShownMeeting
from providers.errors import MeetingGoneError, ProviderError
from scheduling.meetings.looks import Look, plan_look
from tasks.meetings import with_provider
from timezones import utc_now


class LinkState(StrEnum):
    """`MOVED`: the meeting is there, at another time."""

    WORKS = "works"
    MOVED = "moved"
    GONE = "gone"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Link:
    """What is known about one link. `starts_at` (aware UTC): of one that was moved, when it takes place now.
    `why`: of one that is unknown, in words for people."""

    state: LinkState
    starts_at: datetime | None = None
    why: str = ""


@dataclass(frozen=True)
class _Question:
    look: Look
    starts_at: datetime


def ask(meeting_ids: Collection[int], within: float) -> dict[int, Link]:
    """What the providers say about these meetings, asking for at most `within` seconds; without those that no
    provider can be asked about. The transaction that is open in the request ends."""
    questions = _questions(meeting_ids)
    db.session.rollback()
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    found: dict[int, Link] = {}
    # One at a time for each account, because its grant may have to be renewed first.
    threads = [
        threading.Thread(target=_ask_account, args=(app, list(asked), found), name="links", daemon=True)
        for _, asked in groupby(questions, key=lambda each: each.look.connection_id)
    ]
    ends_at = time.monotonic() + within
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(ends_at - time.monotonic(), 0))
    answers = dict(found)
    late = Link(LinkState.UNKNOWN, why="It didn't answer in time.")
    return {each.look.meeting_id: answers.get(each.look.meeting_id, late) for each in questions}


def _questions(meeting_ids: Collection[int]) -> list[_Question]:
    now, questions = utc_now(), []
    for meeting in db.session.scalars(sa.select(Meeting).where(Meeting.id.in_(meeting_ids))):
        look = plan_look(meeting.id, now)
        if look is not None:
            questions.append(_Question(look, meeting.interview.starts_at))
    return sorted(questions, key=lambda each: (each.look.connection_id or 0, each.starts_at))


def _ask_account(app: Flask, questions: Sequence[_Question], found: dict[int, Link]) -> None:
    with app.app_context(), read_only():
        for question in questions:
            found[question.look.meeting_id] = _answer(question)


def _answer(question: _Question) -> Link:
    look = question.look
    if look.connection_id is None:
        return Link(LinkState.UNKNOWN, why="The account that hosts it has to be connected again.")
    match with_provider(look.software, look.connection_id, look.call):
        case ShownMeeting() as shown:
            return _compared(question, shown)
        case MeetingGoneError():
            return Link(LinkState.GONE)
        case ProviderError() as error:
            return Link(LinkState.UNKNOWN, why=error.words)


def _compared(question: _Question, shown: ShownMeeting) -> Link:
    wanted = question.starts_at.replace(second=0, microsecond=0)
    if shown.starts_at is None or shown.starts_at.replace(second=0, microsecond=0) == wanted:
        return Link(LinkState.WORKS)
    return Link(LinkState.MOVED, starts_at=shown.starts_at)
