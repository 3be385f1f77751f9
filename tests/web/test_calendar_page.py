"""The calendar page: its views, its sources, and whose calendar it shows."""

import itertools
from datetime import datetime, timedelta

import pytest
from flask import Flask

from tests.factories import Team, schedule
from tests.machines.application import MakeApp
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.machines.statements import statements
from tests.outside_events import (
    create_synced_calendar,
    many_events,
)
from tests.pages.visitor import Visitor
from timezones import in_zone, parse_local, utc_now

VIEWS = ("day", "week", "month", "agenda", "list")
MOST = 8


@pytest.fixture
def connected(make_app: MakeApp, simulators: Simulators) -> Flask:
    """The app with all three providers: without credentials for one, every page would warn about it."""
    google, microsoft = simulators.google.settings(), simulators.microsoft.settings()
    return make_app({**simulators.settings(), **google, **microsoft})


@pytest.fixture
def ada(connected: Flask, people: Team) -> Visitor:
    return Visitor(connected).enter(people.ada)


def tomorrow(hour: int = 10) -> datetime:
    zone = "Europe/Zurich"
    on = (in_zone(utc_now(), zone) + timedelta(days=1)).date()
    return parse_local(on, datetime.min.time().replace(hour=hour), zone, later=False)


@pytest.mark.slow
def test_views_with_ten_thousand_events_take_eight_statements_at_most(
    connected: Flask, people: Team, ada: Visitor
) -> None:
    with in_rows(connected):
        many_events(create_synced_calendar(people.ada))
        many_events(create_synced_calendar(people.ben))
        schedule(people.ada, people.dina, starts_at=tomorrow())
    filters = ("", "?whose=everyone", f"?whose=job-{people.job_id}", f"?whose=person-{people.ben.id}")
    for view, whose in itertools.product(VIEWS, filters):
        address = f"/calendar/{view}/{tomorrow():%Y-%m-%d}{whose}"
        ada.get(address)
        with statements(connected) as seen:
            ada.get(address)
        assert len(seen) <= MOST, "\n".join([address, *seen])
