"""What a calendar address asks for: the view, the day, and whose calendar; and the addresses of other views,
days, and people."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from flask import request, url_for

from accounts.permissions import Action, Scope, scope_of
from accounts.row_permissions import Reader
from database import read_row_id
from models import Role
from scheduling.reading.calendar import OWN, Of, Whose
from web.times import FIRST_YEAR, LAST_YEAR

_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)


class View(StrEnum):
    """The views, as addresses name them."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    AGENDA = "agenda"
    LIST = "list"

    @property
    def label(self) -> str:
        return self.value.capitalize()

    @property
    def key(self) -> str:
        """The key that leads to it from another view."""
        return self.value[0]


class Asked(NamedTuple):
    """`on`: a day of what is shown."""

    view: View
    on: date
    whose: Whose = OWN

    @property
    def query(self) -> dict[str, str]:
        """Whose calendar it is, as the query of every address of the page keeps it."""
        return {"whose": self.whose_key} if self.whose_key else {}

    @property
    def whose_key(self) -> str:
        """Whose calendar it is, as the query and its list of choices write it; "" for one's own."""
        match self.whose:
            case (Of.JOB | Of.PERSON as of, number):
                return f"{of.value}-{number}"
            case (Of.EVERYONE as of, _):
                return of.value
            case _:
                return ""

    @property
    def url(self) -> str:
        return _url(self, request.script_root)

    @property
    def own(self) -> Asked:
        """The same of one's own calendar."""
        return self._replace(whose=OWN)

    def as_view(self, view: View) -> Asked:
        """The same day in another view."""
        return self._replace(view=view)

    def at(self, on: date) -> Asked:
        """The same view of another day."""
        return self._replace(on=on)

    def moved(self, steps: int) -> Asked | None:
        """The next or the previous day, week, or month, whichever is shown; None where the calendar ends."""
        if self.view is View.DAY:
            on = self.on + steps * _DAY
        elif self.view is View.WEEK:
            on = self.on + steps * _WEEK
        else:
            year, number = divmod(self.on.year * 12 + self.on.month - 1 + steps, 12)
            if not FIRST_YEAR <= year <= LAST_YEAR:
                return None
            on = date(year, number + 1, 1)
        return self.at(on) if FIRST_YEAR <= on.year <= LAST_YEAR else None


@lru_cache(2048)
def _url(asked: Asked, _begins_addresses: str) -> str:
    """Kept, because a month leads to each of its days, twice."""
    whose = asked.whose_key or None
    return url_for("calendar_page.view", view=asked.view.value, on=asked.on.isoformat(), whose=whose)


def may_look_at_others(role: Role) -> bool:
    """Whether there is more to see than the person's own interviews."""
    return scope_of(role, Action.SEE) is not Scope.OWN_INTERVIEWS


def name_of_everyone(role: Role) -> str:
    """What the calendar of everyone is called for someone of this role, who may see only some of it."""
    return (
        "Everyone's interviews" if scope_of(role, Action.SEE) is Scope.ALL else "All interviews you can see"
    )


def asked_whose(reader: Reader) -> Whose:
    """Whose calendar the query asks for; one's own, where there is nothing else to see."""
    if not may_look_at_others(reader.role):
        return OWN
    of, _, number = request.args.get("whose", "").partition("-")
    if of == Of.EVERYONE:
        return Whose(Of.EVERYONE)
    found = read_row_id(number)
    if found is None or of not in (Of.JOB, Of.PERSON) or (of == Of.PERSON and found == reader.id):
        return OWN
    return Whose(Of(of), found)
