"""Live look-ups: asking people's connected calendars, while someone waits for a page, when they are busy.

This is the only thing besides connecting for which a request waits for a provider, so it is short: a calendar
that has not answered in time is unknown, and what was read before counts, with its age. A late answer is kept
for the next page.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

import sqlalchemy as sa

from database import is_reading, written_out
from extensions import db
from models import (
    CalendarEntry,
    Connection,
    ConnectionState,
    EntryState,
    FailureReason,
    Interview,
    SyncedCalendar,
)
from providers.base import BusySpan
from providers.errors import ProviderError
from scheduling.calendars.failures import reason_of
from scheduling.entries.apps import calendar_apps
from timezones import utc_now

log = logging.getLogger("look_ups")

# How long an answer counts as fresh.
_GOOD_FOR_SECONDS = 30.0
# A failure is remembered for less: it may be over.
_FAILED_FOR_SECONDS = 10.0
# How many calendars of all people a process asks at once.
_AT_ONCE = 8

Ask = Callable[[int, str, datetime, datetime], list[BusySpan] | None]


@dataclass(frozen=True)
class LiveBusy:
    """When a person is busy by their connected calendars, as these said at `as_of` (aware, UTC). `calendars`
    are the keys of their apps, each with its times: earliest first, without overlaps, and without the entries
    of our own interviews."""

    calendars: tuple[tuple[str, tuple[BusySpan, ...]], ...]
    as_of: datetime

    @property
    def spans(self) -> tuple[BusySpan, ...]:
        """The times of all of them, earliest first, without overlaps."""
        return joined(span for _, spans in self.calendars for span in spans)


@dataclass(frozen=True)
class Unknown:
    """A person whose calendar could not be asked just now. `app`: which one, by its key; "" if they have
    connected none. `as_of`: up to when what was read of it before holds (aware, UTC); None if it was never
    read. `scheduling.calendars.failures.reading_words_of` has words for `why`."""

    why: FailureReason
    as_of: datetime | None
    app: str = ""


@dataclass(frozen=True)
class _Question:
    """The question for one calendar. The grant of another account makes it another question."""

    connection_id: int
    account_id: str
    app: str
    since: datetime
    until: datetime


class _Answer:
    """The outcome of a question, once `arrived` is set."""

    def __init__(self) -> None:
        self.arrived = threading.Event()
        self.asked_at = time.monotonic()
        self.as_of = utc_now()
        self.spans: tuple[BusySpan, ...] | None = None
        self.failure = FailureReason.UNREACHABLE

    @property
    def is_worth_asking_again(self) -> bool:
        """It failed in a way that may be over a few seconds later."""
        waited = time.monotonic() - self.asked_at
        return self.arrived.is_set() and self.spans is None and waited > _FAILED_FOR_SECONDS


class LookUps:
    """Asks calendars and remembers what they said, for one process. Its threads may share it.

    asker: makes what asks one calendar, from any thread; called in the thread of the request.
    """

    def __init__(self, asker: Callable[[], Ask]) -> None:
        self._asker = asker
        self._lock = threading.Lock()
        self._answers: dict[_Question, _Answer] = {}
        self._places = threading.BoundedSemaphore(_AT_ONCE)

    def look(
        self, user_ids: Iterable[int], since: datetime, until: datetime, within: float = 2.0
    ) -> Mapping[int, LiveBusy | Unknown]:
        """When each of these people is busy between two instants (aware, UTC), asked all at once and for at
        most `within` seconds. Takes one statement.

        Within a transaction that may write, this does not wait, because others wait for that transaction:
        then only answers of the last few seconds are known.
        """
        deadline = time.monotonic() + within
        told, may_wait = sorted(set(user_ids)), is_reading()
        calendars = _calendars_of(told, since, until)
        asked = self._ask({each.question for each in calendars if each.is_connected})
        found: dict[int, LiveBusy | Unknown] = {}
        for each in calendars:
            if each.is_connected:
                answer = asked[each.question]
                answer.arrived.wait(max(0.0, deadline - time.monotonic()) if may_wait else 0)
                known = _known(answer, each, was_waited_for=may_wait)
            else:
                known = Unknown(FailureReason.RECONNECT_NEEDED, each.read_at, each.question.app)
            before = found.get(each.user_id)
            found[each.user_id] = known if before is None else _together(before, known)
        nothing = Unknown(FailureReason.NOT_CONNECTED, None)
        return {user_id: found.get(user_id, nothing) for user_id in told}

    def _ask(self, questions: Collection[_Question]) -> dict[_Question, _Answer]:
        """The answers to these, old enough ones asked again. Waits for none."""
        if not questions:
            return {}
        oldest = time.monotonic() - _GOOD_FOR_SECONDS
        with self._lock:
            self._answers = {
                question: answer
                for question, answer in self._answers.items()
                if answer.asked_at > oldest and not answer.is_worth_asking_again
            }
            new = [question for question in questions if question not in self._answers]
            self._answers.update({question: _Answer() for question in new})
            answers = {question: self._answers[question] for question in questions}
        ask = self._asker() if new else None
        for question in new:
            assert ask is not None
            # A provider that does not answer must not keep the process from exiting.
            threading.Thread(
                target=self._find_out, args=(ask, question, answers[question]), name="look-up", daemon=True
            ).start()
        return answers

    def _find_out(self, ask: Ask, question: _Question, answer: _Answer) -> None:
        with self._places:
            answer.as_of = utc_now()
            try:
                spans = ask(question.connection_id, question.app, question.since, question.until)
                if spans is None:
                    answer.failure = FailureReason.NOT_SET_UP
                else:
                    answer.spans = tuple(spans)
            except ProviderError as error:
                answer.failure = reason_of(error)
            except Exception:
                # The page is shown without it, and says that this is unknown.
                log.exception("asking a calendar failed")
            finally:
                answer.arrived.set()


class _Calendar(NamedTuple):
    """One connected calendar of a person, with the times of those of our entries that may be in it, earliest
    first. `is_connected`: its grant can be used. `read_at`: when it was last read."""

    user_id: int
    is_connected: bool
    question: _Question
    read_at: datetime | None
    ours: tuple[BusySpan, ...]


# In these states an entry is in no calendar; in any other it may be.
_NOT_THERE = (EntryState.DELETED, EntryState.REMOVED)
# Each calendar as often as it has entries in that time, at least once.
_CALENDARS = (
    sa.select(
        Connection.id,
        Connection.user_id,
        Connection.app,
        Connection.account_id,
        Connection.state,
        SyncedCalendar.read_at,
        Interview.starts_at,
        Interview.ends_at,
    )
    .outerjoin(SyncedCalendar, SyncedCalendar.connection_id == Connection.id)
    .outerjoin(
        sa.join(CalendarEntry, Interview, Interview.id == CalendarEntry.interview_id),
        sa.and_(
            CalendarEntry.connection_id == Connection.id,
            CalendarEntry.state.not_in([written_out(state) for state in _NOT_THERE]),
            Interview.starts_at < sa.bindparam("until", type_=Interview.starts_at.type),
            Interview.ends_at > sa.bindparam("since", type_=Interview.ends_at.type),
        ),
    )
    .where(
        Connection.user_id.in_(sa.bindparam("user_ids", expanding=True)),
        Connection.app.in_(sa.bindparam("apps", expanding=True)),
        Connection.state != written_out(ConnectionState.ENDED),
    )
    .order_by(Connection.id, Interview.starts_at)
)


def _calendars_of(user_ids: Sequence[int], since: datetime, until: datetime) -> list[_Calendar]:
    apps = list(calendar_apps())
    if not user_ids or not apps:
        return []
    told = {"user_ids": list(user_ids), "apps": apps, "since": since, "until": until}
    found = []
    for _, group in groupby(db.session.execute(_CALENDARS, told), key=lambda row: row.id):
        rows = list(group)
        first = rows[0]
        found.append(
            _Calendar(
                first.user_id,
                first.state is ConnectionState.CONNECTED,
                _Question(first.id, first.account_id, first.app, since, until),
                first.read_at,
                tuple(BusySpan(row.starts_at, row.ends_at) for row in rows if row.starts_at is not None),
            )
        )
    return found


def _known(answer: _Answer, calendar: _Calendar, *, was_waited_for: bool) -> LiveBusy | Unknown:
    app = calendar.question.app
    if not answer.arrived.is_set():
        why = FailureReason.UNREACHABLE if was_waited_for else FailureReason.NOT_ASKED_YET
        return Unknown(why, calendar.read_at, app)
    if answer.spans is None:
        return Unknown(answer.failure, calendar.read_at, app)
    return LiveBusy(((app, without(joined(answer.spans), calendar.ours)),), answer.as_of)


def _together(one: LiveBusy | Unknown, other: LiveBusy | Unknown) -> LiveBusy | Unknown:
    """What is known about someone with several calendars: only if all of them have answered."""
    if isinstance(one, Unknown):
        return one
    if isinstance(other, Unknown):
        return other
    return LiveBusy((*one.calendars, *other.calendars), min(one.as_of, other.as_of))


def joined(spans: Iterable[BusySpan]) -> tuple[BusySpan, ...]:
    """The same time as spans that neither overlap nor touch, earliest first, without empty ones."""
    found: list[BusySpan] = []
    for span in sorted(spans, key=lambda each: (each.starts_at, each.ends_at)):
        if span.ends_at <= span.starts_at:
            continue
        if found and span.starts_at <= found[-1].ends_at:
            found[-1] = BusySpan(found[-1].starts_at, max(found[-1].ends_at, span.ends_at))
        else:
            found.append(span)
    return tuple(found)


def without(spans: Iterable[BusySpan], taken_out: Iterable[BusySpan]) -> tuple[BusySpan, ...]:
    """The parts of `spans` that are in none of the removed ones, in the order of `spans`."""
    holes = joined(taken_out)
    found = []
    for span in spans:
        begins = span.starts_at
        for hole in holes:
            if hole.ends_at <= begins or hole.starts_at >= span.ends_at:
                continue
            if hole.starts_at > begins:
                found.append(BusySpan(begins, hole.starts_at))
            begins = hole.ends_at
        if begins < span.ends_at:
            found.append(BusySpan(begins, span.ends_at))
    return tuple(found)
