"""What the chosen time clashes with, in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from connections.catalogue import calendar_name
from scheduling.clashes import Clash
from scheduling.occupied import ClashKind
from timezones import in_zone, local_moment
from wording import listed, possessive

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class ShownClash:
    """Everything that one other interview takes up, or something else that someone has. `is_new`: not all of
    it has been accepted yet."""

    words: str
    is_new: bool


@dataclass(frozen=True)
class ClashBox:
    """The clashes of a page, a line for each other interview or event, with the checkbox's value, and whether
    all of them were accepted before. `may_be_accepted`: whether there is a checkbox."""

    clashes: tuple[ShownClash, ...]
    value: str
    is_ticked: bool
    may_be_accepted: bool = True


def clash_box(
    clashes: Collection[Clash],
    accepted: Collection[str],
    zone: str,
    *,
    on: date | None = None,
    may_be_accepted: bool = True,
) -> ClashBox:
    """The clashes as a page shows them, with times in that zone; the date is included unless it is `on`."""
    by_source: dict[str, list[Clash]] = {}
    for clash in clashes:
        by_source.setdefault(clash.on, []).append(clash)
    # Who has the same event in two calendars of an app would read the same line twice.
    lines = {
        _words(of_one, zone, on): any(clash.key not in accepted for clash in of_one)
        for of_one in by_source.values()
    }
    return ClashBox(
        tuple(ShownClash(words, is_new) for words, is_new in lines.items()),
        value=" ".join(dict.fromkeys(clash.key for clash in clashes)),
        is_ticked=all(clash.key in accepted for clash in clashes),
        may_be_accepted=may_be_accepted,
    )


def _words(of_one: list[Clash], zone: str, on: date | None) -> str:
    """What another interview or event takes up, in a sentence."""
    if not of_one[0].is_interview:
        return _is_busy(of_one[0], zone, on)
    when = _when(of_one[0], zone, on)
    names = [clash.name for clash in of_one if clash.kind is not ClashKind.HOST_ACCOUNT]
    account = next((clash for clash in of_one if clash.kind is ClashKind.HOST_ACCOUNT), None)
    if not names:
        words = f"{_account(of_one[0])} already has a meeting{_with(of_one[0])} {when}"
        return f"{words} and can run only one at a time."
    have = "has" if len(names) == 1 else "have"
    words = f"{listed(names)} {have} another interview{_about(of_one)} {when}"
    if account is None:
        return f"{words}."
    return f"{words}. It's on {_account(account)}, which can run only one meeting at a time."


def _is_busy(clash: Clash, zone: str, on: date | None) -> str:
    """`Priya is busy 10:00–10:30 CET`, with the calendar that says so, and the title for its owner."""
    source = calendar_name(clash.app) if clash.app is not None else "blocked"
    about = f"{source}: {clash.title}" if clash.title else source
    return f"{clash.name} is busy {_span(clash, zone, on)} ({about})."


def _span(clash: Clash, zone: str, on: date | None) -> str:
    begins, ends = local_moment(clash.starts_at, zone), local_moment(clash.ends_at, zone)
    # What ends at midnight is over on the day before.
    last = local_moment(clash.ends_at - _INSTANT, zone)
    if clash.is_whole_days and begins.time == ends.time == "00:00":
        if begins.short_date == last.short_date:
            is_that_day = in_zone(clash.starts_at, zone).date() == on
            return "all day" if is_that_day else f"all day on {begins.short_date}"
        return f"from {begins.short_date} to {last.short_date}"
    if begins.short_date == last.short_date:
        day = "" if in_zone(clash.starts_at, zone).date() == on else f"{begins.short_date}, "
        return f"{day}{begins.time}–{ends.time} {ends.zone_short}"
    return f"from {begins.short} to {ends.short}"


def _account(clash: Clash) -> str:
    label = clash.software.label if clash.software is not None else ""
    return f"{possessive(clash.name)} {label} account"


def _when(clash: Clash, zone: str, on: date | None) -> str:
    begins, ends = local_moment(clash.starts_at, zone), local_moment(clash.ends_at, zone)
    days = {in_zone(clash.starts_at, zone).date(), in_zone(clash.ends_at, zone).date()}
    if days == {on}:
        return f"from {begins.time} to {ends.time} {ends.zone_short}"
    return f"from {begins.short} to {ends.time if len(days) == 1 else ends.short}"


def _about(of_one: list[Clash]) -> str:
    """With whom the other interview is or, where that is the same candidate, for which job."""
    if any(clash.kind is ClashKind.CANDIDATE for clash in of_one):
        return f" for {of_one[0].job}" if of_one[0].job else ""
    return _with(of_one[0])


def _with(clash: Clash) -> str:
    return f" with {clash.candidate}" if clash.candidate else ""
