"""The database counts for a month exactly what grouping everything would find."""

import random
from datetime import timedelta

import pytest
from flask import Flask

from blueprints.calendar_page.grouping import by_days
from scheduling.reading.calendar import OWN, calendar_between
from scheduling.reading.calendar_days import outside_by_day
from tests.factories import GOOGLE_CALENDAR, create_team
from tests.machines.rows import in_rows
from tests.outside_events import create_outside_event, create_synced_calendar
from timezones import in_zone, start_of_day, utc_now

MOST = 4


@pytest.mark.parametrize("zone", ["Europe/Zurich", "Asia/Beirut", "Pacific/Kiritimati"])
def test_month_has_the_first_of_each_day_and_the_number_of_the_rest(app: Flask, zone: str, seed: int) -> None:
    dice = random.Random(seed)
    with in_rows(app):
        ada = create_team().ada
        calendar = create_synced_calendar(ada)
        first = in_zone(utc_now(), zone).date()
        days = [first + timedelta(days=number) for number in range(42)]
        begins, ends = start_of_day(first, zone), start_of_day(days[-1] + timedelta(days=1), zone)
        for number in range(200):
            if number % 9 == 0:
                on = first + timedelta(days=dice.randrange(-3, 44))
                until = on + timedelta(days=dice.randrange(3))
                create_outside_event(calendar, days=(on, until), timezone="Asia/Tokyo")
            else:
                at = begins + timedelta(minutes=30 * dice.randrange(-96, 43 * 48))
                create_outside_event(calendar, at, dice.choice([0, 30, 60, 600, 1440, 3000]))
        sources = {GOOGLE_CALENDAR}
        counted = outside_by_day(ada, OWN, days, zone, sources, most=MOST)
        everything = by_days(calendar_between(ada, OWN, begins, ends, sources), days, zone)
    some = by_days(counted.items, days, zone)
    for on in days:
        wanted, found = everything.get(on, ()), some.get(on, ())
        assert len(wanted) == len(found) + sum(counted.left_out.get(on, {}).values()), on
        assert [piece.thing.id for piece in wanted[:MOST]] == [piece.thing.id for piece in found[:MOST]], on
