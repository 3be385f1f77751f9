"""Each person on the team has an interview in their calendar once: as an entry, or from an emailed file."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from connections.revocation import EntryToRemove, end_connections
from extensions import db
from models import CalendarEntry, Connection, EntryState, Interview, User
from scheduling.calendars.connecting import add_missing, missing_from_calendar
from scheduling.calendars.deciding import NothingToDecideError, leave, put_back
from scheduling.calendars.reading import EntryView, entries_of, look_because_opened
from scheduling.entries.disconnecting import let_go
from scheduling.mails.queue import CALENDAR_ENTRY, CALENDAR_FILE, CANCELLATION, INVITATION, TAKEN_OFF
from tests.factories import LENA, PRIYA, Member, in_three_days
from tests.tasks.calendar_office import CalendarInstallation, in_calendars, taking_part

pytestmark = in_calendars("outlook")


@dataclass(frozen=True)
class Once:
    """Where Ben has the interview."""

    office: CalendarInstallation
    interview: int

    def is_entry(self) -> bool:
        """Whether he has it as an entry and not from a file."""
        return (len(self.office.events(LENA)), self.has_file()) == (1, False)

    def is_file(self) -> bool:
        """Whether he has it from a file and not as an entry."""
        return (len(self.office.events(LENA)), self.has_file()) == (0, True)

    def has_file(self) -> bool:
        return self.office.has_file(self.interview, self.office.team.ben.email)

    def files(self) -> list[tuple[str, str]]:
        return self.office.files_by_kind(self.interview, self.office.team.ben.email)


def scheduled(office: CalendarInstallation) -> Once:
    interview = office.schedule(software=None)
    office.run_due()
    return Once(office, interview)


def offered(office: CalendarInstallation, member: Member) -> list[int]:
    with office.reading():
        return [each.id for each in missing_from_calendar(db.session.get_one(User, member.id))]


def take_offer(office: CalendarInstallation, member: Member) -> int:
    with office.writing():
        count = add_missing(db.session.get_one(User, member.id))
        db.session.commit()
    office.run_due()
    return count


def disconnect(office: CalendarInstallation, member: Member, *, removing: bool) -> None:
    """Do what the page for disconnecting a calendar does."""
    with office.writing():
        user = db.session.get_one(User, member.id)
        row = db.session.scalars(db.select(Connection).where(Connection.user_id == user.id)).one()
        leaving = let_go(row, removing=removing)
        entries = [EntryToRemove(each.row_id, each.key, each.provider_id) for each in leaving]
        assert end_connections(user, only=row.app, removing=entries)
        db.session.commit()
    office.run_due()


def shown(office: CalendarInstallation, interview: int) -> EntryView:
    """What the interview's page shows of its only entry."""
    with office.reading():
        [view] = entries_of(db.session.get_one(Interview, interview))
        return view


def look(office: CalendarInstallation, interview: int) -> EntryView:
    """The same after someone has opened the page, a while after the last look."""
    office.clock.forward(timedelta(minutes=3))
    with office.writing():
        assert look_because_opened(db.session.get_one(Interview, interview))
        db.session.commit()
    office.run_due()
    return shown(office, interview)


def decide(office: CalendarInstallation, what: object, interview: int) -> None:
    with office.writing():
        entry = db.session.scalars(
            db.select(CalendarEntry).where(CalendarEntry.interview_id == interview, CalendarEntry.is_wanted)
        ).one()
        what(db.session.get_one(User, office.team.ada.id), entry)  # type: ignore[operator]
        db.session.commit()
    office.run_due()


def test_calendar_connected_later_is_offered_the_coming_interviews(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    ben = scheduled(office)
    assert ben.is_file()
    office.connect_calendar(office.team.ben, LENA)
    office.run_due()
    assert ben.is_file()
    assert offered(office, office.team.ben) == [ben.interview]
    assert take_offer(office, office.team.ben) == 1
    assert ben.is_entry()
    assert ben.files() == [(INVITATION, "REQUEST"), (CALENDAR_ENTRY, "CANCEL")]
    # A second click finds nothing left to do.
    assert offered(office, office.team.ben) == []
    assert take_offer(office, office.team.ben) == 0
    office.edit(ben.interview, starts_at=in_three_days() + timedelta(hours=2))
    office.settle()
    assert ben.is_entry()
    office.cancel(ben.interview)
    office.settle()
    assert office.events(LENA) == []
    assert len(ben.files()) == 2


def test_calendar_connected_before_the_invitation_has_left_needs_no_file_to_be_taken_back(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    office.simulators.mail_switches(defer_recipients={office.team.ben.email: 451})
    ben = scheduled(office)
    office.connect_calendar(office.team.ben, LENA)
    assert take_offer(office, office.team.ben) == 1
    office.simulators.mail_switches(defer_recipients={})
    office.later(minutes=2)
    assert ben.is_entry()
    assert ben.files() == []


def test_dead_grant_before_the_entry_is_made_brings_the_file_with_the_invitation(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    office.connect_calendar(office.team.ben, LENA)
    office.side_of(LENA).revoke(LENA)
    office.clock.forward(timedelta(hours=2))
    ben = scheduled(office)
    office.later(minutes=1)
    assert ben.is_file()
    assert ben.files()[0][0] in (INVITATION, CALENDAR_FILE)
    assert len(ben.files()) == 1
    assert any(
        f"Not in Ben's {office.side_of(LENA).label}" in words for words in office.timeline(ben.interview)
    )
    # Reconnected, they get the entry, and the file is taken back.
    office.connect_calendar(office.team.ben, LENA)
    office.run_due()
    assert ben.is_entry()
    assert ben.files()[1:] == [(CALENDAR_ENTRY, "CANCEL")]


def test_entry_that_stays_late_is_followed_by_a_file_and_the_file_by_the_entry(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    office.connect_calendar(office.team.ben, LENA)
    office.switches(fail_next=1000, fail_status=503)
    ben = scheduled(office)
    assert ben.files() == []
    for _ in range(8):
        office.later(minutes=4)
    assert ben.is_file()
    assert ben.files() == [(CALENDAR_FILE, "REQUEST")]
    office.switches(fail_next=0)
    office.later(minutes=90)
    assert ben.is_entry()
    assert ben.files()[1:] == [(CALENDAR_ENTRY, "CANCEL")]


def test_grant_that_dies_later_leaves_the_old_entry_and_changes_come_with_a_file(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    office.connect_calendar(office.team.ben, LENA)
    ben = scheduled(office)
    assert ben.is_entry()
    office.side_of(LENA).revoke(LENA)
    office.clock.forward(timedelta(hours=2))
    later = in_three_days() + timedelta(hours=2)
    office.edit(ben.interview, starts_at=later)
    office.settle()
    office.later(minutes=1)
    assert ben.has_file()
    assert len([kind for kind, _ in ben.files()]) == 1
    assert any("Not up to date in Ben's" in words for words in office.timeline(ben.interview))
    assert shown(office, ben.interview).problem
    office.connect_calendar(office.team.ben, LENA)
    office.run_due()
    assert ben.is_entry()
    assert office.event(LENA).starts_at == later


def test_entry_that_cannot_be_removed_is_reported_and_removed_once_it_can_be(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    office.connect_calendar(office.team.ben, LENA)
    ben = scheduled(office)
    office.side_of(LENA).revoke(LENA)
    office.clock.forward(timedelta(hours=2))
    office.cancel(ben.interview)
    office.settle()
    office.later(minutes=1)
    assert any("Not removed from Ben's" in words for words in office.timeline(ben.interview))
    office.connect_calendar(office.team.ben, LENA)
    office.run_due()
    assert office.events(LENA) == []
    assert f"Removed from Ben's {office.side_of(LENA).label}" in office.timeline(ben.interview)


@pytest.mark.parametrize("removing", [True, False])
def test_disconnected_calendar_keeps_its_entries_or_not_and_files_follow(
    calendar_installation: CalendarInstallation, removing: bool
) -> None:
    office = calendar_installation
    office.connect_calendar(office.team.ben, LENA)
    ben = scheduled(office)
    disconnect(office, office.team.ben, removing=removing)
    assert len(office.events(LENA)) == (0 if removing else 1)
    later = in_three_days() + timedelta(hours=2)
    office.edit(ben.interview, starts_at=later)
    office.settle()
    assert ben.files() == [(INVITATION, "REQUEST")]
    office.connect_calendar(office.team.ben, LENA)
    office.run_due()
    if removing:
        assert offered(office, office.team.ben) == [ben.interview]
        take_offer(office, office.team.ben)
    assert ben.is_entry()
    assert office.event(LENA).starts_at == later
    office.cancel(ben.interview)
    office.settle()
    assert office.events(LENA) == []


def test_other_account_leaves_the_entries_of_the_first_and_is_offered_its_own(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    office.connect_calendar(office.team.ben, LENA)
    ben = scheduled(office)
    office.connect_calendar(office.team.ben, PRIYA)
    office.run_due()
    assert len(office.events(LENA)) == 1
    assert office.events(PRIYA) == []
    assert offered(office, office.team.ben) == [ben.interview]
    take_offer(office, office.team.ben)
    assert len(office.events(PRIYA)) == 1
    assert ben.files() == []
    # The first account again: its entry is not taken up beside the newer one.
    office.connect_calendar(office.team.ben, LENA)
    office.run_due()
    states = [row.state for row in office.rows_of_entries(ben.interview) if row.is_wanted]
    assert len(states) <= 1


def test_taken_off_with_a_file_and_added_again_with_a_calendar(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    cleo = office.team.cleo
    interview = office.schedule(software=None, attendees=taking_part(cleo))
    office.run_due()
    office.edit(interview, attendees=())
    office.settle()
    assert office.files_by_kind(interview, cleo.email) == [(INVITATION, "REQUEST"), (TAKEN_OFF, "CANCEL")]
    office.connect_calendar(cleo, LENA)
    office.edit(interview, attendees=taking_part(cleo))
    office.settle()
    # They heard about it by email before, and are offered the entry as for any other interview.
    assert office.has_file(interview, cleo.email)
    assert take_offer(office, cleo) == 1
    assert not office.has_file(interview, cleo.email)
    assert len(office.events(LENA)) == 1


def test_entry_that_its_owner_deleted_is_shown_and_not_made_again(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    office.connect_calendar(office.team.ben, LENA)
    ben = scheduled(office)
    first = office.event(LENA).id
    office.side_of(LENA).delete(LENA, first)
    look(office, ben.interview)
    # Outlook shows no trace of what was deleted, and that is not believed at once.
    office.later(minutes=3)
    assert shown(office, ben.interview).state is EntryState.DELETED
    office.edit(ben.interview, starts_at=in_three_days() + timedelta(hours=2))
    office.settle()
    office.later(hours=10)
    assert office.events(LENA) == []
    assert f"Ben Frei deleted the entry in {office.side_of(LENA).label}" in office.timeline(ben.interview)
    # Putting it back makes a new entry; the old one, if its owner then takes it out of the bin, is removed.
    office.side_of(LENA).restore(LENA, first)
    decide(office, put_back, ben.interview)
    [event] = office.events(LENA)
    assert event.id != first
    assert event.starts_at == in_three_days() + timedelta(hours=2)
    office.cancel(ben.interview)
    office.settle()
    assert office.events(LENA) == []
    assert ben.files() == []


def test_change_finds_that_the_owner_deleted_the_entry(calendar_installation: CalendarInstallation) -> None:
    office = calendar_installation
    office.connect_calendar(office.team.ben, LENA)
    ben = scheduled(office)
    office.side_of(LENA).delete(LENA, office.event(LENA).id, forever=True)
    office.edit(ben.interview, title="Second talk")
    office.settle()
    # Once deleted for good, it is as if it had never existed, which is not believed at once.
    office.later(minutes=3)
    assert office.events(LENA) == []
    assert shown(office, ben.interview).state is EntryState.DELETED


@pytest.mark.parametrize("what", ["put_back", "leave"])
def test_entry_that_its_owner_moved_is_shown_and_decided_on(
    calendar_installation: CalendarInstallation, what: str
) -> None:
    office = calendar_installation
    office.connect_calendar(office.team.ben, LENA)
    ben = scheduled(office)
    moved = in_three_days() + timedelta(minutes=90)
    office.side_of(LENA).move(LENA, office.event(LENA).id, minutes=90)
    edit = look(office, ben.interview).edit
    assert edit is not None
    assert edit.starts_at == moved
    [said] = [words for words in office.timeline(ben.interview) if "moved the entry" in words]
    assert "The interview was not moved" in said
    # Any other change leaves the time as they have it.
    office.edit(ben.interview, title="Second talk")
    office.settle()
    assert office.event(LENA).starts_at == moved
    assert office.event(LENA).title == "Dina Kaur – Second talk"
    decide(office, put_back if what == "put_back" else leave, ben.interview)
    assert office.event(LENA).starts_at == (in_three_days() if what == "put_back" else moved)
    assert look(office, ben.interview).edit is None
    with pytest.raises(NothingToDecideError):
        decide(office, leave, ben.interview)
    # The next change of time wins.
    later = in_three_days() + timedelta(hours=5)
    office.edit(ben.interview, starts_at=later)
    office.settle()
    assert office.event(LENA).starts_at == later
    assert look(office, ben.interview).edit is None


def test_entry_that_was_left_as_it_is_and_is_moved_once_more_is_shown_again(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    office.connect_calendar(office.team.ben, LENA)
    ben = scheduled(office)
    office.side_of(LENA).move(LENA, office.event(LENA).id, minutes=90)
    look(office, ben.interview)
    decide(office, leave, ben.interview)
    office.later(minutes=3)
    assert look(office, ben.interview).edit is None
    office.side_of(LENA).move(LENA, office.event(LENA).id, minutes=30)
    office.later(minutes=3)
    edit = look(office, ben.interview).edit
    assert edit is not None
    assert edit.starts_at == in_three_days() + timedelta(hours=2)
    assert sum("moved the entry" in words for words in office.timeline(ben.interview)) == 2


def test_meet_host_who_deletes_the_entry_gets_a_new_one_with_a_new_link(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    office.connect_calendar(office.team.ben, LENA)
    interview = office.schedule(software=office.side_of(LENA).software)
    office.run_due()
    link = office.meeting(interview).join_url
    office.side_of(LENA).delete(LENA, office.event(LENA).id)
    look(office, interview)
    for _ in range(4):
        office.later(minutes=3)
    event = office.event(LENA)
    assert event.join_link == office.meeting(interview).join_url != link
    assert event.location == event.join_link
    assert len(office.mails(interview, CANCELLATION)) == 0
