"""The times that a candidate can choose from: which ones are still open, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from extensions import db
from models import Interview, InterviewStatus, SchedulingMethod, Slot, SlotRequest, User
from scheduling.clashes import Clash, Wanted, clashes_among, needs_of_change
from scheduling.occupied import Needs, occupied_between
from scheduling.plans import When, plan_of

MOST_SLOTS = 10
# How many times the dialog advises to offer: fewer often lead to a second round.
ADVISED = (3, 5)
# How long the candidate can choose, unless the last of the times is earlier.
OPEN_FOR = timedelta(days=14)
# The team is told this long before a link stops working that no one has chosen yet.
ENDS_SOON = timedelta(days=1)


@dataclass(frozen=True)
class Offer:
    """What a candidate is asked: the times, and whether the interview is scheduled as soon as they choose."""

    slots: tuple[When, ...]
    schedules_at_once: bool


def earliest(slots: Sequence[When]) -> When:
    """The first of these times."""
    return min(slots, key=lambda slot: slot.starts_at)


def open_until(slots: Sequence[When], now: datetime) -> datetime:
    """Until when (aware UTC) a candidate who is asked at `now` (aware UTC) can choose."""
    return min(now + OPEN_FOR, max(slot.starts_at for slot in slots))


def in_plan(slot: Slot) -> When:
    """The slot as the time of a plan."""
    return When(slot.starts_at, slot.wall_time, slot.timezone, slot.duration_minutes)


def offered(interview: Interview) -> list[Slot]:
    """The slots of the newest round, soonest first; none for an interview whose time the team chose."""
    request = request_of(interview)
    return [slot for slot in interview.slots if slot.round == request.round] if request is not None else []


def request_of(interview: Interview) -> SlotRequest | None:
    """The request to the candidate to choose a time; None where the team chose it, without a query."""
    return interview.slot_request if interview.method is SchedulingMethod.TIME_SLOTS else None


def has_time(interview: Interview) -> bool:
    """Whether a time was ever settled: until the candidate has chosen, `starts_at` is only the first offered
    time, and tells no one anything."""
    if interview.method is not SchedulingMethod.TIME_SLOTS:
        return True
    request = interview.slot_request
    return request is None or request.picked_at is not None


def is_open(interview: Interview, now: datetime) -> bool:
    """Whether the candidate is asked, and can still answer, at `now` (aware UTC)."""
    # Any other interview has no request, and loading one would be a wasted query.
    if interview.status is not InterviewStatus.REQUESTED:
        return False
    request = interview.slot_request
    return request is not None and now < request.expires_at


def was_withdrawn(interview: Interview) -> bool:
    """Whether the interview was cancelled before anyone was invited to a time."""
    is_off = interview.status is InterviewStatus.CANCELLED
    return is_off and interview.slot_request is not None and interview.revision == 0


@dataclass(frozen=True)
class OfferedSlot:
    """A slot in its current state. `clashes` are what else is on then and was not accepted when it was
    offered, with the names that the asker may see."""

    slot: Slot
    clashes: tuple[Clash, ...]
    has_begun: bool

    @property
    def is_free(self) -> bool:
        return not self.has_begun and not self.clashes


def standing(interview: Interview, now: datetime, *, seen_by: User) -> list[OfferedSlot]:
    """The slots of the newest round, soonest first, in their state at `now` (aware UTC). One statement."""
    slots = offered(interview)
    manager = db.session.get_one(User, interview.hiring_manager_id)
    needs = needs_of_change(plan_of(interview), interview, manager)
    found = clashes_at([in_plan(slot) for slot in slots], needs, seen_by=seen_by)
    return [
        OfferedSlot(slot, not_accepted_with(slot, clashes), slot.starts_at <= now)
        for slot, clashes in zip(slots, found, strict=True)
    ]


def not_accepted_with(slot: Slot, clashes: Iterable[Clash]) -> tuple[Clash, ...]:
    """The clashes that came up after the slot was offered."""
    return tuple(clash for clash in clashes if clash.key not in slot.accepted_clashes)


def clashes_at(slots: Sequence[When], needs: Needs, *, seen_by: User) -> list[tuple[Clash, ...]]:
    """What else is on at each of these times that an interview with these needs would clash with."""
    if not slots:
        return []
    begins, ends = earliest(slots).starts_at, max(slot.ends_at for slot in slots)
    occupied = occupied_between(needs, begins, ends, seen_by=seen_by)
    return [
        tuple(clashes_among(occupied, Wanted(needs, slot.starts_at, slot.duration_minutes))) for slot in slots
    ]


def without_doubles(slots: Sequence[When]) -> tuple[When, ...]:
    """Each start once, soonest first. Of two with the same start, the first one that was given."""
    by_start: dict[datetime, When] = {}
    for slot in slots:
        by_start.setdefault(slot.starts_at, replace(slot))
    return tuple(by_start[start] for start in sorted(by_start))
