"""The figures of an installation in the text format of Prometheus.

Most of them are read from the database when they are asked for, so every process and every server of an
installation says the same, and none has to collect what the others know. Rows that are over are not counted:
there are more of them every day. What requests took is counted by each server for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import accumulate

import sqlalchemy as sa

from extensions import db
from models import Interview, InterviewStatus, Mail, MailState, Meeting, MeetingState, Task, TaskState
from product_version import product_version
from timezones import zone_data_version
from web.request_counts import STEPS, Counted, request_counts
from work.findings import OVERDUE_FOR, background_state

Samples = Iterable[tuple[Mapping[str, str], float]]
# What is added to the name, the labels, and the value.
_Sample = tuple[str, Mapping[str, str], float]


def exposition(now: datetime) -> str:
    """Everything, as of `now` (aware UTC)."""
    state = background_state(now, is_expected=True)
    beat_age = state.beat_age.total_seconds() if state.beat_age is not None else -1.0
    return "".join(
        _metric(name, words, samples)
        for name, words, samples in (
            ("info", "Version of the program and edition of the time zones.", _about()),
            ("heartbeat_age_seconds", "Since background work last ticked; -1: never.", _one(beat_age)),
            (
                "tasks_oldest_due_seconds",
                "How long the oldest work that is due has waited.",
                _one(state.overdue.total_seconds()),
            ),
            ("tasks_waiting", "Unfinished work, by kind, that is not due yet or being done.", _waiting(now)),
            ("tasks_overdue", "Work that was due five minutes ago and was not started.", _overdue(now)),
            ("tasks_given_up", "Work that nothing is tried for anymore.", _given_up()),
            ("mails_waiting", "Emails that have not been sent yet, by kind.", _mails(now, is_due=False)),
            ("mails_due", "Those of them that should have been sent by now.", _mails(now, is_due=True)),
            ("meetings", "Meetings that are wanted for interviews to come, by state.", _meetings(now)),
            ("interviews_upcoming", "Interviews to come, by status.", _interviews(now)),
        )
    ) + _requests(tuple(request_counts().counted()))


def _metric(name: str, words: str, samples: Samples) -> str:
    return _family(name, "gauge", words, (("", labels, value) for labels, value in samples))


def _family(name: str, kind: str, words: str, samples: Iterable[_Sample]) -> str:
    """One metric. Each sample says what is added to its name, its labels and its value."""
    full = f"smoothhiring_{name}"
    lines = [f"# HELP {full} {words}", f"# TYPE {full} {kind}"]
    for ending, labels, value in samples:
        written = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        lines.append(f"{full}{ending}{{{written}}} {value:.12g}" if written else f"{full} {value:.12g}")
    return "\n".join(lines) + "\n"


def _requests(counted: Sequence[Counted]) -> str:
    answers = (
        ("", {"routes": each.group, "status": f"{number}xx"}, float(answered))
        for each in counted
        for number, answered in enumerate(each.by_class, 1)
        if answered
    )
    return _family(
        "http_requests_total",
        "counter",
        "Requests that this server has answered since its start, by group of routes and class of status.",
        answers,
    ) + _family(
        "http_request_duration_seconds",
        "histogram",
        "How long these took until the answer was ready to leave.",
        (sample for each in counted for sample in _durations(each)),
    )


def _durations(counted: Counted) -> Iterator[_Sample]:
    """The samples of a histogram; each of its steps holds those before it as well."""
    routes = {"routes": counted.group}
    ends = (*(f"{end:g}" for end in STEPS), "+Inf")
    for end, number in zip(ends, accumulate(counted.by_step), strict=True):
        yield "_bucket", {**routes, "le": end}, number
    yield "_sum", routes, counted.seconds
    yield "_count", routes, sum(counted.by_step)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _one(value: float) -> Samples:
    return [({}, value)]


def _about() -> Samples:
    return [({"version": product_version(), "time_zone_data": zone_data_version()}, 1)]


def _waiting(now: datetime) -> Samples:
    waits = sa.or_(Task.state == TaskState.RUNNING, sa.and_(Task.state == TaskState.READY, Task.run_at > now))
    return _tasks(waits)


def _overdue(now: datetime) -> Samples:
    return _tasks(sa.and_(Task.state == TaskState.READY, Task.run_at < now - OVERDUE_FOR))


def _given_up() -> Samples:
    return _tasks(Task.state == TaskState.DEAD)


def _tasks(which: sa.ColumnElement[bool]) -> Samples:
    rows = db.session.execute(sa.select(Task.kind, sa.func.count()).where(which).group_by(Task.kind))
    return [({"kind": kind}, count) for kind, count in sorted((kind, count) for kind, count in rows)]


def _mails(now: datetime, *, is_due: bool) -> Samples:
    asked = sa.select(Mail.kind, sa.func.count()).where(Mail.state == MailState.QUEUED).group_by(Mail.kind)
    rows = db.session.execute(asked.where(Mail.due_at <= now) if is_due else asked)
    return [({"kind": kind}, count) for kind, count in sorted((kind, count) for kind, count in rows)]


def _meetings(now: datetime) -> Samples:
    rows = db.session.execute(
        sa.select(Meeting.state, sa.func.count())
        .join(Interview, Interview.id == Meeting.interview_id)
        .where(Meeting.is_wanted, Interview.status == InterviewStatus.SCHEDULED, Interview.starts_at > now)
        .group_by(Meeting.state)
    )
    found: dict[object, int] = {row[0]: row[1] for row in rows}
    return [({"state": state.value}, found.get(state, 0)) for state in MeetingState]


def _interviews(now: datetime) -> Samples:
    to_come = (InterviewStatus.REQUESTED, InterviewStatus.ACCEPTED, InterviewStatus.SCHEDULED)
    rows = db.session.execute(
        sa.select(Interview.status, sa.func.count())
        .where(Interview.status.in_(to_come), Interview.starts_at > now)
        .group_by(Interview.status)
    )
    found: dict[object, int] = {row[0]: row[1] for row in rows}
    return [({"status": status.value}, found.get(status, 0)) for status in to_come]
