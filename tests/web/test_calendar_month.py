"""The month: whole weeks, a few events of each day, and on a phone the number of events in each calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from blueprints.calendar_page.months import Month, month_of, weeks_of
from blueprints.calendar_page.titles import title_of
from extensions import db
from models import CustomEventKind, Organization, Role
from tests.factories import OUTLOOK_CALENDAR, Team, create_user, schedule
from tests.machines.rows import in_rows
from tests.outside_events import create_custom_event, create_outside_event, create_synced_calendar
from tests.pages.page import Page
from tests.pages.tree import Element
from tests.pages.visitor import Visitor
from tests.web.conftest import SignIn

DAY = timedelta(days=1)
MARCH = "/calendar/month/2027-03-01"
AT = datetime(2027, 3, 10, 9, tzinfo=UTC)


def cell_of(page: Page, on: str) -> Element:
    """The cell of a day, found by the address to which it leads on a phone."""
    [cell] = page.tree.all(
        "li",
        lambda e: any(f"/agenda/{on}" in link.get("href") for link in e.all("a")) and e.get("class") != "",
    )
    return cell


def chips(page: Page) -> list[str]:
    return [
        each.all("b")[0].text for each in page.tree.all("li", lambda e: "cal-chip" in e.get("class").split())
    ]


@given(st.integers(2000, 2100), st.integers(1, 12), st.sampled_from([0, 5, 6]))
def test_month_is_shown_in_whole_weeks(year: int, number: int, first_weekday: int) -> None:
    month = Month(year, number)
    days = weeks_of(month, first_weekday)
    assert days == [days[0] + place * DAY for place in range(len(days))]
    assert days[0].weekday() == first_weekday
    assert len(days) % 7 == 0
    own = [on for on in days if month_of(on) == month]
    assert own[0] == month.first
    assert own[-1] == month.last
    assert (own[-1] + DAY).day == 1
    assert days.index(own[0]) < 7
    assert len(days) - days.index(own[-1]) <= 7


@pytest.mark.parametrize(
    ("first", "last", "title"),
    [
        ("2026-12-01", "2026-12-01", "Tuesday, 1 December 2026"),
        ("2026-12-01", "2026-12-31", "December 2026"),
        ("2028-02-01", "2028-02-29", "February 2028"),
        ("2028-02-01", "2028-02-28", "1–28 February 2028"),
        ("2026-11-29", "2026-12-12", "29 Nov – 12 Dec 2026"),
        ("2026-12-28", "2027-01-03", "28 Dec 2026 – 3 Jan 2027"),
        ("2026-12-01", "2027-12-31", "1 Dec 2026 – 31 Dec 2027"),
    ],
)
def test_days_are_called_by_the_shortest_name_that_says_them(first: str, last: str, title: str) -> None:
    assert title_of(date.fromisoformat(first), date.fromisoformat(last)) == title


def test_week_begins_as_the_organization_says(web: Flask, ada: Visitor) -> None:
    with in_rows(web):
        db.session.scalars(db.select(Organization)).one().first_weekday = 6
        db.session.commit()
    page = ada.get(MARCH)
    [head] = page.tree.all("div", lambda e: e.get("class") == "month-weekdays")
    assert head.words == "Sun Mon Tue Wed Thu Fri Sat"
    first, *_ = page.tree.all("a", lambda e: e.get("class") == "for-wide")
    assert first["href"] == "/calendar/day/2027-02-28"


def test_each_day_has_all_that_is_on_it_and_says_which_part(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        outlook = create_synced_calendar(team.ada, app=OUTLOOK_CALENDAR)
        create_outside_event(outlook, title="Offsite", days=(date(2027, 3, 1), date(2027, 3, 3)))
        create_outside_event(outlook, AT.replace(hour=21), 10 * 60, title="Night shift")
        create_outside_event(outlook, AT, title="Gym", is_busy=False)
        create_custom_event(team.ada, AT.replace(day=17), title="Focus time")
        create_custom_event(
            *(team.ada, AT.replace(day=18)), kind=CustomEventKind.INTERVIEW_DAY, title="Interview day for all"
        )
        schedule(team.ada, team.dina, starts_at=AT.replace(day=19), hiring_manager=team.ada)
    page = ada.get(MARCH)
    assert chips(page) == [
        *("Offsite", "Offsite", "Offsite", "Gym", "Night shift", "Night shift"),
        *("Focus time", "Interview day for all", "Dina Kaur"),
    ]
    assert cell_of(page, "2027-03-02").all("li")[0].text == "Offsite (day 2 of 3) (Outlook)"
    titles = [
        link["title"] for on in ("2027-03-10", "2027-03-11") for link in cell_of(page, on).all(where=_titled)
    ]
    assert titles == [
        *(
            "10:00–10:30 Gym · Free (Outlook)",
            "From 22:00 · day 1 of 2 Night shift (Outlook)",
            "Until 08:00 · day 2 of 2 Night shift (Outlook)",
        ),
    ]
    free, _ = cell_of(page, "2027-03-10").all("li")
    assert "is-free" in free["class"].split()


def _titled(element: Element) -> bool:
    return bool(element.get("title")) and element.get("class") != "slot-move"


def test_day_leads_on_a_phone_to_its_agenda_with_what_each_calendar_has(
    web: Flask, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        outlook = create_synced_calendar(team.ada, app=OUTLOOK_CALENDAR)
        for number in range(11):
            create_outside_event(outlook, AT + timedelta(minutes=30 * number), title=f"Meeting {number}")
        schedule(team.ada, team.dina, starts_at=AT, hiring_manager=team.ada)
    page = ada.get(f"{MARCH}?whose=person-{team.ben.id}")
    assert chips(page) == []
    page = ada.get(MARCH)
    [link] = cell_of(page, "2027-03-10").all("a", lambda e: e.get("class") == "for-narrow")
    assert link["href"] == "/calendar/agenda/2027-03-10"
    assert link.text == "Wednesday, 10 March10, SmoothHiring: 1, Outlook: 11"
    [more] = page.tree.all("a", lambda e: e.get("class") == "day-more")
    assert more.text == "+9 more on Wednesday, 10 March"
    [empty] = cell_of(page, "2027-03-11").all("a", lambda e: e.get("class") == "for-narrow")
    assert empty.text == "Thursday, 11 March11"


def test_source_that_is_turned_off_is_not_there(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        create_outside_event(create_synced_calendar(team.ada, app=OUTLOOK_CALENDAR), AT, title="Dentist")
        schedule(team.ada, team.dina, starts_at=AT, hiring_manager=team.ada)
    assert chips(ada.get(MARCH)) == ["Dina Kaur", "Dentist"]
    ada.post("/calendar/sources", {"source": "outlook-calendar", "next": MARCH}, status=303, leads_to=MARCH)
    assert chips(ada.get(MARCH)) == ["Dina Kaur"]
    ada.post("/calendar/sources", {"source": "ours"}, status=303)
    nothing = ada.get(MARCH)
    assert chips(nothing) == []
    assert "Nothing in March 2027 on the calendars that are turned on." in nothing.text
    ada.post("/calendar/sources", {"source": "zoom"}, status=404)


def test_empty_month_leads_those_who_schedule_to_scheduling(
    team: Team, ada: Visitor, sign_in: SignIn
) -> None:
    [line] = ada.get(MARCH).tree.all("p", lambda e: e.get("class") == "month-empty")
    assert line.text == "Nothing in March 2027. Schedule an interview"
    [past] = ada.get("/calendar/month/2020-03-01").tree.all("p", lambda e: e.get("class") == "month-empty")
    assert past.text == "Nothing in March 2020."


@pytest.mark.parametrize("view", ["month", "agenda", "list"])
def test_only_its_owner_reads_what_an_event_is_called(
    web: Flask, team: Team, ada: Visitor, sign_in: SignIn, view: str
) -> None:
    here = f"/calendar/{view}/2027-03-01"
    with in_rows(web):
        create_outside_event(create_synced_calendar(team.ben, app=OUTLOOK_CALENDAR), AT, title="Oncologist")
        create_custom_event(team.ben, AT + DAY, title="Divorce lawyer")
        observer = create_user("Olaf Berg", Role.OBSERVER)
        interviewer = create_user("Ivo Hill", Role.INTERVIEWER)
        schedule(team.ada, team.dina, starts_at=AT + 2 * DAY)
    bens = sign_in(team.ben).get(here)
    for title in ("Oncologist", "Divorce lawyer", "Dina Kaur"):
        assert title in bens.text
    for reader, sees_busy in ((ada, True), (sign_in(observer), False), (sign_in(interviewer), False)):
        for whose in ("", f"?whose=person-{team.ben.id}", "?whose=everyone", f"?whose=job-{team.job_id}"):
            page = reader.get(here + whose)
            assert "Oncologist" not in page.html
            assert "Divorce lawyer" not in page.html
            is_busy = any("Busy" in each for each in page.tree.all("main")[0].words.split())
            assert is_busy is (sees_busy and "person" in whose), whose
    # An interviewer sees what they take part in, whatever the address asks for.
    assert "Dina Kaur" not in sign_in(interviewer).get(f"{here}?whose=everyone").html
    assert "Dina Kaur" in ada.get(f"{here}?whose=job-{team.job_id}").text
    assert "Dina Kaur" not in ada.get(f"{here}?whose=job-{team.other_job_id}").text


def test_what_people_call_their_events_is_only_text(web: Flask, team: Team, ada: Visitor) -> None:
    bad = '"><script>alert(1)</script>{{ 7*7 }}‮'
    with in_rows(web):
        create_outside_event(create_synced_calendar(team.ada, app=OUTLOOK_CALENDAR), AT, title=bad)
        create_outside_event(create_synced_calendar(team.ada, app=OUTLOOK_CALENDAR), AT + DAY, title="")
    for view in ("month", "agenda", "list", "day", "week"):
        page = ada.get(f"/calendar/{view}/2027-03-10")
        assert "<script>alert" not in page.html
        assert "{{ 7*7 }}" in page.text
    assert "Untitled" in ada.get(MARCH).text
