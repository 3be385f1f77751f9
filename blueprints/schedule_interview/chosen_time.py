"""A free time that someone clicked in the calendar, on its way to the dialog: `at` in the address of each
page in between, as `instant_as_text` writes it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.forms.when import AT, FURTHEST, YEARS_AHEAD
from scheduling.errors import DraftGoneError, DraftStaleError
from timezones import local_moment, utc_now
from web.lists import asked_instant
from web.notices import say
from web.times import instant_as_text


@dataclass(frozen=True)
class ChosenTime:
    """`why_not`: why no interview can begin then, as what follows the time in a sentence; "" if one can."""

    starts_at: datetime
    why_not: str = ""

    @property
    def at(self) -> str | None:
        """The query for the addresses of the next pages; empty if no interview can begin then."""
        return None if self.why_not else instant_as_text(self.starts_at)


def chosen_time() -> ChosenTime | None:
    """The time in this request's address; None without one, and for anything that is not a time."""
    starts_at, now = asked_instant(AT), utc_now()
    if starts_at is None:
        return None
    if starts_at <= now:
        return ChosenTime(starts_at, "has passed")
    if starts_at > now + FURTHEST:
        return ChosenTime(starts_at, f"is more than {YEARS_AHEAD} years ahead")
    return ChosenTime(starts_at)


def fill_in_chosen_time(dialog: Dialog) -> None:
    """Let Date & Time begin with the time in this request's address, if there is one. One that has passed
    since it was clicked is left out, and the next page says so."""
    chosen = chosen_time()
    if chosen is None:
        return
    if chosen.why_not:
        clicked = local_moment(chosen.starts_at, dialog.actor.timezone).full
        say(f"{clicked} {chosen.why_not}. Choose another time.", "warning")
        return
    # What another tab saves at this very moment is newer, and a draft that it discards is gone.
    with suppress(DraftStaleError, DraftGoneError):
        dialog.begin_at(chosen.starts_at)
