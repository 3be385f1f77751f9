"""The tasks that bring meetings in line with what the team decided, and remove what a lost response left
behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from connections.grants import with_grant
from extensions import db
from models import FailureReason, Meeting, MeetingSoftware
from providers.base import Grant
from providers.base import Meeting as ShownMeeting
from providers.errors import (
    Facts,
    MeetingGoneError,
    NotReadyError,
    ProviderError,
    RefusedError,
    RetryableError,
)
from providers.protocols import MeetingProvider
from scheduling.meetings import looks, orphans, planning, recording
from scheduling.meetings.looks import Look
from scheduling.meetings.orphans import OrphanSearch, OrphansFound
from scheduling.meetings.steps import Outcome, Step
from scheduling.meetings.tries import NotSetUpError
from scheduling.rules import Rules
from scheduling.software import spec_of
from services import services
from timezones import utc_now
from work import retry
from work.protocol import Again, ClaimedTask, Done, Handler, Next

T = TypeVar("T")


@dataclass(frozen=True)
class Loaded:
    """A step, with what is needed to record its outcome."""

    step: Step
    failures: int


def sync_meeting(rules: Rules) -> Handler:
    """The handler that takes the next step toward the wanted meeting, one each time it starts."""

    def load(task: ClaimedTask) -> Loaded | None:
        step = planning.plan(int(task.payload["meeting_id"]), utc_now())
        return None if step is None else Loaded(step, task.failures)

    def call(loaded: Loaded) -> Outcome:
        step = loaded.step
        if step.connection_id is None:
            return None
        return with_provider(step.software, step.connection_id, step.call)

    def record(loaded: Loaded, outcome: Outcome) -> Next:
        return loaded.step.record(outcome, loaded.failures, rules)

    def gave_up(task: ClaimedTask, why: str) -> None:
        recording.record_failed(int(task.payload["meeting_id"]), FailureReason.REFUSED, why, rules)

    # The ledger, which is on the disk before the call is made, has every call that may have happened.
    return Handler(load, call, record, gave_up, load_writes=True, finds_out_again=True)


def look_at_meeting(rules: Rules) -> Handler:
    """The handler that looks whether a meeting is still there and unchanged, again and again until its
    start."""

    def load(task: ClaimedTask) -> Look | None:
        return looks.plan_look(int(task.payload["meeting_id"]), utc_now())

    def call(look: Look) -> ShownMeeting | ProviderError | None:
        if look.connection_id is None:
            return None
        return with_provider(look.software, look.connection_id, look.call)

    def record(look: Look, outcome: ShownMeeting | ProviderError | None) -> Next:
        meeting = db.session.get_one(Meeting, look.meeting_id, with_for_update=True)
        if look.connection_id is not None:
            meeting.looked_at = utc_now()
        match outcome:
            case ShownMeeting() as shown:
                recording.record_seen(look.meeting_id, shown, rules)
            case MeetingGoneError() as error:
                if recording.record_gone(look.meeting_id, (), error.words):
                    return Done()
                second = utc_now() + recording.until_second_look(meeting)
                return Again(second, error.words, is_failure=False)
            case _:
                # Other pages show why the account or its provider cannot be used; the next look comes at its
                # usual time.
                pass
        at = looks.next_look(meeting, utc_now())
        return Done() if at is None else Again(at, "the next look at the meeting", is_failure=False)

    def gave_up(task: ClaimedTask, why: str) -> None:
        """Nothing to show: the meeting is as it was, and opening its interview's page looks again."""

    return Handler(load, call, record, gave_up)


def remove_orphans(rules: Rules) -> Handler:
    """The handler that looks for meetings which a lost answer left behind, and removes them. One that fits an
    interview without a meeting becomes its meeting instead."""

    def load(task: ClaimedTask) -> OrphanSearch | None:
        return orphans.plan_search(int(task.payload["call_id"]))

    def call(search: OrphanSearch) -> OrphansFound | ProviderError:
        return with_provider(search.software, search.connection_id, search.call)

    def record(search: OrphanSearch, outcome: OrphansFound | ProviderError) -> Next:
        match outcome:
            case OrphansFound(_, ShownMeeting() as adopted) if orphans.is_known(search.software, adopted.id):
                # Another interview has taken it since it was found; look again for what is left.
                soon = utc_now() + orphans.AWAITED_ELSEWHERE
                return Again(soon, "found what has an owner", is_failure=False)
            case OrphansFound(_, ShownMeeting() as adopted):
                recording.record_adopted(search.call_id, adopted, rules)
                return Done()
            case OrphansFound(removed):
                at = orphans.record_search(search.call_id, removed)
                return Done() if at is None else Again(at, "looked for a second meeting", is_failure=False)
            case RefusedError(facts=Facts(code="meeting_stays")):
                orphans.record_stays(search.call_id)
                return Again(utc_now(), outcome.words, is_failure=False)
            case NotSetUpError():
                return Done()
            case NotReadyError() if orphans.record_still_being_made(search.call_id):
                return Again(utc_now(), outcome.words, is_failure=False)
            case RetryableError():
                return Again(utc_now() + retry.MEETING_AFTER_GRACE.delay(1), outcome.words)
            case _ if utc_now() >= search.lost.starts_at:
                return Done()
            case _:
                orphans.note_out_of_reach(search.call_id)
                # The account cannot be used for now. Its user may reconnect it; once the meeting's start has
                # passed, the orphan does no harm.
                return Again(utc_now() + retry.ORPHAN_ON_CLOSED_ACCOUNT, outcome.words, is_failure=False)

    def gave_up(task: ClaimedTask, why: str) -> None:
        """Nothing to show: the interview has its meeting, and the provider lists the orphan."""

    return Handler(load, call, record, gave_up)


def with_provider(
    software: MeetingSoftware, connection_id: int, call: Callable[[MeetingProvider, Grant], T]
) -> T | ProviderError:
    """The result of a call with a live grant, or the error. No transaction may be open."""
    clients = services().connections.clients.get(spec_of(software).app)
    provider = clients.meetings if clients is not None else None
    if provider is None:
        return NotSetUpError("not set up")
    try:
        return with_grant(connection_id, lambda grant: call(provider, grant))
    except ProviderError as error:
        return error
