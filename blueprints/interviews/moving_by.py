"""Moving an interview by half an hour or an hour with one click, for days that run late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from timezones import happens_twice, in_zone, utc_now
from web.times import instant_as_text

_STEPS = (
    (-60, "1 hour earlier"),
    (-30, "30 minutes earlier"),
    (30, "30 minutes later"),
    (60, "1 hour later"),
)


@dataclass(frozen=True)
class Step:
    """A button: `value` names the instant, `day` and `time` are what it fills in. `time` is "" in an hour
    that happens twice, where the wall time does not say which one is meant."""

    key: str
    words: str
    value: str
    day: str
    time: str
    is_chosen: bool


def steps_from(starts_at: datetime, zone: str, chosen: datetime | None) -> list[Step]:
    """The steps from an interview's start that are not over yet, the earliest first. `starts_at` and
    `chosen`, the time that is filled in, are aware; `zone` is the IANA name of the time zone in the form."""
    now = utc_now()
    around = ((minutes, words, starts_at + timedelta(minutes=minutes)) for minutes, words in _STEPS)
    return [_step(minutes, words, at, zone, chosen) for minutes, words, at in around if at > now]


def _step(minutes: int, words: str, at: datetime, zone: str, chosen: datetime | None) -> Step:
    local = in_zone(at, zone)
    return Step(
        key=f"{minutes}",
        words=words,
        value=instant_as_text(at),
        day=local.date().isoformat(),
        time="" if happens_twice(at, zone) else f"{local:%H:%M}",
        is_chosen=at == chosen,
    )
