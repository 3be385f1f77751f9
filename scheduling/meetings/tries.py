"""What an error of a provider means for the meeting, and when to try again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from extensions import db
from models import FailureReason, Meeting, MeetingState
from providers.errors import (
    ConnectionRevokedError,
    DailyLimitError,
    HostNotAllowedError,
    InvalidClientError,
    NotReadyError,
    PermanentError,
    ProviderError,
    RateLimitedError,
    RetryableError,
    ScopeMissingError,
)
from scheduling.meetings import recording, wanting
from scheduling.rules import Rules
from scheduling.software import spec_of
from timezones import utc_now
from work import retry
from work.protocol import Again, Done, Next

# How close together attempts are shortly before the start.
_CLOSEST_TRIES = timedelta(seconds=20)

# When too many calls were made in a short time, the wait grows no further than this step: a quarter of an
# hour.
_LONGEST_WAIT_FOR_A_LIMIT = 3

# For how many rounds over the hosts to wait for a meeting that the provider is still making.
_WALKS_FOR_ONE_THAT_IS_LATE = 3

# Errors that rule one account out at once.
_ABOUT_ACCOUNT: tuple[tuple[type[ProviderError], FailureReason], ...] = (
    (ConnectionRevokedError, FailureReason.RECONNECT_NEEDED),
    (ScopeMissingError, FailureReason.SCOPES_MISSING),
    (HostNotAllowedError, FailureReason.NOT_ALLOWED),
    (DailyLimitError, FailureReason.DAILY_LIMIT),
)


class NotSetUpError(PermanentError):
    """The operator has given this server no credentials for the software, so nothing can be called."""

    default_code = "not_set_up"


@dataclass(frozen=True)
class Verdict:
    """Why it is useless to repeat a call for now. `is_about_account`: another account may do better."""

    reason: FailureReason
    is_about_account: bool = True


def at_once(why: str) -> Again:
    """The next step follows now; nothing went wrong."""
    return Again(utc_now(), why, is_failure=False)


def verdict_on(error: ProviderError) -> Verdict | None:
    """Whether the error means that this account cannot do it; None when the same call may work shortly."""
    if isinstance(error, NotSetUpError):
        return Verdict(FailureReason.NOT_SET_UP, is_about_account=False)
    if isinstance(error, InvalidClientError):
        return Verdict(FailureReason.CREDENTIALS, is_about_account=False)
    for kind, reason in _ABOUT_ACCOUNT:
        if isinstance(error, kind):
            return Verdict(reason)
    return None if isinstance(error, RetryableError) else Verdict(FailureReason.REFUSED)


def is_limit(error: ProviderError) -> bool:
    """Whether the provider asks for a moment, because there were too many calls in a short time."""
    return isinstance(error, RateLimitedError)


def has_waited_long(meeting_id: int) -> bool:
    """Whether a provider has been making this meeting for so long that another account is asked as well."""
    return db.session.get_one(Meeting, meeting_id).walk > _WALKS_FOR_ONE_THAT_IS_LATE


def not_now(meeting_id: int, error: ProviderError, failures: int, rules: Rules) -> Next:
    """Neither the account that should do it nor any other can for now.

    `failures`: how often the task failed in a row before this.
    """
    verdict = verdict_on(error)
    if verdict is None:
        return _same_account_again(meeting_id, error, failures, rules)
    detail = error.words if verdict.is_about_account else None
    not_before = error.retry_at if isinstance(error, RetryableError) else None
    return failed(meeting_id, verdict.reason, detail, rules, failures=failures, not_before=not_before)


def _same_account_again(meeting_id: int, error: ProviderError, failures: int, rules: Rules) -> Next:
    """Back off while the invitation may wait; when the next attempt would come too late for it, settle."""
    meeting = db.session.get_one(Meeting, meeting_id, with_for_update=True)
    at = utc_now() + retry.MEETING_IN_GRACE.delay(failures + 1)
    if isinstance(error, RetryableError) and error.retry_at is not None:
        at = max(at, error.retry_at)
    # If the meeting is ready, people have its older link and no reason to wait.
    may_wait = meeting.state in (MeetingState.WAITING, MeetingState.READY)
    if may_wait and at < meeting.grace_ends_at:
        return Again(at, error.words)
    reason = FailureReason.UNREACHABLE
    if isinstance(error, RateLimitedError):
        reason = FailureReason.RATE_LIMITED
    elif isinstance(error, NotReadyError):
        reason = FailureReason.NOT_READY
    return failed(meeting_id, reason, error.words, rules, failures=failures, not_before=at)


def failed(
    meeting_id: int,
    reason: FailureReason,
    detail: str | None,
    rules: Rules,
    *,
    failures: int,
    not_before: datetime | None = None,
) -> Next:
    """Tell people, and keep trying, less and less often, until that is useless."""
    meeting = recording.record_failed(meeting_id, reason, detail, rules)
    if meeting is None:
        return Done()
    now, until = utc_now(), wanting.useful_until(meeting)
    # For a meeting that has not been made yet, only rounds in which every host failed count, so that attempts
    # within the grace time do not lengthen the wait.
    tries = failures + 1 if meeting.state is MeetingState.READY else meeting.walk - 1
    if reason is FailureReason.RATE_LIMITED:
        # The provider is up and only asks for a pause, and people were told to wait a few minutes.
        tries = min(tries, _LONGEST_WAIT_FOR_A_LIMIT)
    # At most half of the time left, so that a long wait never uses up the last attempt.
    at = min(now + retry.MEETING_AFTER_GRACE.delay(tries), now + max((until - now) / 2, _CLOSEST_TRIES))
    if reason is FailureReason.DAILY_LIMIT:
        limit = spec_of(meeting.software).daily_limit
        at = max(at, limit.try_again_at(now)) if limit is not None else at
    if not_before is not None:
        at = max(at, not_before)
    if at >= until:
        return Done()
    return Again(at, meeting.failure_words or reason.value)
