"""The product in the test's own process, with the simulators outside: what tests do with it and see of it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from flask import Flask
from icalendar import Calendar

import background
from database import read_only, writing
from extensions import db
from models import (
    CallKind,
    CallState,
    FailureReason,
    Interview,
    Lane,
    Mail,
    MailState,
    Meeting,
    MeetingState,
    ReaderRole,
    Task,
    TaskState,
    User,
)
from scheduling.clashes import clashes_of_change
from scheduling.commands.cancel import Cancellation, cancel_interview
from scheduling.commands.change import Change, change_interview, mark_of
from scheduling.commands.undo import undo
from scheduling.mails.occasions import Occasion
from scheduling.mails.queue import INVITATION
from scheduling.meetings.wanting import enqueue_sync, wanted_meeting
from scheduling.plans import When, plan_of
from scheduling.reading.progress import progress_of
from scheduling.rules import Rules
from services import services
from tasks.handlers import all_handlers
from tests import factories
from tests.factories import GOOGLE_CALENDAR, LENA, CreatedCandidate, Member, Team
from tests.machines.simulators import Simulators
from tests.tasks.frozen_clock import FrozenClock
from timezones import in_zone, utc_now
from work.protocol import ClaimedTask
from work.runner import Phase, Runner


@dataclass(frozen=True)
class MeetingSeen:
    state: MeetingState
    host: str | None
    failure: FailureReason | None
    failure_words: str | None
    provider_meeting_id: str | None
    join_url: str | None
    passcode: str | None
    calls: tuple[CallState, ...]


@dataclass(frozen=True)
class MeetingRow:
    is_wanted: bool
    state: MeetingState
    failure: FailureReason | None
    join_url: str | None
    provider_meeting_id: str | None
    shown_topic: str | None
    shown_starts_at: datetime | None
    shown_duration_minutes: int | None
    shown_timezone: str | None
    shown_settings: dict[str, Any]
    calls: tuple[tuple[CallKind, CallState], ...]


@dataclass(frozen=True)
class MailSeen:
    id: int
    kind: str
    role: ReaderRole
    address: str
    occasion: str
    state: MailState
    words: str | None
    message_id: str
    may_be_double: bool


@dataclass(frozen=True)
class TaskSeen:
    id: int
    kind: str
    subject: str
    state: TaskState
    failures: int
    starts: int
    run_at: datetime
    last_error: str | None


class Office:
    """The team's side: it schedules and looks, no matter which process does the work. Every look is a
    separate transaction."""

    def __init__(self, app: Flask, team: Team, simulators: Simulators) -> None:
        self.app = app
        self.team = team
        self.simulators = simulators
        self.rules: Rules = services(app).rules

    @contextmanager
    def writing(self) -> Iterator[None]:
        """An application context whose transactions may write."""
        with self.app.app_context(), writing():
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        with self.app.app_context(), read_only():
            yield

    def connect(self, member: Member, account: str = LENA, *, with_notice: bool = False) -> int:
        with self.writing():
            return factories.connect_zoom(member, self.simulators, account, with_notice=with_notice)

    def connect_google(self, member: Member, account: str = LENA) -> int:
        """Connect the calendar of an account of the simulated Google."""
        with self.writing():
            return factories.connect_app(GOOGLE_CALENDAR, member, account)

    def schedule(
        self, actor: Member | None = None, candidate: CreatedCandidate | None = None, **wishes: Any
    ) -> int:
        """An interview of Dina's that Ada schedules, unless said otherwise."""
        with self.writing():
            return factories.schedule(actor or self.team.ada, candidate or self.team.dina, **wishes)

    def interviews(self) -> list[int]:
        """The ids of all interviews."""
        with self.reading():
            return list(db.session.scalars(db.select(Interview.id).order_by(Interview.id)))

    def meeting(self, interview_id: int) -> MeetingSeen:
        with self.reading():
            row = db.session.scalars(
                db.select(Meeting).where(Meeting.interview_id == interview_id, Meeting.is_wanted)
            ).one()
            return MeetingSeen(
                row.state,
                row.host.name if row.host else None,
                row.failure,
                row.failure_words,
                row.provider_meeting_id,
                row.join_url,
                row.passcode,
                tuple(call.state for call in row.calls),
            )

    def rows(self, interview_id: int) -> list[MeetingRow]:
        """All meetings of an interview, oldest first, with what Zoom last showed of them."""
        with self.reading():
            return [
                MeetingRow(
                    row.is_wanted,
                    row.state,
                    row.failure,
                    row.join_url,
                    row.provider_meeting_id,
                    row.shown_topic,
                    row.shown_starts_at,
                    row.shown_duration_minutes,
                    row.shown_timezone,
                    row.shown_settings,
                    tuple((call.kind, call.state) for call in row.calls),
                )
                for row in db.session.get_one(Interview, interview_id).meetings
            ]

    def change(self, interview_id: int, **wanted: Any) -> None:
        """Record that the team wants something else for an interview, and ask for the work."""
        with self.writing():
            interview = db.session.get_one(Interview, interview_id)
            for name, value in wanted.items():
                setattr(interview, name, value)
            enqueue_sync(interview_id)
            db.session.commit()

    def call_off_meeting(self, interview_id: int) -> None:
        """Record that the team no longer wants the interview's meeting, and ask for the work."""
        with self.writing():
            meeting = wanted_meeting(interview_id, lock=True)
            assert meeting is not None
            meeting.is_wanted = False
            enqueue_sync(interview_id)
            db.session.commit()

    def cancel(self, interview_id: int, words: str = "", *, by: Member | None = None, **how: Any) -> None:
        """Cancel an interview as Ada does on its page, unless said otherwise."""
        with self.writing():
            interview = db.session.get_one(Interview, interview_id)
            actor = db.session.get_one(User, (by or self.team.ada).id)
            cancel_interview(actor, interview, Cancellation(words, **how), self.rules)
            db.session.commit()

    def mark(self, interview_id: int) -> str:
        """The mark of what someone who looks at the interview now has seen of it."""
        with self.reading():
            return mark_of(db.session.get_one(Interview, interview_id))

    def edit(
        self,
        interview_id: int,
        words: str = "",
        *,
        accepts: bool = True,
        seen: str = "",
        by: Member | None = None,
        **changes: Any,
    ) -> None:
        """Change parts of an interview's plan as Ada does, unless said otherwise; `starts_at` and
        `duration_minutes` move it."""
        with self.writing():
            interview = db.session.get_one(Interview, interview_id)
            actor = db.session.get_one(User, (by or self.team.ada).id)
            plan = plan_of(interview)
            when = plan.when
            start = changes.pop("starts_at", when.starts_at)
            minutes = changes.pop("duration_minutes", when.duration_minutes)
            wall = f"{in_zone(start, when.timezone):%Y-%m-%dT%H:%M}"
            plan = replace(plan, when=When(start, wall, when.timezone, minutes), **changes)
            manager = db.session.get_one(User, plan.hiring_manager_id)
            shown = clashes_of_change(plan, interview, manager, actor) if accepts else []
            change = Change(plan, seen or mark_of(interview), words, frozenset(clash.key for clash in shown))
            change_interview(actor, interview, change, self.rules)
            db.session.commit()

    def let_undo_pass(self, interview_id: int) -> None:
        """For tests in real time: act as if the seconds in which a change can be undone were over."""
        with self.writing():
            db.session.get_one(Interview, interview_id).undo_until = None
            now = utc_now()
            soon = now + timedelta(minutes=1)
            subject = f"interview:{interview_id}"
            db.session.execute(
                db.update(Task)
                .where(Task.subject == subject, Task.state == TaskState.READY, Task.run_at.between(now, soon))
                .values(run_at=now)
            )
            db.session.execute(
                db.update(Mail)
                .where(Mail.interview_id == interview_id, Mail.due_at.between(now, soon))
                .values(due_at=now)
            )
            db.session.commit()

    def undo(self, interview_id: int, *, by: Member | None = None) -> None:
        """Undo the last change as Ada does, unless said otherwise; raises `TooLateError`."""
        with self.writing():
            interview = db.session.get_one(Interview, interview_id)
            actor = db.session.get_one(User, (by or self.team.ada).id)
            undo(actor, interview, interview.revision, self.rules)
            db.session.commit()

    def entries(self, address: str, *, uid: str = "") -> list[tuple[str, int, str]]:
        """The calendar files that one person got, oldest first: method, sequence, and start; with `uid` only
        those of one interview."""
        found = []
        for mail in self.simulators.mails(address):
            for part in mail.message.iter_attachments():
                if part.get_content_type() == "text/calendar":
                    calendar = Calendar.from_ical(part.get_content())
                    [event] = calendar.walk("VEVENT")
                    if uid and str(event["UID"]) != uid:
                        continue
                    start = f"{event.decoded('DTSTART'):%Y-%m-%dT%H:%M}"
                    found.append((str(calendar["METHOD"]), int(event.decoded("SEQUENCE")), start))
        return found

    def mails(self, interview_id: int, kind: str = INVITATION, revision: int | None = None) -> list[MailSeen]:
        """The mails of one kind, oldest first: candidate, hiring manager, attendees."""
        with self.reading():
            rows = db.session.scalars(
                db.select(Mail).where(Mail.interview_id == interview_id, Mail.kind == kind).order_by(Mail.id)
            )
            return [
                MailSeen(
                    row.id,
                    row.kind,
                    row.role,
                    row.address,
                    row.occasion,
                    row.state,
                    row.words,
                    row.message_id,
                    row.may_be_double,
                )
                for row in rows
                if revision is None or Occasion.read(row.occasion).revision == revision
            ]

    def tasks(self, kind: str | None = None) -> list[TaskSeen]:
        with self.reading():
            return [
                TaskSeen(
                    row.id,
                    row.kind,
                    row.subject,
                    row.state,
                    row.failures,
                    row.starts,
                    row.run_at,
                    row.last_error,
                )
                for row in db.session.scalars(db.select(Task).order_by(Task.id))
                if kind in (None, row.kind)
            ]

    def timeline(self, interview_id: int) -> list[str]:
        with self.reading():
            return [entry.words for entry in db.session.get_one(Interview, interview_id).timeline]

    def progress(self, interview_id: int) -> str:
        """The delivery list of the interview's page, and what its meeting's card says, as one text."""
        with self.reading():
            progress = progress_of(db.session.get_one(Interview, interview_id))
            lines = [f"{row.state}: {row.words} {row.detail or ''}".strip() for row in progress.rows]
            if progress.card is not None:
                lines += [progress.card.passcode_note or "", *progress.card.entry_notes]
            return "\n".join(lines)

    def is_settled(self, interview_id: int) -> bool:
        """Whether the interview's page stops asking for news."""
        with self.reading():
            return progress_of(db.session.get_one(Interview, interview_id)).is_settled

    def living_meetings(self) -> list[dict[str, Any]]:
        """The meetings in the simulated Zoom that no one has deleted."""
        return [meeting for meeting in self.simulators.ledger()["meetings"] if not meeting["deleted"]]

    def calls(self, operation: str) -> list[dict[str, Any]]:
        """The calls of one kind that the simulated Zoom received."""
        return [call for call in self.simulators.ledger()["calls"] if call["operation"] == operation]


class _ProcessEndsError(BaseException):
    """No code of the product catches it, just as nothing goes on in a process that was killed."""


class Installation(Office):
    """An office whose work is done in the test's own thread, when the test says so, by the test's clock."""

    def __init__(self, app: Flask, team: Team, simulators: Simulators, clock: FrozenClock) -> None:
        super().__init__(app, team, simulators)
        self.clock = clock
        self.runner = background.make_runner(app)

    def run_due(self, lane: Lane | None = None) -> int:
        return self.runner.run_due(lane)

    def later(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0) -> int:
        """Let time pass, then do what is due."""
        self.clock.forward(timedelta(seconds=seconds, minutes=minutes, hours=hours))
        return self.runner.run_due()

    def die_after(self, phase: Phase, kind: str) -> None:
        """Do what is due like a process that dies after a phase of a task of this kind, and let its claim run
        out."""

        def end(reached: Phase, task: ClaimedTask) -> None:
            if (reached, task.kind) == (phase, kind):
                raise _ProcessEndsError

        with suppress(_ProcessEndsError):
            another_runner(self, on_phase=end).run_due()
        self.clock.forward(timedelta(seconds=self.app.config["TASK_LEASE_SECONDS"] + 1))
        self.runner.release_forfeited()

    def until_grace_is_over(self) -> None:
        """Let the two minutes pass in which the invitation waits, with every retry at its time."""
        end = self.clock.now + timedelta(seconds=150)
        while self.clock.now < end:
            due = [task.run_at for task in self.tasks() if task.state is TaskState.READY]
            # In steps of five seconds, without those at which there would be nothing to do.
            wait = min([*due, end]) - self.clock.now
            self.later(seconds=5 * max(1, ceil(wait / timedelta(seconds=5))))


def another_runner(installation: Installation, **options: Any) -> Runner:
    """A second runner on the same database, like that of another process."""
    return Runner(installation.app, all_handlers(services(installation.app)), **options)
