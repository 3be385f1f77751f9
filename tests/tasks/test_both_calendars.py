"""People with Google Calendar and people with Outlook take part in the same interviews; some have both."""

from datetime import timedelta

import pytest

from extensions import db
from models import EntryState, Interview, MailState, PhoneCaller, Role
from models import MeetingSoftware as Software
from scheduling.calendars.reading import EntryView, entries_of
from scheduling.mails.queue import CANCELLATION, INVITATION
from scheduling.venues import OnlineMeeting, PhoneCall
from tests.factories import LENA, create_user, in_three_days
from tests.tasks.calendar_office import MARCO, CalendarInstallation, in_calendars, taking_part
from tests.tasks.test_calendar_entries import scheduled
from tests.tasks.test_entries_and_files import look

RAVI = "ravi.menon@northlight.example"


def shown(office: CalendarInstallation, interview: int) -> list[EntryView]:
    with office.reading():
        return entries_of(db.session.get_one(Interview, interview))


def subjects(office: CalendarInstallation, address: str) -> list[str]:
    return [str(mail.message["Subject"]) for mail in office.simulators.mails(address)]


def test_zoom_host_a_google_participant_and_an_outlook_participant(
    calendar_installation: CalendarInstallation,
) -> None:
    """Ada hosts on Zoom, Ben has Google Calendar, Cleo has Outlook, and Iris has connected nothing."""
    office = calendar_installation
    team = office.team
    office.connect(team.ada, RAVI)
    office.connect_calendar(team.ben, LENA)
    office.connect_calendar(team.cleo, MARCO)
    assert [office.side_of(account).label for account in (LENA, MARCO)] == [
        "Google Calendar",
        "Outlook Calendar",
    ]
    with office.writing():
        iris = create_user("Iris Okafor", Role.INTERVIEWER)
    interview = scheduled(office, software=Software.ZOOM, attendees=taking_part(team.cleo, iris))
    link = office.meeting(interview).join_url
    assert link is not None

    def each_has_it_once(starts_at: object) -> None:
        for account in (LENA, MARCO):
            event = office.event(account)
            assert (event.starts_at, event.location, event.join_link) == (starts_at, link, None)
            assert event.title == "Dina Kaur – Backend Engineer Interview"
            assert link in event.text
            assert not event.has_guests
            assert event.shows_busy
        assert len(office.living_meetings()) == 1
        assert not any(office.has_file(interview, member.email) for member in (team.ben, team.cleo))
        assert all(office.has_file(interview, each.email) for each in (iris, team.dina))

    each_has_it_once(in_three_days())
    people = (team.ben, team.cleo, iris, team.dina)
    assert [len(subjects(office, each.email)) for each in people] == [1] * 4

    later = in_three_days() + timedelta(days=1)
    office.edit(interview, starts_at=later)
    office.settle()
    each_has_it_once(later)
    assert [len(subjects(office, each.email)) for each in people] == [2] * 4

    office.cancel(interview)
    office.settle()
    assert office.events(LENA) == office.events(MARCO) == []
    assert office.living_meetings() == []
    assert [len(subjects(office, each.email)) for each in people] == [3] * 4
    assert {mail.state for mail in office.mails(interview, CANCELLATION)} == {MailState.SENT}
    assert {row.state for row in office.rows_of_entries(interview)} == {EntryState.REMOVED}
    for each in (team.ben, team.cleo):
        assert office.files_by_kind(interview, each.email) == []
    for address in (iris.email, team.dina.email):
        assert office.files_by_kind(interview, address)[-1] == (CANCELLATION, "CANCEL")
    for side in office.sides:
        side.assert_no_violation()


def test_calendar_that_was_connected_first_gets_the_entry(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    google, outlook = office.sides
    office.connect_calendar(office.team.ben, LENA, side=outlook)
    office.clock.forward(timedelta(minutes=1))
    office.connect_calendar(office.team.ben, LENA, side=google)
    interview = scheduled(office)
    assert [len(side.events(LENA)) for side in (google, outlook)] == [0, 1]
    assert [view.calendar for view in shown(office, interview)] == ["Outlook Calendar"]
    assert office.files_by_kind(interview, office.team.ben.email) == []
    # Once that connection has ended, new entries go into the other calendar.
    outlook.revoke(LENA)
    office.clock.forward(timedelta(hours=2))
    office.edit(interview, title="Second talk")
    office.settle()
    office.later(minutes=1)
    assert shown(office, interview)[0].problem
    scheduled(office, starts_at=in_three_days() + timedelta(hours=4))
    assert [len(side.events(LENA)) for side in (google, outlook)] == [1, 1]


def test_entry_moves_to_the_calendar_that_the_meeting_needs(
    calendar_installation: CalendarInstallation,
) -> None:
    """Ben has both: with Google Meet his entry is at Google, with Teams in Outlook, and never in both."""
    office = calendar_installation
    google, outlook = office.sides
    ben = office.team.ben
    for side in (google, outlook):
        office.connect_calendar(ben, LENA, side=side)
        office.clock.forward(timedelta(minutes=1))
    interview = scheduled(office, software=None)
    at = {
        Software.TEAMS: (0, 1),
        Software.GOOGLE_MEET: (1, 0),
    }
    for software in (Software.TEAMS, Software.GOOGLE_MEET, Software.TEAMS):
        office.edit(interview, venue=OnlineMeeting(software))
        office.settle()
        office.later(minutes=1)
        assert (len(google.events(LENA)), len(outlook.events(LENA))) == at[software]
        [event] = [*google.events(LENA), *outlook.events(LENA)]
        assert event.join_link == event.location == office.meeting(interview).join_url is not None
        assert event.shows_busy
        assert [view.is_leftover for view in shown(office, interview)] == [False]
        assert office.files_by_kind(interview, ben.email) == []
    office.edit(interview, venue=PhoneCall("+49 30 901820", PhoneCaller.TEAM))
    office.settle()
    office.later(minutes=1)
    [event] = [*google.events(LENA), *outlook.events(LENA)]
    assert event.join_link is None
    assert event.location.endswith("+49 30 901820")
    office.cancel(interview)
    office.settle()
    assert [*google.events(LENA), *outlook.events(LENA)] == []


@in_calendars("outlook")
@pytest.mark.parametrize("meanwhile", ["nothing", "moved", "deleted", "cancelled"])
@pytest.mark.parametrize("is_forgotten", [True, False])
def test_lost_answer_and_a_process_that_dies_make_no_second_entry(
    calendar_installation: CalendarInstallation, meanwhile: str, is_forgotten: bool
) -> None:
    """`is_forgotten`: Exchange no longer knows the transaction when the entry is asked for again."""
    office = calendar_installation
    side = office.side_of(LENA)
    office.connect_calendar(office.team.ben, LENA)
    interview = office.schedule(software=None)
    side.switches(lose_next_creates=1)
    office.die_after("called", "sync_entries")
    if is_forgotten:
        office.simulators.microsoft.switches(transaction_memory=10)
    first = office.event(LENA)
    if meanwhile == "moved":
        side.move(LENA, first.id, minutes=90)
    elif meanwhile == "deleted":
        side.delete(LENA, first.id)
    elif meanwhile == "cancelled":
        office.cancel(interview)
        office.later(seconds=12)
    office.run_due()
    for _ in range(3):
        office.later(minutes=3)
    [row] = office.rows_of_entries(interview)
    if meanwhile == "cancelled":
        assert (office.events(LENA), row.state) == ([], EntryState.REMOVED)
        return
    if meanwhile == "deleted" and not (is_forgotten and side.app == "outlook-calendar"):
        assert (office.events(LENA), row.state) == ([], EntryState.DELETED)
        return
    event = office.event(LENA)
    assert (row.state, event.starts_at) == (EntryState.PLACED, in_three_days())
    # What was deleted is not found again, and is no longer known: only then is there another one.
    assert (event.id == first.id) == (meanwhile != "deleted")
    assert [mail.state for mail in office.mails(interview, INVITATION)] == [MailState.SENT] * 2
    assert not office.has_file(interview, office.team.ben.email)


@pytest.mark.parametrize("calendars", ["outlook"], indirect=True)
def test_entry_that_has_existed_for_days_becomes_the_home_of_a_meeting(
    calendar_installation: CalendarInstallation,
) -> None:
    """Exchange has long forgotten how it was made."""
    office = calendar_installation
    office.connect_calendar(office.team.ben, LENA)
    interview = scheduled(office)
    first = office.event(LENA)
    office.simulators.microsoft.switches(transaction_memory=600)
    office.later(hours=24)
    office.edit(interview, venue=OnlineMeeting(Software.TEAMS))
    office.settle()
    event = office.event(LENA)
    assert (event.id, event.join_link) == (first.id, office.meeting(interview).join_url)
    assert event.join_link is not None


@pytest.mark.parametrize("calendars", ["outlook"], indirect=True)
def test_waits_as_long_as_microsoft_asks(calendar_installation: CalendarInstallation) -> None:
    office = calendar_installation
    office.connect_calendar(office.team.ben, LENA)
    office.side_of(LENA).switches(fail_next=1, fail_status=429, retry_after=240.5)
    office.schedule(software=None)
    office.run_due()
    asked = len(office.operations())
    for _ in range(3):
        office.later(minutes=1)
    assert len(office.operations()) == asked
    office.later(seconds=61)
    assert len(office.events(LENA)) == 1


@pytest.mark.parametrize("calendars", ["outlook"], indirect=True)
def test_zones_and_whole_days_of_other_programs_are_read_and_put_right(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    side = office.side_of(LENA)
    office.connect_calendar(office.team.ben, LENA)
    interview, start = scheduled(office), in_three_days()
    zones = ("tzone://Microsoft/Custom", "Customized Time Zone", "W. Europe Standard Time", "Not a zone", "")
    for number, zone in enumerate(zones, start=1):
        office.simulators.microsoft.change_event(
            LENA, office.event(LENA).id, move_minutes=15, originalStartTimeZone=zone, originalEndTimeZone=zone
        )
        edit = look(office, interview).edit
        assert edit is not None, zone
        assert edit.starts_at == start + timedelta(minutes=15 * number), zone
    day = {"dateTime": f"{start:%Y-%m-%d}T00:00:00", "timeZone": "UTC"}
    after = {**day, "dateTime": f"{start + timedelta(days=1):%Y-%m-%d}T00:00:00"}
    office.simulators.microsoft.change_event(LENA, office.event(LENA).id, start=day, end=after, isAllDay=True)
    edit = look(office, interview).edit
    assert edit is not None
    assert edit.is_moved
    later = start + timedelta(hours=5)
    office.edit(interview, starts_at=later)
    office.settle()
    assert office.event(LENA).starts_at == later
    assert office.event(LENA).raw["isAllDay"] is False
    assert not [task for task in office.tasks() if task.failures]
    side.assert_no_violation()
