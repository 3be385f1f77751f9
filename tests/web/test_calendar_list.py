"""The list: a month row by row, its search, and its pages."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Flask

from blueprints.calendar_page.lists import ROWS
from extensions import db
from models import OutsideEvent, SyncedCalendar
from scheduling.reading.calendar import MOST
from tests.factories import GOOGLE_CALENDAR, Team, create_candidate, schedule
from tests.machines.rows import in_rows
from tests.outside_events import create_custom_event, create_outside_event, create_synced_calendar
from tests.pages.page import Page
from tests.pages.visitor import Visitor

AT = datetime(2027, 3, 10, 9, tzinfo=UTC)
MARCH = "/calendar/list/2027-03-01"


def rows_of(page: Page) -> list[str]:
    """The rows with the headings of their days."""
    tables = page.tree.all("table", lambda e: "cal-list" in e.get("class").split())
    return [row.words for table in tables for body in table.all("tbody") for row in body.all("tr")]


def turned(page: Page, rel: str) -> str | None:
    """The addresses in the pager under the list."""
    [*pagers] = page.tree.all("nav", lambda e: e.get("class") == "pager")
    links = [link["href"] for pager in pagers for link in pager.all("a", lambda e: e.get("rel") == rel)]
    return links[0] if links else None


def searched(visitor: Visitor, page: Page, text: str) -> Page:
    """The list after its form is sent, as browsers send it."""
    sent = {**page.fields("Search"), "q": [text]}
    return visitor.get(f"{page.form('Search')['action']}?{urlencode(sent, doseq=True)}")


def plant(web: Flask, team: Team) -> None:
    with in_rows(web):
        google = create_synced_calendar(team.ada, app=GOOGLE_CALENDAR)
        create_outside_event(google, title="Vacation", days=(date(2027, 2, 25), date(2027, 3, 2)))
        create_outside_event(google, title="Offsite", days=(date(2027, 3, 9), date(2027, 3, 11)))
        create_outside_event(google, AT.replace(hour=21), 10 * 60, title="Night shift")
        create_outside_event(google, datetime(2027, 3, 31, 22, tzinfo=UTC), title="Already April")
        create_custom_event(team.ada, AT.replace(hour=12), title="Focus time")
        schedule(team.ada, team.dina, starts_at=AT, hiring_manager=team.ada)


def test_month_is_listed_under_its_days(web: Flask, team: Team, ada: Visitor) -> None:
    plant(web, team)
    page = ada.get("/calendar/list/2027-03-17")
    assert page.heading == "March 2027"
    assert rows_of(page) == [
        *("Monday, 1 March CET", "25 Feb – 2 Mar Vacation Google"),
        *("Tuesday, 9 March CET", "All day, until 11 Mar Offsite Google"),
        "Wednesday, 10 March CET",
        "10:00–10:45 Dina Kaur Backend Engineer · Zoom SmoothHiring",
        "13:00–14:00 Focus time Blocked SmoothHiring",
        "22:00 – 11 Mar, 08:00 Night shift Google",
    ]
    assert rows_of(ada.get("/calendar/list/2027-04-01")) == [
        "Thursday, 1 April CEST",
        "00:00–00:30 Already April Google",
    ]
    assert page.link_to("prev") == "/calendar/list/2027-02-01"
    [dina] = page.tree.all("a", lambda e: e.get("class") == "row-link" and e.text == "Dina Kaur")
    assert dina["href"].endswith("/details")
    # There is nothing more to see about events from another calendar.
    assert not page.tree.all("a", lambda e: e.text == "Offsite")


def test_search_looks_through_the_month_and_says_so(web: Flask, team: Team, ada: Visitor) -> None:
    plant(web, team)
    whose = f"whose=job-{team.job_id}"
    page = ada.get(f"{MARCH}?{whose}")
    found = searched(ada, page, "  KAUR   backend ")
    assert found.value_of("Search", "q") == "KAUR backend"
    assert "1 found in March 2027" in found.text
    assert rows_of(found) == [
        "Wednesday, 10 March CET",
        "10:00–10:45 Dina Kaur Backend Engineer · Zoom SmoothHiring",
    ]
    # As people write a name, with accents or without.
    assert rows_of(searched(ada, page, "Káur, Dina")) == rows_of(found)
    nothing = searched(ada, found, "unheard of")
    assert "Nothing found in March 2027" in nothing.text
    assert "This search looks at one month." in nothing.text
    [everything] = nothing.tree.all("a", lambda e: e.text == "Show everything")
    assert everything["href"] == f"{MARCH}?{whose}"
    own = ada.get(f"{MARCH}?q=offsite")
    assert len(rows_of(own)) == 2
    assert len(rows_of(ada.get(f"{MARCH}?show=interviews"))) == 2
    assert len(rows_of(ada.get(f"{MARCH}?show=events"))) == 7
    assert len(rows_of(ada.get(f"{MARCH}?show=anything"))) == 8


def test_pages_have_each_row_once_and_keep_what_was_asked(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        google = create_synced_calendar(team.ada, app=GOOGLE_CALENDAR)
        # Nearby, but not in this month: they take up no space.
        for number in range(30):
            create_outside_event(
                google,
                title=f"February {number}",
                days=(date(2027, 2, 28),) * 2,
                timezone="Pacific/Pago_Pago",
            )
        for number in range(95):
            create_outside_event(google, AT + timedelta(hours=number), title=f"Call {number:02}")
        for number in range(3):
            kim = create_candidate(f"Kim {number}", f"kim{number}@mail.example", team.job_id)
            schedule(team.ada, kim, starts_at=AT + timedelta(days=number), hiring_manager=team.ada)
    for query, number in (("", 98), ("?q=call", 95), ("?q=call&show=events", 95)):
        address: str | None = f"{MARCH}{query}"
        names: list[str] = []
        sizes = []
        while address is not None:
            page = ada.get(address)
            rows = page.tree.all("th", lambda e: e.get("class") == "cal-list-what")
            names += [row.text for row in rows]
            sizes.append(len(rows))
            following = turned(page, "next")
            if following is not None:
                assert query.removeprefix("?") in following
                assert turned(ada.get(following), "prev") == address
            address = following
        assert len(names) == len(set(names)) == number
        assert sizes == [40, 40, number - 80]
    assert "There is more here" not in ada.get(f"{MARCH}?page=3").text
    for made_up in ("0", "-1", "x", "99999999999999999999"):
        ada.get(f"{MARCH}?page={made_up}")


def test_last_page_says_that_there_is_more(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        calendar_id = create_synced_calendar(team.ada, app=GOOGLE_CALENDAR)
        usual = {"calendar_id": calendar_id, "user_id": team.ada.id, "title": "Call", "is_busy": True}
        times = {"starts_at": AT, "ends_at": AT + timedelta(hours=1)}
        rows = [{**usual, **times, "provider_event_id": f"call-{number}"} for number in range(MOST + 1)]
        db.session.execute(sa.insert(OutsideEvent), rows)
        db.session.commit()
    last = f"{MARCH}?page={MOST // ROWS}"
    page = ada.get(last)
    assert len(page.tree.all("th", lambda e: e.get("class") == "cal-list-what")) == ROWS
    assert turned(page, "next") is None
    assert "There is more here than can be shown at once. Look at one day at a time." in page.text
    assert "There is more here" not in ada.get(f"{MARCH}?page={MOST // ROWS - 1}").text
    with in_rows(web):
        db.session.delete(db.session.scalars(sa.select(OutsideEvent).limit(1)).one())
        db.session.get_one(SyncedCalendar, calendar_id).begin_edition()
        db.session.commit()
    assert "There is more here" not in ada.get(last).text
