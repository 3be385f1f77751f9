"""What is on at the same time for people, the candidate, or the Zoom account: it is pointed out, has to be
accepted, and is never accepted unseen."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from extensions import db
from models import Connection, Interview, InterviewStatus, Meeting, MeetingSoftware, Role
from scheduling.plans import Participant
from tests.factories import (
    Member,
    Team,
    connect_zoom,
    create_candidate,
    create_job,
    create_team,
    create_user,
    schedule,
)
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.conftest import SignIn
from tests.web.dialog_steps import draft_at, schedule_at_once, send, the_tick

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def eight(clock: Clock) -> datetime:
    """The instant of the usual answers, nine o'clock in Zurich."""
    return clock.now.replace(day=10, hour=8)


def interviews(app: Flask) -> int:
    with in_rows(app):
        return db.session.scalar(db.select(db.func.count(Interview.id))) or 0


def guest(member: Member) -> tuple[Participant, ...]:
    return (Participant(member.name, member.email, member.id),)


def clashes_on(page: Page) -> list[str]:
    """The lines of the box, without what was accepted before."""
    boxes = page.tree.all("section", lambda e: e.get("class") == "clashes")
    return [item.text for box in boxes for item in box.all("li")]


def test_clash_has_to_be_accepted(web: Flask, team: Team, ada: Visitor, eight: datetime) -> None:
    schedule_at_once(ada, team.dina.id)
    with in_rows(web):
        other = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
    draft = draft_at(ada, other.id, "date-time")
    page = send(ada, draft, "date-time", status=422, time="09:30")
    assert clashes_on(page) == ["Ben Frei has another interview with Dina Kaur from 09:00 to 09:45 CET."]
    assert "check “Schedule anyway”" in page.error_at("accepted_clashes")
    send(ada, draft, "date-time", time="09:45")
    send(ada, draft, "date-time", time="08:15")
    page = send(ada, draft, "date-time", status=422, time="09:30")
    ada.submit(page, "Continue", leads_to=f"{draft}/attendees", accepted_clashes=the_tick(page))
    page = ada.get(f"{draft}/date-time")
    assert page.value_of("Continue", "accepted_clashes") == the_tick(page)
    assert "Accepted" in clashes_on(page)[0]
    for step in ("attendees", "details", "preview"):
        send(ada, draft, step)
    # The last step shows what was accepted on the way, and what came up since.
    accepted = "Accepted conflicts Ben Frei has another interview with Dina Kaur from 09:00 to 09:45 CET."
    page = ada.get(f"{draft}/finalize")
    assert accepted in page.words
    assert "New conflicts" not in page.words
    with in_rows(web):
        nora = create_candidate("Nora Lund", "nora@mail.example", team.job_id)
        later = schedule(team.ada, nora, starts_at=eight + timedelta(minutes=60), software=None)
    page = ada.get(f"{draft}/finalize")
    assert accepted in page.words
    assert (
        "New conflicts Ben Frei has another interview with Nora Lund from 10:00 to 10:45 CET." in page.words
    )
    ada.submit(page, "Schedule Interview", status=422)
    with in_rows(web):
        db.session.get_one(Interview, later).status = InterviewStatus.CANCELLED
        db.session.commit()
    send(ada, draft, "finalize")
    # With the one that was canceled.
    assert interviews(web) == 3


def test_check_mark_is_for_what_was_shown_beside_it_and_for_that_time(
    web: Flask, team: Team, ada: Visitor, eight: datetime
) -> None:
    with in_rows(web):
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        schedule(team.ada, omar, starts_at=eight, software=None)
    draft = draft_at(ada, team.dina.id, "date-time")
    page = send(ada, draft, "date-time", status=422)
    old_tick = the_tick(page)
    ada.submit(page, "Continue", status=422, accepted_clashes=old_tick, time="09:15")
    ada.submit(page, "Continue", status=422, accepted_clashes="y")
    with in_rows(web):
        schedule(team.ada, omar, starts_at=eight + timedelta(minutes=30), software=None)
    page = ada.submit(page, "Continue", status=422, accepted_clashes=old_tick)
    assert [line.endswith("Accepted") for line in clashes_on(page)] == [True, False]
    assert not page.fields("Continue").get("accepted_clashes")
    ada.submit(page, "Continue", leads_to=f"{draft}/attendees", accepted_clashes=the_tick(page))


def test_cancelled_interview_is_in_no_ones_way(web: Flask, team: Team, ada: Visitor) -> None:
    number = schedule_at_once(ada, team.dina.id)
    with in_rows(web):
        db.session.get_one(Interview, number).status = InterviewStatus.CANCELLED
        db.session.commit()
    schedule_at_once(ada, team.dina.id)


def test_only_busy_people_clash(web: Flask, team: Team, ada: Visitor, sign_in: SignIn) -> None:
    schedule_at_once(ada, team.dina.id)
    with in_rows(web):
        eva = create_user("Eva Lang", team.cleo.role)
        nora = create_candidate("Nora Lund", "nora@mail.example", create_job("Data Analyst", eva))
    schedule_at_once(sign_in(eva), nora.id)
    assert interviews(web) == 2


def test_candidate_who_has_an_interview_elsewhere_then_is_asked_about(
    web: Flask, team: Team, ada: Visitor, sign_in: SignIn, eight: datetime
) -> None:
    ada.submit(ada.get(f"/candidates/{team.dina.id}"), "Add to job", status=303, job=team.other_job_id)
    with in_rows(web):
        schedule(team.ada, team.dina, starts_at=eight, software=None)
    # Cleo does not see Ben's job: she learns that Dina is busy then, but not with whom.
    cleo = sign_in(team.cleo)
    draft = draft_at(cleo, team.dina.id, "date-time")
    page = send(cleo, draft, "date-time", status=422)
    assert clashes_on(page) == ["Dina Kaur has another interview from 09:00 to 09:45 CET."]
    assert "Backend Engineer" not in page.text
    [row] = page.tree.all("li", lambda e: "is-clash" in e.get("class"))
    assert row.text == "09:00–09:45 Busy: Dina Conflict"


def test_other_interview_is_named_to_those_who_may_see_it(
    web: Flask, team: Team, ada: Visitor, ben: Visitor, eight: datetime
) -> None:
    with in_rows(web):
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.other_job_id)
        # On Cleo's job, and Cleo is hers; Ben sees that Cleo is busy and not with whom.
        schedule(team.ada, omar, starts_at=eight, software=None)
        schedule(team.ada, team.dina, starts_at=eight, hiring_manager=team.cleo, software=None)
        nora = create_candidate("Nora Lund", "nora@mail.example", team.job_id)
    for visitor, named in ((ada, ["Omar Haddad", "Dina Kaur"]), (ben, ["Dina Kaur"])):
        draft = draft_at(visitor, nora.id, "attendees")
        page = send(visitor, draft, "attendees", status=422, people=[str(team.cleo.id)])
        withs = [line.partition(" with ")[2].partition(" from ")[0] for line in clashes_on(page)]
        assert [name for name in withs if name] == named
        [busy] = [e.text for e in page.tree.all("span") if e.text.startswith("Busy")]
        assert busy == f"Busy: {' and '.join(named)}"
        assert ("Omar" in page.text) is (visitor is ada)
    # The candidate's own other interview says for which job.
    draft = draft_at(ada, team.dina.id, "date-time")
    page = send(ada, draft, "date-time", status=422)
    assert clashes_on(page) == [
        "Dina Kaur has another interview for Backend Engineer from 09:00 to 09:45 CET."
    ]


# People chosen after the time


def test_person_chosen_on_attendees_is_checked_there_with_the_same_tick(
    web: Flask, team: Team, ada: Visitor, eight: datetime
) -> None:
    with in_rows(web):
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.other_job_id)
        nora = create_candidate("Nora Lund", "nora@mail.example", team.job_id)
        schedule(team.ada, omar, starts_at=eight, software=None)
        schedule(team.ada, nora, starts_at=eight, software=None)
    draft = draft_at(ada, team.dina.id, "date-time")
    page = send(ada, draft, "date-time", status=422)
    ada.submit(page, "Continue", leads_to=f"{draft}/attendees", accepted_clashes=the_tick(page))
    # Ben's was accepted with the time and is not asked about again.
    assert clashes_on(ada.get(f"{draft}/attendees")) == []
    page = send(ada, draft, "attendees", status=422, people=[str(team.cleo.id)])
    assert clashes_on(page) == [
        "Cleo Marin has another interview with Omar Haddad from Wed 10 Feb, 09:00 CET to 09:45."
    ]
    ada.submit(page, "Continue", leads_to=f"{draft}/details", accepted_clashes=the_tick(page))
    page = ada.get(f"{draft}/date-time")
    assert [line.endswith("Accepted") for line in clashes_on(page)] == [True, True]
    for step in ("details", "preview", "finalize"):
        send(ada, draft, step)
    assert interviews(web) == 3


# In the writing transaction


def test_only_the_clash_that_arose_since_is_named_at_the_end(
    web: Flask, team: Team, ada: Visitor, eight: datetime
) -> None:
    with in_rows(web):
        nora = create_candidate("Nora Lund", "nora@mail.example", team.other_job_id)
        schedule(team.ada, nora, starts_at=eight, software=None)
    draft = draft_at(ada, team.dina.id, "attendees")
    page = send(ada, draft, "attendees", status=422, people=[str(team.cleo.id)])
    ada.submit(page, "Continue", leads_to=f"{draft}/details", accepted_clashes=the_tick(page))
    for step in ("details", "preview"):
        send(ada, draft, step)
    page = ada.get(f"{draft}/finalize")
    with in_rows(web):
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        schedule(team.ada, omar, starts_at=eight + timedelta(minutes=30), software=None)
    page = ada.submit(page, "Schedule Interview", status=422)
    assert page.step_heading == "Date & Time"
    assert page.error_at("accepted_clashes").startswith(
        "Ben Frei (with Omar Haddad) just got another interview at this time."
    )
    assert [line.endswith("Accepted") for line in clashes_on(page)] == [True, False]
    assert interviews(web) == 2
    ada.submit(page, "Save and go to Finalize", leads_to=f"{draft}/finalize", accepted_clashes=the_tick(page))
    send(ada, draft, "finalize")
    assert interviews(web) == 3


# The Zoom account


@pytest.fixture
def zoomers(connected: Flask, simulators: Simulators) -> tuple[Flask, Team]:
    """Ada's Zoom account is connected and no one else's, so she hosts whatever she schedules."""
    with in_rows(connected):
        team = create_team()
        connect_zoom(team.ada, simulators)
    return connected, team


@pytest.mark.parametrize("is_made", [True, False], ids=["meeting made", "meeting still to be made"])
def test_zoom_account_that_hosts_another_meeting_then_is_asked_about(
    zoomers: tuple[Flask, Team], eight: datetime, is_made: bool
) -> None:
    app, team = zoomers
    with in_rows(app):
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.other_job_id)
        number = schedule(team.ada, omar, starts_at=eight)
        meeting = db.session.scalars(db.select(Meeting).where(Meeting.interview_id == number)).one()
        meeting.connection_id = 1 if is_made else None
        db.session.commit()
    ada = Visitor(app).enter(team.ada)
    draft = draft_at(ada, team.dina.id, "date-time")
    page = send(ada, draft, "date-time", status=422)
    [words] = clashes_on(page)
    assert words.startswith("Ada's Zoom account already has a meeting with Omar Haddad from 09:00 to 09:45")
    assert "can run only one at a time" in words
    ada.submit(page, "Continue", leads_to=f"{draft}/attendees", accepted_clashes=the_tick(page))
    for step in ("attendees", "details", "preview", "finalize"):
        send(ada, draft, step)
    assert interviews(app) == 2


Spoil = Callable[[Meeting], None]


def no_longer_wanted(meeting: Meeting) -> None:
    meeting.is_wanted = False


def of_other_software(meeting: Meeting) -> None:
    meeting.software = MeetingSoftware.TEAMS


@pytest.mark.parametrize("spoil", [no_longer_wanted, of_other_software])
def test_meeting_that_does_not_need_the_zoom_account_is_not_in_its_way(
    zoomers: tuple[Flask, Team], eight: datetime, spoil: Spoil
) -> None:
    app, team = zoomers
    with in_rows(app):
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.other_job_id)
        number = schedule(team.ada, omar, starts_at=eight)
        spoil(db.session.scalars(db.select(Meeting).where(Meeting.interview_id == number)).one())
        db.session.commit()
    ada = Visitor(app).enter(team.ada)
    send(ada, draft_at(ada, team.dina.id, "date-time"), "date-time")


def test_zoom_account_taken_between_the_last_two_clicks_is_found(
    zoomers: tuple[Flask, Team], eight: datetime
) -> None:
    app, team = zoomers
    ada = Visitor(app).enter(team.ada)
    draft = draft_at(ada, team.dina.id, "finalize")
    page = ada.get(f"{draft}/finalize")
    with in_rows(app):
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.other_job_id)
        schedule(team.ada, omar, starts_at=eight)
    page = ada.submit(page, "Schedule Interview", status=422)
    assert page.error_at("accepted_clashes").startswith("Ada's Zoom account just got another meeting")
    assert interviews(app) == 1


def test_basic_plan_is_warned_about_as_the_duration_is_typed(zoomers: tuple[Flask, Team]) -> None:
    app, team = zoomers
    with in_rows(app):
        db.session.scalars(db.select(Connection)).one().plan = "basic"
        db.session.commit()
    ada = Visitor(app).enter(team.ada)
    look = f"{draft_at(ada, team.dina.id, 'date-time')}/date-time/look"
    when = "date=2027-02-10&time=09:00&timezone=Europe/Zurich"
    assert "Basic plan" in ada.get(f"{look}?{when}&duration_minutes=41", htmx=True).text
    assert "Basic plan" not in ada.get(f"{look}?{when}&duration_minutes=40", htmx=True).text


# The day


def rows_of(page: Page) -> list[str]:
    return [item.text for item in page.tree.all("li", lambda e: "that-day-row" in e.get("class").split())]


def test_day_shows_the_wanted_time_among_the_teams_interviews(
    web: Flask, team: Team, ben: Visitor, eight: datetime
) -> None:
    with in_rows(web):
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        nora = create_candidate("Nora Lund", "nora@mail.example", team.other_job_id)
        eva = create_user("Eva Lang", Role.INTERVIEWER)
        schedule(team.ada, omar, starts_at=eight + timedelta(minutes=30), attendees=guest(eva), software=None)
        schedule(team.ada, omar, starts_at=eight + timedelta(hours=6), software=None)
        schedule(team.ada, nora, starts_at=eight + timedelta(hours=2), software=None)
        # Begins the day before and reaches into it; the next begins on the day after.
        schedule(team.ada, omar, starts_at=eight - timedelta(hours=10), duration_minutes=180, software=None)
        schedule(team.ada, omar, starts_at=eight + timedelta(hours=15), software=None)
    draft = draft_at(ben, team.dina.id, "date-time")
    page = ben.get(
        f"{draft}/date-time/look?date=2027-02-10&time=09:00&duration_minutes=45&timezone=Europe/Zurich",
        htmx=True,
    )
    assert rows_of(page) == [
        "09:00–09:45 This interview",
        "09:30–10:15 Omar Haddad (opens a new tab): Ben Conflict",
        # What is not near the chosen time is collapsed.
        "Until 02:00 Omar Haddad (opens a new tab): Ben",
        # Of a job that Ben does not see.
        "11:00–11:45 Busy: Cleo",
        "15:00–15:45 Omar Haddad (opens a new tab): Ben",
    ]
    assert "3 more that day" in page.text
    assert "Wednesday, 10 February" in page.text
    assert "Nora" not in page.html
    assert "Product Designer" not in page.html
    # The same day on another clock.
    page = ben.get(f"{draft}/date-time/look?date=2027-02-10&time=&timezone=Asia/Tokyo", htmx=True)
    assert rows_of(page) == [
        "07:00–10:00 Omar Haddad (opens a new tab): Ben",
        "17:30–18:15 Omar Haddad (opens a new tab): Ben",
        "19:00–19:45 Busy: Cleo",
        "23:00–23:45 Omar Haddad (opens a new tab): Ben",
    ]
    assert "4 interviews that day" in page.text
    page = ben.get(f"{draft}/date-time/look?date=2027-02-13&time=09:00&timezone=Europe/Zurich", htmx=True)
    assert "Everyone's free of other interviews that day" in page.text


def test_day_of_many_interviews_leads_to_the_calendar(
    web: Flask, team: Team, ada: Visitor, eight: datetime
) -> None:
    with in_rows(web):
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        for number in range(15):
            starts_at = eight + timedelta(minutes=30 * number)
            schedule(team.ada, omar, starts_at=starts_at, duration_minutes=15, software=None)
    draft = draft_at(ada, team.dina.id, "date-time")
    page = ada.get(f"{draft}/date-time/look?date=2027-02-10&time=&timezone=Europe/Zurich", htmx=True)
    assert "15 interviews that day" in page.text
    assert len(rows_of(page)) == 10
    [rest] = page.tree.all("a", lambda e: e.text.startswith("And 5 more in the calendar"))
    assert "Wednesday, 10 February" in ada.get(rest["href"]).text


def test_looking_at_a_time_saves_nothing_and_accepts_any_input(web: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "date-time")
    for typed in (
        "",
        "date=2027-02-30&time=25:00&duration_minutes=x&timezone=Mars/Olympus",
        "date=0001-01-01&time=00:00&duration_minutes=5&timezone=Asia/Tokyo",
        "date=9999-12-31&time=23:59&duration_minutes=1440&timezone=America/New_York",
        "date=2027-03-28&time=02:30&duration_minutes=45&timezone=Europe/Zurich",
        "date=2027-10-31&time=02:30&duration_minutes=45&timezone=Europe/Zurich",
        "date=2027-02-10&time=09:00&duration_minutes=" + "9" * 30 + "&timezone=Europe/Zurich",
        "date=2027-02-10&time=09:00&timezone=" + "x" * 3000,
        "accepted_clashes=" + "y+" * 2000,
    ):
        ada.get(f"{draft}/date-time/look?{typed}", htmx=True)
    assert ada.get(f"{draft}/date-time").value_of("Continue", "date") == "2027-02-02"
    page = ada.get(f"{draft}/date-time/look?date=2027-03-28&time=02:30&timezone=Europe/Zurich", htmx=True)
    assert "after 01:59 comes 03:00" in page.text
