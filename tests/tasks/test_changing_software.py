"""Other software, or another host: whatever it was before, in the end there is one meeting, and each person
has the interview in their calendar once."""

from itertools import pairwise

import pytest

from models import MeetingSoftware, MeetingState
from scheduling.venues import OnlineMeeting, PastedLink
from tests.factories import LENA, PRIYA
from tests.machines.counts import Counts
from tests.tasks.calendar_office import MARCO, TOM, CalendarInstallation, taking_part
from tests.tasks.linking import says
from tests.tasks.real_time import postgresql_in_full_runs

ZOOM, MEET, TEAMS = MeetingSoftware.ZOOM, MeetingSoftware.GOOGLE_MEET, MeetingSoftware.TEAMS
OTHER = MeetingSoftware.OTHER
VENUES = {
    **{software: OnlineMeeting(software) for software in (ZOOM, MEET, TEAMS)},
    OTHER: PastedLink("https://rooms.example/blue", "Our room"),
}


@pytest.fixture
def installation(calendar_installation: CalendarInstallation) -> CalendarInstallation:
    """Ben can host with any software, Ada takes part with Google, and Cleo with Outlook."""
    made, team = calendar_installation, calendar_installation.team
    made.connect(team.ben, PRIYA)
    made.connect_calendar(team.ben, PRIYA, side=made.sides.google)
    made.connect_calendar(team.ben, PRIYA, side=made.sides.outlook)
    made.connect_calendar(team.ada, LENA, side=made.sides.google)
    made.connect_calendar(team.cleo, MARCO, side=made.sides.outlook)
    return made


def links(installation: CalendarInstallation) -> dict[MeetingSoftware, list[str]]:
    """Every living meeting at every provider."""
    found = {ZOOM: [str(each["join_url"]) for each in installation.living_meetings()]}
    for side in installation.sides:
        events = [event for account in (LENA, MARCO, PRIYA, TOM) for event in side.events(account)]
        found[side.software] = [event.join_link for event in events if event.join_link]
    return found


def assert_all_is_one(
    installation: CalendarInstallation, interview: int, software: MeetingSoftware, *accounts: str
) -> None:
    """Assert that there is one meeting, made with this software, and that each of these people has one entry
    that leads to it."""
    seen = installation.meeting(interview)
    assert seen.state is MeetingState.READY
    expected = {each: [seen.join_url] if each is software else [] for each in (ZOOM, MEET, TEAMS)}
    assert links(installation) == expected
    for account in (LENA, MARCO, PRIYA, TOM):
        entries = [event for side in installation.sides for event in side.events(account)]
        assert [says(event, seen.join_url) for event in entries] == [True] * accounts.count(account)


def settle(installation: CalendarInstallation) -> None:
    for _ in range(6):
        installation.later(seconds=30)


# Each change from one kind of software to another is in here once.
_ALL = (ZOOM, TEAMS, MEET, OTHER, TEAMS, ZOOM, MEET, TEAMS, OTHER, MEET, ZOOM, OTHER, ZOOM)


@postgresql_in_full_runs
def test_another_software_leaves_one_meeting_and_one_entry_each(
    installation: CalendarInstallation, counts: Counts
) -> None:
    assert len(set(pairwise(_ALL))) == 12
    everyone = taking_part(installation.team.ada, installation.team.cleo)
    interview = installation.schedule(attendees=everyone)
    installation.run_due()
    settle(installation)
    assert_all_is_one(installation, interview, ZOOM, PRIYA, LENA, MARCO)
    for software in _ALL[1 : counts(ordinary=6, full=len(_ALL))]:
        installation.edit(interview, venue=VENUES[software])
        settle(installation)
        assert_all_is_one(installation, interview, software, PRIYA, LENA, MARCO)
    # No one on the team was ever sent a calendar file besides it.
    for member in (installation.team.ben, installation.team.ada, installation.team.cleo):
        assert installation.entries(member.email) == []
    installation.cancel(interview)
    settle(installation)
    assert links(installation) == {ZOOM: [], MEET: [], TEAMS: []}
    assert not any(side.events(account) for side in installation.sides for account in (LENA, MARCO, PRIYA))


@postgresql_in_full_runs
def test_another_host_leaves_one_meeting_and_one_entry_each(installation: CalendarInstallation) -> None:
    """Ben has everything, Cleo Outlook and no Google."""
    team = installation.team
    interview = installation.schedule(software=TEAMS, attendees=taking_part(team.ada))
    installation.run_due()
    settle(installation)
    assert_all_is_one(installation, interview, TEAMS, PRIYA, LENA)
    # A meeting stays where it is while its host can be reached, and takes its entry along.
    installation.edit(interview, hiring_manager_id=team.cleo.id)
    settle(installation)
    assert installation.meeting(interview).host == "Ben Frei"
    assert_all_is_one(installation, interview, TEAMS, PRIYA, LENA, MARCO)
    # Ada's Google account hosts now, because Cleo has none; Ben no longer takes part.
    installation.edit(interview, venue=VENUES[MEET])
    settle(installation)
    assert installation.meeting(interview).host == "Ada Berg"
    assert_all_is_one(installation, interview, MEET, LENA, MARCO)
    installation.edit(interview, venue=VENUES[TEAMS])
    settle(installation)
    assert installation.meeting(interview).host == "Cleo Marin"
    assert_all_is_one(installation, interview, TEAMS, LENA, MARCO)
    installation.edit(interview, hiring_manager_id=team.ben.id, venue=VENUES[ZOOM])
    settle(installation)
    assert_all_is_one(installation, interview, ZOOM, PRIYA, LENA)
