"""What the chosen time clashes with, in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from scheduling.clashes import Clash
from scheduling.occupied import ClashKind
from timezones import in_zone, local_moment
from wording import possessive


@dataclass(frozen=True)
class ShownClash:
    """`is_new`: not yet accepted."""

    words: str
    is_new: bool


@dataclass(frozen=True)
class ClashBox:
    """The clashes of a page with the checkbox's value, and whether all of them were accepted before."""

    clashes: tuple[ShownClash, ...]
    value: str
    is_ticked: bool


def clash_box(
    clashes: Collection[Clash], accepted: Collection[str], zone: str, *, on: date | None = None
) -> ClashBox:
    """The clashes as a page shows them, with times in that zone; the date is included unless it is `on`."""
    return ClashBox(
        tuple(ShownClash(_words(clash, zone, on), clash.key not in accepted) for clash in clashes),
        value=" ".join(clash.key for clash in clashes),
        is_ticked=all(clash.key in accepted for clash in clashes),
    )


def _words(clash: Clash, zone: str, on: date | None) -> str:
    begins, ends = local_moment(clash.starts_at, zone), local_moment(clash.ends_at, zone)
    days = {in_zone(clash.starts_at, zone).date(), in_zone(clash.ends_at, zone).date()}
    if days == {on}:
        when = f"from {begins.time} to {ends.time} {ends.zone_short}"
    else:
        when = f"from {begins.short} to {ends.time if len(days) == 1 else ends.short}"
    if clash.software is not None:
        label = clash.software.label
        whose = f" with {clash.candidate}" if clash.candidate else ""
        return (
            f"{possessive(clash.name)} {label} account already has a meeting{whose} {when} "
            "and can run only one at a time."
        )
    return f"{clash.name} has another interview{_about(clash)} {when}."


def _about(clash: Clash) -> str:
    """With whom the other interview is or, where that is the same candidate, for which job."""
    if clash.kind is ClashKind.CANDIDATE:
        return f" for {clash.job}" if clash.job else ""
    return f" with {clash.candidate}" if clash.candidate else ""
