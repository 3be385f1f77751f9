"""A free time that was clicked in the calendar: kept while one looks for the candidate, and filled in."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask

from extensions import db
from models import Draft, Interview, User
from scheduling.drafts.unfinished import open_drafts
from tests.factories import Team, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor, path_of
from tests.web.dialog_steps import begin, draft_at, draft_in, send
from tests.web.plans import plan_for
from web.times import instant_as_text

# The clock is stopped at 13:00 on Monday, February 1, 2027, in Zurich.
pytestmark = pytest.mark.usefixtures("clock")

NOON = "2027-02-09T11:00Z"
FOR_NOON = "Tuesday, 9 February 2027, 12:00 CET"
# One after the other, when the clocks in Zurich go back.
TWICE = ("2027-10-31T00:30Z", "2027-10-31T01:30Z")


def picker(visitor: Visitor, at: str, text: str = "", *, htmx: bool = False) -> Page:
    query = {"at": at, "q": text} if text else {"at": at}
    return visitor.get(f"/interviews/new?{urlencode(query)}", htmx=htmx)


def start(visitor: Visitor, page: Page, name: str = "Dina Kaur") -> Page:
    """Press the candidate's row, and return the page of the dialog to which it leads."""
    [row] = [each for each in page.tree.all("button") if name in each.text]
    answer = visitor.post(row["formaction"], {"job": row["value"]}, status=303)
    is_new = path_of(answer.headers["Location"]).endswith("/setup")
    return visitor.follow(answer if is_new else visitor.follow(answer, status=303))


def when_on(page: Page) -> tuple[str, str, str]:
    """Date, time and zone as Date & Time shows them."""
    assert page.step_heading == "Date & Time"
    date, time, zone = (page.value_of("Continue", name) for name in ("date", "time", "timezone"))
    return date, time, zone


def date_time_of(visitor: Visitor, page: Page) -> Page:
    """Date & Time of the dialog whose first step this is."""
    draft = draft_in(page.address)
    send(visitor, draft, "setup")
    return visitor.get(f"{draft}/date-time")


@pytest.mark.parametrize("htmx", [True, False])
def test_clicked_time_is_filled_in_on_the_clock_of_the_person_who_clicked(
    web: Flask, team: Team, ada: Visitor, htmx: bool
) -> None:
    with in_rows(web):
        db.session.get_one(User, team.ada.id).timezone = "America/New_York"
        # The last interview of the job was scheduled in another zone.
        schedule(team.ada, team.dina, software=None, timezone="Asia/Kolkata")
    page = picker(ada, NOON, htmx=htmx)
    assert "Tuesday, 9 February 2027, 06:00 EST" in page.text
    setup = start(ada, page)
    assert setup.step_heading == "Setup"
    assert "This is your unfinished interview" not in setup.text
    assert "Tue 9 Feb, 06:00 EST" in setup.text
    assert when_on(date_time_of(ada, setup)) == ("2027-02-09", "06:00", "America/New York")


@pytest.mark.parametrize("htmx", [True, False])
def test_clicked_time_is_kept_while_one_looks_for_the_candidate(
    web: Flask, team: Team, ada: Visitor, htmx: bool
) -> None:
    page = picker(ada, NOON, "din", htmx=htmx)
    assert FOR_NOON in page.text
    assert page.fields("Search")["at"] == [NOON]
    [asks] = page.tree.all("div", lambda e: e.get("class") == "picker")
    assert asks["data-combobox"] == f"/interviews/new?at={NOON}"
    assert when_on(date_time_of(ada, start(ada, page)))[:2] == ("2027-02-09", "12:00")


def test_candidate_who_is_added_on_the_way_is_scheduled_for_the_clicked_time(
    web: Flask, team: Team, ada: Visitor
) -> None:
    page = picker(ada, NOON, "Noor Aziz")
    [add] = page.tree.all("a", lambda e: "data-add" in e.attributes)
    form = ada.get(add["href"])
    assert FOR_NOON in form.text
    wrong = ada.submit(form, "Add candidate", status=422, email="", job=team.job_id)
    assert FOR_NOON in wrong.text
    added = ada.submit(wrong, "Add candidate", status=303, email="noor@mail.example", job=team.job_id)
    profile = ada.follow(added)
    assert "For Tue 9 Feb, 12:00 CET" in profile.text
    setup = ada.follow(ada.submit(profile, "Schedule Interview", status=303))
    assert when_on(date_time_of(ada, setup))[:2] == ("2027-02-09", "12:00")
    # A link to the button's address leads to the page with the button, and takes the time along.
    start_url = urlsplit(path_of(profile.form("Schedule Interview")["action"]))
    assert parse_qs(start_url.query) == {"at": [NOON]}
    assert "For Tue 9 Feb, 12:00 CET" in ada.follow(ada.get(start_url.geturl(), status=303)).text
    # Without one, the page says nothing.
    assert "chosen-time" not in ada.get(f"/candidates/{team.dina.id}").html


def test_template_of_the_plan_is_started_for_the_clicked_time(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        template = plan_for(team.job_id)["Technical"]
    draft = draft_at(ada, team.dina.id, "details")
    address = f"/candidates/{team.dina.id}/schedule?{urlencode({'at': NOON})}"
    begun = ada.post(address, {"template": template}, status=303)
    page = ada.follow(ada.follow(begun, status=303))
    assert draft not in page.address
    assert when_on(page)[:2] == ("2027-02-09", "12:00")
    # What was set aside can still be brought back.
    assert page.has_button("Undo")


@pytest.mark.parametrize(("at", "hour"), [(TWICE[0], 0), (TWICE[1], 1)])
def test_hour_that_comes_twice_is_the_one_that_was_clicked(
    web: Flask, team: Team, ada: Visitor, at: str, hour: int
) -> None:
    page = picker(ada, at)
    assert ("02:30 CEST" if hour == 0 else "02:30 CET") in page.text
    page = date_time_of(ada, start(ada, page))
    assert when_on(page)[:2] == ("2027-10-31", "02:30")
    assert page.value_of("Continue", "occurrence") == at
    draft = draft_in(page.address)
    ada.submit(page, "Continue", leads_to=f"{draft}/attendees")
    for step in ("attendees", "details", "preview"):
        send(ada, draft, step)
    send(ada, draft, "finalize")
    with in_rows(web):
        assert db.session.get_one(Interview, 1).starts_at == datetime(2027, 10, 31, hour, 30, tzinfo=UTC)


def test_unfinished_interview_gets_the_newly_clicked_time_and_keeps_the_rest(
    web: Flask, team: Team, ada: Visitor
) -> None:
    draft = begin(ada, team.dina.id)
    send(ada, draft, "setup", agenda="Queues and caches")
    usual = ada.get(f"{draft}/date-time").fields("Continue")
    typed = {**usual, "date": "2027-02-20", "time": "16:15", "duration_minutes": "25"}
    ada.post(f"{draft}/date-time/typed", {**typed, "timezone": "Asia/Kolkata"}, status=204, htmx=True)
    page = start(ada, picker(ada, NOON))
    assert draft_in(page.address) == draft
    assert "This is your unfinished interview" in page.text
    # In the zone that was chosen in it, it is the same moment.
    assert when_on(page) == ("2027-02-09", "16:30", "Asia/Kolkata")
    assert page.value_of("Continue", "duration_minutes") == "25"
    assert ada.get(f"{draft}/setup").value_of("Continue", "agenda") == "Queues and caches"
    # A tab that was left while something was typed there must not restore that text.
    assert page.value_of("Continue", "version") != usual["version"][0]
    # Clicked again: what counts is the last one.
    again = start(ada, picker(ada, "2027-02-09T12:30Z"))
    assert when_on(again)[1] == "18:00"


def test_saved_time_can_be_had_back_after_another_was_clicked(web: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "finalize")
    page = start(ada, picker(ada, NOON))
    assert draft_in(page.address) == draft
    assert when_on(page)[:2] == ("2027-02-09", "12:00")
    ada.post(page.form("Continue")["action"], {**page.fields("Continue"), "direction": "forget"}, status=303)
    assert when_on(ada.get(f"{draft}/date-time"))[:2] == ("2027-02-10", "09:00")
    # A time that is already saved changes nothing.
    there = start(ada, picker(ada, "2027-02-10T08:00Z"))
    assert there.step_heading != "Date & Time"
    assert "isn't part of this interview yet" not in there.text


def test_clicked_time_is_added_to_those_that_the_candidate_can_choose_from(
    web: Flask, team: Team, ada: Visitor
) -> None:
    slots = ["2027-02-10T08:00Z/45/Europe/Zurich"]
    answers: dict[str, Any] = {"setup": {"method": "time_slots"}, "date-time": {"time": "", "slots": slots}}
    draft = draft_at(ada, team.dina.id, "finalize", answers)
    page = start(ada, picker(ada, NOON))
    assert draft_in(page.address) == draft
    assert when_on(page)[:2] == ("2027-02-09", "12:00")
    ada.submit(page, "Continue", status=303)
    assert "2 times" in ada.get(f"{draft}/preview").text


def test_page_says_if_the_time_passed_while_one_looked_for_the_candidate(
    web: Flask, clock: Clock, team: Team, ada: Visitor
) -> None:
    soon = instant_as_text(clock.now + timedelta(minutes=30))
    page = picker(ada, soon)
    clock.move(timedelta(hours=1))
    setup = start(ada, page)
    assert "Monday, 1 February 2027, 13:30 CET has passed. Choose another time." in setup.messages
    assert date_time_of(ada, setup).value_of("Continue", "time") == ""
    # It has also passed for someone who comes back to the page.
    page = picker(ada, soon)
    assert "has passed. Choose the candidate now and another time later." in page.text
    assert "at=" not in page.html


@pytest.mark.parametrize("htmx", [True, False])
def test_far_time_is_refused_in_words_and_nonsense_is_ignored(
    web: Flask, team: Team, ada: Visitor, htmx: bool
) -> None:
    page = picker(ada, "2040-01-01T09:00Z", htmx=htmx)
    assert "is more than 5 years ahead" in page.text
    for at in ("", "soon", "9999-12-31T23:59Z", "0001-01-01T00:00Z", "2027-02-09T11:00", "\0", NOON + "x"):
        page = picker(ada, at, htmx=htmx)
        assert "Dina Kaur" in page.text, at
        assert "at=" not in page.html, at
        ada.post(f"/candidates/{team.dina.id}/schedule?{urlencode({'at': at})}", {}, status=303)
        ada.get(f"/candidates/{team.dina.id}?{urlencode({'at': at})}")
        ada.get(f"/candidates/new?{urlencode({'at': at})}")
    with in_rows(web):
        [draft] = open_drafts(db.session.get_one(User, team.ada.id))
        assert db.session.get_one(Draft, draft.id).typed == {}
