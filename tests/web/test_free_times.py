"""The free times that Date & Time and Reschedule offer, and their buttons without a script."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from extensions import db
from models import Candidate, Interview, MeetingSoftware, Role, User
from scheduling.plans import Participant
from tests.factories import Team, create_candidate, create_connection, create_user, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.conftest import SignIn
from tests.web.dialog_steps import begin, draft_at, send, the_tick

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def eight(clock: Clock) -> datetime:
    """Nine o'clock in Zurich on the Wednesday after next."""
    return clock.now.replace(day=10, hour=8)


def chips(page: Page) -> list[str]:
    return [each.text for each in page.tree.all("button", lambda e: (e.get("id") or "").startswith("at-"))]


def days(page: Page) -> list[str]:
    return [each.text for each in page.tree.all("button", lambda e: "free-day" in (e.get("class") or ""))]


def pressed(page: Page) -> list[str]:
    return [
        each.text
        for each in page.tree.all("button", lambda e: e.get("aria-pressed") == "true" and bool(e.text))
    ]


def look(visitor: Visitor, draft: str, day: str, time: str = "", zone: str = "Europe/Zurich") -> Page:
    typed = f"date={day}&time={time}&duration_minutes=45&timezone={zone}"
    return visitor.get(f"{draft}/date-time/look?{typed}", htmx=True)


def press(visitor: Visitor, page: Page, name: str, value: str, **typed: str) -> Page:
    """Send a page's form with one of its buttons, as without a script, after typing something."""
    button = "Continue" if page.has_button("Continue") else "Reschedule"
    return visitor.post(page.address, {**page.fields(button), **typed, name: value})


def test_next_days_are_offered_with_their_free_times_and_the_whole_of_an_empty_one(
    team: Team, ada: Visitor, eight: datetime
) -> None:
    draft = draft_at(ada, team.dina.id, "date-time")
    page = ada.get(f"{draft}/date-time")
    # It is one in the afternoon of a Monday in Zurich.
    assert days(page) == ["Today 8 free", "Tue 2 19 free", "Wed 3 19 free", "Thu 4 19 free", "Fri 5 19 free"]
    assert "Tuesday, 2 February" in page.text
    assert chips(page)[0] == "08:00"
    assert chips(page)[-1] == "17:00"
    assert "Half hours when Dina and Ben are free, from 08:00 to 18:00 for everyone." in page.text
    assert page.tree.all("svg", lambda e: e.get("class") == "day-bars")
    # Further ahead, the days begin there; a weekend can be reached from the day before, and is marked.
    page = look(ada, draft, "2027-02-13")
    assert days(page)[:2] == ["Sat 13 19 free", "Mon 15 19 free"]
    assert "Saturday, 13 February Weekend" in page.text
    assert "Weekend" not in look(ada, draft, "2027-02-12").text


def test_people_with_commas_in_their_names_do_not_read_as_more_people(
    web: Flask, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        db.session.get_one(Candidate, team.dina.id).name = "Kaur, Ada"
        db.session.get_one(User, team.ben.id).name = "Frei, Ada"
        db.session.commit()
    page = ada.get(f"{draft_at(ada, team.dina.id, 'date-time')}/date-time")
    assert "Half hours when Kaur, Ada; and Frei, Ada are free" in page.text


@pytest.mark.parametrize("software", [MeetingSoftware.ZOOM, None])
def test_what_takes_the_people_or_the_account_is_not_offered(
    web: Flask, team: Team, ada: Visitor, eight: datetime, software: MeetingSoftware | None
) -> None:
    with in_rows(web):
        create_connection(team.ada.id)
        nora = create_candidate("Nora Lund", "nora@mail.example", team.other_job_id)
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        schedule(team.ada, omar, starts_at=eight, software=None)
        schedule(team.ada, nora, starts_at=eight + timedelta(hours=2), software=software)
        db.session.commit()
    draft = draft_at(ada, team.dina.id, "date-time")
    found = chips(look(ada, draft, "2027-02-10"))
    assert not {"08:30", "09:00", "09:30"} & set(found)
    assert "10:00" in found
    # Cleo's interview is in no one's way, except for the account that hosts both.
    assert ({"11:00", "11:30"} <= set(found)) is (software is None)
    assert "Ada's Zoom account" in look(ada, draft, "2027-02-10").text


def test_interview_that_may_not_be_seen_takes_time_but_is_not_shown(
    web: Flask, team: Team, sign_in: SignIn, eight: datetime
) -> None:
    with in_rows(web):
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        nora = create_candidate("Nora Lund", "nora@mail.example", team.other_job_id)
        schedule(team.ada, omar, starts_at=eight, software=None)
    cleo = sign_in(team.cleo)
    # Ben attends, whose interview with Omar is not Cleo's to see.
    draft = draft_at(cleo, nora.id, "details", {"attendees": {"people": [str(team.ben.id)]}})
    page = look(cleo, draft, "2027-02-10", "10:00")
    assert not {"08:30", "09:00", "09:30"} & set(chips(page))
    assert "09:00–09:45 Busy: Ben" in page.text
    assert "Omar" not in page.html
    assert "Backend" not in page.html


def test_a_time_is_chosen_by_one_button_and_nothing_typed_is_lost(team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "date-time")
    page = ada.get(f"{draft}/date-time")
    page = press(ada, page, "on", "2027-02-10", duration_minutes="60")
    assert page.value_of("Continue", "date") == "2027-02-10"
    assert page.value_of("Continue", "time") == ""
    assert "Please check" not in page.text
    page = press(ada, page, "at", "11:00", accepted_clashes="kept")
    sent = page.fields("Continue")
    assert (sent["date"], sent["time"], sent["duration_minutes"]) == (["2027-02-10"], ["11:00"], ["60"])
    assert pressed(page) == ["Wed 10 19 free", "11:00", "1 hr"]
    assert "11:00–12:00 This interview" in page.text
    # Nothing was saved on the way.
    assert ada.get(f"{draft}/date-time").value_of("Continue", "date") == "2027-02-02"
    ada.submit(page, "Continue", leads_to=f"{draft}/attendees")


@pytest.mark.parametrize(("at", "answer"), [("2027-10-31T00:30Z", "CEST"), ("2027-10-31T01:30Z", "CET")])
def test_button_of_an_hour_that_happens_twice_answers_which_one(
    web: Flask, clock: Clock, team: Team, ada: Visitor, at: str, answer: str
) -> None:
    clock.now = datetime(2027, 10, 29, 6, tzinfo=UTC)
    with in_rows(web):
        # A Sunday morning in Tokyo is the night in Zurich when the clocks go back.
        db.session.get_one(Candidate, team.dina.id).timezone = "Asia/Tokyo"
        db.session.get_one(User, team.ben.id).timezone = "Asia/Tokyo"
        db.session.commit()
    draft = draft_at(ada.enter(team.ada), team.dina.id, "date-time")
    page = press(ada, ada.get(f"{draft}/date-time"), "on", "2027-10-31")
    assert f"02:30 {answer}" in chips(page)
    page = press(ada, page, "at", at)
    assert page.fields("Continue")["occurrence"] == [at]
    assert f"02:30 {answer}" in pressed(page)
    ada.submit(page, "Continue", leads_to=f"{draft}/attendees")
    assert f"02:30 {answer}" in ada.get(f"{draft}/attendees").text


@pytest.mark.parametrize(
    "value", ["", "soon", "2027-02-30T10:00Z", "2027-02-10", "9999-12-31T23:59Z", "x" * 5000]
)
@pytest.mark.parametrize("name", ["at", "on"])
def test_anything_else_instead_of_a_time_breaks_nothing(
    team: Team, ada: Visitor, name: str, value: str
) -> None:
    draft = draft_at(ada, team.dina.id, "date-time")
    page = ada.get(f"{draft}/date-time")
    fields = {**page.fields("Continue"), name: value}
    status = ada.client.post(f"{draft}/date-time", base_url=ada.base_url, data=fields).status_code
    assert status in (200, 422)
    with in_rows(ada.app):
        assert db.session.scalar(db.select(db.func.count(Interview.id))) == 0


def test_interview_that_is_moved_is_never_in_its_own_way(
    web: Flask, team: Team, ada: Visitor, eight: datetime
) -> None:
    with in_rows(web):
        number = schedule(team.ada, team.dina, starts_at=eight, software=None)
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        schedule(team.ada, omar, starts_at=eight + timedelta(hours=2), software=None)
    page = ada.get(f"/interviews/{number}/reschedule")
    assert {"08:30", "09:00", "09:30"} <= set(chips(page))
    assert "09:00" in pressed(page)
    assert not {"10:30", "11:00", "11:30"} & set(chips(page))
    page = press(ada, page, "at", "2027-02-10T12:00Z", words="Ben is away.")
    assert page.value_of("Reschedule", "time") == "13:00"
    assert page.value_of("Reschedule", "words") == "Ben is away."
    # The consequences were shown with it, so one more press moves it.
    ada.submit(page, "Reschedule", leads_to=f"/interviews/{number}")
    with in_rows(web):
        assert db.session.get_one(Interview, number).starts_at == eight + timedelta(hours=4)
    # A copy is another interview, and the first one is in its way.
    again = begin(ada, team.dina.id)
    send(ada, again, "setup")
    assert "13:00" not in chips(look(ada, again, "2027-02-10"))


def test_two_people_and_an_account_of_one_interview_are_one_line(
    web: Flask, team: Team, ada: Visitor, eight: datetime
) -> None:
    with in_rows(web):
        create_connection(team.ada.id)
        eva = create_user("Eva Lang", Role.INTERVIEWER)
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        schedule(team.ada, omar, starts_at=eight, attendees=(Participant(eva.name, eva.email, eva.id),))
    draft = draft_at(ada, team.dina.id, "details", {"attendees": {"people": [str(eva.id)]}})
    page = look(ada, draft, "2027-02-10", "09:00")
    [box] = page.tree.all("section", lambda e: e.get("class") == "clashes")
    assert [line.text for line in box.all("li")] == [
        "Ben Frei and Eva Lang have another interview with Omar Haddad from 09:00 to 09:45 CET. "
        "It's on Ada's Zoom account, which can run only one meeting at a time."
    ]
    assert "09:00–09:45 Omar Haddad (opens a new tab): Ben, Eva, Ada's Zoom account Conflict" in page.text
    assert len(the_tick(page).split()) == 3


def test_attendees_offers_the_times_at_which_those_selected_are_free(
    web: Flask, team: Team, ada: Visitor, eight: datetime
) -> None:
    with in_rows(web):
        eva = create_user("Eva Lang", Role.INTERVIEWER)
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.other_job_id)
        guest = (Participant(eva.name, eva.email, eva.id),)
        schedule(team.ada, omar, starts_at=eight, attendees=guest, software=None)
    draft = draft_at(ada, team.dina.id, "attendees")
    assert "Everyone selected is free at" not in ada.get(f"{draft}/attendees").text
    page = send(ada, draft, "attendees", status=422, people=[str(eva.id)])
    others = [each for each in page.tree.all("button") if each.get("value").startswith("move-to")]
    assert [each.text for each in others] == ["08:00", "10:00", "10:30", "11:00", "11:30", "12:00"]
    fields = page.fields("Continue")
    moved = ada.post(page.address, {**fields, "direction": others[1]["value"]}, status=303)
    page = ada.follow(moved)
    assert "Wed 10 Feb, 10:00–10:45 CET" in page.text
    assert "Conflict" not in page.text
    # Eva stays selected.
    assert page.fields("Continue")["people"] == [str(eva.id)]
    ada.submit(page, "Continue", leads_to=f"{draft}/details")
    with_nothing = {**fields, "direction": "move-to whenever", "version": page.fields("Continue")["version"]}
    ada.post(page.address, with_nothing, status=303)
