"""Time that people block on the calendar page, and interview days."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask

from extensions import db
from models import CustomEvent, CustomEventKind, Role, User
from tests.factories import Team, create_user, in_three_days, schedule
from tests.machines.rows import in_rows
from tests.outside_events import create_custom_event
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.conftest import SignIn

pytestmark = pytest.mark.usefixtures("clock")

NEW = "/calendar/events/new"
DENTIST = {"title": "Dentist", "first": "2027-02-10", "begin": "14:00", "last": "", "end": "15:30"}


def stored(web: Flask) -> list[CustomEvent]:
    with in_rows(web):
        found = list(db.session.scalars(db.select(CustomEvent).order_by(CustomEvent.id)))
        db.session.expunge_all()
        return found


def test_own_time_is_blocked_changed_and_removed(web: Flask, team: Team, ben: Visitor) -> None:
    ben.submit(ben.get(NEW), "Add", status=303, **DENTIST)
    [event] = stored(web)
    assert (event.user_id, event.kind, event.title) == (team.ben.id, CustomEventKind.BLOCKED, "Dentist")
    assert event.starts_at == datetime(2027, 2, 10, 13, tzinfo=UTC)
    assert event.ends_at == datetime(2027, 2, 10, 14, 30, tzinfo=UTC)
    page = ben.get(f"/calendar/events/{event.id}")
    assert page.value_of("Save", "begin") == "14:00"
    ben.submit(page, "Save", status=303, is_whole_days="y", last="2027-02-11", title="")
    [event] = stored(web)
    assert (event.first_day, event.last_day) == (date(2027, 2, 10), date(2027, 2, 11))
    assert event.starts_at == datetime(2027, 2, 9, 23, tzinfo=UTC)
    assert event.ends_at == datetime(2027, 2, 11, 23, tzinfo=UTC)
    assert event.title == "Blocked time"
    page = ben.get(f"/calendar/events/{event.id}/remove")
    assert "10 February 2027 to 11 February 2027" in page.text
    ben.submit(page, "Remove", status=303)
    assert stored(web) == []


def test_blocking_the_time_of_an_own_interview_says_so_and_leads_there(
    web: Flask, team: Team, ada: Visitor, ben: Visitor
) -> None:
    start = datetime(2027, 2, 10, 14, 15, tzinfo=UTC)
    with in_rows(web):
        first = schedule(team.ada, team.dina, starts_at=start)
        for number in range(1, 6):
            schedule(team.ada, team.dina, starts_at=start + timedelta(days=number))

    def said(page: Page) -> tuple[str, list[tuple[str, str]]]:
        return page.messages, page.message_links

    # The interview ends after the dentist, or begins before: both are in each other's way.
    words, links = said(ben.follow(ben.submit(ben.get(NEW), "Add", status=303, **DENTIST)))
    assert "Added: Dentist. You have an interview then. It stays as planned." in words
    assert links == [("Dina Kaur, Wed 10 Feb, 15:15", f"/interviews/{first}")]
    page = ben.get("/calendar/events/1")
    words, links = said(ben.follow(ben.submit(page, "Save", status=303, begin="12:00", end="15:15")))
    assert (words, links) == ("Saved.", [])
    page = ben.get("/calendar/events/1")
    later = {"is_whole_days": "y", "last": "2027-02-20"}
    words, links = said(ben.follow(ben.submit(page, "Save", status=303, **later)))
    assert "You have 6 interviews then. They stay as planned." in words
    assert links[-1] == ("2 more", f"/interviews?who={team.ben.id}")
    assert len(links) == 5
    assert "6 interviews" in ben.get(links[-1][1]).words
    # No one else's are named, and an interview day is meant for them.
    assert said(ada.follow(ada.submit(ada.get(NEW), "Add", status=303, **DENTIST)))[0] == "Added: Dentist."


def test_saving_what_is_there_already_says_so(web: Flask, team: Team, ben: Visitor) -> None:
    ben.submit(ben.get(NEW), "Add", status=303, **DENTIST)
    page = ben.get("/calendar/events/1")
    ben.submit(page, "Save", status=303)
    assert "Nothing to save." in ben.get("/calendar").text


def test_second_click_adds_nothing(web: Flask, team: Team, ben: Visitor, ada: Visitor) -> None:
    page = ben.get(NEW)
    ben.submit(page, "Add", status=303, **DENTIST)
    ben.submit(page, "Add", status=303, **DENTIST)
    assert len(stored(web)) == 1
    ben.submit(ben.get(NEW), "Add", status=303, **DENTIST)
    assert len(stored(web)) == 2
    # Someone else's event with the same name is a different one.
    ada.post(NEW, {**DENTIST, "kind": "blocked", "form_id": page.value_of("Add", "form_id")}, status=303)
    assert len(stored(web)) == 3


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"first": ""}, "first", "Choose a day."),
        ({"first": "tomorrow"}, "first", "Enter a date, such as 2027-03-31."),
        ({"first": "9999-12-31"}, "first", "Check the year."),
        ({"first": "2031-02-10"}, "first", "This is more than three years ahead."),
        ({"begin": ""}, "begin", "Enter when it begins."),
        ({"begin": "two"}, "begin", "Enter a time, such as 14:30."),
        ({"end": ""}, "end", "Enter when it ends."),
        ({"end": "14:00"}, "end", "It has to end after it begins."),
        ({"last": "2027-02-09"}, "end", "It has to end after it begins."),
        ({"last": "2028-06-01"}, "last", "This is longer than a year."),
        ({"first": "2027-01-31"}, "last", "This is over already."),
        ({"is_whole_days": "y", "last": "2027-02-09"}, "last", "The last day is before the first one."),
        ({"first": "2027-03-28", "begin": "02:30", "end": "04:00"}, "begin", "after 01:59 comes 03:00"),
        ({"title": "x" * 121}, "title", "At most 120 characters"),
    ],
)
def test_impossible_values_are_reported_beside_their_fields_and_kept_as_typed(
    web: Flask, team: Team, ben: Visitor, typed: dict[str, str], field: str, words: str
) -> None:
    page = ben.submit(ben.get(NEW), "Add", status=422, **{**DENTIST, **typed})
    assert words in page.error_at(field)
    for name, value in {**DENTIST, **typed}.items():
        assert (page.value_of("Add", name) or "") == value
    assert stored(web) == []


def test_hour_that_happens_twice_is_asked_about(web: Flask, team: Team, ben: Visitor) -> None:
    night = {"title": "Night", "first": "2027-10-31", "begin": "02:30", "end": "04:00"}
    page = ben.submit(ben.get(NEW), "Add", status=422, **night)
    assert "this time happens twice" in page.error_at("begin")
    assert "The second, CET" in page.text
    ben.submit(page, "Add", begin_which="2027-10-31T01:30Z", status=303)
    [event] = stored(web)
    assert event.starts_at == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    page = ben.get(f"/calendar/events/{event.id}")
    ben.submit(page, "Save", status=303)
    assert stored(web)[0].starts_at == event.starts_at


def test_free_time_that_was_clicked_is_filled_in(team: Team, ben: Visitor) -> None:
    page = ben.get(f"{NEW}?at=2027-02-10T22:30Z")
    values = [page.value_of("Add", name) or "" for name in ("first", "begin", "last", "end")]
    assert values == ["2027-02-10", "23:30", "2027-02-11", "00:30"]
    assert ben.get(f"{NEW}?on=2027-02-10").value_of("Add", "first") == "2027-02-10"
    assert ben.get(f"{NEW}?on=soon&at=then&job=x").value_of("Add", "first") == "2027-02-01"


def test_interview_day_is_for_recruiters_to_add_and_for_those_on_the_job_to_see(
    web: Flask, team: Team, ada: Visitor, ben: Visitor, sign_in: SignIn
) -> None:
    day = {"kind": "interview_day", "title": "", "is_whole_days": "y", "first": "2027-02-10"}
    with in_rows(web):
        rita = create_user("Rita Sand", Role.RECRUITER)
    page = ada.get(f"{NEW}?job={team.job_id}")
    assert page.value_of("Add", "kind") == "interview_day"
    assert page.value_of("Add", "job") == str(team.job_id)
    ada.submit(page, "Add", status=303, **day)
    [event] = stored(web)
    assert (event.title, event.job_id) == ("Interview day", team.job_id)
    here = f"/calendar/events/{event.id}"
    seen = ben.get(here)
    assert "Backend Engineer" in seen.text
    assert not seen.has_button("Save")
    ben.post(here, DENTIST, status=403)
    ben.get(f"{here}/remove", status=403)
    ben.post(f"{here}/remove", status=403)
    sign_in(team.cleo).get(here, status=404)
    rita_browser = sign_in(rita)
    rita_browser.submit(rita_browser.get(here), "Save", job="", title="All hands", status=303)
    assert (stored(web)[0].job_id, stored(web)[0].title) == (None, "All hands")
    assert "Everyone" in sign_in(team.cleo).get(here).text


def test_those_who_do_not_keep_interview_days_add_none(web: Flask, team: Team, ben: Visitor) -> None:
    assert "Interview day" not in ben.get(NEW).text
    data: dict[str, Any] = {**DENTIST, "kind": "interview_day", "job": str(team.job_id)}
    ben.post(NEW, data, status=303)
    assert stored(web)[0].kind is CustomEventKind.BLOCKED


def test_blocked_time_is_its_owners_alone(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        event_id = create_custom_event(team.ben, in_three_days(), title="Therapy")
    ada.get(f"/calendar/events/{event_id}", status=404)
    ada.post(f"/calendar/events/{event_id}", DENTIST, status=404)
    ada.post(f"/calendar/events/{event_id}/remove", status=404)
    assert len(stored(web)) == 1


def test_time_that_is_over_stays_while_the_title_changes(web: Flask, team: Team, ben: Visitor) -> None:
    with in_rows(web):
        event_id = create_custom_event(team.ben, datetime(2027, 1, 5, 9, tzinfo=UTC))
    page = ben.get(f"/calendar/events/{event_id}")
    ben.submit(page, "Save", status=303, title="Was away")
    assert stored(web)[0].title == "Was away"


def test_page_of_an_event_leads_back_to_where_someone_came_from(web: Flask, team: Team, ben: Visitor) -> None:
    week = f"/calendar/week/2027-03-01?whose=job-{team.job_id}"
    coming = f"?{urlencode({'next': week})}"
    refused = ben.submit(ben.get(f"{NEW}{coming}"), "Add", status=422, first="")
    ben.submit(refused, "Add", status=303, leads_to=week, **DENTIST)
    page = ben.get(f"/calendar/events/1{coming}")
    assert back_links(page, "Cancel") == [week]
    ben.submit(page, "Save", leads_to=week, title="Dentist again")
    [remove] = back_links(page, "Remove")
    asked = ben.get(remove)
    assert back_links(asked, "Keep it") == ["/calendar/events/1?next=" + week.replace("=", "%3D")]
    ben.submit(asked, "Remove", leads_to=week)


def test_page_of_an_event_that_was_reached_from_elsewhere_leads_to_its_day(
    web: Flask, team: Team, ben: Visitor
) -> None:
    late = {**DENTIST, "begin": "23:30", "last": "2027-02-11", "end": "00:30"}
    ben.submit(ben.get(NEW), "Add", status=303, leads_to="/calendar/week/2027-02-10", **late)
    # In the view that was used last, and on the clock of the person who looks.
    ben.get("/calendar/day/2027-02-01")
    with in_rows(web):
        db.session.get_one(User, team.ben.id).timezone = "Asia/Tokyo"
        db.session.commit()
    page = ben.get("/calendar/events/1")
    assert back_links(page, "Cancel") == ["/calendar/day/2027-02-11"]
    ben.submit(page, "Save", leads_to="/calendar/day/2027-02-11", title="Late")
    # No one is led to another server.
    for there in ("https://other.example/", "//other.example", "/\\other.example"):
        page = ben.get(f"/calendar/events/1?{urlencode({'next': there})}")
        assert back_links(page, "Cancel") == ["/calendar/day/2027-02-11"], there


@pytest.mark.parametrize(
    ("page", "back"),
    [
        (
            "http://localhost/calendar/month/2027-03-01?whose=everyone",
            "/calendar/month/2027-03-01?whose=everyone",
        ),
        ("http://other.example/calendar/month/2027-03-01", "/calendar/week/2027-02-10"),
        ("http://localhost/calendar/events/1/remove", "/calendar/week/2027-02-10"),
        ("http://[", "/calendar/week/2027-02-10"),
    ],
)
def test_link_on_a_view_of_the_calendar_leads_back_to_it(
    web: Flask, team: Team, ben: Visitor, page: str, back: str
) -> None:
    ben.submit(ben.get(NEW), "Add", status=303, **DENTIST)
    answer = ben.client.get("/calendar/events/1", base_url=ben.base_url, headers={"Referer": page})
    assert back_links(Page(answer, "/calendar/events/1"), "Cancel") == [back]


def back_links(page: Page, words: str) -> list[str]:
    """The addresses of the links with this text."""
    return [link["href"] for link in page.tree.all("a", lambda e: e.text == words)]
