"""Cancelling an interview: the meeting is removed, everyone who knows is told, and nothing is left behind."""

from datetime import timedelta

import pytest

from extensions import db
from models import FailureReason, Interview, InterviewStatus, MailState, MeetingState
from scheduling.commands.cancel import NothingToCancelError
from scheduling.commands.undo import TooLateError
from scheduling.mails.queue import CANCELLATION, INVITATION, REMINDER
from tests.factories import LENA, in_three_days
from tests.tasks.installation import Installation, another_runner
from tests.tasks.test_changed_meetings import scheduled
from work.mail import about_interview, let_leave_now, waiting
from work.protocol import ClaimedTask
from work.runner import Phase

DINA, BEN = "dina.kaur@mail.example", "ben@northlight.example"
UNDO_IS_OVER = 11


def status(installation: Installation, interview: int) -> InterviewStatus:
    with installation.reading():
        return db.session.get_one(Interview, interview).status


def test_everything_about_a_cancelled_interview_ends(installation: Installation) -> None:
    interview = scheduled(installation, reminder_minutes=(60,))
    installation.cancel(interview, "We've filled the role.")
    # Ten seconds in which nothing leaves.
    installation.run_due()
    assert len(installation.living_meetings()) == 1
    assert "waiting: Sending cancellation to 2 people…" in installation.progress(interview)
    assert not installation.is_settled(interview)
    installation.later(seconds=UNDO_IS_OVER)
    assert installation.living_meetings() == []
    start = f"{in_three_days():%Y-%m-%dT%H:%M}"
    for address in (DINA, BEN):
        assert installation.entries(address) == [("REQUEST", 0, start), ("CANCEL", 1, start)]
        invitation, cancellation = (mail.message for mail in installation.simulators.mails(address))
        assert cancellation["References"] == invitation["Message-ID"]
        whose = "on " if address == DINA else "with Dina Kaur – Backend Engineer, "
        assert str(cancellation["Subject"]).startswith(f"Cancelled: Interview {whose}")
        body = cancellation.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert "A message from Ada:\nWe've filled the role." in body.replace("\r\n", "\n")
    assert {mail.state for mail in installation.mails(interview, REMINDER)} == {MailState.DROPPED}
    page = installation.progress(interview)
    assert "done: Cancellation sent to 2 people Dina Kaur, Ben Frei" in page
    assert "done: Zoom meeting removed" in page
    assert installation.is_settled(interview)
    assert "Ada Berg cancelled the interview" in installation.timeline(interview)
    installation.later(hours=80)
    assert len(installation.simulators.mails()) == 4


def test_candidate_who_is_told_in_person_gets_no_email(sqlite_installation: Installation) -> None:
    interview = scheduled(sqlite_installation)
    sqlite_installation.cancel(interview, tells_candidate=False)
    sqlite_installation.later(seconds=UNDO_IS_OVER)
    assert [method for method, *_ in sqlite_installation.entries(DINA)] == ["REQUEST"]
    assert [method for method, *_ in sqlite_installation.entries(BEN)] == ["REQUEST", "CANCEL"]


def test_interview_is_cancelled_once(sqlite_installation: Installation) -> None:
    interview = scheduled(sqlite_installation)
    sqlite_installation.cancel(interview)
    with pytest.raises(NothingToCancelError):
        sqlite_installation.cancel(interview)


@pytest.mark.both_databases
def test_those_whose_invitation_left_a_process_that_died_are_told(installation: Installation) -> None:
    """The mail server has one person's invitation, and no one wrote that down. Its claim has run out by now,
    and it has not begun again."""
    installation.connect(installation.team.ben)
    interview = installation.schedule()
    installation.die_after("called", "send_mail")
    [taken] = {address for address in (DINA, BEN) if installation.simulators.mails(address)}
    installation.cancel(interview)
    installation.later(seconds=UNDO_IS_OVER)
    installation.until_grace_is_over()
    assert [method for method, *_ in installation.entries(taken)] == ["REQUEST", "CANCEL"]
    [other] = {DINA, BEN} - {taken}
    assert installation.simulators.mails(other) == []


def test_those_are_told_too_if_the_email_was_asked_for_again_meanwhile(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    installation.connect(installation.team.ben)
    interview = installation.schedule()
    released = installation.runner.release_forfeited

    def ask_again() -> int:
        with installation.writing():
            let_leave_now(waiting(about_interview(interview), INVITATION))
            db.session.commit()
        return released()

    installation.runner.release_forfeited = ask_again  # type: ignore[method-assign]
    installation.die_after("called", "send_mail")
    [taken] = {address for address in (DINA, BEN) if installation.simulators.mails(address)}
    installation.cancel(interview)
    installation.later(seconds=UNDO_IS_OVER)
    installation.until_grace_is_over()
    assert [method for method, *_ in installation.entries(taken)] == ["REQUEST", "CANCEL"]


def test_those_who_were_not_invited_yet_hear_nothing(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    installation.connect(installation.team.ben)
    interview = installation.schedule()
    installation.cancel(interview)
    installation.later(seconds=UNDO_IS_OVER)
    installation.until_grace_is_over()
    assert installation.simulators.mails() == []
    assert installation.living_meetings() == []
    assert installation.calls("create") == []
    assert installation.is_settled(interview)


@pytest.mark.parametrize("loses_answer", [False, True])
def test_create_that_is_under_way_leaves_nothing_behind(
    installation: Installation, loses_answer: bool
) -> None:
    installation.connect(installation.team.ben)
    interview = installation.schedule()
    if loses_answer:
        installation.simulators.zoom_switches(lose_next_creates=1)

    def cancel(phase: Phase, task: ClaimedTask) -> None:
        if (phase, task.kind) == ("called", "sync_meeting") and not installation.mails(
            interview, CANCELLATION
        ):
            with installation.reading():
                is_on = db.session.get_one(Interview, interview).status is InterviewStatus.SCHEDULED
            if is_on:
                installation.cancel(interview)

    another_runner(installation, on_phase=cancel).run_due()
    assert len(installation.living_meetings()) == 1
    for _ in range(8):
        installation.later(minutes=2)
    assert installation.living_meetings() == []
    assert installation.simulators.mails() == []
    assert {mail.state for mail in installation.mails(interview, INVITATION)} == {MailState.DROPPED}


def test_invitation_that_is_being_sent_is_followed_by_its_cancellation(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    interview = installation.schedule(software=None)

    def cancel(phase: Phase, task: ClaimedTask) -> None:
        if (phase, task.kind) == ("loaded", "send_mail") and not installation.mails(interview, CANCELLATION):
            installation.cancel(interview)

    another_runner(installation, on_phase=cancel).run_due()
    installation.later(seconds=UNDO_IS_OVER)
    # Hers was on its way, his was not.
    assert [method for method, *_ in installation.entries(DINA)] == ["REQUEST", "CANCEL"]
    assert installation.entries(BEN) == []


def test_cancellation_is_sent_however_late(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    interview = scheduled(installation)
    installation.simulators.mail_switches(reject_data=451)
    installation.cancel(interview)
    installation.later(seconds=UNDO_IS_OVER)
    installation.later(hours=80)
    installation.simulators.mail_switches(reject_data=None)
    installation.later(hours=2)
    assert [mail.state for mail in installation.mails(interview, CANCELLATION)] == [MailState.SENT] * 2


def test_delete_that_fails_is_shown_and_tried_again(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    interview = scheduled(installation)
    installation.simulators.zoom_switches(fail_next=1000, fail_status=503)
    installation.cancel(interview)
    installation.later(seconds=UNDO_IS_OVER)
    installation.until_grace_is_over()
    page = installation.progress(interview)
    assert "problem: The Zoom meeting hasn't been removed yet" in page
    assert [task.state for task in installation.tasks("sync_meeting")][-1] == "ready"
    installation.simulators.zoom_switches(fail_next=0)
    installation.later(hours=3)
    assert installation.living_meetings() == []
    assert "done: Zoom meeting removed" in installation.progress(interview)


def test_hosts_lost_grant_is_reported_with_what_helps(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    interview = scheduled(installation)
    installation.simulators.revoke(LENA)
    installation.cancel(interview)
    installation.later(seconds=UNDO_IS_OVER)
    assert installation.rows(interview)[0].failure is FailureReason.RECONNECT_NEEDED
    page = installation.progress(interview)
    assert "hasn't been removed yet" in page
    assert "Reconnect it in Settings → Connected Apps." in page
    # People are still told.
    assert "done: Cancellation sent to 2 people Dina Kaur, Ben Frei" in page
    installation.connect(installation.team.ben)
    installation.run_due()
    assert installation.living_meetings() == []


def test_undone_cancellation_leaves_no_trace_outside(installation: Installation) -> None:
    interview = scheduled(installation, reminder_minutes=(60,))
    before = installation.meeting(interview)
    installation.cancel(interview)
    installation.later(seconds=9)
    installation.undo(interview)
    assert status(installation, interview) is InterviewStatus.SCHEDULED
    installation.later(minutes=5)
    assert installation.meeting(interview) == before
    assert len(installation.living_meetings()) == 1
    assert len(installation.simulators.mails()) == 2
    assert {mail.state for mail in installation.mails(interview, REMINDER)} == {MailState.QUEUED}
    # The number is free again, and a real cancellation uses it.
    installation.cancel(interview)
    installation.later(seconds=UNDO_IS_OVER)
    assert [entry[:2] for entry in installation.entries(DINA)] == [("REQUEST", 0), ("CANCEL", 1)]


def test_undo_while_the_meeting_is_being_made_still_invites_everyone(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    installation.connect(installation.team.ben)
    interview = installation.schedule()

    def cancel(phase: Phase, task: ClaimedTask) -> None:
        if (phase, task.kind) == ("called", "sync_meeting"):
            installation.cancel(interview)

    another_runner(installation, on_phase=cancel).run_due()
    assert installation.rows(interview)[0].state is MeetingState.READY
    installation.undo(interview)
    installation.run_due()
    assert [entry[:2] for entry in installation.entries(DINA)] == [("REQUEST", 0)]
    assert len(installation.living_meetings()) == 1


def test_undo_comes_too_late_after_ten_seconds(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    interview = scheduled(installation)
    installation.cancel(interview)
    installation.clock.forward(timedelta(seconds=10))
    with pytest.raises(TooLateError):
        installation.undo(interview)
    assert status(installation, interview) is InterviewStatus.CANCELLED
