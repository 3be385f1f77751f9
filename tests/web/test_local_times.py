"""What the Date & Time step says about other people's clocks."""

from datetime import UTC, datetime

import pytest

from extensions import db
from models import Candidate, Role, User
from tests.factories import Team, create_user
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.conftest import SignIn
from tests.web.dialog_steps import draft_at, other_people, send

pytestmark = pytest.mark.usefixtures("clock")


def live_in(visitor: Visitor, candidate_zone: str | None, manager_zone: str) -> None:
    with in_rows(visitor.app):
        db.session.scalars(db.select(Candidate)).one().timezone = candidate_zone
        db.session.scalars(db.select(User).where(User.name == "Ben Frei")).one().timezone = manager_zone
        db.session.commit()


def look(visitor: Visitor, draft: str, at: str, zone: str = "Europe/Zurich") -> Page:
    day, _, time = at.partition(" ")
    query = f"date={day}&time={time}&duration_minutes=45&timezone={zone}"
    return visitor.get(f"{draft}/date-time/look?{query}", htmx=True)


def clocks(page: Page) -> list[str]:
    return [row.text for times in page.tree.all("dl") for row in times.all("div")]


def test_everyones_local_time_is_shown_and_night_and_other_dates_are_pointed_out(
    team: Team, ada: Visitor
) -> None:
    live_in(ada, "Asia/Tokyo", "America/New_York")
    draft = draft_at(ada, team.dina.id, "date-time")
    assert clocks(look(ada, draft, "2027-02-10 15:00")) == [
        "Dina Kaur Candidate · Tokyo 23:00 JST Wed 10 Feb Outside working hours",
        "Ben Frei Hiring manager · New York 09:00 EST Wed 10 Feb",
        "You Scheduling · Zurich 15:00 CET Wed 10 Feb",
    ]
    assert clocks(look(ada, draft, "2027-02-10 16:30")) == [
        "Dina Kaur Candidate · Tokyo 00:30 JST Thu 11 Feb, the next day Outside working hours",
        "Ben Frei Hiring manager · New York 10:30 EST Wed 10 Feb",
        "You Scheduling · Zurich 16:30 CET Wed 10 Feb",
    ]
    assert clocks(look(ada, draft, "2027-02-10 05:00"))[1] == (
        "Ben Frei Hiring manager · New York 23:00 EST Tue 9 Feb, the day before Outside working hours"
    )
    # Seven is morning, nine in the evening is night.
    for at, is_night in [("12:59", True), ("13:00", False), ("02:59", False), ("03:00", True)]:
        assert ("Outside working hours" in clocks(look(ada, draft, f"2027-02-10 {at}"))[1]) is is_night, at


def test_scheduler_reads_their_own_time_whatever_the_zone(team: Team, ada: Visitor, ben: Visitor) -> None:
    live_in(ada, "Asia/Tokyo", "Asia/Tokyo")
    draft = draft_at(ada, team.dina.id, "date-time")
    own = "You Scheduling · Zurich 10:00 CET Wed 10 Feb"
    assert clocks(look(ada, draft, "2027-02-10 18:00", "Asia/Tokyo"))[-1] == own
    assert clocks(look(ada, draft, "2027-02-10 10:00"))[-1] == own
    # People who take part already have a row.
    draft = draft_at(ben, team.dina.id, "date-time")
    assert not any("You" in row for row in clocks(look(ben, draft, "2027-02-10 10:00")))


def test_people_chosen_later_are_added_and_people_in_one_zone_are_grouped(team: Team, ada: Visitor) -> None:
    with in_rows(ada.app):
        lena = create_user("Lena Ott", Role.INTERVIEWER, timezone="Asia/Kolkata")
        omid = create_user("Omid Far", Role.INTERVIEWER, timezone="Asia/Kolkata")
    draft = draft_at(ada, team.dina.id, "attendees")
    send(
        ada,
        draft,
        "attendees",
        people=[str(lena.id), str(omid.id)],
        **other_people(("Sam Ortiz", "sam@partner.example")),
    )
    page = ada.get(f"{draft}/date-time")
    assert clocks(page) == [
        "Ben Frei Hiring manager · Zurich 09:00 CET Wed 10 Feb",
        "Lena Ott, Omid Far Interviewer · Kolkata 13:30 IST Wed 10 Feb",
        "You Scheduling · Zurich 09:00 CET Wed 10 Feb",
    ]
    assert "Dina Kaur's time zone isn't known" in page.text
    assert "Sam Ortiz: time zone not known" in page.text


def test_clock_change_before_the_interview_is_mentioned_where_it_happens(team: Team, ada: Visitor) -> None:
    live_in(ada, "Asia/Tokyo", "America/New_York")
    draft = draft_at(ada, team.dina.id, "date-time")
    assert "Clocks in" not in look(ada, draft, "2027-03-14 05:00").text
    page = look(ada, draft, "2027-03-15 15:00")
    assert "Clocks in New York change on Sun 14 Mar, before the interview." in page.text
    assert "Clocks in Zurich" not in page.text
    page = look(ada, draft, "2027-03-29 15:00")
    assert "Clocks in New York change on Sun 14 Mar" in page.text
    assert "Clocks in Zurich change on Sun 28 Mar" in page.text
    assert "Tokyo change" not in page.text


def test_show_button_shows_without_a_script_and_saves_nothing(team: Team, ada: Visitor) -> None:
    live_in(ada, "Asia/Tokyo", "Europe/Zurich")
    draft = draft_at(ada, team.dina.id, "date-time")
    page = ada.get(f"{draft}/date-time")
    assert "Pick a date and time" in page.text
    assert page.has_button("Check this time")
    typed = {**page.fields("Continue"), "date": "2027-02-10", "time": "15:00", "direction": "show"}
    page = ada.post(f"{draft}/date-time", typed)
    assert clocks(page)[0] == "Dina Kaur Candidate · Tokyo 23:00 JST Wed 10 Feb Outside working hours"
    assert page.value_of("Continue", "time") == "15:00"
    page = ada.post(f"{draft}/date-time", {**typed, "time": "26:00"}, status=422)
    assert "Enter a time" in page.error_at("time")
    assert ada.get(f"{draft}/date-time").value_of("Continue", "date") == "2027-02-02"


def test_time_that_has_passed_is_pointed_out_while_it_is_typed(
    clock: Clock, team: Team, sign_in: SignIn
) -> None:
    clock.now = datetime(2027, 2, 10, 12, tzinfo=UTC)
    ada = sign_in(team.ada)
    draft = draft_at(ada, team.dina.id, "date-time")
    assert "This time has passed." in look(ada, draft, "2027-02-10 12:59").text
    assert "This time has passed." not in look(ada, draft, "2027-02-10 13:01").text


@pytest.mark.parametrize("date", ["9999-12-31", "9998-06-15", "0001-01-01", "1900-01-01"])
def test_a_year_far_off_costs_nothing_and_breaks_nothing(ada: Visitor, team: Team, date: str) -> None:
    draft = draft_at(ada, team.dina.id, "date-time")
    for zone in ("Pacific/Honolulu", "Pacific/Kiritimati", "UTC"):
        typed = f"date={date}&time=23:59&timezone={zone}&duration_minutes=1440"
        page = ada.get(f"{draft}/date-time/look?{typed}", htmx=True)
        assert "Pick a date and time" in page.text
        send(ada, draft, "date-time", status=422, date=date, time="23:59", timezone=zone)
