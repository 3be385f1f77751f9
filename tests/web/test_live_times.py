"""Date & Time and Reschedule ask people's calendars while someone chooses: their answers count at once, and
if they don't answer, what was read before is shown with its age."""

import re
import time
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from datetime import time as clock
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from flask import Flask

from extensions import db
from models import Role, SyncedCalendar
from scheduling.working_days import next_working_day
from tests.accounts.mails import do_background_work
from tests.factories import LENA, PRIYA, Member, Team, create_team, create_user, schedule
from tests.machines.application import MakeApp
from tests.machines.apps import Seeded
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web import google, microsoft
from tests.web.dialog_steps import USUAL, draft_at
from timezones import local_moment, parse_local, utc_now, zone_abbreviation

ZURICH = "Europe/Zurich"
# A lookup may take two seconds for calendars, and other things run on this machine.
AT_MOST = 4.5
# Much longer than anyone waits.
SLOW = 6000


@pytest.fixture
def settings(simulators: Simulators) -> Mapping[str, str]:
    return {**simulators.settings(), **simulators.google.settings(), **simulators.microsoft.settings()}


@pytest.fixture
def connected(make_app: MakeApp, settings: Mapping[str, str]) -> Flask:
    """The app with the simulated Google and Microsoft."""
    return make_app(settings)


@pytest.fixture
def people(connected: Flask, seeded: Seeded) -> Team:
    return seeded(connected, create_team)


@pytest.fixture
def ada(connected: Flask, people: Team) -> Visitor:
    return Visitor(connected).enter(people.ada)


@pytest.fixture
def ben(connected: Flask, people: Team) -> Visitor:
    """With his Google calendar, which was read."""
    visitor = Visitor(connected).enter(people.ben)
    google.connect_google(visitor, google.CALENDAR)
    do_background_work(connected)
    return visitor


@pytest.fixture
def day() -> date:
    return next_working_day(utc_now().date() + timedelta(days=1))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return parse_local(day, clock(hour, minute), ZURICH)


class Looked(NamedTuple):
    """What the page says after the chosen time, and how long it took."""

    page: Page
    seconds: float

    @property
    def known(self) -> dict[str, str]:
        """What the page says about everyone's calendar."""
        return known_on(self.page)

    @property
    def chips(self) -> list[str]:
        found = self.page.tree.all("button", lambda e: (e.get("id") or "").startswith("at-"))
        return [each.text for each in found]

    @property
    def conflicts(self) -> list[str]:
        boxes = self.page.tree.all("section", lambda e: e.get("class") == "clashes")
        return [line.text for box in boxes for line in box.all("li")]


def known_on(page: Page) -> dict[str, str]:
    [people] = page.tree.all("ul", lambda e: e.get("class") == "week-people")
    said = [line.all("span", lambda e: "week-known" in (e.get("class") or "")) for line in people.all("li")]
    names = [line.text.split()[1].removesuffix(":") for line in people.all("li")]
    return {name: spans[0].text if spans else "" for name, spans in zip(names, said, strict=True)}


def look(visitor: Visitor, address: str, day: date, time_of_day: str = "10:00") -> Looked:
    typed = f"date={day}&time={time_of_day}&duration_minutes=45&timezone={ZURICH}"
    begun = time.monotonic()
    page = visitor.get(f"{address}/look?{typed}", htmx=True)
    return Looked(page, time.monotonic() - begun)


def choosing(visitor: Visitor, people: Team, *attendees: Member) -> str:
    """The address of Date & Time of an interview with Ben and these people."""
    told = {"attendees": {"people": [str(each.id) for each in attendees]}}
    return f"{draft_at(visitor, people.dina.id, 'details', told)}/date-time"


def zone_on(day: date) -> str:
    return zone_abbreviation(at(day, 12), ZURICH)


@pytest.mark.parametrize("provider", ["google", "outlook"])
def test_what_a_calendar_says_in_time_counts_at_once(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor, day: date, provider: str
) -> None:
    ben, is_google = Visitor(connected).enter(people.ben), provider == "google"
    office, name = (simulators.google, "Google") if is_google else (simulators.microsoft, "Outlook")
    if is_google:
        google.connect_google(ben, google.CALENDAR)
    else:
        microsoft.connect_microsoft(ben, microsoft.CALENDAR)
    do_background_work(connected)
    # Since then.
    office.own_event(LENA, "Dentist", at(day, 10, 15), at(day, 11))
    draft = choosing(ada, people)
    page = ada.get(draft)
    assert re.fullmatch(rf"{name} as of \d\d:\d\d", known_on(page)["Ben"])
    [asking] = page.tree.all("div", lambda e: (e.get("hx-get") or "").endswith("/look"))
    assert asking["hx-trigger"].endswith(", load"), "the page asks as soon as it is loaded"
    looked = look(ada, draft, day)
    assert looked.known["Ben"] == f"{name}, checked just now"
    assert looked.conflicts == [f"Ben Frei is busy 10:15–11:00 {zone_on(day)} ({name})."]
    assert not {"10:00", "10:30"} & set(looked.chips)
    assert {"09:30", "11:00"} <= set(looked.chips)
    assert "Dentist" not in looked.page.html
    # Asked again at once, the answer is still good.
    calls = len(office.calls())
    assert look(ada, draft, day, "10:30").known["Ben"] == f"{name}, checked just now"
    assert len(office.calls()) == calls


@pytest.mark.slow
def test_page_does_not_wait_for_a_slow_calendar_and_shows_its_late_answer_with_the_next_look(
    simulators: Simulators, people: Team, ada: Visitor, ben: Visitor, day: date
) -> None:
    simulators.google.own_event(LENA, "Dentist", at(day, 10), at(day, 11))
    simulators.google.switches(latency_ms=SLOW)
    draft = choosing(ada, people)
    begun = time.monotonic()
    page = ada.get(draft)
    assert time.monotonic() - begun < AT_MOST / 2, "the page itself asks no one"
    looked = look(ada, draft, day)
    assert looked.seconds < AT_MOST
    assert re.fullmatch(r"Google as of \d\d:\d\d, didn't answer just now", looked.known["Ben"])
    assert re.fullmatch(r"Google as of \d\d:\d\d", known_on(page)["Ben"])
    assert looked.conflicts == []
    assert "10:00" in looked.chips
    simulators.google.switches(latency_ms=0)
    while looked.known["Ben"] != "Google, checked just now":
        assert time.monotonic() - begun < 30, looked.known
        looked = look(ada, draft, day)
    assert len(looked.conflicts) == 1
    assert "10:00" not in looked.chips


@pytest.mark.slow
def test_many_slow_calendars_are_waited_for_at_once(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor, ben: Visitor, day: date
) -> None:
    google.connect_google(ada, google.CALENDAR, PRIYA)
    with in_rows(connected):
        eva = create_user("Eva Lang", Role.INTERVIEWER)
        ida = create_user("Ida Moor", Role.INTERVIEWER)
    microsoft.connect_microsoft(Visitor(connected).enter(eva), microsoft.CALENDAR)
    do_background_work(connected)
    for office in (simulators.google, simulators.microsoft):
        office.switches(latency_ms=SLOW)
    draft = choosing(ada, people, people.ada, eva, ida)
    looked = look(ada, draft, day)
    assert looked.seconds < AT_MOST
    known = looked.known
    assert known.pop("Ida") == "calendar isn't connected"
    assert set(known) == {"Ben", "Ada", "Eva"}
    for name, words in known.items():
        app = "Outlook" if name == "Eva" else "Google"
        assert re.fullmatch(rf"{app} as of \d\d:\d\d, didn't answer just now", words), (name, words)


@pytest.mark.parametrize(
    ("switches", "why"),
    [
        ({"fail_next": 9, "fail_status": 503}, "didn't answer just now"),
        ({"fail_next": 9, "fail_status": 403}, "couldn't be asked just now"),
        ({"fail_next": 9, "fail_status": 429}, "couldn't be asked just now"),
        ({"bad_answer": "html"}, "didn't answer just now"),
        ({"freebusy_error": "notFound"}, "couldn't be asked just now"),
    ],
)
def test_calendar_that_refuses_to_say_is_shown_as_it_was_read(
    simulators: Simulators,
    people: Team,
    ada: Visitor,
    ben: Visitor,
    day: date,
    switches: dict[str, object],
    why: str,
) -> None:
    draft = choosing(ada, people)
    simulators.google.switches(**switches)
    looked = look(ada, draft, day)
    assert re.fullmatch(rf"Google as of \d\d:\d\d, {why}", looked.known["Ben"])
    assert "10:00" in looked.chips
    assert looked.seconds < AT_MOST


def test_calendar_that_cannot_be_reached_is_shown_as_it_was_read(
    make_app: MakeApp, settings: Mapping[str, str], people: Team, ada: Visitor, ben: Visitor, day: date
) -> None:
    away = make_app({**settings, "GOOGLE_CALENDAR_URL": "http://127.0.0.1:9/calendar/v3"})
    looked = look(Visitor(away).enter(people.ada), choosing(ada, people), day)
    assert re.fullmatch(r"Google as of \d\d:\d\d, didn't answer just now", looked.known["Ben"])
    assert looked.seconds < AT_MOST


def test_access_that_its_owner_took_back_is_pointed_out(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor, ben: Visitor, day: date
) -> None:
    draft = choosing(ada, people)
    simulators.google.revoke(LENA)
    looked = look(ada, draft, day)
    assert re.fullmatch(r"Google as of \d\d:\d\d, has to be reconnected", looked.known["Ben"])


def test_page_says_what_is_not_known_and_whose(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor, ben: Visitor, day: date
) -> None:
    with in_rows(connected):
        eva = create_user("Eva Lang", Role.INTERVIEWER)
        ida = create_user("Ida Moor", Role.INTERVIEWER)
        row = db.session.scalars(db.select(SyncedCalendar)).one()
        row.read_at = utc_now() - timedelta(days=3)
        old = row.read_at
        db.session.commit()
    # Connected, and not read yet.
    microsoft.connect_microsoft(Visitor(connected).enter(eva), microsoft.CALENDAR)
    for office in (simulators.google, simulators.microsoft):
        office.switches(fail_next=9, fail_status=503)
    draft = choosing(ada, people, eva, ida)
    page = ada.get(draft)
    moment = local_moment(old, ZURICH)
    as_of = f"{moment.short_date}, {moment.time}"
    assert known_on(page) == {
        "Ben": f"Google as of {as_of}, may have changed",
        "Eva": "Outlook hasn't been read yet",
        "Ida": "calendar isn't connected",
    }
    assert len(page.tree.all("span", lambda e: "is-unknown" in (e.get("class") or ""))) == 3
    assert look(ada, draft, day).known == {
        "Ben": f"Google as of {as_of}, didn't answer just now",
        "Eva": "Outlook hasn't been read yet, didn't answer just now",
        "Ida": "calendar isn't connected",
    }


def test_days_after_the_last_one_that_was_read_are_not_known(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor, ben: Visitor, day: date
) -> None:
    with in_rows(connected):
        row = db.session.scalars(db.select(SyncedCalendar)).one()
        assert row.until is not None
        last, further = local_moment(row.until, ZURICH).short_date, row.until.date() + timedelta(days=30)
    draft = choosing(ada, people)
    assert "read only up to" not in known_on(ada.get(draft))["Ben"]
    simulators.google.switches(fail_next=9, fail_status=503)
    looked = look(ada, draft, next_working_day(further))
    assert re.fullmatch(
        rf"Google as of \d\d:\d\d, read only up to {last}, didn't answer just now", looked.known["Ben"]
    )
    assert looked.page.tree.all("span", lambda e: "is-unknown" in (e.get("class") or ""))


def test_no_calendar_is_asked_where_no_one_has_connected_one(people: Team, ada: Visitor, day: date) -> None:
    draft = choosing(ada, people)
    page = ada.get(draft)
    assert known_on(page) == {"Ben": "calendar isn't connected"}
    [asking] = page.tree.all("div", lambda e: (e.get("hx-get") or "").endswith("/look"))
    assert "load" not in asking["hx-trigger"]


def test_two_calendars_of_one_person_are_each_named_where_they_say_busy(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor, ben: Visitor, day: date
) -> None:
    microsoft.connect_microsoft(ben, microsoft.CALENDAR)
    do_background_work(connected)
    simulators.google.own_event(LENA, "Dentist", at(day, 10), at(day, 10, 15))
    simulators.microsoft.own_event(LENA, "Choir", at(day, 10, 10), at(day, 10, 40))
    draft = choosing(ada, people)
    looked = look(ada, draft, day)
    assert looked.known["Ben"] == "Google and Outlook, checked just now"
    zone = zone_on(day)
    assert looked.conflicts == [
        f"Ben Frei is busy 10:00–10:15 {zone} (Google).",
        f"Ben Frei is busy 10:15–10:40 {zone} (Outlook).",
    ]


@pytest.mark.slow
def test_rescheduling_asks_too(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor, ben: Visitor, day: date
) -> None:
    with in_rows(connected):
        number = schedule(people.ada, people.dina, starts_at=at(day, 14), software=None)
    do_background_work(connected)
    simulators.google.own_event(LENA, "Dentist", at(day, 10), at(day, 11))
    moving = f"/interviews/{number}/reschedule"
    page = ada.get(moving)
    assert re.fullmatch(r"Google as of \d\d:\d\d", known_on(page)["Ben"])
    looked = look(ada, moving, day, "14:30")
    assert looked.known["Ben"] == "Google, checked just now"
    # The entry of the interview that is moved is in no one's way.
    assert looked.conflicts == []
    assert {"14:00", "14:30"} <= set(looked.chips)
    assert look(ada, moving, day).conflicts == [f"Ben Frei is busy 10:00–11:00 {zone_on(day)} (Google)."]
    simulators.google.switches(latency_ms=SLOW)
    further = look(ada, moving, next_working_day(day + timedelta(days=20)), "14:30")
    assert further.seconds < AT_MOST
    assert re.fullmatch(r"Google as of \d\d:\d\d, didn't answer just now", further.known["Ben"])


def test_list_of_slots_is_refused_for_being_empty_only_once_it_was_sent(
    connected: Flask, people: Team, ada: Visitor
) -> None:
    setup = {**USUAL["setup"], "method": "time_slots"}
    draft = draft_at(ada, people.dina.id, "date-time", {"setup": setup})
    page = ada.get(f"{draft}/date-time")
    typed = {"date": "2027-02-10", "time": "", "duration_minutes": "45", "timezone": ZURICH}
    look = f"{draft}/date-time/look?{urlencode(typed)}"
    looked = ada.get(look, htmx=True)
    assert "Times to choose from" in looked.text
    assert "Add at least one time." not in looked.text
    sent = ada.post(f"{draft}/date-time", {**page.fields("Continue"), "direction": "continue"}, status=422)
    assert "Add at least one time." in sent.text
    refused = sent.value_of("Continue", "refused")
    assert "Add at least one time." in ada.get(f"{look}&refused={refused}", htmx=True).text
    with_one = f"{look}&refused={refused}&slots=2027-02-10T08:00Z/45/{ZURICH}"
    assert "Add at least one time." not in ada.get(with_one, htmx=True).text
