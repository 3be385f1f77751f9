"""The task that looks for meetings which a lost answer left behind, and removes them."""

from __future__ import annotations

from connections.grants import with_grant
from database import read_only
from extensions import db
from providers.errors import ProviderError, RetryableError
from scheduling.meetings import orphans, planning
from scheduling.meetings.orphans import StrayHunt
from tasks.meetings import NotSetUp, meetings_of, request_for
from timezones import utc_now
from work import retry
from work.protocol import Again, ClaimedTask, Done, Handler, Next


def settle_attempts() -> Handler:
    """The handler that looks for meetings which a lost answer left behind, and removes them."""

    def load(task: ClaimedTask) -> StrayHunt | None:
        return orphans.plan_stray_hunt(int(task.payload["attempt_id"]))

    def call(hunt: StrayHunt) -> list[str] | ProviderError | NotSetUp:
        provider = meetings_of(hunt.software)
        if provider is None:
            return NotSetUp()
        try:
            found = with_grant(
                hunt.connection_id,
                lambda grant: provider.find_meetings(grant, request_for(hunt.wish), hunt.since),
            )
            left = [made.id for made in found if not _is_ours_or_awaited(hunt, made.id)]
            for stray in left:
                with_grant(hunt.connection_id, lambda grant, gone=stray: provider.delete_meeting(grant, gone))  # type: ignore[misc]
            return left
        except ProviderError as error:
            return error

    def record(hunt: StrayHunt, outcome: list[str] | ProviderError | NotSetUp) -> Next:
        if isinstance(outcome, NotSetUp):
            return Done()
        if isinstance(outcome, ProviderError):
            if isinstance(outcome, RetryableError):
                return Again(utc_now() + retry.MEETING_AFTER_GRACE.delay(1), outcome.words)
            # The account cannot be used for now. Its user may reconnect; past the start it harms nobody.
            if utc_now() >= hunt.wish.starts_at:
                return Done()
            return Again(utc_now() + retry.STRAY_ON_CLOSED_ACCOUNT, outcome.words, is_failure=False)
        at = orphans.record_stray_hunt(hunt.attempt_id, len(outcome))
        return Done() if at is None else Again(at, "looked for a second meeting", is_failure=False)

    def gave_up(task: ClaimedTask, why: str) -> None:
        """Nothing to show: the interview has its meeting, and the stray is listed by the provider."""

    return Handler(load, call, record, gave_up)


def _is_ours_or_awaited(hunt: StrayHunt, provider_meeting_id: str) -> bool:
    with read_only():
        known = planning.is_known(hunt.software, provider_meeting_id) or orphans.may_be_anothers(
            hunt.attempt_id
        )
        # The look ends its transaction: the next line talks to the provider.
        db.session.rollback()
    return known
