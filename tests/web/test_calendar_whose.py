"""Whose calendar a page shows: one's own, a colleague's, a job's, or everyone's."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from models import Role
from tests.factories import Team, connect_on_paper, create_user, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.outside_events import create_outside_event, create_synced_calendar
from tests.pages.visitor import Visitor

HERE = "/calendar/week/2027-02-01"
VIEWS = ("day", "week", "month", "agenda", "list")


@pytest.fixture(autouse=True)
def noon(clock: Clock) -> datetime:
    """Noon UTC on a Monday, 13:00 in Zurich. The clock is stopped."""
    return clock.now


def whose(key: str) -> str:
    return f"{HERE}?whose={key}"


def test_page_says_whose_calendar_it_is_and_keeps_it_across_views(team: Team, ada: Visitor) -> None:
    assert "In your time, Europe/Zurich" in ada.get(HERE).words
    for key, called in (
        (f"person-{team.ben.id}", "Ben Frei's calendar"),
        (f"job-{team.job_id}", "Interviews for Backend Engineer"),
        ("everyone", "Everyone's interviews"),
    ):
        page = ada.get(whose(key))
        assert f"{called}, in your time: Europe/Zurich" in page.words
        for view in VIEWS:
            address = f"/calendar/{view}/2027-02-01?whose={key}"
            assert f'href="{address}"' in page.html
            assert called in ada.get(address).words
    assert ada.get(whose(f"person-{team.ben.id}")).title.endswith("Ben Frei's calendar – SmoothHiring")


def test_those_who_see_only_some_interviews_are_not_promised_everyones(web: Flask, team: Team) -> None:
    words = Visitor(web).enter(team.ben).get(whose("everyone")).words
    assert "All interviews you can see, in your time: Europe/Zurich" in words
    assert "Everyone's interviews" not in words


def test_page_says_how_far_a_colleagues_time_is_known(web: Flask, team: Team, noon: datetime) -> None:
    ada, of_ben = Visitor(web).enter(team.ada), whose(f"person-{team.ben.id}")
    assert "Ben Frei hasn't connected a calendar" in ada.get(of_ben).words
    with in_rows(web):
        connect_on_paper(team.ben, app="google-calendar")
    assert "Ben Frei's connected calendar hasn't been read yet." in ada.get(of_ben).words
    with in_rows(web):
        calendar = create_synced_calendar(team.ben, read_at=noon - timedelta(minutes=7))
        create_outside_event(calendar, noon + timedelta(hours=2), title="Secret plan")
        create_outside_event(calendar, noon + timedelta(hours=4), title="Hobby", is_busy=False)
    page = ada.get(of_ben)
    assert "Ben Frei's busy times are known as of 12:53" in page.words
    assert "Busy" in page.words
    assert "Secret plan" not in page.html
    assert "Hobby" not in page.html


def test_source_without_a_button_is_shown(web: Flask, team: Team, noon: datetime) -> None:
    ada, of_ben = Visitor(web).enter(team.ada), whose(f"person-{team.ben.id}")
    with in_rows(web):
        create_outside_event(create_synced_calendar(team.ben), noon + timedelta(hours=2), title="Dentist")

    def shows_ben_is_busy() -> bool:
        view = ada.get(of_ben).tree.with_id("calendar")
        assert view is not None
        return "Busy" in view.words

    # Hidden when Ada had her own calendar connected there, which she no longer has.
    ada.client.set_cookie("calendar", "week.google-calendar", domain="localhost")
    assert shows_ben_is_busy()
    with in_rows(web):
        create_synced_calendar(team.ada)
    assert not shows_ben_is_busy()


def test_days_after_the_last_one_that_was_read_are_not_known(web: Flask, team: Team, noon: datetime) -> None:
    ada, ben = Visitor(web).enter(team.ada), Visitor(web).enter(team.ben)
    with in_rows(web):
        create_synced_calendar(team.ben, until=noon + timedelta(days=184))
    of_ben = f"?whose=person-{team.ben.id}"
    for view in VIEWS:
        for on, is_said in (("2027-02-01", False), ("2028-02-01", True)):
            own = (
                "Your connected calendars have been read up to 4 August 2027."
                in ben.get(f"/calendar/{view}/{on}").words
            )
            theirs = ", up to 4 August 2027." in ada.get(f"/calendar/{view}/{on}{of_ben}").words
            assert (own, theirs) == (is_said, is_said), (view, on)


def test_what_changes_in_a_calendar_is_shown_at_once(web: Flask, team: Team, noon: datetime) -> None:
    ada, ben = Visitor(web).enter(team.ada), Visitor(web).enter(team.ben)
    of_ben = f"?whose=person-{team.ben.id}"
    with in_rows(web):
        calendar = create_synced_calendar(team.ben)
        create_outside_event(calendar, noon + timedelta(hours=2), title="First")
    for view in VIEWS:
        assert "First" in ben.get(f"/calendar/{view}/2027-02-01").words
        assert "First" not in ada.get(f"/calendar/{view}/2027-02-01{of_ben}").html
    with in_rows(web):
        create_outside_event(calendar, noon + timedelta(hours=4), title="Second")
    for view in VIEWS:
        assert "Second" in ben.get(f"/calendar/{view}/2027-02-01").words
        # What its owner saw is not shown to anyone else either.
        assert "First" not in ada.get(f"/calendar/{view}/2027-02-01{of_ben}").html


def test_what_does_not_exist_is_not_found_in_the_calendar(web: Flask, team: Team, ada: Visitor) -> None:
    for key in ("person-999", "job-999"):
        ada.get(whose(key), status=404)
    # A job that someone may not see might as well not exist.
    Visitor(web).enter(team.ben).get(whose(f"job-{team.other_job_id}"), status=404)
    # An empty value asks for one's own.
    for key in ("", "person-", "person-x", "somebody", "job-1e3", f"person-{team.ada.id}"):
        assert "In your time, Europe/Zurich" in ada.get(whose(key)).words


def test_someone_who_has_left_the_team_is_still_chosen(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        gone = create_user("Gil Gone", Role.INTERVIEWER, is_active=False)
    page = ada.get(whose(f"person-{gone.id}"))
    assert page.value_of("Show", "whose") == f"person-{gone.id}"


def test_interviewers_see_their_own_calendar_whatever_they_ask_for(
    web: Flask, team: Team, noon: datetime
) -> None:
    with in_rows(web):
        schedule(team.ada, team.dina, starts_at=noon + timedelta(hours=1))
        interviewer = create_user("Ivo Iten", Role.INTERVIEWER)
    visitor = Visitor(web).enter(interviewer)
    for key in ("everyone", f"person-{team.ben.id}", f"job-{team.job_id}", "person-999"):
        page = visitor.get(whose(key))
        assert "In your time, Europe/Zurich" in page.words
        assert "Dina Kaur" not in page.html
        assert "Whose calendar" not in page.words
