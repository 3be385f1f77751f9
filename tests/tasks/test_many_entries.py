"""What many interviews of three people each cost at Google and Microsoft, and what is left there
afterwards."""

from collections import Counter
from datetime import timedelta

import pytest

from extensions import db
from models import InterviewStatus, Meeting, MeetingState, TaskState, User
from scheduling.meetings import comparing
from tests.factories import LENA, PRIYA, in_three_days
from tests.machines.counts import Counts
from tests.tasks.calendar_office import MARCO, TOM, CalendarInstallation, in_calendars, taking_part


@in_calendars("both")
@pytest.mark.parametrize("hosts", [False, True])
def test_each_entry_takes_one_call_and_a_meeting_one_more(
    calendar_installation: CalendarInstallation, counts: Counts, hosts: bool
) -> None:
    office = calendar_installation
    team, software = office.team, office.side_of(LENA).software
    for member, account in ((team.ben, LENA), (team.cleo, MARCO), (team.ada, PRIYA)):
        office.connect_calendar(member, account)
    connecting = Counter(office.operations())
    # Each costs as much as the previous one: an extra call shows with a dozen as well as with forty.
    count = counts(ordinary=3, full=12)
    for number in range(count):
        office.schedule(
            software=software if hosts else None,
            attendees=taking_part(team.cleo, team.ada),
            starts_at=in_three_days() + timedelta(hours=2 * number),
        )
    office.run_due()
    calls = Counter(office.operations()) - connecting
    writes = {name: calls[name] for name in ("create", "update", "delete") if calls[name]}
    assert writes == {"create": 3 * count, **({"update": count} if hosts else {})}
    # Outlook is asked which meetings an account can have and, before a change, what is there.
    at_outlook = hosts and LENA in office.at_outlook
    assert calls.total() - sum(writes.values()) == (3 * count if at_outlook else 0)
    for account in (LENA, MARCO, PRIYA):
        assert len(office.events(account)) == count
    # Nothing is asked before it is due, and the task that waits for it does not run.
    starts = sum(task.starts for task in office.tasks("sync_entries"))
    office.later(minutes=30)
    assert Counter(office.operations()) - connecting == calls
    assert sum(task.starts for task in office.tasks("sync_entries")) == starts
    assert {task.state for task in office.tasks("sync_entries")} == {TaskState.READY}


def compare(office: CalendarInstallation) -> None:
    """Do what the daily chore does."""
    with office.writing():
        comparing.compare(comparing.accounts(office.clock.now))
        db.session.commit()
    office.run_due()


def listed(office: CalendarInstallation) -> list[int]:
    with office.reading():
        return [each.id for each in comparing.listed_orphans()]


@in_calendars("both")
def test_meeting_that_counts_as_removed_and_is_there_again_is_removed(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    office.connect_calendar(office.team.ben, LENA)
    interview = office.schedule(software=office.side_of(LENA).software)
    office.run_due()
    event = office.event(LENA).id
    office.cancel(interview)
    office.settle()
    # Its host takes it out of the bin.
    office.side_of(LENA).restore(LENA, event)
    assert len(office.events(LENA)) == 1
    compare(office)
    office.run_due()
    assert office.events(LENA) == []
    assert listed(office) == []
    assert any("exists again" in words for words in office.timeline(interview))


@in_calendars("outlook")
def test_link_on_an_entry_that_no_interview_wants_is_listed_and_removed_by_a_click(
    calendar_installation: CalendarInstallation,
) -> None:
    """Google takes a link off an entry that stays. Outlook does not, so the entry goes with it."""
    office = calendar_installation
    office.connect_calendar(office.team.ben, LENA)
    office.schedule(software=office.side_of(LENA).software)
    office.run_due()
    with office.writing():
        # As after restoring a backup: the event is as we made it, and its meeting is unknown.
        meeting = db.session.scalars(db.select(Meeting)).one()
        meeting.interview.status = InterviewStatus.CANCELLED
        meeting.is_wanted, meeting.state, meeting.provider_meeting_id = (
            False,
            MeetingState.REMOVED,
            "lost/abc",
        )
        meeting.join_url = None
        db.session.commit()
    office.clock.forward(timedelta(hours=1))
    compare(office)
    [orphan] = listed(office)
    with office.writing():
        assert comparing.remove(db.session.get_one(User, office.team.ada.id), orphan)
        db.session.commit()
    office.run_due()
    assert listed(office) == []
    assert not [event for event in office.events(LENA) if event.join_link]


@in_calendars("both")
def test_meetings_of_their_own_and_those_that_are_wanted_are_left_alone(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    office.connect_calendar(office.team.ben, TOM)
    office.schedule(software=office.side_of(TOM).software)
    office.run_due()
    start = in_three_days() + timedelta(hours=8)
    office.side_of(TOM).add_own(TOM, start, start + timedelta(hours=1))
    before = len(office.writes())
    office.clock.forward(timedelta(hours=1))
    compare(office)
    assert listed(office) == []
    assert len(office.writes()) == before
    assert len(office.side_of(TOM).all_events(TOM)) == 2
