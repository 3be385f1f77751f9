"""The system log: who did what, and background work that needs a look."""

from datetime import UTC, datetime, timedelta

from flask import Flask

from accounts import audit
from accounts.audit import PAGE_SIZE, Event
from connections.revocation import REVOKE_GRANT
from extensions import db
from models import (
    AuditEntry,
    ConnectionState,
    FailureReason,
    Mail,
    MailState,
    Meeting,
    MeetingState,
    Task,
    TaskState,
    User,
)
from tasks.attention import work_needing_attention
from tasks.grants import REFRESH_CONNECTION
from tests.accounts.mails import do_background_work
from tests.factories import PASSWORD, Team, create_connection, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from timezones import utc_now
from work import outbox

LOG = "/settings/system-log"
TROUBLE = "The Zoom meeting could not be created, Dina Kaur, Backend Engineer Interview"


def test_sign_ins_sign_outs_and_failures_are_recorded(web: Flask, team: Team, ada: Visitor) -> None:
    Visitor(web).try_to_sign_in(team.ben.email, "wrong")
    Visitor(web).try_to_sign_in("nobody@northlight.example", "wrong")
    Visitor(web).sign_in(team.ben.email).post("/logout", status=303)
    words = ada.get(f"{LOG}?event=all").words
    for sentence in (
        "Someone tried to sign in as Ben Frei with a wrong password.",
        "Someone tried to sign in with an address that no one here has.",
        "Ben Frei signed in.",
        "Ben Frei signed out.",
        "Ada Berg set up Northlight.",
    ):
        assert sentence in words
    assert "nobody@northlight.example" not in words
    assert "from 127.0.0.1" in words


def test_newest_is_first_and_the_filter_leaves_one_kind(web: Flask, team: Team, ada: Visitor) -> None:
    Visitor(web).sign_in(team.ada.email)
    Visitor(web).try_to_sign_in(team.ben.email, "wrong")
    words = ada.get(f"{LOG}?event=all").words
    assert words.index("with a wrong password") < words.index("Ada Berg signed in.")
    words = ada.get(f"{LOG}?event=sign_in_failed").words
    assert "with a wrong password" in words
    assert "Ada Berg signed in." not in words
    words = ada.get(f"{LOG}?event=nonsense&page=-4").words
    assert "with a wrong password" in words


def test_signing_in_and_out_is_left_out_until_it_is_asked_for(web: Flask, team: Team, ada: Visitor) -> None:
    Visitor(web).sign_in(team.ben.email).post("/logout", status=303)
    Visitor(web).try_to_sign_in(team.ben.email, "wrong")
    words = ada.get(LOG).words
    for left_out in ("Ben Frei signed in.", "Ben Frei signed out."):
        assert left_out not in words
        assert left_out in ada.get(f"{LOG}?event=all").words
    assert "Ben Frei signed in." in ada.get(f"{LOG}?event=signed_in").words
    # A failed attempt may be just what someone is looking for.
    assert "Someone tried to sign in as Ben Frei" in words
    assert "Ada Berg set up Northlight." in words


def test_each_line_names_the_person_once_and_is_under_its_day(web: Flask, clock: Clock, team: Team) -> None:
    # Requests of an earlier test in this thread may have left theirs.
    audit.acting_from("")
    with in_rows(web):
        user = db.session.get_one(User, team.ben.id)
        for now, words in (
            (datetime(2027, 2, 1, 22, 30, tzinfo=UTC), "Changed one thing."),
            # Already the next day in Zurich.
            (datetime(2027, 2, 1, 23, 30, tzinfo=UTC), "Ben Frei changed another."),
            (datetime(2027, 2, 3, 8, 0, tzinfo=UTC), "Ben Frei changed a third."),
        ):
            clock.now = now
            audit.record(Event.SETTINGS_CHANGED, words, user)
            db.session.commit()
    ada = Visitor(web).enter(team.ada)
    page = ada.get(f"{LOG}?event=settings_changed")
    [card] = page.tree.all("section", lambda e: e.get("id") == "happened")
    assert [title.text for title in card.all("h3")] == [
        "Today",
        "Yesterday",
        "Monday, 1 February 2027",
    ]
    assert [line.words for line in card.all("li")] == [
        "09:00 CET Ben Frei changed a third.",
        "00:30 CET Ben Frei changed another.",
        "23:30 CET Changed one thing. Ben Frei",
    ]


def test_long_logs_are_split_into_pages(web: Flask, ada: Visitor) -> None:
    with in_rows(web):
        for number in range(2 * PAGE_SIZE):
            audit.record(Event.SETTINGS_CHANGED, f"Change number {number:03}.", None)
        db.session.commit()
    first = ada.get(f"{LOG}?event=settings_changed").words
    second = ada.get(f"{LOG}?event=settings_changed&page=2").words
    assert first.count("Change number") == second.count("Change number") == PAGE_SIZE
    assert "Change number 099." in first
    assert "Change number 000." in second
    assert "Next" in first
    assert "Next" not in second


def test_secrets_stay_out_of_it(web: Flask, team: Team, ben: Visitor, simulators: Simulators) -> None:
    ben.post(
        "/settings/account/password", {"current": "my guess", "password": "a long new password"}, status=422
    )
    ben.post(
        "/settings/account/password", {"current": PASSWORD, "password": "a long new password"}, status=303
    )
    Visitor(web).post("/password-reset", {"email": team.ben.email}, status=200)
    do_background_work(web)
    with in_rows(web):
        words = " ".join(db.session.scalars(db.select(AuditEntry.words)))
    for secret in ("my guess", PASSWORD, "a long new password", "password-reset"):
        assert secret not in words


def test_words_with_markup_are_shown_and_not_obeyed(
    web: Flask, team: Team, ben: Visitor, ada: Visitor
) -> None:
    ben.post(
        "/settings/account/profile",
        {"name": "<script>alert(1)</script>", "timezone": "Europe/Zurich"},
        status=303,
    )
    ben.post("/logout", status=303)
    page = ada.get(f"{LOG}?event=all").html
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; signed out." in page


def test_healthy_work_is_not_listed(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        schedule(team.ada, team.dina)
        assert work_needing_attention() == []
    assert "All clear" in ada.get(LOG).words


def test_interview_without_a_link_is_listed_and_all_is_not_clear(
    web: Flask, clock: Clock, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        interview_id = schedule(team.ada, team.dina)
        meeting = db.session.scalars(db.select(Meeting).where(Meeting.interview_id == interview_id)).one()
        meeting.state, meeting.failure = MeetingState.FAILED, FailureReason.UNREACHABLE
        meeting.settled_at = utc_now()
        task = db.session.scalars(db.select(Task).where(Task.kind == "sync_meeting")).one()
        task.run_at, task.failures = utc_now() + timedelta(minutes=20), 3
        task.created_at = utc_now() - timedelta(hours=1)
        db.session.commit()
    page = ada.get(LOG)
    # What, whose, when, why, since when, the next try, and who can help; told once.
    for words in (
        "The Zoom meeting could not be created Dina Kaur, Backend Engineer Interview, Thu 4 Feb, 10:00 CET",
        "Zoom didn't answer in time.",
        "Since Mon 1 Feb, 13:00 CET · next try Mon 1 Feb, 13:20 CET · Ben Frei, Ada Berg can help",
    ):
        assert page.words.count(words) == 1
    assert "Making the online meeting" not in page.words
    assert "All clear" not in page.words
    assert f'href="/interviews/{interview_id}"' in page.html
    answer = ada.submit(page, f"Retry: {TROUBLE}", leads_to=LOG)
    assert "Trying again now." in ada.follow(answer).messages
    with in_rows(web):
        task = db.session.scalars(db.select(Task).where(Task.kind == "sync_meeting")).one()
        assert task.run_at <= utc_now()
    # No one joins an interview that is over.
    clock.move(timedelta(days=4))
    assert "could not be created" not in Visitor(web).enter(team.ada).get(LOG).words


def test_refused_email_and_ended_connection_are_listed(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        interview_id = schedule(team.ada, team.dina, software=None)
        mail = db.session.scalars(db.select(Mail).where(Mail.interview_id == interview_id).limit(1)).one()
        mail.state, mail.words, mail.code = MailState.FAILED, "550 unknown", 550
        create_connection(team.ben.id, state=ConnectionState.RECONNECT_NEEDED)
        db.session.commit()
    page = ada.get(LOG)
    words = page.words
    assert "Invitation to Dina Kaur could not be delivered Dina Kaur, Backend Engineer Interview" in words
    assert "550 unknown" in words
    assert "won't retry automatically" in words
    what = "Invitation to Dina Kaur could not be delivered, Dina Kaur, Backend Engineer Interview"
    answer = ada.submit(page, f"Send again: {what}", leads_to=LOG)
    assert "Sending again now." in ada.follow(answer).messages
    assert "Ben Frei's Zoom account Reconnect needed Only Ben Frei can reconnect it" in words
    assert "All clear" not in words


def test_notice_above_the_page_is_not_called_all_clear(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        create_connection(team.ada.id, credentials_refused=True)
    words = ada.get(LOG).words
    assert "doesn't accept this server's credentials" in words
    assert "All clear" not in words
    assert "Nothing besides the notices above" in words


def test_work_that_no_one_begins_and_work_that_keeps_failing_are_listed(
    web: Flask, clock: Clock, team: Team
) -> None:
    with in_rows(web):
        outbox.enqueue(REFRESH_CONNECTION, 1)
        outbox.enqueue(REVOKE_GRANT, 2)
        db.session.flush()
        failing = db.session.scalars(db.select(Task).where(Task.kind == "revoke_grant")).one()
        failing.failures, failing.last_error = 3, "Zoom cannot be reached."
        db.session.commit()
        clock.move(timedelta(minutes=4))
        assert work_needing_attention() == []
        clock.move(timedelta(minutes=12))
        failing.run_at = utc_now() + timedelta(hours=1)
        db.session.commit()
        found = {work.words: (work.state, work.problem) for work in work_needing_attention()}
    assert found == {
        "Renewing a connection": ("overdue", ""),
        "Telling a provider that someone disconnected": ("failing", "Zoom cannot be reached."),
    }


def test_mail_that_was_given_up_is_shown_with_its_interview_and_sent_with_one_click(
    web: Flask, team: Team, ada: Visitor, simulators: Simulators
) -> None:
    with in_rows(web):
        interview_id = schedule(team.ada, team.dina, software=None)
        task = db.session.scalars(db.select(Task).where(Task.kind == "send_mail").limit(1)).one()
        mail = db.session.get_one(Mail, task.payload["mail_id"])
        mail.state, mail.words = MailState.FAILED, "The mail could not be made."
        task.state, task.last_error = TaskState.DEAD, "KeyError in send_mail"
        db.session.commit()
        address, task_id = mail.address, task.id
    do_background_work(web)
    assert simulators.mails(address) == []
    page = ada.get(LOG)
    words = page.words
    assert "Sending an email: Invitation to Dina Kaur Given up" in words
    assert "KeyError in send_mail" in words
    assert f'href="/interviews/{interview_id}"' in page.html
    ada.post(f"{LOG}/retry/{task_id}", status=303)
    do_background_work(web)
    assert len(simulators.mails(address)) == 1
    words = ada.get(LOG).words
    assert "All clear" in words
    assert "Tried again: Sending an email: Invitation." in words


def test_work_that_was_asked_for_again_is_not_done_twice(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        for _ in range(2):
            outbox.enqueue(REFRESH_CONNECTION, 1, payload={"connection_id": 1}, dedupe_key="twin")
            db.session.flush()
            for task in db.session.scalars(db.select(Task).where(Task.state == TaskState.READY)):
                if db.session.scalar(db.select(db.func.count(Task.id))) == 1:
                    task.state, task_id = TaskState.DEAD, task.id
        db.session.commit()
    ada.post(f"{LOG}/retry/{task_id}", status=303)
    with in_rows(web):
        states = db.session.scalars(db.select(Task.state).order_by(Task.id)).all()
        assert states == [TaskState.DONE, TaskState.READY]


def test_page_says_if_there_is_nothing_to_retry(web: Flask, ada: Visitor) -> None:
    ada.post(f"{LOG}/retry/999", status=303)
    assert "Nothing to try again" in ada.get(LOG).words
