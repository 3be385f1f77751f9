"""The times that a candidate can choose from, as the dialog lists them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from blueprints.schedule_interview.forms.slots import slot_as_text
from blueprints.schedule_interview.panels.clashes import clash_box
from scheduling.clashes import Clash
from scheduling.plans import When
from scheduling.slots import ADVISED, MOST_SLOTS
from timezones import in_zone, local_moment, utc_now
from wording import counted

_ADVICE = f"{ADVISED[0]} to {ADVISED[1]} times over different days work best."


@dataclass(frozen=True)
class ShownSlot:
    """One of the times. `value` is what its Remove button sends, `theirs` the candidate's clock where that
    differs, and `problems` is why it cannot be offered, or is offered anyway (`is_accepted`)."""

    value: str
    key: str
    day: str
    time: str
    theirs: str
    problems: tuple[str, ...]
    is_accepted: bool = False


@dataclass(frozen=True)
class SlotList:
    """`said` counts them for screen readers; `hint` says what would be better, or "". `tick_value` is what
    the checkbox sends that accepts what is in people's calendars then; "" if there is nothing, or someone has
    another interview at one of the times."""

    slots: tuple[ShownSlot, ...]
    said: str
    hint: str
    is_full: bool
    tick_value: str = ""
    is_ticked: bool = False


def slot_list(
    slots: Sequence[When],
    clashes: Sequence[Sequence[Clash]],
    accepted: Collection[str],
    *,
    their_zone: str | None,
    of_whom: str,
) -> SlotList:
    """The list, with what else is on at each of the times, and which of it is `accepted`, by its key.
    `their_zone` is the candidate's, if it is known, who is called `of_whom`."""
    found = [clash for each in clashes for clash in each]
    keys = list(dict.fromkeys(clash.key for clash in found))
    shown = zip(slots, clashes, strict=True)
    return SlotList(
        tuple(_shown(slot, on_then, accepted, their_zone, of_whom) for slot, on_then in shown),
        said=counted(len(slots), "time") + " to choose from",
        hint=_hint(slots),
        is_full=len(slots) >= MOST_SLOTS,
        tick_value="" if any(clash.is_interview for clash in found) else " ".join(keys),
        is_ticked=all(key in accepted for key in keys),
    )


def in_short(slot: When) -> str:
    """`Mon 30 Nov, 15:15–16:00 CET`, in the zone in which it was chosen."""
    return f"{local_moment(slot.starts_at, slot.timezone).short_date}, {_span(slot)}"


def _shown(
    slot: When, clashes: Sequence[Clash], accepted: Collection[str], their_zone: str | None, of_whom: str
) -> ShownSlot:
    day, theirs = local_moment(slot.starts_at, slot.timezone).short_date, ""
    if their_zone is not None and _differs(slot, their_zone):
        there = local_moment(slot.starts_at, their_zone)
        is_same_day = there.short_date == day
        theirs = f"{f'{there.time} {there.zone_short}' if is_same_day else there.short} for {of_whom}"
    return ShownSlot(
        value=slot_as_text(slot),
        key=f"{slot.starts_at:%Y%m%d%H%M}",
        day=day,
        time=_span(slot),
        theirs=theirs,
        problems=tuple(_problems(slot, clashes)),
        is_accepted=bool(clashes)
        and slot.starts_at > utc_now()
        and all(not clash.is_interview and clash.key in accepted for clash in clashes),
    )


def _problems(slot: When, clashes: Sequence[Clash]) -> Iterator[str]:
    if slot.starts_at <= utc_now():
        yield "This time has passed."
    day = in_zone(slot.starts_at, slot.timezone).date()
    for clash in clash_box(clashes, (), slot.timezone, on=day).clashes:
        yield clash.words


def _span(slot: When) -> str:
    """`09:00–09:45 CET`; with both zones where the clocks change in between."""
    begins, ends = (local_moment(at, slot.timezone) for at in (slot.starts_at, slot.ends_at))
    first = begins.time if begins.zone_short == ends.zone_short else f"{begins.time} {begins.zone_short}"
    return f"{first}–{ends.time} {ends.zone_short}"


def _differs(slot: When, zone: str) -> bool:
    ours, theirs = in_zone(slot.starts_at, slot.timezone), in_zone(slot.starts_at, zone)
    return ours.replace(tzinfo=None) != theirs.replace(tzinfo=None)


def _hint(slots: Sequence[When]) -> str:
    days = {in_zone(slot.starts_at, slot.timezone).date() for slot in slots}
    if len(slots) > 1 and len(days) == 1:
        return f"All are on one day. {_ADVICE}"
    return "" if len(slots) >= ADVISED[0] else _ADVICE
