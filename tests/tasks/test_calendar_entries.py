"""Interviews are in the calendars of those on the team who take part, and follow what the team decides."""

from datetime import timedelta
from typing import Any

import pytest

from extensions import db
from hiring.commands import CandidateDetails, edit_candidate
from hiring.erasing import erase_candidate
from models import Absent, Candidate, EntryState, Interview, MailState, Role, User
from scheduling.commands.conclude import complete, mark_no_show
from scheduling.mails.queue import CANCELLATION, INVITATION
from scheduling.venues import PastedLink
from tests.factories import LENA, PRIYA, create_user, in_three_days
from tests.tasks.calendar_office import MARCO, TOM, CalendarInstallation, in_calendars, taking_part

pytestmark = in_calendars("both")


def with_calendars(office: CalendarInstallation) -> None:
    """Ben manages the job and has a calendar, Cleo attends and has one, and so has Ada, who schedules."""
    office.connect_calendar(office.team.ben, LENA)
    office.connect_calendar(office.team.cleo, MARCO)
    office.connect_calendar(office.team.ada, PRIYA)


def scheduled(office: CalendarInstallation, **wishes: Any) -> int:
    """An interview on the phone with Ben and Cleo, unless said otherwise, whose calendars have it."""
    wanted: dict[str, Any] = {"software": None, "attendees": taking_part(office.team.cleo), **wishes}
    interview = office.schedule(**wanted)
    office.run_due()
    return interview


def test_everyone_who_takes_part_and_has_a_calendar_gets_one_entry(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    with_calendars(office)
    with office.writing():
        iris = create_user("Iris Okafor", Role.INTERVIEWER)
    interview = office.schedule(
        software=office.side_of(LENA).software,
        attendees=taking_part(office.team.cleo, iris),
        internal_notes="Ask about the gap.",
    )
    office.run_due()
    [link] = {office.meeting(interview).join_url}
    assert link is not None
    for account in (LENA, MARCO):
        event = office.event(account)
        assert event.title == "Dina Kaur – Backend Engineer Interview"
        assert event.starts_at == in_three_days()
        assert (event.location, event.shows_busy) == (link, True)
        for part in (link, "/j/1.", "Introduction, experience, questions", "/interviews/1", "Dina Kaur"):
            assert part in event.text
        assert not event.has_guests
        assert event.reminds_as_usual
    assert "Ask about the gap." in office.event(LENA).text
    # The person who schedules but does not take part gets nothing.
    assert office.events(PRIYA) == []
    google = [call for call in office.sides.google.calls() if call["operation"] in ("create", "update")]
    assert google or LENA in office.at_outlook
    assert all(call["query"]["sendUpdates"] in ("none", ["none"]) for call in google)
    # Google is told the interview's zone; Outlook shows everything in its owner's.
    for event in office.sides.google.events(LENA):
        assert event.raw["start"]["timeZone"] == "Europe/Zurich"
    # One channel each: those with an entry get no file, those without one do.
    assert not office.has_file(interview, office.team.ben.email)
    assert not office.has_file(interview, office.team.cleo.email)
    assert office.has_file(interview, iris.email)
    assert office.has_file(interview, office.team.dina.email)


def test_notes_are_only_in_the_entries_of_those_who_may_see_them(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    with office.writing():
        olga = create_user("Olga Sand", Role.OBSERVER)
    office.connect_calendar(office.team.ben, LENA)
    office.connect_calendar(olga, TOM)
    scheduled(office, attendees=taking_part(olga), internal_notes="Ask about the gap.")
    assert "Ask about the gap." in office.event(LENA).text
    assert "Ask about the gap." not in office.event(TOM).text


def test_entries_wait_for_the_link_as_long_as_the_invitation_does(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    office.connect_calendar(office.team.ben, LENA)
    office.connect(office.team.ben)
    office.simulators.zoom_switches(fail_next=1000, fail_status=503)
    interview = office.schedule()
    office.run_due()
    office.later(seconds=60)
    assert office.events(LENA) == []
    office.until_grace_is_over()
    assert "in a separate" in office.event(LENA).text
    before = office.event(LENA).location
    office.simulators.zoom_switches(fail_next=0)
    office.later(minutes=10)
    assert office.event(LENA).location == office.meeting(interview).join_url != before


def test_person_who_only_lends_the_account_gets_no_entry_before_the_meeting(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    office.connect_calendar(office.team.ada, PRIYA)
    office.switches(fail_next=1000, fail_status=503)
    interview = office.schedule(software=office.side_of(LENA).software)
    office.until_grace_is_over()
    office.switches(fail_next=0)
    office.later(seconds=5)
    assert office.meeting(interview).join_url is None
    assert office.events(PRIYA) == []
    office.later(minutes=6)
    event = office.event(PRIYA)
    assert event.join_link == office.meeting(interview).join_url is not None
    # Ada is free then: it is Ben who meets Dina.
    assert not event.shows_busy


def test_every_change_is_one_call_for_each_entry(calendar_installation: CalendarInstallation) -> None:
    office = calendar_installation
    with_calendars(office)
    interview = scheduled(office)
    assert office.writes() == ["create", "create"]
    start = in_three_days() + timedelta(days=1)
    changes: tuple[dict[str, Any], ...] = (
        {"starts_at": start},
        {"duration_minutes": 30},
        {"title": "Second talk"},
        {"agenda": "Another agenda"},
        {"notes": "Be kind."},
    )
    for number, change in enumerate(changes, start=1):
        office.edit(interview, **change)
        office.settle()
        assert office.writes()[2:] == ["update"] * 2 * number, change
    for account in (LENA, MARCO):
        event = office.event(account)
        assert event.starts_at == start
        assert event.title == "Dina Kaur – Second talk"
        assert "Another agenda" in event.text
        assert "Be kind." in event.text
    count = len(office.operations())
    office.later(hours=1)
    assert len(office.operations()) == count


def test_pasted_link_and_its_replacement_are_in_the_entries(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    with_calendars(office)
    interview = scheduled(office, venue=PastedLink("https://webex.example/ada", "Webex"))
    assert office.event(LENA).location == "https://webex.example/ada"
    office.edit(interview, agenda="Another agenda")
    office.settle()
    office.edit(interview, venue=PastedLink("https://webex.example/ben", "Webex"))
    office.settle()
    assert {office.event(account).location for account in (LENA, MARCO)} == {"https://webex.example/ben"}
    assert office.writes()[2:] == ["update"] * 4
    assert not [task for task in office.tasks() if task.failures or task.last_error == "KeyError"]


@pytest.mark.parametrize("what", ["name", "address"])
def test_new_name_or_address_of_the_candidate_reaches_the_entries(
    calendar_installation: CalendarInstallation, what: str
) -> None:
    office = calendar_installation
    with_calendars(office)
    interview = scheduled(office)
    before = office.event(LENA)
    with office.writing():
        dina = db.session.get_one(Candidate, office.team.dina.id)
        name = "Dina Singh" if what == "name" else dina.name
        email = "dina.singh@mail.example" if what == "address" else dina.email
        ada = db.session.get_one(User, office.team.ada.id)
        edit_candidate(ada, dina, CandidateDetails(name, email, dina.phone, dina.timezone), office.rules)
        db.session.commit()
    office.settle()
    after = office.event(LENA)
    if what == "name":
        assert after.title == "Dina Singh – Backend Engineer Interview"
    else:
        # When the address changes, the links to join end.
        assert "/j/1.manager.0." in before.text
        assert "/j/1.manager.1." in after.text
    assert office.writes()[2:] == ["update", "update"]
    assert {row.state for row in office.rows_of_entries(interview)} == {EntryState.PLACED}


def test_cancelled_interview_leaves_the_calendars(calendar_installation: CalendarInstallation) -> None:
    office = calendar_installation
    with_calendars(office)
    interview = scheduled(office, software=office.side_of(LENA).software)
    office.cancel(interview)
    office.later(seconds=9)
    assert len(office.events(LENA)) == len(office.events(MARCO)) == 1
    office.settle()
    assert office.events(LENA) == office.events(MARCO) == []
    assert {row.state for row in office.rows_of_entries(interview)} == {EntryState.REMOVED}
    assert {mail.state for mail in office.mails(interview, CANCELLATION)} == {MailState.SENT}
    assert office.files_by_kind(interview, office.team.ben.email) == []
    assert office.files_by_kind(interview, office.team.dina.email)[-1] == (CANCELLATION, "CANCEL")
    count = len(office.operations())
    office.later(hours=30)
    assert len(office.operations()) == count


@pytest.mark.parametrize("act", ["cancel", "move", "take_off"])
def test_change_undone_within_its_seconds_makes_no_call(
    calendar_installation: CalendarInstallation, act: str
) -> None:
    office = calendar_installation
    with_calendars(office)
    interview = scheduled(office, software=office.side_of(LENA).software)
    before, count = office.event(MARCO), len(office.operations())
    if act == "cancel":
        office.cancel(interview)
    elif act == "move":
        office.edit(interview, starts_at=in_three_days() + timedelta(hours=3))
    else:
        office.edit(interview, attendees=())
    office.later(seconds=5)
    office.undo(interview)
    office.settle()
    assert len(office.operations()) == count
    assert office.event(MARCO) == before
    assert {row.state for row in office.rows_of_entries(interview)} == {EntryState.PLACED}


def test_person_who_is_removed_loses_the_entry_and_gets_a_new_one_when_added_again(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    with_calendars(office)
    interview = scheduled(office)
    office.edit(interview, attendees=())
    office.settle()
    assert office.events(MARCO) == []
    assert len(office.events(LENA)) == 1
    assert office.files_by_kind(interview, office.team.cleo.email) == []
    office.edit(interview, attendees=taking_part(office.team.cleo))
    office.settle()
    assert office.event(MARCO).starts_at == in_three_days()
    assert office.files_by_kind(interview, office.team.cleo.email) == []
    assert [row.state for row in office.rows_of_entries(interview)] == [
        EntryState.PLACED,
        EntryState.REMOVED,
        EntryState.PLACED,
    ]


def test_person_who_is_added_again_while_the_removal_is_under_way_gets_a_new_entry(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    with_calendars(office)
    interview = scheduled(office)
    office.edit(interview, attendees=())
    # The event is deleted, and no answer says so.
    office.switches(lose_next_deletes=1)
    office.later(seconds=11)
    office.edit(interview, attendees=taking_part(office.team.cleo))
    office.settle()
    office.later(minutes=1)
    assert office.event(MARCO).starts_at == in_three_days()
    assert not [words for words in office.timeline(interview) if "deleted" in words]


@pytest.mark.parametrize("end", ["complete", "no_show"])
def test_interview_that_took_place_stays_in_the_calendars(
    calendar_installation: CalendarInstallation, end: str
) -> None:
    office = calendar_installation
    with_calendars(office)
    interview = scheduled(office)
    office.clock.forward(timedelta(days=4))
    with office.writing():
        row, ada = db.session.get_one(Interview, interview), db.session.get_one(User, office.team.ada.id)
        if end == "complete":
            complete(ada, row)
        else:
            mark_no_show(ada, row, Absent.CANDIDATE)
        db.session.commit()
    office.run_due()
    assert len(office.events(LENA)) == len(office.events(MARCO)) == 1


def test_erased_candidate_leaves_the_calendars_even_of_interviews_long_past(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    with_calendars(office)
    interview = scheduled(office)
    office.clock.forward(timedelta(days=40))
    with office.writing():
        ada = db.session.get_one(User, office.team.ada.id)
        complete(ada, db.session.get_one(Interview, interview))
        erase_candidate(ada, db.session.get_one(Candidate, office.team.dina.id))
        db.session.commit()
    office.run_due()
    assert office.events(LENA) == office.events(MARCO) == []
    assert {row.state for row in office.rows_of_entries(interview)} == {EntryState.REMOVED}
    assert "Dina" not in " ".join(office.timeline(interview))


def test_two_calendars_of_one_person_get_one_entry(calendar_installation: CalendarInstallation) -> None:
    office = calendar_installation
    office.connect_calendar(office.team.ben, LENA)
    # As hiring manager and in the list of attendees.
    interview = scheduled(office, attendees=taking_part(office.team.ben))
    assert len(office.events(LENA)) == 1
    assert [mail.address for mail in office.mails(interview, INVITATION)].count(office.team.ben.email) == 1


def test_looks_follow_the_start_and_are_few(calendar_installation: CalendarInstallation) -> None:
    office = calendar_installation
    office.connect_calendar(office.team.ben, LENA)
    scheduled(office, starts_at=office.clock.now + timedelta(days=10))
    made = len(office.operations())
    for _ in range(10):
        office.later(hours=24)
    looks = office.operations()[made:]
    # What is in Outlook's calendar is looked up by our name as well.
    assert set(looks) <= {"get", "list"}
    # About once a day, and more often toward the end.
    assert 8 <= looks.count("get") <= 12
    assert [task for task in office.tasks("sync_entries") if task.state.value != "done"] == []
