"""Each mail leaves once, at its time; if one doesn't, the page explains why."""

from datetime import timedelta

import pytest

import background
from extensions import db
from models import Lane, Mail, MailState, TaskState
from scheduling.mails.queue import REMINDER
from tests.machines.application import build_app, close_app, settings_for
from tests.tasks.installation import Installation

DINA = "dina.kaur@mail.example"


@pytest.fixture
def installation(sqlite_installation: Installation) -> Installation:
    sqlite_installation.connect(sqlite_installation.team.ben)
    return sqlite_installation


def test_reminders_leave_at_their_time(installation: Installation) -> None:
    start = installation.clock.now + timedelta(hours=30)
    interview = installation.schedule(starts_at=start, reminder_minutes=(1440, 60))
    installation.run_due()
    assert len(installation.simulators.mails(DINA)) == 1
    installation.later(hours=5, minutes=59)
    assert len(installation.simulators.mails(DINA)) == 1
    installation.later(minutes=1)
    assert len(installation.simulators.mails(DINA)) == 2
    installation.later(hours=22, minutes=59)
    assert len(installation.simulators.mails(DINA)) == 2
    installation.later(minutes=1)
    assert len(installation.simulators.mails(DINA)) == 3
    reminders = installation.mails(interview, REMINDER)
    assert [mail.state for mail in reminders] == [MailState.SENT] * 6
    assert "Reminder sent to 3 people" in installation.progress(interview)


def test_reminder_whose_time_had_passed_at_scheduling_is_shown_as_dropped(installation: Installation) -> None:
    start = installation.clock.now + timedelta(hours=2)
    interview = installation.schedule(starts_at=start, reminder_minutes=(1440, 60))
    installation.run_due()
    page = installation.progress(interview)
    assert "dropped: No reminder 24 hours before The interview was already less than 24 hours away." in page
    installation.later(hours=1)
    assert len(installation.simulators.mails(DINA)) == 2


def test_reminder_of_a_server_that_was_down_is_sent_late_but_never_too_late(
    installation: Installation,
) -> None:
    start = installation.clock.now + timedelta(hours=30)
    interview = installation.schedule(starts_at=start, reminder_minutes=(1440, 60))
    installation.run_due()
    installation.later(hours=20)
    assert len(installation.simulators.mails(DINA)) == 2
    installation.later(hours=9, minutes=56)
    assert len(installation.simulators.mails(DINA)) == 2
    last = [mail for mail in installation.mails(interview, REMINDER) if mail.occasion == "r0-60"]
    assert {mail.state for mail in last} == {MailState.DROPPED}
    assert last[0].words == "It would have come too late to help."


def test_invitation_to_a_past_interview_is_dropped(installation: Installation) -> None:
    installation.simulators.mail_switches(defer_recipients={DINA: 451})
    interview = installation.schedule(starts_at=installation.clock.now + timedelta(hours=1))
    installation.run_due()
    installation.later(hours=3)
    mail, _ = installation.mails(interview)
    assert (mail.state, mail.words) == (MailState.DROPPED, "The interview is over.")


def test_mail_waits_for_a_mail_server_and_leaves_when_there_is_one(installation: Installation) -> None:
    settings = {**installation.simulators.settings(), "MAIL_SERVER": ""}
    config = installation.app.config
    app = build_app(settings_for(config["DATABASE_URL"], config["INSTANCE_PATH"], settings))
    interview = installation.schedule()
    background.make_runner(app).run_due()
    assert [mail.state for mail in installation.mails(interview)] == [MailState.QUEUED] * 2
    assert (
        "Waiting for a mail server: MAIL_SERVER and MAIL_DEFAULT_SENDER have to be set."
        in installation.progress(interview)
    )
    assert all(task.failures == 0 for task in installation.tasks("send_mail"))
    close_app(app)
    installation.later(minutes=6)
    assert [mail.state for mail in installation.mails(interview)] == [MailState.SENT] * 2


def test_refused_recipient_is_shown_on_the_page_while_the_others_get_theirs(
    installation: Installation,
) -> None:
    installation.simulators.mail_switches(reject_recipients={DINA: 550})
    interview = installation.schedule()
    installation.run_due()
    assert [mail.state for mail in installation.mails(interview)] == [MailState.FAILED, MailState.SENT]
    page = installation.progress(interview)
    assert "problem: Invitation to Dina Kaur could not be delivered" in page
    assert "no such mailbox" in page
    assert "done: Invitation sent to 1 person Ben Frei" in page
    assert any("could not be delivered" in line for line in installation.timeline(interview))
    installation.later(hours=12)
    assert installation.simulators.mails(DINA) == []


def test_mail_whose_receipt_was_lost_is_tried_again_as_the_same_message(
    installation: Installation,
) -> None:
    installation.simulators.mail_switches(drop_after_data=1)
    interview = installation.schedule()
    installation.run_due()
    [in_doubt] = [mail for mail in installation.mails(interview) if mail.state is MailState.QUEUED]
    assert in_doubt.may_be_double
    assert "before the mail server said whether it took the email" in installation.progress(interview)
    installation.later(minutes=1)
    installation.later(hours=12)
    twice = installation.simulators.mails(in_doubt.address)
    assert len(twice) == 2
    assert {mail.message["Message-ID"] for mail in twice} == {in_doubt.message_id}
    assert [mail.state for mail in installation.mails(interview)] == [MailState.SENT] * 2


def test_deferred_mail_waits_while_the_others_of_the_interview_leave(installation: Installation) -> None:
    installation.simulators.mail_switches(defer_recipients={DINA: 451})
    interview = installation.schedule(
        starts_at=installation.clock.now + timedelta(hours=24, minutes=1), reminder_minutes=(1440,)
    )
    installation.run_due()
    assert [mail.state for mail in installation.mails(interview)] == [MailState.QUEUED, MailState.SENT]
    assert "try again later" in installation.progress(interview)
    installation.later(minutes=1)
    reminders = installation.mails(interview, REMINDER)
    assert [mail.state for mail in reminders] == [MailState.QUEUED, MailState.SENT, MailState.SENT]
    installation.simulators.mail_switches(defer_recipients={})
    installation.later(hours=1)
    assert len(installation.simulators.mails(DINA)) == 2


def test_zoom_that_keeps_failing_holds_up_no_reminder_of_the_interview(installation: Installation) -> None:
    installation.simulators.zoom_switches(fail_next=10_000, fail_status=503)
    start = installation.clock.now + timedelta(hours=24, minutes=1)
    interview = installation.schedule(starts_at=start, reminder_minutes=(1440,))
    installation.run_due()
    installation.later(minutes=1)
    [sync] = installation.tasks("sync_meeting")
    assert sync.state is TaskState.READY
    assert [mail.state for mail in installation.mails(interview, REMINDER)] == [MailState.SENT] * 3
    assert [mail.state for mail in installation.mails(interview)] == [MailState.QUEUED] * 2


def test_mail_that_cannot_be_made_is_reported_on_the_page_and_holds_up_no_one(
    installation: Installation,
) -> None:
    interview = installation.schedule()
    installation.run_due(Lane.PROVIDER)
    with installation.writing():
        first = db.session.scalars(db.select(Mail).order_by(Mail.id)).first()
        assert first is not None
        # A newer version of the product wrote this one, and then an older one was put back.
        first.kind = "telegram"
        db.session.commit()
    installation.run_due()
    for _ in range(4):
        installation.later(hours=2)
    assert [mail.state for mail in installation.mails(interview)] == [MailState.SENT]
    assert [mail.state for mail in installation.mails(interview, "telegram")] == [MailState.FAILED]
    page = installation.progress(interview)
    assert "problem: Email to Dina Kaur could not be delivered The email could not be made" in page
    assert TaskState.DEAD in {task.state for task in installation.tasks("send_mail")}


def test_only_the_most_urgent_of_reminders_that_are_due_together_leaves(installation: Installation) -> None:
    start = installation.clock.now + timedelta(hours=30)
    interview = installation.schedule(starts_at=start, reminder_minutes=(1440, 60))
    installation.run_due()
    installation.clock.forward(timedelta(hours=29, minutes=30))
    installation.run_due()
    states = {mail.occasion: mail.state for mail in installation.mails(interview, REMINDER)}
    assert states == {"r0-1440": MailState.DROPPED, "r0-60": MailState.SENT}
    assert "A later reminder goes out at the same time." in installation.progress(interview)
    body = installation.simulators.mails(DINA)[-1].message.get_body(("plain",))
    assert body is not None
    assert "starts in" not in body.get_content()


def test_a_reminder_is_shown_under_its_readers_own_invitation(installation: Installation) -> None:
    start = installation.clock.now + timedelta(hours=2)
    installation.schedule(starts_at=start, reminder_minutes=(60,))
    installation.run_due()
    installation.later(hours=1)
    for address in (DINA, installation.team.ben.email):
        invitation, reminder = installation.simulators.mails(address)
        assert invitation.message["References"] is None
        assert reminder.message["References"] == invitation.message["Message-ID"]
        assert reminder.message["In-Reply-To"] == invitation.message["Message-ID"]
