"""The team takes back a change that a calendar has not been told about, or was told about without
answering."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from extensions import db
from models import Interview
from scheduling.calendars.reading import EntryView, entries_of, look_because_opened
from scheduling.mails.queue import CALENDAR_ENTRY
from tests.factories import LENA, in_three_days
from tests.tasks.calendar_office import CalendarInstallation, in_calendars

pytestmark = in_calendars("google", "outlook")

START, MOVED = in_three_days(), in_three_days() + timedelta(hours=2)


def scheduled(office: CalendarInstallation) -> int:
    office.connect_calendar(office.team.ben, LENA)
    interview = office.schedule(software=None, starts_at=START)
    office.run_due()
    assert office.event(LENA).starts_at == START
    return interview


def change(office: CalendarInstallation, interview: int, **changes: Any) -> None:
    """Change the interview, and do what is due once the change can't be undone anymore."""
    office.edit(interview, **changes)
    office.clock.forward(timedelta(seconds=12))
    office.run_due()


def look(office: CalendarInstallation, interview: int) -> None:
    """Open the interview's page as someone does, which has the calendar checked."""
    office.clock.forward(timedelta(minutes=3))
    with office.writing():
        assert look_because_opened(db.session.get_one(Interview, interview))
        db.session.commit()
    office.run_due()


def title_of(office: CalendarInstallation, interview: int) -> str:
    with office.reading():
        return str(db.session.get_one(Interview, interview).title)


def view_of(office: CalendarInstallation, interview: int) -> EntryView:
    with office.reading():
        [view] = entries_of(db.session.get_one(Interview, interview))
        return view


def test_file_for_a_time_that_the_calendar_refused_is_taken_back_with_the_time(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    interview, ben = scheduled(office), office.team.ben.email
    office.switches(fail_next=1, fail_status=400, fail_reason="")
    change(office, interview, starts_at=MOVED)
    assert view_of(office, interview).problem
    assert office.has_file(interview, ben)
    writes = office.writes()
    change(office, interview, starts_at=START)
    assert view_of(office, interview).problem is None, "it has been as it should be all the time"
    assert office.event(LENA).starts_at == START
    assert not office.has_file(interview, ben)
    assert office.files_by_kind(interview, ben)[-1] == (CALENDAR_ENTRY, "CANCEL")
    assert office.writes() == writes


def answer_is_lost(office: CalendarInstallation, interview: int, **changes: Any) -> None:
    office.switches(lose_next_updates=1)
    change(office, interview, **changes)


def process_dies(office: CalendarInstallation, interview: int, **changes: Any) -> None:
    office.edit(interview, **changes)
    office.clock.forward(timedelta(seconds=12))
    office.die_after("called", "sync_entries")


@pytest.mark.parametrize("change_unnoticed", [answer_is_lost, process_dies])
def test_change_that_was_made_without_an_answer_is_taken_back_in_the_calendar_too(
    calendar_installation: CalendarInstallation, change_unnoticed: Callable[..., None]
) -> None:
    office = calendar_installation
    interview = scheduled(office)
    title, shown = title_of(office, interview), office.event(LENA).title
    change_unnoticed(office, interview, starts_at=MOVED, title="Talk about the role")
    assert office.event(LENA).starts_at == MOVED
    office.edit(interview, starts_at=START, title=title)
    office.later(minutes=2)
    assert (office.event(LENA).starts_at, office.event(LENA).title) == (START, shown)
    assert view_of(office, interview).edit is None
    assert not [words for words in office.timeline(interview) if "the entry in" in words]


def test_what_the_owner_changed_stays_when_another_change_is_made_without_an_answer(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    interview = scheduled(office)
    title, shown = title_of(office, interview), office.event(LENA).title
    office.side_of(LENA).move(LENA, office.event(LENA).id, minutes=30)
    answer_is_lost(office, interview, title="Talk about the role")
    office.edit(interview, title=title)
    office.later(minutes=2)
    look(office, interview)
    assert office.event(LENA).title == shown
    assert office.event(LENA).starts_at == START + timedelta(minutes=30)
    edit = view_of(office, interview).edit
    assert edit is not None
    assert (edit.starts_at, edit.title) == (START + timedelta(minutes=30), None)
