"""The agenda: the days of a month, one below the other, with what is on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from blueprints.calendar_page.pages import Drawn, Page, is_cut
from scheduling.reading.calendar import Item

_DAYS = 31


@dataclass(frozen=True)
class AgendaDay:
    on: date
    is_today: bool
    items: tuple[Item, ...]

    @property
    def label(self) -> str:
        return f"{self.on:%A}, {self.on.day} {self.on:%B}"


def draw(page: Page) -> Drawn:
    """The month from the day that is asked for."""
    days = [page.asked.on + timedelta(days=number) for number in range(_DAYS)]
    items = page.items(days[0], days[-1])
    found = [
        AgendaDay(on, on == page.today, tuple(item for item in items if page.is_on(item, on, on)))
        for on in days
    ]
    title = f"From {page.asked.on.day} {page.asked.on:%B} {page.asked.on.year}"
    shown = [day for day in found if day.items]
    return Drawn(
        "calendar_page/_agenda.html", title, {"days": shown}, items, days[0], days[-1], is_cut(items)
    )
