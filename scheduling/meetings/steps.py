"""The steps that bring a meeting to its wanted state, one class each. A step is planned in one transaction,
calls the provider with none open, and is recorded in another. Calls that create, change or delete are written
into the ledger before they are made, so that after a crash it is known that they may have happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from extensions import db
from models import CallState, FailureReason, Meeting, MeetingSoftware
from providers.base import Grant, MeetingChange, MeetingRequest
from providers.base import Meeting as ShownMeeting
from providers.errors import (
    EntryGoneError,
    Facts,
    HostNotAllowedError,
    MeetingGoneError,
    NotReadyError,
    PasscodeRefusedError,
    ProviderError,
    RefusedError,
    RetryableError,
)
from providers.protocols import MeetingProvider
from scheduling.meetings import orphans, recording, tries
from scheduling.meetings.tries import Verdict
from scheduling.rules import Rules
from timezones import utc_now
from work.protocol import Again, Done, Next

# A provider's answer to one of the steps.
Answer = ShownMeeting | list[ShownMeeting] | None
Outcome = Answer | ProviderError


class Step(Protocol):
    """One step. `connection_id` is the connection whose grant the call needs; None when there is nothing to
    call.
    """

    @property
    def software(self) -> MeetingSoftware: ...

    @property
    def connection_id(self) -> int | None: ...

    def call(self, provider: MeetingProvider, grant: Grant) -> Answer:
        """Make the call. May raise any `ProviderError`."""
        ...

    def record(self, outcome: Outcome, failures: int, rules: Rules) -> Next:
        """Write the outcome into the current transaction, and return when to plan the next step, if there is
        one. `failures`: how often the task failed in a row before this.
        """
        ...


@dataclass(frozen=True)
class Create:
    """Create the meeting."""

    meeting_id: int
    call_id: int
    software: MeetingSoftware
    connection_id: int
    wanted: MeetingRequest

    def call(self, provider: MeetingProvider, grant: Grant) -> Answer:
        return provider.create_meeting(grant, self.wanted)

    def record(self, outcome: Outcome, failures: int, rules: Rules) -> Next:
        match outcome:
            case ShownMeeting() as shown if orphans.is_known(self.software, shown.id):
                # Another interview has it, so this cannot be the answer to our call, no matter why the
                # provider sent it. What our call made, if anything, is looked up.
                error = _not_ours(self.software)
                _close(self.call_id, error)
                return tries.not_now(self.meeting_id, error, failures, rules)
            case ShownMeeting() as shown:
                recording.record_created(self.call_id, shown, rules, passcode=self.wanted.passcode)
                return Done()
            case PasscodeRefusedError() as error if self.wanted.passcode is not None:
                recording.record_passcode_refused(self.call_id, error.words)
                return tries.at_once(error.words)
            case EntryGoneError() as error:
                recording.record_entry_was_deleted(self.call_id, error.words)
                return tries.at_once(error.words)
            case ProviderError() as error:
                verdict = _close(self.call_id, error)
                if verdict is not None and verdict.is_about_account:
                    if isinstance(error, HostNotAllowedError):
                        recording.record_not_made_on_entry(self.call_id, error.entry_id, error.is_spoiled)
                    recording.record_account_ruled_out(self.call_id)
                    # The next possible host is asked.
                    return tries.at_once(error.words)
                return tries.not_now(self.meeting_id, error, failures, rules)
            case _:
                raise TypeError(type(outcome).__name__)


@dataclass(frozen=True)
class LookUp:
    """Look for what earlier creates with a lost answer may have made, before creating again."""

    meeting_id: int
    call_ids: tuple[int, ...]
    software: MeetingSoftware
    connection_id: int
    lost: MeetingRequest
    since: datetime

    def call(self, provider: MeetingProvider, grant: Grant) -> Answer:
        return provider.find_meetings(grant, self.lost, self.since)

    def record(self, outcome: Outcome, failures: int, rules: Rules) -> Next:
        match outcome:
            case list() as found:
                unknown = [shown for shown in found if not orphans.is_known(self.software, shown.id)]
                if unknown and orphans.awaited_elsewhere(self.call_ids[0]):
                    at = utc_now() + orphans.AWAITED_ELSEWHERE
                    return Again(at, "looked up: may be another interview's", is_failure=False)
                if unknown:
                    recording.record_created(self.call_ids[0], unknown[0], rules)
                    # The team may have changed the interview since that call.
                    return tries.at_once("looked up: found")
                recording.record_not_found(self.call_ids)
                return tries.at_once("looked up: nothing was created")
            case NotReadyError() as error if tries.has_waited_long(self.meeting_id):
                # It may still appear, and is removed then; another account may be quicker.
                recording.record_look_up_refused(self.call_ids, FailureReason.NOT_READY, error.words)
                return tries.at_once(error.words)
            case ProviderError() as error:
                verdict = tries.verdict_on(error)
                if verdict is not None and verdict.is_about_account:
                    recording.record_look_up_refused(self.call_ids, verdict.reason, error.words)
                    return tries.at_once(error.words)
                return tries.not_now(self.meeting_id, error, failures, rules)
            case _:
                raise TypeError(type(outcome).__name__)


@dataclass(frozen=True)
class Update:
    """Change only what the provider shows differently from what is wanted."""

    meeting_id: int
    call_id: int
    software: MeetingSoftware
    connection_id: int
    provider_meeting_id: str
    change: MeetingChange

    def call(self, provider: MeetingProvider, grant: Grant) -> Answer:
        return provider.update_meeting(grant, self.provider_meeting_id, self.change)

    def record(self, outcome: Outcome, failures: int, rules: Rules) -> Next:
        match outcome:
            case ShownMeeting() as shown:
                recording.record_updated(self.call_id, shown, rules, passcode=self.change.passcode)
                return Done()
            case MeetingGoneError() as error:
                return _gone(self.meeting_id, (self.call_id,), error)
            case PasscodeRefusedError() as error if self.change.passcode is not None:
                recording.record_passcode_refused(self.call_id, error.words)
                return tries.at_once(error.words)
            case ProviderError() as error:
                _close(self.call_id, error)
                return tries.not_now(self.meeting_id, error, failures, rules)
            case _:
                raise TypeError(type(outcome).__name__)


@dataclass(frozen=True)
class ReadBack:
    """Read the meeting, to see which changes with a lost answer were made."""

    meeting_id: int
    call_ids: tuple[int, ...]
    software: MeetingSoftware
    connection_id: int
    provider_meeting_id: str

    def call(self, provider: MeetingProvider, grant: Grant) -> Answer:
        return provider.read_meeting(grant, self.provider_meeting_id)

    def record(self, outcome: Outcome, failures: int, rules: Rules) -> Next:
        match outcome:
            case ShownMeeting() as shown:
                recording.record_read_back(self.call_ids, shown, rules)
                return tries.at_once("read back")
            case MeetingGoneError() as error:
                return _gone(self.meeting_id, self.call_ids, error)
            case ProviderError() as error:
                return tries.not_now(self.meeting_id, error, failures, rules)
            case _:
                raise TypeError(type(outcome).__name__)


@dataclass(frozen=True)
class Remove:
    """Delete a meeting that is no longer wanted. One that is already gone counts as deleted, so after a lost
    answer the step can simply be repeated. `keeps_entry`: its calendar entry stays.
    """

    meeting_id: int
    call_id: int
    software: MeetingSoftware
    connection_id: int
    provider_meeting_id: str
    keeps_entry: bool = False

    def call(self, provider: MeetingProvider, grant: Grant) -> Answer:
        provider.delete_meeting(grant, self.provider_meeting_id, keeps_entry=self.keeps_entry)
        return None

    def record(self, outcome: Outcome, failures: int, rules: Rules) -> Next:
        match outcome:
            case None:
                recording.record_removed(self.meeting_id)
                return Done()
            case RefusedError(facts=Facts(code="meeting_stays")) as error if self.keeps_entry:
                recording.record_meeting_stays(self.call_id, error.words)
                return tries.at_once(error.words)
            case ProviderError() as error:
                verdict = tries.verdict_on(error)
                # If there was no refusal, the provider may have deleted it, and answered too late or
                # unreadably.
                if verdict is None:
                    recording.close_call(self.call_id, CallState.UNKNOWN, error.words)
                else:
                    recording.close_call(self.call_id, CallState.REFUSED, error.words, verdict.reason)
                return tries.not_now(self.meeting_id, error, failures, rules)
            case _:
                raise TypeError(type(outcome).__name__)


@dataclass(frozen=True)
class NotYet:
    """The last change of the interview can still be undone, so nothing is called before `at` (aware UTC)."""

    software: MeetingSoftware
    at: datetime
    connection_id: None = None

    def call(self, provider: MeetingProvider, grant: Grant) -> Answer:
        return None

    def record(self, outcome: Outcome, failures: int, rules: Rules) -> Next:
        return Again(self.at, "the change can still be undone", is_failure=False)


@dataclass(frozen=True)
class NoOneCanHost:
    """No account can be asked for now. The reason given is that of the first host."""

    meeting_id: int
    software: MeetingSoftware
    reason: FailureReason
    detail: str | None
    connection_id: None = None

    def call(self, provider: MeetingProvider, grant: Grant) -> Answer:
        return None

    def record(self, outcome: Outcome, failures: int, rules: Rules) -> Next:
        return tries.failed(self.meeting_id, self.reason, self.detail, rules, failures=failures)


def _not_ours(software: MeetingSoftware) -> RetryableError:
    words = f"{software.label} answered with a meeting that belongs to another interview."
    return RetryableError(words, maybe_applied=True)


def _close(call_id: int, error: ProviderError) -> Verdict | None:
    """Record what is known about a create or change after an error, and return what the error means."""
    verdict = tries.verdict_on(error)
    if verdict is not None and verdict.is_about_account:
        recording.close_call(call_id, CallState.REFUSED, error.words, verdict.reason)
    elif isinstance(error, RetryableError) and error.maybe_applied:
        recording.close_call(call_id, CallState.UNKNOWN, error.words)
    else:
        recording.close_call(call_id, CallState.ABSENT, error.words)
    return verdict


def _gone(meeting_id: int, call_ids: tuple[int, ...], error: MeetingGoneError) -> Next:
    if recording.record_gone(meeting_id, call_ids, error.words):
        return Done()
    meeting = db.session.get_one(Meeting, meeting_id)
    return Again(utc_now() + recording.until_second_look(meeting), error.words, is_failure=False)
