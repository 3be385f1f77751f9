"""Month, agenda, and list show the same things for each day: once, in every zone, and on both databases."""

import random
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from blueprints.calendar_page.grouping import Piece, by_days
from blueprints.calendar_page.months import month_of, weeks_of
from extensions import db
from models import CustomEventKind, User
from scheduling.reading.calendar import OURS, OWN, Item, calendar_between
from tests.factories import (
    GOOGLE_CALENDAR,
    OUTLOOK_CALENDAR,
    Member,
    Team,
    create_candidate,
    create_team,
    schedule,
)
from tests.machines.rows import in_rows
from tests.outside_events import create_custom_event, create_outside_event, create_synced_calendar
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from timezones import in_zone, start_of_day, utc_now

DAY = timedelta(days=1)
SOURCES = {OURS, GOOGLE_CALENDAR, OUTLOOK_CALENDAR}
# Whole days begin elsewhere: a day earlier, and half a day later.
ELSEWHERE = ("Pacific/Kiritimati", "Europe/Zurich", "Pacific/Pago_Pago")
NAMES = {None: "SmoothHiring", GOOGLE_CALENDAR: "Google", OUTLOOK_CALENDAR: "Outlook"}


def fill(team: Team, days: list[date], zone: str, dice: random.Random) -> None:
    """The days, and those around them, with more than any page shows at once; each thing has its own name."""
    first, length = days[0], len(days)

    def at() -> datetime:
        return start_of_day(first, zone) + timedelta(minutes=30 * dice.randrange(-96, (length + 2) * 48))

    def some_days() -> tuple[date, date]:
        on = first + dice.randrange(-3, length + 3) * DAY
        return on, on + dice.randrange(4) * DAY

    google, outlook = (
        create_synced_calendar(team.ada, app=app) for app in (GOOGLE_CALENDAR, OUTLOOK_CALENDAR)
    )
    for number in range(180):
        calendar, title = dice.choice((google, outlook)), f"Event {number:03}"
        if number % 6 == 0:
            create_outside_event(calendar, title=title, days=some_days(), timezone=dice.choice(ELSEWHERE))
        else:
            minutes = dice.choice([0, 30, 60, 600, 1440, 3000])
            create_outside_event(calendar, at(), minutes, title=title, is_busy=number % 5 > 0)
    for number in range(6):
        create_custom_event(team.ada, at(), 120, title=f"Blocked {number}")
        kind = CustomEventKind.INTERVIEW_DAY
        create_custom_event(team.ada, kind=kind, title=f"Interview day {number}", days=some_days())
    for number in range(8):
        kim = create_candidate(f"Kim {number}", f"kim{number}@mail.example", team.job_id)
        on = start_of_day(days[dice.randrange(8, length)], zone) + timedelta(hours=10)
        schedule(team.ada, kim, starts_at=on, hiring_manager=team.ada)


def what_is_on(ada: Member, days: list[date], zone: str) -> Mapping[date, tuple[Piece[Item], ...]]:
    """Everything, grouped by the days that it takes."""
    begins, ends = start_of_day(days[0] - 3 * DAY, zone), start_of_day(days[-1] + 4 * DAY, zone)
    return by_days(calendar_between(ada, OWN, begins, ends, SOURCES), days, zone)


def name_of(item: Item) -> str:
    return item.row.candidate_name if item.row is not None else item.title


def check_month(page: Page, wanted: Mapping[date, tuple[Piece[Item], ...]], days: list[date]) -> None:
    cells = page.tree.all("li", lambda e: "day" in e.get("class").split())
    assert len(cells) == len(days)
    for on, cell in zip(days, cells, strict=True):
        pieces = wanted.get(on, ())
        shown = [chip.all("b")[0].text for chip in cell.all("li")]
        more = cell.all("a", lambda e: e.get("class") == "day-more")
        rest = int(more[0].text.split()[0].removeprefix("+")) if more else 0
        assert len(shown) + rest == len(pieces), on
        assert shown == [name_of(piece.thing) for piece in pieces][: len(shown)], on
        counts = cell.all("span", lambda e: e.get("class").startswith("day-count"))
        told = {
            name.strip(", "): int(number) for name, _, number in (each.text.partition(":") for each in counts)
        }
        assert told == Counter(NAMES[piece.thing.app] for piece in pieces), on


def names_by_day(visitor: Visitor, first: date, last: date) -> dict[date, list[str]]:
    """What the agenda shows, page by page."""
    found: dict[date, list[str]] = {}
    address: str | None = f"/calendar/agenda/{first}"
    while address is not None and date.fromisoformat(address.rpartition("/")[2]) <= last:
        page = visitor.get(address)
        for card in page.tree.all("section", lambda e: "cal-agenda" in e.get("class").split()):
            on = date.fromisoformat(card["aria-labelledby"].removeprefix("day-"))
            assert on not in found
            found[on] = [line.all("b")[0].text for line in card.all("li")]
        later = page.tree.all("a", lambda e: e.text == "Later days")
        address = later[0]["href"] if later else None
    return found


def names_in_list(visitor: Visitor, month: date) -> list[str]:
    """What the list shows, page by page."""
    found: list[str] = []
    address: str | None = f"/calendar/list/{month}"
    while address is not None:
        page = visitor.get(address)
        rows = page.tree.all("th", lambda e: e.get("class") == "cal-list-what")
        found += [row.all(where=lambda e: e.tag in ("a", "div"))[0].text for row in rows]
        further = page.tree.all("a", lambda e: e.get("rel") == "next" and "page=" in e["href"])
        address = further[0]["href"] if further else None
    return found


@pytest.mark.slow
@pytest.mark.parametrize("zone", ["Europe/Zurich", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_month_agenda_and_list_have_the_same_of_each_day(app: Flask, zone: str, seed: int) -> None:
    month = month_of(in_zone(utc_now(), zone).date() + 31 * DAY)
    days = weeks_of(month, 0)
    with in_rows(app):
        team = create_team()
        db.session.get_one(User, team.ada.id).timezone = zone
        db.session.commit()
        fill(team, days, zone, random.Random(seed))
        wanted = what_is_on(team.ada, days, zone)
    ada = Visitor(app).enter(team.ada)
    check_month(ada.get(f"/calendar/month/{month.first}"), wanted, days)
    own = [on for on in days if month_of(on) == month and on in wanted]
    agenda = names_by_day(ada, month.first, month.last)
    for on in own:
        assert sorted(agenda[on]) == sorted(name_of(piece.thing) for piece in wanted[on]), on
    everything = {name_of(piece.thing) for on in own for piece in wanted[on]}
    listed = names_in_list(ada, month.first)
    assert len(listed) == len(set(listed))
    assert set(listed) == everything
