"""Cached parts of the calendar are looked up by some of what a day contains. Days that look alike in that are
never taken for each other."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from extensions import db
from models import Candidate, CustomEvent, Job
from tests.factories import Team, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.statements import statements
from tests.outside_events import create_custom_event
from tests.pages.visitor import Visitor

VIEWS = ("day", "week", "month", "agenda", "list")
ON = "2027-02-01"
# A day of the month shows up to four.
HOURS = (2, 3, 4)


@pytest.fixture(autouse=True)
def noon(clock: Clock) -> datetime:
    """Noon UTC on a Monday, 13:00 in Zurich. The clock is stopped."""
    return clock.now


@pytest.mark.parametrize("view", VIEWS)
def test_change_between_things_that_stay_is_shown(
    web: Flask, team: Team, ada: Visitor, noon: datetime, view: str
) -> None:
    with in_rows(web):
        _, middle, _ = (
            create_custom_event(team.ada, noon + timedelta(hours=hour), 30, title=f"At {hour}")
            for hour in HOURS
        )
    address = f"/calendar/{view}/{ON}"
    assert "At 3" in ada.get(address).html
    with in_rows(web):
        db.session.execute(sa.update(CustomEvent).where(CustomEvent.id == middle).values(title="Dentist"))
        db.session.commit()
    page = ada.get(address).html
    assert "Dentist" in page
    assert "At 3" not in page
    assert "At 2" in page
    assert "At 4" in page


@pytest.mark.parametrize("view", VIEWS)
def test_people_with_days_that_look_alike_see_their_own(
    web: Flask, team: Team, ada: Visitor, noon: datetime, view: str
) -> None:
    with in_rows(web):
        for hour in HOURS:
            create_custom_event(team.ada, noon + timedelta(hours=hour), 30, title=f"Of Ada {hour}")
            create_custom_event(team.ben, noon + timedelta(hours=hour), 30, title=f"Of Ben {hour}")
    ben = Visitor(web).enter(team.ben)
    address = f"/calendar/{view}/{ON}"
    for _ in range(2):
        assert "Of Ben" not in ada.get(address).html
        assert "Of Ada" not in ben.get(address).html
        # Someone who looks at a colleague's calendar learns no titles.
        assert "Of Ben" not in ada.get(f"{address}?whose=person-{team.ben.id}").html


@pytest.mark.parametrize("view", VIEWS)
def test_interview_is_shown_with_the_name_that_its_candidate_has_now(
    web: Flask, team: Team, ada: Visitor, noon: datetime, view: str
) -> None:
    with in_rows(web):
        schedule(team.ada, team.dina, starts_at=noon + timedelta(hours=3))
        db.session.commit()
    addresses = (f"/calendar/{view}/{ON}?whose=everyone", "/", "/interviews")
    for address in addresses:
        assert team.dina.name in ada.get(address).html
    with in_rows(web):
        db.session.execute(
            sa.update(Candidate).where(Candidate.id == team.dina.id).values(name="Dina Renamed")
        )
        db.session.commit()
    for address in addresses:
        page = ada.get(address).html
        assert "Dina Renamed" in page
        assert team.dina.name not in page


def test_choice_of_whose_calendar_has_the_jobs_of_now(web: Flask, team: Team, ada: Visitor) -> None:
    address = f"/calendar/week/{ON}"
    assert "(closed)" not in ada.get(address).html
    with in_rows(web):
        db.session.execute(sa.update(Job).where(Job.id == team.job_id).values(is_open=False))
        db.session.commit()
    assert "(closed)" in ada.get(address).html


@pytest.mark.parametrize(
    ("view", "most"), [("day", 5), ("week", 5), ("month", 5), ("agenda", 5), ("list", 7)]
)
def test_view_that_has_today_does_not_read_it_again(
    web: Flask, team: Team, ada: Visitor, noon: datetime, view: str, most: int
) -> None:
    with in_rows(web):
        schedule(team.ada, team.dina, starts_at=noon + timedelta(hours=3))
        db.session.commit()
    address = f"/calendar/{view}/{ON}"
    ada.get(address)
    with statements(web) as seen:
        ada.get(address)
    assert len(seen) <= most, "\n".join(seen)
