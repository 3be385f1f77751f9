"""The task that brings an interview's meeting in line with what the team decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from connections.grants import with_grant
from connections.service import connections
from extensions import db
from models import FailureReason, Interview, MeetingSoftware, MeetingState
from providers.base import Meeting as ProviderMeeting
from providers.base import MeetingRequest
from providers.errors import (
    ConnectionRevokedError,
    DailyLimitError,
    HostNotAllowedError,
    InvalidClientError,
    PasscodeRefusedError,
    ProviderError,
    RateLimitedError,
    RetryableError,
    ScopeMissingError,
)
from providers.protocols import MeetingProvider
from scheduling.mails import queue
from scheduling.meetings import planning
from scheduling.meetings.planning import Create, LookUp, NobodyCanHost
from scheduling.meetings.software import spec_of
from scheduling.meetings.wishes import Created, Wish
from scheduling.rules import Rules
from timezones import utc_now
from work import retry
from work.protocol import Again, ClaimedTask, Done, Handler, Next

# Refusals that rule out one account and send the walk to the next host at once.
_RULES_OUT: tuple[tuple[type[ProviderError], FailureReason], ...] = (
    (ConnectionRevokedError, FailureReason.RECONNECT_NEEDED),
    (ScopeMissingError, FailureReason.SCOPES_MISSING),
    (HostNotAllowedError, FailureReason.NOT_ALLOWED),
    (DailyLimitError, FailureReason.DAILY_LIMIT),
)


@dataclass(frozen=True)
class Loaded:
    """A step with what the recording needs beside it."""

    step: planning.Step
    failures: int


@dataclass(frozen=True)
class NotSetUp:
    """The operator has given this server no credentials for the software."""


Outcome = ProviderMeeting | list[ProviderMeeting] | ProviderError | NotSetUp | None


def sync_meeting(rules: Rules) -> Handler:
    """The handler that creates the wanted meeting, one step at each start."""

    def load(task: ClaimedTask) -> Loaded | None:
        step = planning.plan(int(task.payload["interview_id"]), utc_now())
        return None if step is None else Loaded(step, task.failures)

    def call(loaded: Loaded) -> Outcome:
        step = loaded.step
        if isinstance(step, NobodyCanHost):
            return None
        provider = meetings_of(step.software)
        if provider is None:
            return NotSetUp()
        try:
            return with_grant(step.connection_id, _provider_call(provider, step))
        except ProviderError as error:
            return error

    def record(loaded: Loaded, outcome: Outcome) -> Next:
        match loaded.step:
            case NobodyCanHost() as step:
                return _failed(step.interview_id, step.reason, step.detail)
            case Create() as step:
                return _record_create(step, outcome, loaded.failures, rules)
            case LookUp() as step:
                return _record_look_up(step, outcome, loaded.failures, rules)

    def gave_up(task: ClaimedTask, why: str) -> None:
        planning.record_failed(int(task.payload["interview_id"]), FailureReason.REFUSED, why)

    return Handler(load, call, record, gave_up, load_writes=True)


def meetings_of(software: MeetingSoftware) -> MeetingProvider | None:
    """Who makes the meetings of a software, or None while the operator has not set that up."""
    clients = connections().clients.get(spec_of(software).app)
    return clients.meetings if clients is not None else None


def _provider_call(
    provider: MeetingProvider, step: Create | LookUp
) -> Callable[..., ProviderMeeting | list[ProviderMeeting]]:
    request = request_for(step.wish)
    if isinstance(step, Create):
        return lambda grant: provider.create_meeting(grant, request)
    return lambda grant: provider.find_meetings(grant, request, step.since)


def request_for(wish: Wish) -> MeetingRequest:
    """The same wish in the words of `providers`."""
    return MeetingRequest(
        topic=wish.topic,
        agenda=wish.agenda,
        starts_at=wish.starts_at,
        duration_minutes=wish.duration_minutes,
        timezone=wish.timezone,
        passcode=wish.passcode,
    )


def _record_create(step: Create, outcome: Outcome, failures: int, rules: Rules) -> Next:
    match outcome:
        case ProviderMeeting() as made:
            planning.record_created(step.attempt_id, _created(made), rules)
            return Done()
        case NotSetUp():
            planning.record_not_made(step.attempt_id, "not set up")
            return _failed(step.interview_id, FailureReason.NOT_SET_UP, None)
        case PasscodeRefusedError() as error if step.wish.passcode is not None:
            planning.record_passcode_refused(step.attempt_id, error.words)
            return Again(utc_now(), error.words, is_failure=False)
        case InvalidClientError() as error:
            # The same for every account: asking the next host would change nothing.
            planning.record_not_made(step.attempt_id, error.words)
            return _failed(step.interview_id, FailureReason.CREDENTIALS, None)
        case ProviderError() as error:
            reason = _ruled_out_by(error)
            if reason is not None:
                planning.record_refused(step.attempt_id, reason, error.words)
                return Again(utc_now(), error.words, is_failure=False)
            if isinstance(error, RetryableError) and error.maybe_applied:
                planning.record_unknown(step.attempt_id, error.words)
            else:
                planning.record_not_made(step.attempt_id, error.words)
            return _same_host_again(step.interview_id, error, failures)
        case _:
            raise TypeError(type(outcome).__name__)


def _record_look_up(step: LookUp, outcome: Outcome, failures: int, rules: Rules) -> Next:
    match outcome:
        case list() as found:
            for made in found:
                if not planning.is_known(step.software, made.id):
                    planning.record_created(step.attempt_ids[0], _created(made), rules)
                    return Done()
            planning.record_not_found(step.attempt_ids)
            return Again(utc_now(), "looked up: nothing was created", is_failure=False)
        case NotSetUp():
            return _failed(step.interview_id, FailureReason.NOT_SET_UP, None)
        case InvalidClientError():
            return _failed(step.interview_id, FailureReason.CREDENTIALS, None)
        case ProviderError() as error:
            reason = _ruled_out_by(error)
            if reason is not None:
                planning.record_look_up_refused(step, reason, error.words, utc_now())
                return Again(utc_now(), error.words, is_failure=False)
            return _same_host_again(step.interview_id, error, failures)
        case _:
            raise TypeError(type(outcome).__name__)


def _created(made: ProviderMeeting) -> Created:
    return Created(provider_meeting_id=made.id, join_url=made.join_url, passcode=made.passcode)


def _ruled_out_by(error: ProviderError) -> FailureReason | None:
    for kind, reason in _RULES_OUT:
        if isinstance(error, kind):
            return reason
    return None if isinstance(error, RetryableError) else FailureReason.REFUSED


def _same_host_again(interview_id: int, error: ProviderError, failures: int) -> Next:
    """Back off while the invitation may wait; when the next try would come too late for it, settle."""
    meeting = queue.meeting_of(interview_id, lock=True)
    assert meeting is not None
    at = utc_now() + retry.MEETING_IN_GRACE.delay(failures + 1)
    if isinstance(error, RetryableError) and error.retry_at is not None:
        at = max(at, error.retry_at)
    if meeting.state == MeetingState.WAITING and at < meeting.grace_ends_at:
        return Again(at, error.words)
    is_limit = isinstance(error, RateLimitedError)
    reason = FailureReason.RATE_LIMITED if is_limit else FailureReason.UNREACHABLE
    return _failed(interview_id, reason, error.words, not_before=at)


def _failed(
    interview_id: int,
    reason: FailureReason,
    detail: str | None,
    *,
    not_before: datetime | None = None,
) -> Next:
    """Tell people without a link and go on trying, more and more rarely, until it is of no use."""
    meeting = planning.record_failed(interview_id, reason, detail)
    if meeting is None:
        return Done()
    now = utc_now()
    # Counted in walks that ended in vain, so that the tries within the grace time do not lengthen the wait.
    at = now + retry.MEETING_AFTER_GRACE.delay(meeting.walk - 1)
    if reason is FailureReason.DAILY_LIMIT:
        limit = spec_of(meeting.software).daily_limit
        at = max(at, limit.try_again_at(now)) if limit is not None else at
    if not_before is not None:
        at = max(at, not_before)
    interview = db.session.get_one(Interview, interview_id)
    if at >= planning.try_until(interview):
        return Done()
    return Again(at, meeting.failure_words or reason.value)
