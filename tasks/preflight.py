"""The check of an interview a day and an hour before it starts: the chore that requests it and the task that
does it. What it looks for, and who is told, is in `scheduling.preflight`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connections.rows import held, lose_permissions
from extensions import db
from models import ConnectionState, Interview
from providers.base import Meeting as ShownMeeting
from providers.errors import MeetingGoneError, ProviderError, RetryableError, ScopeMissingError
from scheduling import preflight
from scheduling.meetings import looks, recording, wanting
from scheduling.meetings.looks import Look
from scheduling.rules import Rules
from tasks.meetings import with_provider
from timezones import utc_now
from work import retry
from work.chores import frequent
from work.protocol import Again, ClaimedTask, Done, Handler, Next

# How often a provider that cannot be reached is asked before the rest is checked without it.
_MOST_QUESTIONS = 3

ASK_FOR_PREFLIGHTS = frequent("checks before interviews", preflight.due, preflight.request)


@dataclass(frozen=True)
class _Check:
    """`look` is None where no meeting can be looked at."""

    interview_id: int
    since: datetime
    failures: int
    look: Look | None


def check_before_start(rules: Rules) -> Handler:
    """The handler that checks one interview: its meeting, the account that hosts it, its invitations."""

    def load(task: ClaimedTask) -> _Check | None:
        starts_at = datetime.fromisoformat(task.payload["starts_at"])
        interview = preflight.still_due(int(task.payload["interview_id"]), starts_at)
        if interview is None:
            return None
        look = looks.plan_look(interview.meeting.id, utc_now()) if interview.meeting is not None else None
        since = datetime.fromisoformat(task.payload["since"])
        return _Check(interview.id, since, task.failures, look)

    def call(check: _Check) -> ShownMeeting | ProviderError | None:
        look = check.look
        if look is None or look.connection_id is None:
            return None
        return with_provider(look.software, look.connection_id, look.call)

    def record(check: _Check, outcome: ShownMeeting | ProviderError | None) -> Next:
        interview = db.session.get_one(Interview, check.interview_id)
        meeting = wanting.wanted_meeting(interview.id, lock=True)
        if meeting is not None and outcome is not None:
            meeting.looked_at = utc_now()
        match outcome:
            case ShownMeeting() as shown if check.look is not None:
                recording.record_seen(check.look.meeting_id, shown, rules)
            case MeetingGoneError() as error if check.look is not None and meeting is not None:
                wait = recording.until_second_look(meeting)
                # Once that is certain, another one is made, which is checked later.
                recording.record_gone(check.look.meeting_id, (), error.words)
                return Again(utc_now() + wait, error.words, is_failure=False)
            case ScopeMissingError() as error if check.look is not None:
                _lose(check.look, error)
            case RetryableError() as error if check.failures < _MOST_QUESTIONS:
                return Again(utc_now() + retry.CHECK.delay(check.failures + 1), error.words)
            case _:
                # Whether the account can be used is seen from its connection.
                pass
        db.session.refresh(interview, ["meeting"])
        if preflight.repair(interview, check.since):
            at = utc_now() + retry.PREFLIGHT_REPAIR
            return Again(at, "the meeting is being changed back", is_failure=False)
        preflight.record(interview, rules)
        return Done()

    def gave_up(task: ClaimedTask, why: str) -> None:
        """Nothing to show: the interview is as it was, and its page says what is known."""

    return Handler(load, call, record, gave_up)


def _lose(look: Look, error: ScopeMissingError) -> None:
    row = held(look.connection_id) if look.connection_id is not None else None
    if row is not None and row.state is ConnectionState.CONNECTED:
        lose_permissions(row, error.scopes, error.words)
