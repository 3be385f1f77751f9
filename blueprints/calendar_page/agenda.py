"""Agenda: day after day, only days that have something, from the requested day on."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from typing import NamedTuple

from blueprints.calendar_page.asked import View
from blueprints.calendar_page.grouping import Piece, in_words, items_by_days
from blueprints.calendar_page.months import month_of
from blueprints.calendar_page.pages import Drawn, Page
from blueprints.calendar_page.titles import title_of
from scheduling.reading.calendar import Item, ItemKind
from scheduling.reading.days import day_in
from timezones import start_of_day, zone_short_name
from web.times import LAST_YEAR

# The rest of the month, and at least this many days: at the end of a month, people want to see the next one
# begin.
_LEAST_DAYS = 14
# The most interviews and the most events on a page; the next page continues with the day of the next one.
_MOST = 60
# The last places on earth to begin a day begin it at noon UTC of that day.
_LATEST_MIDNIGHT = timedelta(hours=12)
_DAY = timedelta(days=1)


class AgendaDay(NamedTuple):
    """`zone`: the short name of the reader's zone on that day. `join_urls` lead to the meetings of today, as
    far as they can be joined from here, one for each of its pieces; on other days there are none."""

    on: date
    label: str
    zone: str
    pieces: tuple[Piece[Item], ...]
    is_today: bool
    url: str
    join_urls: tuple[str | None, ...]

    def __hash__(self) -> int:
        """Hashes only a few cheap fields: a day is drawn once, and may have dozens of pieces."""
        return hash((self.on, len(self.pieces), self.is_today))


def draw(page: Page) -> Drawn:
    """The days from the requested one to the end of its month, and at least two weeks. Two statements at
    most."""
    first = page.asked.on
    last = min(max(month_of(first).last, first + (_LEAST_DAYS - 1) * _DAY), date(LAST_YEAR, 12, 31))
    items = page.items(first, last, most=_MOST)
    going_on = goes_on_with(items, page.zone)
    until = max(going_on - _DAY, first) if going_on is not None else last
    days = [first + number * _DAY for number in range((until - first).days + 1)]
    found = items_by_days(items, tuple(days), page.zone)
    of_day = page.asked.as_view(View.DAY)
    month = month_of(first)
    values = {
        "days": [
            AgendaDay(
                on,
                _called(on, page.today),
                zone_short_name(start_of_day(on, page.zone) + _DAY / 2, page.zone),
                pieces,
                on == page.today,
                of_day.at(on).url,
                tuple(piece.thing.link_to_join(page.now) if on == page.today else None for piece in pieces),
            )
            for on, pieces in found.items()
        ],
        "until": until,
        "goes_on": page.asked.at(until + _DAY) if (until + _DAY).year <= LAST_YEAR else None,
        "is_past": until < page.today,
        # The earlier days of the month are a click away.
        "from_first": page.asked.at(month.first) if first != month.first else None,
        "month": month,
        "in_words": in_words,
    }
    # A single day that has more than a page can show.
    is_cut = going_on is not None and going_on <= first
    title = title_of(first, until)
    return Drawn("calendar_page/_agenda.html", title, first, until, values, items, is_cut=is_cut)


def goes_on_with(items: tuple[Item, ...], zone: str) -> date | None:
    """The first day that may not have been read completely; None if all were. Interviews and events are read
    by their start, each up to its own limit."""
    unsure = []
    for some in (
        [item for item in items if item.kind is ItemKind.INTERVIEW],
        [item for item in items if item.kind is not ItemKind.INTERVIEW],
    ):
        if len(some) >= _MOST:
            read = max(item.starts_at for item in some)
            # An all-day event may begin later than the day does here, because midnight comes later in its
            # zone.
            unsure += [day_in(read, zone), (read - _LATEST_MIDNIGHT).astimezone(UTC).date() + _DAY]
    return min(unsure, default=None)


def _called(on: date, today: date) -> str:
    words = f"{on:%A}, {on.day} {on:%B}" + (f" {on.year}" if on.year != today.year else "")
    near = {today: "Today", today + _DAY: "Tomorrow", today - _DAY: "Yesterday"}
    return f"{near[on]} · {words}" if on in near else words
