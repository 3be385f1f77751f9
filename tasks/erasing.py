"""The task that erases a candidate once everyone knows that their interviews are off."""

from __future__ import annotations

from datetime import timedelta

from extensions import db
from hiring.calling_off import erase_after_telling, is_still_telling
from hiring.commands import HiringError
from hiring.erasing import coming_interviews
from models import Candidate
from timezones import utc_now
from work.protocol import Again, ClaimedTask, Dead, Done, Handler, Next

_SOON = timedelta(seconds=5)


def erase_candidate() -> Handler:
    """The handler that waits for the cancellations to be sent, because they name the candidate."""

    def record(task: ClaimedTask) -> Next:
        candidate = db.session.get(Candidate, int(task.payload["candidate_id"]))
        if candidate is None or candidate.erased_at is not None:
            return Done()
        now = utc_now()
        if is_still_telling(candidate, now):
            return Again(now + _SOON, "the cancellations are still being sent", is_failure=False)
        if coming_interviews(candidate):
            return Dead("Another interview with this candidate was scheduled in the meantime.")
        try:
            erase_after_telling(int(task.payload["actor_id"]), candidate)
        except HiringError as error:
            # Work about one of their interviews is under way.
            return Again(now + _SOON, error.words, is_failure=False)
        return Done()

    def gave_up(task: ClaimedTask, why: str) -> None:
        """The System log shows it, and the candidate's page still offers to erase them."""

    return Handler.deciding(record, gave_up)
