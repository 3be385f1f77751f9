"""The times that a candidate can choose from, as forms send them and drafts keep them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from wtforms import Field
from wtforms.widgets import Input

from blueprints.schedule_interview.forms.when import LONGEST, SHORTEST
from scheduling.plans import When
from scheduling.slots import MOST_SLOTS, without_doubles
from timezones import in_zone, is_zone, present_zone_name
from web.times import instant_as_text, instant_in

_MINUTES = re.compile(r"[1-9][0-9]{0,3}")


def slot_as_text(slot: When) -> str:
    """A time as one text: `2027-02-10T08:00Z/45/Europe/Zurich`."""
    return f"{instant_as_text(slot.starts_at)}/{slot.duration_minutes}/{slot.timezone}"


def slot_in(text: str) -> When | None:
    """The time that `slot_as_text` has written, or None for anything else."""
    instant, _, rest = text.partition("/")
    minutes, _, zone = rest.partition("/")
    starts_at = instant_in(instant)
    if starts_at is None or not _MINUTES.fullmatch(minutes) or not is_zone(zone):
        return None
    is_possible = SHORTEST <= int(minutes) <= LONGEST
    return slot_at(starts_at, int(minutes), present_zone_name(zone)) if is_possible else None


def slot_at(starts_at: datetime, minutes: int, zone: str) -> When:
    """The time that begins at an instant (aware UTC), on the clocks of that zone."""
    return When(starts_at, f"{in_zone(starts_at, zone):%Y-%m-%dT%H:%M}", zone, minutes)


class SlotsField(Field):
    """The list of times, which its page writes as a hidden field for each. Its data are the times, soonest
    first; what cannot be read is left out and refused."""

    widget = Input()
    data: tuple[When, ...]

    def process_data(self, value: Iterable[When] | None) -> None:
        self.data = without_doubles(tuple(value or ()))

    def process_formdata(self, valuelist: list[str]) -> None:
        # No page sends more than one too many.
        found = [slot_in(text) for text in valuelist[: MOST_SLOTS + 1]]
        self.data = without_doubles([slot for slot in found if slot is not None])
        if None in found:
            raise ValueError("One of the times couldn't be read. Check the list.")

    def as_texts(self) -> list[str]:
        """The times as they are sent and kept."""
        return [slot_as_text(slot) for slot in self.data]
