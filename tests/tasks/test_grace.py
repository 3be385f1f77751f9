"""The invitation waits a little for its meeting, is sent without a link if necessary, and is corrected
later."""

import threading
from datetime import timedelta

import pytest
import vobject

from extensions import db
from models import FailureReason, Interview, Lane, MailState, MeetingState, RevisionReason, TaskState
from scheduling.mails import queue
from scheduling.meetings.wanting import enqueue_sync, wanted_meeting
from scheduling.revisions import raise_revision
from tests.factories import LENA
from tests.machines.locks import is_waiting_for_a_lock
from tests.machines.processes import wait_until
from tests.machines.simulators import ReceivedMail
from tests.tasks.installation import Installation, another_runner
from work import outbox
from work.mail import SEND_MAIL
from work.protocol import ClaimedTask

DINA = "dina.kaur@mail.example"


def text_of(mail: ReceivedMail) -> str:
    part = mail.message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def sequence_of(mail: ReceivedMail) -> str:
    [calendar, *_] = [part for part in mail.message.walk() if part.get_content_type() == "text/calendar"]
    content = calendar.get_payload(decode=True)
    assert isinstance(content, bytes)
    return str(vobject.readOne(content.decode()).vevent.sequence.value)


def test_invitation_carries_the_link_of_a_meeting_that_needed_a_few_tries(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(fail_next=3, fail_status=503)
    interview = installation.schedule()
    installation.run_due()
    assert installation.meeting(interview).state is MeetingState.WAITING
    assert installation.simulators.mails() == []
    for _ in range(6):
        installation.later(seconds=5)
    seen = installation.meeting(interview)
    assert seen.state is MeetingState.READY
    assert seen.join_url is not None
    [mail] = installation.simulators.mails(DINA)
    assert seen.join_url in text_of(mail)
    assert len(installation.living_meetings()) == 1


def test_grace_ends_with_one_invitation_without_a_link_and_a_late_meeting_corrects_it(
    installation: Installation,
) -> None:
    installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(fail_next=1000, fail_status=503)
    interview = installation.schedule()
    installation.run_due()
    installation.until_grace_is_over()
    seen = installation.meeting(interview)
    assert (seen.state, seen.failure) == (MeetingState.FAILED, FailureReason.UNREACHABLE)
    [first] = installation.simulators.mails(DINA)
    assert f"{installation.simulators.zoom_url}/j/" not in text_of(first)
    assert sequence_of(first) == "0"
    for _ in range(5):
        installation.later(minutes=3)
    assert len(installation.simulators.mails(DINA)) == 1

    installation.simulators.zoom_switches(fail_next=0)
    installation.later(hours=2)
    seen = installation.meeting(interview)
    assert seen.state is MeetingState.READY
    assert seen.join_url is not None
    [_, second] = installation.simulators.mails(DINA)
    assert seen.join_url in text_of(second)
    assert sequence_of(second) == "1"
    assert second.message["Message-ID"] != first.message["Message-ID"]
    assert [mail.state for mail in installation.mails(interview, revision=1)] == [MailState.SENT] * 2
    assert "Updated invitation sent to 2 people" in installation.progress(interview)


def test_tries_after_the_grace_time_begin_close_together(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(fail_next=1000, fail_status=503)
    installation.schedule()
    installation.run_due()
    waits = []
    for _ in range(40):
        [task] = installation.tasks("sync_meeting")
        wait = task.run_at - installation.clock.now
        if wait.total_seconds() > 60:
            waits.append(round(wait.total_seconds() / 60))
        installation.clock.forward(wait)
        installation.run_due()
        if len(waits) == 3:
            break
    assert waits[0] in (2, 3)
    assert 4 <= waits[1] <= 6
    assert 12 <= waits[2] <= 18


def test_invitation_that_has_not_left_is_dropped_for_a_corrected_one(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    installation.simulators.mail_switches(defer_recipients={DINA: 451})
    interview = installation.schedule()
    installation.run_due()
    assert [mail.state for mail in installation.mails(interview)] == [MailState.QUEUED, MailState.SENT]
    installation.simulators.mail_switches(defer_recipients={})
    installation.connect(installation.team.ben)
    installation.run_due()
    old, _ = installation.mails(interview, revision=0)
    assert old.state is MailState.DROPPED
    assert old.words == "A newer invitation takes its place."
    installation.later(hours=1)
    [mail] = installation.simulators.mails(DINA)
    assert sequence_of(mail) == "1"


def test_no_one_connected_fails_at_once_and_connecting_later_brings_the_link(
    installation: Installation,
) -> None:
    interview = installation.schedule()
    installation.run_due()
    seen = installation.meeting(interview)
    assert (seen.state, seen.failure) == (MeetingState.FAILED, FailureReason.NOT_CONNECTED)
    [first] = installation.simulators.mails(DINA)
    assert f"{installation.simulators.zoom_url}/j/" not in text_of(first)
    assert "Connect Zoom in Settings → Connected Apps" in installation.progress(interview)

    installation.connect(installation.team.ada, LENA)
    installation.run_due()
    seen = installation.meeting(interview)
    assert (seen.state, seen.host) == (MeetingState.READY, "Ada Berg")
    assert seen.join_url is not None
    [_, second] = installation.simulators.mails(DINA)
    assert seen.join_url in text_of(second)
    assert sequence_of(second) == "1"


def test_connecting_someone_else_changes_nothing(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    interview = installation.schedule()
    installation.run_due()
    installation.connect(installation.team.cleo, LENA)
    assert installation.run_due() == 0
    assert installation.meeting(interview).state is MeetingState.FAILED


def test_reconnecting_an_account_that_was_ruled_out_asks_it_again(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    installation.connect(installation.team.ben)
    installation.simulators.revoke(LENA)
    interview = installation.schedule()
    installation.run_due()
    assert installation.meeting(interview).failure is FailureReason.RECONNECT_NEEDED
    assert "Reconnect it" in installation.progress(interview)
    installation.connect(installation.team.ben)
    installation.run_due()
    assert installation.meeting(interview).state is MeetingState.READY


def test_interview_in_four_minutes_gets_its_meeting_at_once(installation: Installation) -> None:
    installation.connect(installation.team.ben)
    soon = installation.clock.now + timedelta(minutes=4, seconds=20)
    interview = installation.schedule(starts_at=soon)
    installation.run_due()
    seen = installation.meeting(interview)
    assert seen.state is MeetingState.READY
    assert seen.join_url is not None
    [mail] = installation.simulators.mails(DINA)
    assert seen.join_url in text_of(mail)


def test_interview_in_four_minutes_keeps_no_one_waiting_and_is_tried_until_the_start(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(fail_next=1000, fail_status=503)
    soon = installation.clock.now + timedelta(minutes=4, seconds=20)
    interview = installation.schedule(starts_at=soon)
    installation.run_due()
    for _ in range(6):
        installation.later(seconds=5)
    assert len(installation.simulators.mails(DINA)) == 1
    assert installation.meeting(interview).failure is FailureReason.UNREACHABLE
    assert "Next try to create the Zoom meeting We try until" in installation.progress(interview)
    # A minute before the start it is still tried, and a person's Try again now makes a call at any time.
    while installation.clock.now < soon - timedelta(seconds=60):
        installation.later(seconds=5)
    before = len(installation.simulators.ledger()["calls"])
    with installation.writing():
        enqueue_sync(interview)
        db.session.commit()
    installation.run_due()
    assert len(installation.simulators.ledger()["calls"]) > before
    installation.simulators.zoom_switches(fail_next=0)
    installation.later(seconds=40)
    assert installation.meeting(interview).state is MeetingState.READY


def test_invitation_that_leaves_before_anything_was_tried_blames_no_one(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    installation.connect(installation.team.ben)
    interview = installation.schedule()
    installation.clock.forward(installation.rules.grace)
    installation.run_due(Lane.MAIL)
    seen = installation.meeting(interview)
    assert (seen.state, seen.failure) == (MeetingState.FAILED, FailureReason.NOT_ASKED_YET)
    assert "did not answer" not in installation.progress(interview)
    assert "tried again now" in installation.progress(interview)


def test_tries_are_over_when_the_interview_starts_and_the_page_says_so(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(fail_next=1000, fail_status=503)
    interview = installation.schedule(starts_at=installation.clock.now + timedelta(minutes=10))
    installation.run_due()
    for _ in range(22):
        installation.later(seconds=30)
    assert "No Zoom meeting will be created" in installation.progress(interview)
    assert "keep trying" not in installation.progress(interview)
    [task] = installation.tasks("sync_meeting")
    assert task.state is TaskState.DONE


def test_tries_end_at_the_start(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    installation.schedule()
    installation.run_due()
    for _ in range(8):
        installation.later(hours=12)
    [task] = installation.tasks("sync_meeting")
    assert task.state is TaskState.DONE


def test_interview_by_phone_needs_no_meeting(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    installation.schedule(software=None)
    installation.run_due()
    assert installation.tasks("sync_meeting") == []
    assert len(installation.simulators.mails()) == 2


def test_link_that_comes_while_the_invitation_leaves_without_it_follows_at_once(
    installation: Installation,
) -> None:
    installation.connect(installation.team.ben)
    interview = installation.schedule()
    installation.clock.forward(installation.rules.grace)

    def meeting_is_made(phase: str, task: ClaimedTask) -> None:
        # The invitation without a link has left; before that is recorded, the meeting is there.
        if phase == "called":
            installation.run_due(Lane.PROVIDER)

    another_runner(installation, on_phase=meeting_is_made).run_due(Lane.MAIL)
    assert_everyone_got_the_link_last(installation, interview)


def test_invitation_that_overtakes_a_slow_create_is_corrected(installation: Installation) -> None:
    installation.connect(installation.team.ben)
    interview = installation.schedule()

    def grace_ends(phase: str, task: ClaimedTask) -> None:
        # The answer is there but not yet recorded; meanwhile the invitation has waited long enough.
        if phase == "called":
            installation.clock.forward(installation.rules.grace)
            installation.run_due(Lane.MAIL)

    another_runner(installation, on_phase=grace_ends).run_due(Lane.PROVIDER)
    assert len(installation.simulators.mails(DINA)) == 1
    installation.run_due()
    assert_everyone_got_the_link_last(installation, interview)


def assert_everyone_got_the_link_last(installation: Installation, interview: int) -> None:
    seen = installation.meeting(interview)
    assert seen.state is MeetingState.READY
    assert seen.join_url is not None
    for address in (DINA, installation.team.ben.email):
        newest = installation.simulators.mails(address)[-1]
        assert seen.join_url in text_of(newest)
        assert sequence_of(newest) == "1"
    assert len(installation.simulators.mails(DINA)) == 2
    assert len(installation.living_meetings()) == 1


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_receipt_of_an_invitation_and_the_meetings_outcome_do_not_block_each_other(
    installation: Installation,
) -> None:
    interview = installation.schedule()
    installation.clock.forward(installation.rules.grace)
    leaving = threading.Thread(target=installation.run_due, args=[Lane.MAIL])
    with installation.writing():
        # A late meeting is being recorded: first the meeting, then the mails that it makes out of date.
        wanted_meeting(interview, lock=True)
        leaving.start()
        wait_until(lambda: is_waiting_for_a_lock(installation.app), what="the receipt waits", timeout=10)
        row = db.session.get_one(Interview, interview)
        raise_revision(row, RevisionReason.LINK_CAME_LATE)
        queue.send_corrected_invitations(row, installation.rules)
        db.session.commit()
    leaving.join(10)
    old, _ = installation.mails(interview, revision=0)
    assert old.state is MailState.SENT
    assert [mail.state for mail in installation.mails(interview, revision=1)] == [MailState.SENT] * 2


def test_invitation_that_is_asked_for_early_still_waits_for_its_meeting(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    interview = installation.schedule()
    with installation.writing():
        for row in db.session.scalars(db.select(Interview)).one().mails:
            outbox.enqueue(SEND_MAIL, row.about, dedupe_key=f"mail:{row.id}")
        db.session.commit()
    assert installation.run_due(Lane.MAIL) == 2
    assert [mail.state for mail in installation.mails(interview)] == [MailState.QUEUED] * 2
    installation.run_due()
    assert [mail.state for mail in installation.mails(interview)] == [MailState.SENT] * 2
