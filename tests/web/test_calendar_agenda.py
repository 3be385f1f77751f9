"""The agenda: days one below another, from the day that is asked for."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from extensions import db
from models import Interview, InterviewStatus, Meeting, User
from scheduling.venues import PastedLink
from tests.factories import GOOGLE_CALENDAR, Team, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.outside_events import create_custom_event, create_outside_event, create_synced_calendar
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from timezones import utc_now

AT = datetime(2027, 3, 10, 9, tzinfo=UTC)


def days_of(page: Page) -> dict[str, list[str]]:
    """What each day says, line by line."""
    return {
        card.all("h2")[0].all("a")[0].text: [line.words for line in card.all("li")]
        for card in page.tree.all("section", lambda e: "cal-agenda" in e.get("class").split())
    }


def test_moment_at_midnight_is_on_the_page_that_begins_with_its_day(
    web: Flask, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        google = create_synced_calendar(team.ada, app=GOOGLE_CALENDAR)
        create_outside_event(google, datetime(2027, 3, 9, 23, tzinfo=UTC), 0, title="Payday", is_busy=False)
    page = ada.get("/calendar/agenda/2027-03-10")
    assert days_of(page) == {"Wednesday, 10 March 2027": ["00:00 Payday Free (Google)"]}


def test_days_that_have_something_say_when_what_and_how(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        google = create_synced_calendar(team.ada, app=GOOGLE_CALENDAR)
        create_outside_event(google, title="Offsite", days=(date(2027, 3, 9), date(2027, 3, 11)))
        create_outside_event(google, AT.replace(hour=21), 10 * 60, title="Night shift")
        create_outside_event(google, AT, 0, title="Payday", is_busy=False)
        create_custom_event(team.ada, AT.replace(day=17), title="Focus time")
        schedule(team.ada, team.dina, starts_at=AT, hiring_manager=team.ada)
    page = ada.get("/calendar/agenda/2027-03-10")
    assert page.heading == "10–31 March 2027"
    assert days_of(page) == {
        "Wednesday, 10 March 2027": [
            "All day · day 2 of 3 Offsite (Google)",
            "10:00–10:45 Dina Kaur Backend Engineer · Zoom Reschedule Dina Kaur",
            "10:00 Payday Free (Google)",
            "From 22:00 · day 1 of 2 Night shift (Google)",
        ],
        "Thursday, 11 March 2027": [
            "All day · day 3 of 3 Offsite (Google)",
            "Until 08:00 · day 2 of 2 Night shift (Google)",
        ],
        "Wednesday, 17 March 2027": ["10:00–11:00 Focus time Blocked"],
    }
    [earlier] = page.tree.all("a", lambda e: e.text == "Earlier in March")
    assert earlier["href"] == "/calendar/agenda/2027-03-01"
    whole = ada.get(earlier["href"])
    assert whole.heading == "March 2027"
    assert "Earlier in" not in whole.text
    [later] = whole.tree.all("a", lambda e: e.text == "Later days")
    assert later["href"] == "/calendar/agenda/2027-04-01"


def test_at_the_end_of_a_month_it_reaches_into_the_next(ada: Visitor) -> None:
    page = ada.get("/calendar/agenda/2027-03-29?whose=everyone")
    assert page.heading == "29 Mar – 11 Apr 2027"
    [later] = page.tree.all("a", lambda e: e.text == "Later days")
    assert later["href"] == "/calendar/agenda/2027-04-12?whose=everyone"
    # The small arrows go from month to month.
    assert page.link_to("prev") == "/calendar/agenda/2027-02-01?whose=everyone"
    assert page.link_to("next") == "/calendar/agenda/2027-04-01?whose=everyone"


def test_today_is_named_and_joined(clock: Clock, web: Flask, team: Team, ada: Visitor) -> None:
    link = PastedLink("https://northlight.webex.example/meet/interviews", "Webex")
    today, tomorrow = utc_now() + timedelta(hours=2), utc_now() + timedelta(days=1)
    with in_rows(web):
        schedule(team.ada, team.dina, starts_at=today, hiring_manager=team.ada, venue=link)
        schedule(team.ada, team.dina, starts_at=tomorrow, hiring_manager=team.ada, venue=link)
        db.session.get_one(User, team.ada.id).timezone = "UTC"
        db.session.commit()
        assert all(db.session.scalars(db.select(Meeting.join_url)))
    page = ada.get(f"/calendar/agenda/{today:%Y-%m-%d}")
    first, second = days_of(page)
    assert first == f"Today · {today:%A}, {today.day} {today:%B}"
    assert second == f"Tomorrow · {tomorrow:%A}, {tomorrow.day} {tomorrow:%B}"
    [join] = [
        anchor
        for card in page.tree.all("section", lambda e: "cal-agenda" in e.get("class").split())
        for anchor in card.all("a", lambda e: e.text.startswith("Join"))
    ]
    assert join["href"] == "https://northlight.webex.example/meet/interviews"
    assert join.text == "Join Dina Kaur (opens a new tab)"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (InterviewStatus.ACCEPTED, "Accepted"),
        (InterviewStatus.COMPLETED, "Completed"),
        (InterviewStatus.NO_SHOW, "No-show"),
        (InterviewStatus.CANCELLED, None),
        (InterviewStatus.REQUESTED, None),
    ],
)
def test_agenda_shows_what_happened_to_an_interview(
    web: Flask, team: Team, ada: Visitor, status: InterviewStatus, words: str | None
) -> None:
    with in_rows(web):
        interview_id = schedule(team.ada, team.dina, starts_at=AT, hiring_manager=team.ada)
        db.session.get_one(Interview, interview_id).status = status
        db.session.commit()
    for view in ("agenda", "list"):
        page = ada.get(f"/calendar/{view}/2027-03-01")
        assert ("Dina Kaur" in page.text) is (words is not None)
        assert words is None or f"Zoom · {words}" in page.text


def test_day_with_more_than_fits_says_so_and_the_next_page_goes_on(
    web: Flask, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        google = create_synced_calendar(team.ada, app=GOOGLE_CALENDAR)
        for number in range(70):
            create_outside_event(google, AT + timedelta(minutes=number), title=f"Call {number}")
        create_outside_event(google, AT + timedelta(days=1), title="The day after")
    page = ada.get("/calendar/agenda/2027-03-08")
    # Earlier days are shown first, so that this one has its own page.
    assert "Call" not in page.text
    [later] = page.tree.all("a", lambda e: e.text == "Later days")
    assert later["href"] == "/calendar/agenda/2027-03-10"
    full = ada.get(later["href"])
    assert "There is more here than can be shown at once." in full.text
    assert len(days_of(full)["Wednesday, 10 March 2027"]) == 60
    [later] = full.tree.all("a", lambda e: e.text == "Later days")
    after = ada.get(later["href"])
    assert days_of(after)["Thursday, 11 March 2027"] == ["10:00–10:30 The day after (Google)"]


def test_nothing_leads_to_what_helps(ada: Visitor) -> None:
    for address, words in (
        ("/calendar/agenda/2027-03-01", "Nothing until 31 March"),
        ("/calendar/list/2027-03-01", "Nothing in March 2027"),
    ):
        page = ada.get(address)
        [empty] = page.tree.all("div", lambda e: e.get("class") == "empty-state")
        assert empty.words == (
            f"{words} Interviews appear here once they're scheduled. Schedule an interview"
        )
        [link] = empty.all("a")
        assert link["href"] == "/interviews/new"
        past = ada.get(address.replace("2027", "2020"))
        [empty] = past.tree.all("div", lambda e: e.get("class") == "empty-state")
        assert "There were no interviews or events." in empty.text
        assert not empty.all("a")
