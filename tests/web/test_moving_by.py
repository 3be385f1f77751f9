"""The buttons on Reschedule that move an interview by half an hour or an hour."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from extensions import db
from models import Interview
from tests.factories import Team, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor

pytestmark = pytest.mark.usefixtures("clock")

STEPS = ["1 hour earlier", "30 minutes earlier", "30 minutes later", "1 hour later"]


@pytest.fixture
def eight(clock: Clock) -> datetime:
    """Nine o'clock in Zurich on the Wednesday after next."""
    return clock.now.replace(day=10, hour=8)


def steps(page: Page) -> dict[str, tuple[str | None, ...]]:
    """The day and the time that each button fills in with a script, and what it sends without one."""
    [row] = page.tree.all("div", lambda e: e.get("aria-labelledby") == "moving-by-title")
    names = ("data-day", "data-value", "value")
    return {each.text: tuple(each.get(name) for name in names) for each in row.all("button")}


def test_step_moves_an_interview_with_one_click_and_a_look_at_what_changes(
    web: Flask, team: Team, ada: Visitor, eight: datetime
) -> None:
    with in_rows(web):
        number = schedule(team.ada, team.dina, starts_at=eight, software=None)
    page = ada.get(f"/interviews/{number}/reschedule")
    assert list(steps(page)) == STEPS
    assert steps(page)["1 hour later"] == ("2027-02-10", "10:00", "2027-02-10T09:00Z")
    page = ada.post(page.address, {**page.fields("Reschedule"), "at": "2027-02-10T09:00Z"})
    assert page.value_of("Reschedule", "time") == "10:00"
    # They are steps from the interview's current time, not from the one that is filled in.
    assert steps(page)["1 hour later"] == ("2027-02-10", "10:00", "2027-02-10T09:00Z")
    ada.submit(page, "Reschedule", leads_to=f"/interviews/{number}")
    with in_rows(web):
        assert db.session.get_one(Interview, number).starts_at == eight + timedelta(hours=1)


def test_steps_are_filled_in_for_the_zone_that_is_chosen(
    web: Flask, team: Team, ada: Visitor, eight: datetime
) -> None:
    with in_rows(web):
        number = schedule(team.ada, team.dina, starts_at=eight, software=None)
    typed = "date=2027-02-10&time=09:00&duration_minutes=45&timezone=Pacific/Kiritimati"
    answer = ada.get(f"/interviews/{number}/reschedule/look?{typed}", htmx=True)
    assert steps(answer)["30 minutes later"] == ("2027-02-10", "22:30", "2027-02-10T08:30Z")


def test_step_into_the_past_is_not_offered(web: Flask, team: Team, ada: Visitor, clock: Clock) -> None:
    with in_rows(web):
        number = schedule(team.ada, team.dina, starts_at=clock.now + timedelta(minutes=40), software=None)
    assert list(steps(ada.get(f"/interviews/{number}/reschedule"))) == STEPS[1:]
