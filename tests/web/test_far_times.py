"""Days and times that no one ever means, wherever an address or a form may name one: there is an answer,
never a failure."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask

from extensions import db
from models import Interview, User
from services import services
from tests.factories import Team, schedule
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import draft_at

# Many requests, each of which computes free times.
pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.slow]

DAYS = {"0001-01-01": "00:00", "9999-12-31": "23:59", "2027-02-30": "10:00", "x": "x"}
INSTANTS = (
    "0001-01-01T00:00Z",
    "0001-01-01T00:00+14:00",
    "9999-12-31T23:59Z",
    "9999-12-31T23:59-12:00",
    "9999-12-31T23:59:59.999999-23:59",
    "2027-02-10T10:00",
    "2027-02-10T10:00+99:00",
    "\0",
)
VIEWS = ("day", "week", "month", "agenda", "list")
# A zone ahead of UTC and one behind it: each overflows a different end of the calendar.
ZONES = ("Pacific/Kiritimati", "Pacific/Pago_Pago")


@pytest.fixture
def interview_id(web: Flask, team: Team) -> int:
    with in_rows(web):
        return schedule(team.ada, team.dina, software=None)


def typed(day: str, time: str, zone: str) -> dict[str, str]:
    return {"date": day, "time": time, "duration_minutes": "1440", "timezone": zone}


def press(visitor: Visitor, address: str, fields: dict[str, Any]) -> None:
    """Send the form with a button for a time or a day: it is shown again, with or without a complaint."""
    answer = visitor.client.post(address, base_url=visitor.base_url, data=fields)
    assert answer.status_code in (200, 422), fields


@pytest.mark.parametrize("zone", ZONES)
def test_page_for_moving_an_interview_survives_any_time(ada: Visitor, interview_id: int, zone: str) -> None:
    here = f"/interviews/{interview_id}"
    as_it_is = ada.get(f"{here}/reschedule").fields("Reschedule")
    # Nothing was shown, so nothing is confirmed.
    as_it_is["shown"] = [""]
    for instant in INSTANTS:
        opened = ada.get(f"{here}/reschedule?{urlencode({'at': instant})}")
        assert opened.fields("Reschedule")["date"] == as_it_is["date"], instant
        ada.post(f"{here}/take-requested-time?{urlencode({'at': instant})}", leads_to=here)
        press(ada, f"{here}/reschedule", {**as_it_is, "timezone": zone, "at": instant})
    for day, time in DAYS.items():
        query = urlencode(typed(day, time, zone))
        ada.get(f"{here}/reschedule/look?{query}", htmx=True)
        ada.post(f"{here}/reschedule", {**as_it_is, **typed(day, time, zone)}, status=422)
        press(ada, f"{here}/reschedule", {**as_it_is, "timezone": zone, "on": day})


@pytest.mark.parametrize("zone", ZONES)
def test_dialog_survives_any_time(team: Team, ada: Visitor, zone: str) -> None:
    draft = draft_at(ada, team.dina.id, "date-time")
    sent = ada.get(f"{draft}/date-time").fields("Continue")
    for instant in INSTANTS:
        press(ada, f"{draft}/date-time", {**sent, "timezone": zone, "at": instant})
    for day, time in DAYS.items():
        query = urlencode(typed(day, time, zone))
        ada.get(f"{draft}/date-time/look?{query}", htmx=True)
        ada.post(f"{draft}/date-time", {**sent, **typed(day, time, zone)}, status=422)
        press(ada, f"{draft}/date-time", {**sent, "timezone": zone, "on": day})


@pytest.mark.parametrize("zone", ZONES)
def test_candidate_who_names_any_time_is_asked_again(web: Flask, interview_id: int, zone: str) -> None:
    dina = Visitor(web)
    with in_rows(web):
        link = services(web).candidate_links.page(db.session.get_one(Interview, interview_id))
    here = f"{link.removeprefix('http://localhost')}/move?{urlencode({'zone': zone})}"
    sent = dina.get(here).fields("Send request")
    for day, time in DAYS.items():
        dina.post(here, {**sent, "time-1-date": day, "time-1-time": time}, status=422)


def test_lists_and_calendar_survive_any_day(ada: Visitor, interview_id: int) -> None:
    for day in (*DAYS, *INSTANTS):
        assert "Dina Kaur" in ada.get(f"/interviews?{urlencode({'when': day, 'view': 'table'})}").text, day
        ada.get(f"/calendar?{urlencode({'month': day})}")
        for view in VIEWS:
            ada.get(f"/calendar/{view}/{quote(day)}", status=404)
    ada.get("/calendar?month=2027-02", leads_to="/calendar/month/2027-02-01")


@pytest.mark.parametrize("zone", ZONES)
def test_calendar_goes_from_its_first_day_to_its_last_and_no_further(
    web: Flask, team: Team, ada: Visitor, zone: str
) -> None:
    with in_rows(web):
        db.session.get_one(User, team.ada.id).timezone = zone
        db.session.commit()
    for view in VIEWS:
        for day in ("1999-12-31", "2101-01-01"):
            ada.get(f"/calendar/{view}/{quote(day)}", status=404)
        assert ada.get(f"/calendar/{view}/2000-01-01").link_to("prev") is None
        assert ada.get(f"/calendar/{view}/2100-12-31").link_to("next") is None
    # The weeks of the first month begin before that, with days that lead nowhere.
    links = ada.get("/calendar/month/2000-01-01").tree.all("a", lambda e: "/1999-" in e["href"])
    assert [link for link in links if link.get("class").startswith("for-")] == []
    assert "Later days" not in ada.get("/calendar/agenda/2100-12-31").text
    ada.get("/calendar/year/2027-02-01", status=404)
