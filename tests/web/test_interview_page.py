"""The page of an interview in every state, the poll that keeps it up to date, and the lists."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from background import make_runner
from extensions import db
from models import (
    FailureReason,
    Meeting,
    MeetingState,
    Task,
    TaskState,
    UserSession,
)
from tests.factories import (
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
from tests.pages.visitor import Visitor


def run_everything(app: Flask) -> None:
    with app.app_context():
        runner = make_runner(app)
        while runner.run_due():
            pass


def poll_address(page_html: str, interview_id: int) -> str:
    start = page_html.index(f'hx-get="/interviews/{interview_id}/deliveries') + len('hx-get="')
    return page_html[start : page_html.index('"', start)].replace("&amp;", "&")


def test_page_follows_an_interview_from_waiting_to_ready(connected: Flask, simulators: Simulators) -> None:
    with in_rows(connected):
        team = create_team()
        connect_zoom(team.ben, simulators)
        interview_id = schedule(team.ada, team.dina, passcode="s3cret-1", reminder_minutes=(60,))
    ada = Visitor(connected).enter(team.ada)
    page = ada.get(f"/interviews/{interview_id}")
    assert page.heading == "Dina Kaur"
    assert "Zoom meeting is being created" in page.text
    assert not page.tree.all("a", lambda e: e.text.startswith("Join"))
    poll = poll_address(page.html, interview_id)
    quiet = ada.get(poll, htmx=True, status=204)
    assert quiet.html == ""
    assert "HX-Request" in quiet.headers["Vary"]

    run_everything(connected)
    piece = ada.get(poll, htmx=True)
    assert "HX-Request" in piece.headers["Vary"]
    assert "Zoom meeting created on Ben's account" in piece.tree.text
    assert "Invitation sent to 2 people" in piece.tree.text
    assert "hx-get" not in piece.html
    assert "autofocus" not in piece.html
    page = ada.get(f"/interviews/{interview_id}")
    [join] = page.tree.all("a", lambda e: e.text.startswith("Join Zoom Meeting"))
    assert join["href"].startswith(simulators.zoom_url)
    assert join["target"] == "_blank"
    assert "noopener" in join["rel"]
    assert "s3cret-1" in page.text
    assert "Reminder queued for" in page.text
    assert "Ada Berg scheduled the interview" in page.text
    # Without htmx the address of the poll leads to the page.
    plain = ada.get(poll, leads_to=f"/interviews/{interview_id}")
    assert "HX-Request" in plain.headers["Vary"]


def test_page_says_what_is_missing_and_what_helps(connected: Flask, simulators: Simulators) -> None:
    with in_rows(connected):
        team = create_team()
        interview_id = schedule(team.ada, team.dina)
    run_everything(connected)
    ada = Visitor(connected).enter(team.ada)
    page = ada.get(f"/interviews/{interview_id}")
    assert "No one who can host has connected Zoom" in page.text
    [connect] = page.tree.all("a", lambda e: e.text == "Connect")
    assert connect["href"] == "/settings/account/connected-apps"
    assert "Invitation sent to 2 people" in page.text
    assert "No meeting link yet" in ada.get("/").text
    assert "No link yet" in ada.get("/interviews").text
    [mail] = simulators.wait_for_mails(1, to=team.dina.email)
    assert simulators.zoom_url not in mail.message.as_string()
    # Someone connects, presses the button, and the link follows.
    with in_rows(connected):
        connect_zoom(team.ben, simulators)
    answer = ada.submit(page, "Try again now", leads_to=f"/interviews/{interview_id}")
    assert "Trying again now" in ada.follow(answer).messages
    with in_rows(connected):
        ready = db.session.scalars(db.select(Task.kind).where(Task.state == "ready")).all()
    assert "sync_meeting" in ready
    run_everything(connected)
    assert "Join Zoom Meeting" in ada.get(f"/interviews/{interview_id}").text
    assert ada.post(f"/interviews/{interview_id}/retry", htmx=True).headers["HX-Redirect"]


def test_clicking_often_piles_up_no_work_and_is_noted_once(connected: Flask, team: Team) -> None:
    ada = Visitor(connected).enter(team.ada)
    with in_rows(connected):
        interview_id = schedule(team.ada, team.dina)
    run_everything(connected)
    for _ in range(40):
        ada.post(f"/interviews/{interview_id}/retry", leads_to=f"/interviews/{interview_id}")
    with in_rows(connected):
        waiting = db.select(Task).where(Task.kind == "sync_meeting", Task.state == "ready")
        assert len(db.session.scalars(waiting).all()) == 1
    assert ada.get(f"/interviews/{interview_id}").text.count("Ada Berg asked to try again") == 1


def test_what_was_refused_is_sent_again_one_by_one_or_together(
    connected: Flask, team: Team, simulators: Simulators
) -> None:
    ada = Visitor(connected).enter(team.ada)
    simulators.mail_switches(reject_recipients=dict.fromkeys((team.dina.email, team.ben.email), 550))
    with in_rows(connected):
        interview_id = schedule(team.ada, team.dina, software=None)
    run_everything(connected)
    page = ada.get(f"/interviews/{interview_id}")
    assert page.words.count("The mail server refused the email to") == 2
    assert [button.text for button in page.tree.all("button") if "gain" in button.text] == [
        "Send again",
        "Send again",
        "Send all again",
    ]
    simulators.mail_switches(reject_recipients={})
    answer = ada.submit(page, "Send all again", leads_to=f"/interviews/{interview_id}")
    assert "Sending again now." in ada.follow(answer).messages
    run_everything(connected)
    assert "Invitation sent to 2 people" in ada.get(f"/interviews/{interview_id}").words
    ada.post(f"/interviews/{interview_id}/send-again?mail=1&mail=x&mail=99999999999999999999", status=303)


def test_a_fault_of_ours_is_shown_to_the_owner_at_once_above_every_page(
    connected: Flask, team: Team, simulators: Simulators
) -> None:
    ada = Visitor(connected).enter(team.ada)
    simulators.mail_switches(answer_recipient="554 5.7.1 Relay access denied")
    with in_rows(connected):
        schedule(team.ada, team.dina, software=None)
    run_everything(connected)
    words = ada.get("/").words
    assert "Emails can't be sent." in words
    assert "MAIL_USERNAME and MAIL_PASSWORD" in words
    assert "Waiting now: 2." in words
    assert "Emails can't be sent." not in Visitor(connected).enter(team.ben).get("/").words
    assert "Relay access denied" in ada.get("/settings/system-log").words


def test_meeting_that_could_not_be_removed_can_be_tried_again(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        interview_id = schedule(team.ada, team.dina)
        meeting = db.session.scalars(db.select(Meeting)).one()
        meeting.is_wanted, meeting.state, meeting.host_id = False, MeetingState.READY, team.ben.id
        meeting.join_url, meeting.failure = "https://zoom.example/j/1", FailureReason.UNREACHABLE
        db.session.scalars(db.select(Task).where(Task.kind == "sync_meeting")).one().state = TaskState.DONE
        db.session.commit()
    page = ada.get(f"/interviews/{interview_id}")
    assert "The Zoom meeting hasn't been removed yet" in page.words
    ada.submit(page, "Try again now", leads_to=f"/interviews/{interview_id}")
    with in_rows(web):
        waiting = db.select(Task.state).where(Task.kind == "sync_meeting").order_by(Task.id)
        assert db.session.scalars(waiting).all() == [TaskState.DONE, TaskState.READY]


def test_poll_keeps_no_session_alive(clock: Clock, web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        interview_id = schedule(team.ada, team.dina)

    def last_seen() -> object:
        with in_rows(web):
            return db.session.scalar(db.select(UserSession.last_seen_at))

    page = ada.get(f"/interviews/{interview_id}")
    poll, before = poll_address(page.html, interview_id), last_seen()
    for _ in range(8):
        clock.move(timedelta(minutes=59))
        assert ada.get(poll, htmx=True, status=204)
    assert last_seen() == before
    clock.move(timedelta(minutes=10))
    gone = ada.get(poll, htmx=True, status=401)
    assert "HX-Redirect" not in gone.headers


@pytest.mark.usefixtures("clock")
def test_times_are_the_readers_own_with_the_other_zones_beside_them(web: Flask, team: Team) -> None:
    with in_rows(web):
        priya = create_user("Priya Nair", team.ada.role, timezone="Asia/Kolkata")
        dina = create_candidate("Nora Lund", "nora@mail.example", team.job_id, timezone="America/New_York")
        interview_id = schedule(team.ada, dina)
    page = Visitor(web).enter(priya).get(f"/interviews/{interview_id}")
    assert "14:30 Kolkata time" in page.text
    assert "10:00 CET, Zurich time" in page.text
    assert "04:00 EST for Nora Lund" in page.text


# Lists


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that run inside the block."""
    statements: list[str] = []

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def queries_of(visitor: Visitor, address: str) -> int:
    with counted(visitor.app) as statements:
        visitor.get(address)
    return len(statements)


def add_rows(team: Team, first: int, count: int) -> None:
    """Add more candidates with one interview each, each on a different job and with a different host."""
    for n in range(first, first + count):
        manager = create_user(f"Manager{n} Berg", team.ben.role)
        job_id = create_job(f"Job {n}", manager)
        candidate = create_candidate(f"Person {n}", f"person{n}@mail.example", job_id)
        interview_id = schedule(team.ada, candidate)
        meeting = db.session.scalars(db.select(Meeting).where(Meeting.interview_id == interview_id)).one()
        if n % 2:
            meeting.state = MeetingState.FAILED
        db.session.commit()


def test_lists_ask_the_same_number_of_questions_however_long_they_are(
    web: Flask, team: Team, ada: Visitor
) -> None:
    addresses = ("/", "/jobs", "/candidates", "/interviews", "/jobs/1", "/candidates/1")
    with in_rows(web):
        add_rows(team, 0, 2)
        schedule(team.ada, team.dina)
    for address in addresses:
        ada.get(address)
    few = {address: queries_of(ada, address) for address in addresses}
    with in_rows(web):
        add_rows(team, 2, 6)
        for n in range(4):
            schedule(team.ada, team.dina)
            create_candidate(f"Another {n}", f"another{n}@mail.example", team.job_id)
    assert {address: queries_of(ada, address) for address in addresses} == few
    assert {address: number for address, number in few.items() if number > 17} == {}
