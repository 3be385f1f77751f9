"""Changing an interview: the meeting, the calendars, and the reminders follow, once each."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from extensions import db
from models import (
    Interview,
    MailState,
    MeetingSoftware,
    MeetingState,
    PhoneCaller,
    Revision,
    RevisionReason,
)
from scheduling.commands.change import ChangedMeanwhileError, NothingChangedError, NotScheduledError
from scheduling.errors import SchedulingError
from scheduling.mails.queue import REMINDER, TAKEN_OFF
from scheduling.plans import Participant
from scheduling.venues import OnlineMeeting, PastedLink, PhoneCall
from tests.factories import in_three_days
from tests.tasks.installation import Installation, another_runner
from tests.tasks.test_cancelling import BEN, DINA, UNDO_IS_OVER
from tests.tasks.test_changed_meetings import bodies, in_zoom, scheduled
from work.protocol import ClaimedTask
from work.runner import Phase

KIRAN = Participant("Kiran Rao", "kiran@northlight.example")
LATER = timedelta(days=1, hours=1)


def at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M}"


def wait_until(installation: Installation, instant: datetime) -> None:
    """Let time pass until then, and do what is due."""
    installation.later(seconds=(instant - installation.clock.now).total_seconds())


def subjects(installation: Installation, address: str) -> list[str]:
    return [str(mail.message["Subject"]) for mail in installation.simulators.mails(address)]


def text(installation: Installation, address: str) -> str:
    """The body of the last email to someone."""
    message = installation.simulators.mails(address)[-1].message
    body: str = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    return body.replace("\r\n", "\n")


def test_another_time_moves_the_meeting_the_entries_and_the_reminders(installation: Installation) -> None:
    interview = scheduled(installation, reminder_minutes=(60,))
    before = installation.meeting(interview)
    old, new = in_three_days(), in_three_days() + LATER
    installation.edit(interview, "Ben is traveling.", starts_at=new)
    installation.run_due()
    # Ten seconds in which nothing leaves.
    assert (bodies(installation), len(installation.simulators.mails())) == ([], 2)
    installation.later(seconds=UNDO_IS_OVER)
    assert bodies(installation) == [{"start_time": in_zoom(new)}]
    [living] = installation.living_meetings()
    assert living["start_time"] == in_zoom(new)
    assert installation.meeting(interview).join_url == before.join_url
    assert installation.rows(interview)[0].shown_starts_at == new
    for address in (DINA, BEN):
        assert installation.entries(address) == [("REQUEST", 0, at(old)), ("REQUEST", 1, at(new))]
        first, second = (mail.message for mail in installation.simulators.mails(address))
        assert second["References"] == first["Message-ID"]
    subject = subjects(installation, DINA)[-1]
    assert subject.startswith("Rescheduled: Interview on ")
    assert "(was " in subject
    said = text(installation, DINA)
    assert said.startswith("Hi Dina,\n\nYour interview has moved from ")
    assert "A message from Ada:\nBen is traveling." in said
    assert str(before.join_url) in said
    reminders = installation.mails(interview, REMINDER)
    assert [mail.state for mail in reminders] == [MailState.QUEUED] * 3
    wait_until(installation, old - timedelta(hours=1))
    assert len(installation.simulators.mails(DINA)) == 2
    wait_until(installation, new - timedelta(hours=1))
    assert len(installation.simulators.mails(DINA)) == 3
    assert subjects(installation, DINA)[-1].startswith("Reminder: ")


def test_reminder_that_was_sent_is_sent_again_for_a_later_time(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    start = installation.clock.now + timedelta(hours=30)
    interview = scheduled(installation, starts_at=start, reminder_minutes=(1440, 60))
    installation.later(hours=7)
    assert [mail.state for mail in installation.mails(interview, REMINDER)].count(MailState.SENT) == 3
    installation.edit(interview, starts_at=start + timedelta(hours=48))
    installation.later(seconds=UNDO_IS_OVER)
    installation.later(hours=46)
    installation.later(hours=1)
    reminders = installation.mails(interview, REMINDER)
    assert [mail.state for mail in reminders].count(MailState.SENT) == 6
    assert {mail.occasion for mail in reminders if mail.state is MailState.SENT} == {"r0-1440", "r1-1440"}
    # It was moved so close that the reminder a day before is no longer possible: it is not sent, and the page
    # says so.
    installation.edit(interview, starts_at=installation.clock.now + timedelta(hours=2))
    assert len(installation.mails(interview, REMINDER)) == len(reminders)
    installation.later(hours=1, minutes=1)
    assert [mail.state for mail in installation.mails(interview, REMINDER)].count(MailState.SENT) == 9


def test_people_who_join_are_invited_and_people_who_leave_hear_that_it_is_off_for_them(
    installation: Installation,
) -> None:
    cleo = installation.team.cleo
    cleo_takes_part = Participant(cleo.name, cleo.email, cleo.id)
    interview = scheduled(installation, attendees=(KIRAN,), reminder_minutes=(60,))
    installation.edit(interview, attendees=(cleo_takes_part,))
    installation.later(seconds=UNDO_IS_OVER)
    start = at(in_three_days())
    assert installation.entries(KIRAN.email) == [("REQUEST", 0, start), ("CANCEL", 1, start)]
    assert subjects(installation, KIRAN.email)[-1].startswith("You've been removed: Interview with Dina ")
    assert installation.entries(cleo.email) == [("REQUEST", 1, start)]
    assert "You're interviewing Dina Kaur for Backend Engineer." in text(installation, cleo.email)
    assert installation.entries(DINA) == [("REQUEST", 0, start), ("REQUEST", 1, start)]
    assert subjects(installation, DINA)[-1].startswith("New participants: Interview on ")
    said = text(installation, DINA)
    assert "Cleo Marin takes part, too. Kiran Rao won't take part. The date and time haven't changed." in said
    assert bodies(installation) == []
    wait_until(installation, in_three_days() - timedelta(hours=1))
    reminded = {
        mail.address for mail in installation.mails(interview, REMINDER) if mail.state is MailState.SENT
    }
    # The scheduler gets a copy of the candidate's.
    assert reminded == {DINA, BEN, cleo.email, installation.team.ada.email}
    # They are back: the entry that was taken away is sent again, with a higher number.
    assert installation.mails(interview, TAKEN_OFF)[0].state is MailState.SENT


def test_someone_who_comes_back_is_invited_again(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    interview = scheduled(installation, attendees=(KIRAN,))
    installation.edit(interview, attendees=())
    installation.later(seconds=UNDO_IS_OVER)
    installation.edit(interview, attendees=(KIRAN,))
    installation.later(seconds=UNDO_IS_OVER)
    assert [entry[:2] for entry in installation.entries(KIRAN.email)] == [
        ("REQUEST", 0),
        ("CANCEL", 1),
        ("REQUEST", 2),
    ]
    assert "You're joining the interview with Dina Kaur" in text(installation, KIRAN.email)


def test_people_hear_of_their_removal_although_the_interview_changes_again_or_is_cancelled(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    interview = scheduled(installation, attendees=(KIRAN,))
    installation.edit(interview, attendees=())
    installation.later(seconds=3)
    installation.cancel(interview)
    installation.later(seconds=UNDO_IS_OVER)
    assert [entry[0] for entry in installation.entries(KIRAN.email)] == ["REQUEST", "CANCEL"]
    assert [entry[:2] for entry in installation.entries(DINA)] == [("REQUEST", 0), ("CANCEL", 2)]


@pytest.mark.parametrize(
    ("venue", "said", "living"),
    [
        (PhoneCall("+44 20 7946 0018", PhoneCaller.TEAM), "It's now a phone call.", 0),
        (PastedLink("https://webex.example/ada", "Webex"), "It's now a video call on Webex.", 0),
    ],
)
def test_meeting_that_is_no_longer_needed_is_removed(
    sqlite_installation: Installation, venue: Any, said: str, living: int
) -> None:
    installation = sqlite_installation
    interview = scheduled(installation)
    installation.edit(interview, venue=venue)
    assert len(installation.living_meetings()) == 1
    installation.later(seconds=UNDO_IS_OVER)
    assert len(installation.living_meetings()) == living
    assert said in text(installation, DINA)
    # And back to a meeting on Zoom, which is a new one.
    installation.edit(interview, venue=OnlineMeeting(MeetingSoftware.ZOOM))
    installation.later(seconds=UNDO_IS_OVER)
    [meeting] = installation.living_meetings()
    assert meeting["join_url"] in text(installation, DINA)
    assert [row.is_wanted for row in installation.rows(interview) if row.state is MeetingState.READY] == [
        True
    ]
    assert [entry[:2] for entry in installation.entries(DINA)] == [("REQUEST", n) for n in range(3)]


def test_change_while_the_meeting_is_being_made_ends_in_one_truth(installation: Installation) -> None:
    installation.connect(installation.team.ben)
    interview, new = installation.schedule(), in_three_days() + LATER

    def move(phase: Phase, task: ClaimedTask) -> None:
        if (phase, task.kind) == ("called", "sync_meeting"):
            with installation.reading():
                is_untouched = db.session.get_one(Interview, interview).revision == 0
            if is_untouched:
                installation.edit(interview, starts_at=new)

    another_runner(installation, on_phase=move).run_due()
    installation.later(seconds=UNDO_IS_OVER)
    [living] = installation.living_meetings()
    assert living["start_time"] == in_zoom(new)
    assert len(installation.calls("create")) == 1
    # They had not heard of any other time.
    assert installation.entries(DINA) == [("REQUEST", 1, at(new))]
    assert subjects(installation, DINA)[0].startswith("Interview on ")


def test_two_changes_in_a_minute_are_reported_as_one(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    interview, old = scheduled(installation), in_three_days()
    installation.edit(interview, starts_at=old + timedelta(hours=1))
    installation.later(seconds=5)
    installation.edit(interview, starts_at=old + timedelta(hours=2))
    installation.later(seconds=5)
    assert len(installation.simulators.mails()) == 2
    installation.later(seconds=UNDO_IS_OVER)
    assert bodies(installation) == [{"start_time": in_zoom(old + timedelta(hours=2))}]
    assert installation.entries(DINA) == [
        ("REQUEST", 0, at(old)),
        ("REQUEST", 2, at(old + timedelta(hours=2))),
    ]


def test_change_that_is_changed_back_tells_no_one(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    interview, old = scheduled(installation), in_three_days()
    installation.edit(interview, starts_at=old + timedelta(hours=1))
    installation.later(seconds=5)
    installation.edit(interview, starts_at=old)
    installation.later(seconds=UNDO_IS_OVER)
    assert (bodies(installation), len(installation.simulators.mails())) == ([], 2)
    assert "hasn't changed" not in installation.progress(interview)
    assert installation.is_settled(interview)


def test_undone_change_leaves_no_trace_outside(installation: Installation) -> None:
    interview = scheduled(installation, attendees=(KIRAN,), reminder_minutes=(60,))
    with installation.reading():
        [attendee] = db.session.get_one(Interview, interview).attendees
        row = attendee.id
    installation.edit(
        interview,
        starts_at=in_three_days() + LATER,
        attendees=(),
        venue=PhoneCall("+44 20 7946 0018", PhoneCaller.TEAM),
    )
    installation.later(seconds=9)
    installation.undo(interview)
    installation.later(minutes=5)
    assert (bodies(installation), len(installation.simulators.mails())) == ([], 3)
    assert len(installation.living_meetings()) == 1
    with installation.reading():
        stored = db.session.get_one(Interview, interview)
        assert (stored.starts_at, stored.revision, stored.times_moved) == (in_three_days(), 0, 0)
        # Links that were emailed name the row.
        assert [each.id for each in stored.attendees] == [row]
        assert stored.meeting is not None
    assert {mail.state for mail in installation.mails(interview, REMINDER)} == {MailState.QUEUED}
    wait_until(installation, in_three_days() - timedelta(hours=1))
    # Both who take part besides the candidate, the candidate, and the scheduler in copy.
    assert len(installation.simulators.mails()) == 7


def test_meeting_that_was_deleted_in_zoom_is_made_again(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    interview, new = scheduled(installation), in_three_days() + LATER
    installation.simulators.delete_meeting(str(installation.meeting(interview).provider_meeting_id))
    installation.edit(interview, starts_at=new)
    installation.later(seconds=UNDO_IS_OVER)
    installation.later(minutes=3)
    installation.run_due()
    [living] = installation.living_meetings()
    assert living["start_time"] == in_zoom(new)
    assert living["join_url"] in text(installation, DINA)


def test_what_only_the_team_sees_changes_silently(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    interview = scheduled(installation)
    installation.edit(interview, notes="Ask about Kafka.")
    installation.later(minutes=1)
    assert len(installation.simulators.mails()) == 2
    with installation.reading():
        stored = db.session.get_one(Interview, interview)
        assert (stored.internal_notes, stored.revision, stored.undo_until) == ("Ask about Kafka.", 0, None)
    assert installation.timeline(interview)[-1] == "Ada Berg changed the internal notes"


def test_new_password_is_told_once_with_the_link_that_goes_with_it(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    interview = scheduled(installation, passcode="first-1")
    installation.edit(interview, venue=OnlineMeeting(MeetingSoftware.ZOOM, "second-2"))
    installation.later(seconds=UNDO_IS_OVER)
    installation.later(seconds=5)
    assert bodies(installation) == [{"password": "second-2"}]
    assert len(installation.simulators.mails(DINA)) == 2
    said = text(installation, DINA)
    assert "The password has changed." in said
    assert "Password: second-2" in said
    assert str(installation.meeting(interview).join_url) in said
    # While it cannot be set, people are told about the rest after a minute.
    installation.simulators.zoom_switches(fail_next=1000, fail_status=503)
    installation.edit(interview, agenda="Other", venue=OnlineMeeting(MeetingSoftware.ZOOM, "third-3"))
    installation.later(seconds=UNDO_IS_OVER)
    installation.later(seconds=30)
    assert len(installation.simulators.mails(DINA)) == 2
    installation.later(seconds=40)
    assert len(installation.simulators.mails(DINA)) == 3


def test_each_change_is_a_revision_with_before_and_after(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    interview = scheduled(installation)
    for hour in range(1, 5):
        installation.edit(interview, f"Move {hour}", starts_at=in_three_days() + timedelta(hours=hour))
        installation.later(minutes=1)
    installation.edit(interview, agenda="Other questions")
    with installation.reading():
        assert db.session.get_one(Interview, interview).times_moved == 4
        revisions = list(db.session.scalars(db.select(Revision).order_by(Revision.number)))
        assert [each.reason for each in revisions[1:]] == [RevisionReason.RESCHEDULED] * 4 + [
            RevisionReason.CHANGED
        ]
        assert revisions[2].before == revisions[1].after
        assert [each.words for each in revisions[1:5]] == [f"Move {hour}" for hour in range(1, 5)]


def test_what_cannot_be_changed_is_refused(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    interview = scheduled(installation)
    with pytest.raises(NothingChangedError):
        installation.edit(interview)
    with pytest.raises(SchedulingError, match="This time has passed"):
        installation.edit(interview, starts_at=installation.clock.now - timedelta(minutes=1))
    other = installation.schedule(starts_at=in_three_days() + LATER)
    with pytest.raises(SchedulingError, match="just got another interview"):
        installation.edit(interview, accepts=False, starts_at=in_three_days() + LATER)
    # The interview is not in its own way.
    installation.edit(other, accepts=False, duration_minutes=60)
    installation.cancel(interview)
    with pytest.raises(NotScheduledError):
        installation.edit(interview, agenda="Other questions")


def test_second_of_two_people_is_not_overlooked(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    interview = scheduled(installation)
    seen = installation.mark(interview)
    installation.edit(interview, agenda="Other questions")
    with pytest.raises(ChangedMeanwhileError):
        installation.edit(interview, seen=seen, starts_at=in_three_days() + LATER)
