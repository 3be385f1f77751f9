"""What the wanted time clashes with, in words, and the tick that accepts exactly what was shown."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from wtforms import Field
from wtforms.fields import SelectChoice
from wtforms.widgets import CheckboxInput

from models import User
from scheduling.clashes import Clash, Wanted, find_clashes
from timezones import in_zone, local_moment
from wording import possessive

if TYPE_CHECKING:
    from blueprints.schedule_interview.dialog import Dialog

TICK_NEEDED = "Choose another time, or tick that it is all right."


class ClashTick(Field):
    """One box for all clashes of a page. What it sends are the keys of those that stood beside it, so that
    a clash that came later is never accepted by an older tick."""

    widget = CheckboxInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = " ".join(valuelist)

    @property
    def keys(self) -> frozenset[str]:
        return frozenset((self.data or "").split())

    def iter_choices(self) -> Iterator[SelectChoice]:
        """For those who put answers into words: keys mean nothing to a reader."""
        yield SelectChoice(self.data or "", "Yes" if self.data else "")


@dataclass(frozen=True)
class ShownClash:
    """`is_new`: not accepted yet."""

    words: str
    is_new: bool


@dataclass(frozen=True)
class ClashBox:
    """The clashes of a page with the tick's value, and whether all of them were accepted before."""

    clashes: tuple[ShownClash, ...]
    value: str
    is_ticked: bool


def clashes_then(
    dialog: Dialog,
    starts_at: datetime,
    duration_minutes: int,
    *,
    manager: User | None,
    user_ids: Collection[int],
) -> list[Clash]:
    """What an interview at that time with these people would clash with, host account included."""
    wanted = Wanted(
        starts_at,
        duration_minutes,
        frozenset(user_ids),
        dialog.candidate.id,
        host=dialog.host_taken_up(manager),
        software=dialog.software,
    )
    return find_clashes(wanted)


def clash_box(
    clashes: Collection[Clash], accepted: Collection[str], zone: str, *, on: date | None = None
) -> ClashBox:
    """The clashes as a page shows them, with times in that zone; the date is said unless it is `on`."""
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
        return (
            f"{possessive(clash.name)} {label} account, which would host, has another meeting {when}. "
            f"{label} runs one at a time: it ends or refuses the second."
        )
    return f"{clash.name} has another interview {when}."
