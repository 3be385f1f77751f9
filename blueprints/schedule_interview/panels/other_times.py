"""Other times for those who are selected on Attendees, where some of them are busy at the chosen one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.row_permissions import Reader
from scheduling.free_times import Asked, free_times
from scheduling.working_days import working_days
from timezones import in_zone, local_moment, utc_now
from web.times import instant_as_text

# How many fit in a line or two.
_MOST = 6
# How many working days are searched after the chosen day.
_DAYS = 4


@dataclass(frozen=True)
class OtherTime:
    """A free start: `value` names its instant, `words` say it in the zone that was chosen."""

    value: str
    words: str


def other_times(asked: Asked, chosen: datetime, *, seen_by: Reader) -> tuple[OtherTime, ...]:
    """The free times next to the chosen one (aware UTC), on its day or else on the first day after it that
    has any. Empty if there are none within a week."""
    on = in_zone(chosen, asked.zone).date()
    days = (on, *working_days(on + timedelta(days=1), _DAYS))
    free = free_times(asked, days, now=utc_now(), seen_by=seen_by)
    starts = next((free[day].starts for day in days if free[day].starts), ())
    nearest = sorted(sorted(starts, key=lambda start: abs(start - chosen))[:_MOST])
    return tuple(OtherTime(instant_as_text(start), _words(start, chosen, asked.zone)) for start in nearest)


def _words(start: datetime, chosen: datetime, zone: str) -> str:
    moment = local_moment(start, zone)
    is_same_day = in_zone(start, zone).date() == in_zone(chosen, zone).date()
    return moment.time if is_same_day else f"{moment.short_date}, {moment.time}"
