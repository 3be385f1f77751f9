"""How well each person's calendar is known, in a few words: what was checked just now, what was read earlier,
and what is not known at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connections.catalogue import calendar_name
from models import FailureReason
from scheduling.outside.busy import Known, NotConnected, Stale
from scheduling.outside.look_ups import LiveBusy, Unknown
from timezones import in_zone, local_moment
from wording import listed

_WHY = {
    FailureReason.UNREACHABLE: "didn't answer just now",
    FailureReason.RECONNECT_NEEDED: "has to be reconnected",
    FailureReason.SCOPES_MISSING: "has to be reconnected",
}
_OTHERWISE = "couldn't be asked just now"


@dataclass(frozen=True)
class CalendarKnown:
    """`words` follow a name: `Example, checked just now`. `is_unknown`: something may be missing."""

    words: str
    is_unknown: bool = False


def calendars_known(
    known: Mapping[int, Known | NotConnected | Stale],
    live: Mapping[int, LiveBusy | Unknown],
    zone: str,
    now: datetime,
    *,
    until: datetime,
) -> dict[int, CalendarKnown]:
    """What is said of each person's calendar, on the clocks of `zone`. `live` is what calendars said just
    now, as far as they were asked, and `until` (aware UTC) is when the last of the days that are shown
    ends."""
    return {user_id: _known(each, live.get(user_id), zone, now, until) for user_id, each in known.items()}


def _known(
    read: Known | NotConnected | Stale,
    asked: LiveBusy | Unknown | None,
    zone: str,
    now: datetime,
    until: datetime,
) -> CalendarKnown:
    if isinstance(read, NotConnected):
        return CalendarKnown("calendar isn't connected", is_unknown=True)
    apps = listed([calendar_name(app) for app in read.apps])
    if isinstance(asked, LiveBusy):
        return CalendarKnown(f"{apps}, checked just now")
    why = _why(asked, read.apps) if isinstance(asked, Unknown) else ""
    if read.as_of is None:
        have = "hasn't" if len(read.apps) == 1 else "haven't"
        return CalendarKnown(f"{apps} {have} been read yet{why}", is_unknown=True)
    as_of = f"{apps} as of {_clock(read.as_of, zone, now)}"
    if isinstance(read, Stale):
        return CalendarKnown(f"{as_of}{why or ', may have changed'}", is_unknown=True)
    if read.until < until:
        last = local_moment(read.until, zone).short_date
        return CalendarKnown(f"{as_of}, read only up to {last}{why}", is_unknown=True)
    return CalendarKnown(f"{as_of}{why}")


def _why(asked: Unknown, apps: Sequence[str]) -> str:
    """Why what was read before is all there is: `, didn't answer just now`, and which one of several."""
    which = f"{calendar_name(asked.app)} " if len(apps) > 1 and asked.app else ""
    return f", {which}{_WHY.get(asked.why, _OTHERWISE)}"


def _clock(at: datetime, zone: str, now: datetime) -> str:
    """`9:10` of today, and with its date otherwise."""
    local = in_zone(at, zone)
    time = f"{local:%H:%M}"
    return (
        time if local.date() == in_zone(now, zone).date() else f"{local_moment(at, zone).short_date}, {time}"
    )
