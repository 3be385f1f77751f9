"""The field for how long something takes: typed as people say it, and kept in minutes."""

from __future__ import annotations

import re
from typing import Any

from wtforms import IntegerField
from wtforms.widgets import TextInput

from text import one_line

_MINUTES = re.compile(r"(\d+) ?(?:m|mins?|minutes?)?\.?")
_ON_A_CLOCK = re.compile(r"(\d+):([0-5]\d)(?: ?(?:h|hrs?|hours?)\.?)?")
_HOURS = re.compile(
    r"(\d+(?:[.,]\d+)?) ?(?:h|hrs?|hours?)\.?(?: ?(?:and )?([0-5]?\d) ?(?:m|mins?|minutes?)?\.?)?"
)
# No one means minutes by it.
_PART_OF_AN_HOUR = re.compile(r"(\d+[.,]\d+)()")
# Nothing that someone would type for a length is longer.
_LONGEST = 40


def read_minutes(text: str) -> int | None:
    """The whole minutes that a length means, or None: `90` and `90 min`, `1:30`, `1.5`, `1.5 h`, `1h30`,
    and `1 hour 30 minutes`. A whole number alone is minutes."""
    said = one_line(text).casefold()
    if len(said) > _LONGEST:
        return None
    if found := _MINUTES.fullmatch(said):
        return int(found[1])
    if found := _ON_A_CLOCK.fullmatch(said):
        return int(found[1]) * 60 + int(found[2])
    if found := _HOURS.fullmatch(said) or _PART_OF_AN_HOUR.fullmatch(said):
        return round(float(found[1].replace(",", ".")) * 60) + int(found[2] or 0)
    return None


class MinutesField(IntegerField):
    """A whole number of minutes, `data`. What is shown again and kept is that number, however it was typed;
    what can't be read stays as it is, and `data` is None."""

    # One for numbers would drop the sign between hours and minutes, and make 130 of 1:30.
    widget = TextInput()
    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        self.data = read_minutes(valuelist[0])
        if self.data is None:
            raise ValueError("Enter a whole number of minutes, or a length such as 1:30.")
        self.raw_data = [str(self.data)]
