"""Comparing the accounts that host meetings with what we made there, and removing leftovers."""

from __future__ import annotations

from providers.base import ListedMeeting
from providers.errors import Facts, ProviderError, RefusedError, RetryableError
from scheduling.meetings import comparing
from scheduling.meetings.comparing import Comparison, OrphanRemoval
from tasks.meetings import with_provider
from timezones import utc_now
from work import retry
from work.chores import daily
from work.protocol import Again, ClaimedTask, Done, Handler, Next


def _ask(found: list[int]) -> bool:
    comparing.compare(found)
    return True


# Requests a comparison of every account that hosts upcoming meetings of ours.
COMPARE_ACCOUNTS = daily("comparing accounts", comparing.accounts, _ask)


def compare_account() -> Handler:
    """The handler that finds meetings on an account that no interview wants."""

    def load(task: ClaimedTask) -> Comparison | None:
        return comparing.plan_comparison(int(task.payload["connection_id"]))

    def call(comparison: Comparison) -> list[ListedMeeting] | ProviderError:
        return with_provider(comparison.software, comparison.connection_id, comparison.call)

    def record(comparison: Comparison, outcome: list[ListedMeeting] | ProviderError) -> Next:
        match outcome:
            case list() as listed:
                comparing.record_comparison(comparison, listed)
            case ProviderError():
                # Tomorrow is soon enough, and other pages show why the account cannot be asked.
                pass
        return Done()

    def gave_up(task: ClaimedTask, why: str) -> None:
        """Nothing to show: tomorrow's comparison is another task."""

    return Handler(load, call, record, gave_up)


def remove_orphan() -> Handler:
    """The handler that removes a meeting after someone has said that no one wants it."""

    def load(task: ClaimedTask) -> OrphanRemoval | None:
        return comparing.plan_removal(int(task.payload["orphan_id"]))

    def call(removal: OrphanRemoval) -> ProviderError | None:
        return with_provider(removal.software, removal.connection_id, removal.call)

    def record(removal: OrphanRemoval, outcome: ProviderError | None) -> Next:
        match outcome:
            case None:
                comparing.record_removal(removal.orphan_id)
                return Done()
            case RefusedError(facts=Facts(code="meeting_stays")) if removal.keeps_entry:
                comparing.record_stays(removal.orphan_id)
                return Done()
            case RetryableError() as error:
                return Again(utc_now() + retry.MEETING_AFTER_GRACE.delay(1), error.words)
            case ProviderError() as error:
                return Again(utc_now() + retry.ORPHAN_ON_CLOSED_ACCOUNT, error.words)

    def gave_up(task: ClaimedTask, why: str) -> None:
        """The System log shows that it was given up, and still lists the meeting."""

    return Handler(load, call, record, gave_up)
