"""What only Microsoft Teams does: accounts that can't use it, links of other software, and its own words."""

from datetime import timedelta

import pytest

from models import FailureReason, MeetingSoftware, MeetingState
from scheduling.meetings.wanting import SYNC_MEETING
from scheduling.venues import OnlineMeeting
from tests.factories import LENA, PRIYA
from tests.tasks.calendar_office import VERA
from tests.tasks.calendar_sides import sides_of
from tests.tasks.installation import Installation
from tests.tasks.linking import Linking, says
from tests.tasks.test_meetings_on_entries import BEN, DINA, settle, urgent_to_ben
from tests.tasks.test_preflight import text_of
from work.runner import Phase

TEAMS = MeetingSoftware.TEAMS
PERSONAL, MAYA = "lena.vogel.private@mail.example", "maya.lind@stonefield.example"


@pytest.fixture
def installation(linked_installation: Installation) -> Installation:
    return linked_installation


@pytest.fixture
def teams(installation: Installation) -> Linking:
    return Linking(sides_of(installation.simulators).outlook)


def writes(teams: Linking) -> list[str]:
    """What was made, changed and deleted in calendars."""
    asked = [str(call["operation"]) for call in teams.side.calls()]
    return [each for each in asked if each in ("create", "update", "delete")]


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (PERSONAL, "A personal Microsoft account can't make Teams meetings."),
        (
            MAYA,
            "This Microsoft account makes online meetings with something other than Teams, which can't be "
            "used here.",
        ),
    ],
)
def test_account_that_says_it_has_no_teams_keeps_one_plain_entry(
    account: str, words: str, installation: Installation, teams: Linking
) -> None:
    teams.connect(installation, installation.team.ben, account)
    teams.connect(installation, installation.team.ada, LENA)
    interview = installation.schedule(software=TEAMS)
    settle(installation)
    seen = installation.meeting(interview)
    assert (seen.state, seen.host) == (MeetingState.READY, "Ada Berg")
    assert f"Microsoft Teams link created on Ada's account Ben's account: {words}" in installation.progress(
        interview
    )
    # Ben takes part, and Ada is the host.
    assert [says(teams.event(each), seen.join_url) for each in (account, LENA)] == [True, True]
    assert teams.links(account, LENA) == [seen.join_url]
    # Each was made once, and nothing that was made has been deleted.
    assert writes(teams).count("create") == 2
    assert "delete" not in writes(teams)


@pytest.mark.parametrize("account", [PERSONAL, VERA])
def test_scheduler_without_teams_gets_nothing_into_their_calendar(
    account: str, installation: Installation, teams: Linking
) -> None:
    """Ada does not take part, and was only asked to host."""
    teams.connect(installation, installation.team.ada, account)
    interview = installation.schedule(software=TEAMS)
    settle(installation)
    seen = installation.meeting(interview)
    assert (seen.state, seen.failure) == (MeetingState.FAILED, FailureReason.NOT_ALLOWED)
    assert teams.events(account) == []
    # With a personal account it is known before anything is made.
    assert (writes(teams) == []) == (account == PERSONAL)


def test_account_without_a_mailbox_is_passed_over(installation: Installation, teams: Linking) -> None:
    teams.connect(installation, installation.team.ben, PRIYA)
    teams.connect(installation, installation.team.ada, LENA)
    # Ben's license has ended since.
    installation.simulators.microsoft.switches(no_mailbox=[PRIYA])
    interview = installation.schedule(software=TEAMS)
    settle(installation)
    seen = installation.meeting(interview)
    assert (seen.state, seen.host) == (MeetingState.READY, "Ada Berg")
    assert "mailbox" in installation.progress(interview)
    # So Ben gets a calendar file.
    assert [method for method, *_ in installation.entries(BEN)] == ["REQUEST"]


@pytest.mark.parametrize("tries", [1, pytest.param(3, marks=pytest.mark.full)])
def test_skype_link_that_came_instead_is_shown_to_no_one(
    tries: int, installation: Installation, teams: Linking
) -> None:
    """Outlook can't take the link off, so its entry is removed, and replaced with another one."""
    teams.connect(installation, installation.team.ben, PRIYA)
    teams.side.switches(link_creation="skype")
    interview = installation.schedule(software=TEAMS)
    settle(installation)
    for _ in range(tries - 1):
        installation.later(hours=6)
    seen = installation.meeting(interview)
    assert (seen.state, seen.failure) == (MeetingState.FAILED, FailureReason.NOT_ALLOWED)
    raw = teams.event(PRIYA).raw
    assert (raw["isOnlineMeeting"], raw["onlineMeeting"]) == (False, None)
    assert "skype" not in str(raw).lower()
    urgent = urgent_to_ben(installation)
    assert (
        urgent["Subject"] == "URGENT: Microsoft Teams Meeting Creation Failed - Interview: Backend Engineer"
    )
    teams.come_at_once()
    installation.later(hours=12)
    seen = installation.meeting(interview)
    assert seen.state is MeetingState.READY
    assert teams.links(PRIYA) == [seen.join_url]
    assert len(teams.events(PRIYA)) == 1


def test_failed_tries_leave_the_one_entry_alone(installation: Installation, teams: Linking) -> None:
    """Vera's organization pays for no Teams, which only shows once a meeting is asked for."""
    teams.connect(installation, installation.team.ben, VERA)
    interview = installation.schedule(software=TEAMS)
    settle(installation)
    event = teams.event(VERA)
    for _ in range(6):
        installation.later(hours=2)
    assert installation.meeting(interview).state is MeetingState.FAILED
    assert teams.event(VERA).id == event.id
    # It was asked for with each try.
    assert writes(teams).count("update") > 3
    assert "delete" not in writes(teams)


def test_link_that_does_not_come_is_made_by_another_host_after_a_while(
    installation: Installation, teams: Linking
) -> None:
    teams.connect(installation, installation.team.ben, PRIYA)
    teams.connect(installation, installation.team.ada, LENA)
    teams.come_late(creations=1)
    interview = installation.schedule(software=TEAMS)
    installation.until_grace_is_over()
    seen = installation.meeting(interview)
    assert (seen.state, seen.failure) == (MeetingState.FAILED, FailureReason.NOT_READY)
    first = teams.event(PRIYA)
    for _ in range(8):
        installation.later(hours=1)
    seen = installation.meeting(interview)
    assert (seen.state, seen.host) == (MeetingState.READY, "Ada Berg")
    assert teams.links(PRIYA, LENA) == [seen.join_url]
    assert [says(teams.event(each), seen.join_url) for each in (PRIYA, LENA)] == [True, True]
    # Ben's first entry would keep waiting for its link. It is gone, and he has another one.
    assert teams.event(PRIYA).id != first.id
    for _ in range(30):
        installation.later(hours=1)
    assert teams.links(PRIYA, LENA) == [seen.join_url]
    assert [says(teams.event(each), seen.join_url) for each in (PRIYA, LENA)] == [True, True]


@pytest.mark.parametrize("phase", [pytest.param("loaded", marks=pytest.mark.full), "called"])
def test_process_that_dies_around_the_call_leaves_one_event(
    phase: Phase, installation: Installation, teams: Linking
) -> None:
    teams.connect(installation, installation.team.ben, PRIYA)
    interview = installation.schedule(software=TEAMS)
    installation.die_after(phase, SYNC_MEETING.name)
    assert len(teams.events(PRIYA)) == (1 if phase == "called" else 0)
    settle(installation)
    seen = installation.meeting(interview)
    assert seen.state is MeetingState.READY
    assert teams.links(PRIYA) == [seen.join_url]
    assert len(teams.events(PRIYA)) == 1


def test_everyone_reads_microsoft_teams(installation: Installation, teams: Linking) -> None:
    teams.connect(installation, installation.team.ben, PRIYA)
    interview = installation.schedule(software=TEAMS)
    settle(installation)
    link = installation.meeting(interview).join_url or "no link"
    [invitation] = installation.simulators.mails(DINA)
    text = text_of(invitation)
    assert "Video call on Microsoft Teams" in text
    assert f"Join Microsoft Teams Meeting: {link}" in text
    # The link carries what people need to get in.
    assert "Password" not in text
    [part] = [
        each for each in invitation.message.iter_attachments() if each.get_content_type() == "text/calendar"
    ]
    calendar = part.get_content().replace("\r\n ", "")
    assert f"LOCATION:{link}" in calendar
    assert "Join Microsoft Teams Meeting" in calendar
    page = teams.event(PRIYA)
    assert says(page, link)
    assert page.title == "Dina Kaur – Backend Engineer Interview"


def test_text_that_changes_keeps_the_part_for_joining(installation: Installation, teams: Linking) -> None:
    """Outlook takes a meeting away whose part is overwritten, or gives it another link."""
    teams.connect(installation, installation.team.ben, PRIYA)
    interview = installation.schedule(software=TEAMS)
    settle(installation)
    link = installation.meeting(interview).join_url
    for number, new_link in enumerate((False, True)):
        installation.simulators.microsoft.switches(new_link_for_new_body=new_link)
        installation.edit(
            interview,
            agenda=f"Another agenda {number}",
            starts_at=installation.clock.now + timedelta(days=4 + number),
        )
        settle(installation)
        event = teams.event(PRIYA)
        assert f"Another agenda {number}" in event.text
        assert (event.join_link, installation.meeting(interview).join_url) == (link, link)
        assert "Join the meeting now" in event.text


def test_another_link_that_the_host_has_made_is_noticed(installation: Installation, teams: Linking) -> None:
    """Ben takes Teams off the entry and adds it again: the link that everyone has leads nowhere."""
    teams.connect(installation, installation.team.ben, PRIYA)
    interview = installation.schedule(software=TEAMS)
    settle(installation)
    before = installation.meeting(interview).join_url
    teams.take_off(PRIYA)
    event = teams.event(PRIYA)
    installation.simulators.microsoft.change_event(
        PRIYA, event.id, isOnlineMeeting=True, onlineMeetingProvider="teamsForBusiness"
    )
    for _ in range(30):
        installation.later(hours=1)
    seen = installation.meeting(interview)
    assert seen.state is MeetingState.READY
    assert seen.join_url != before
    assert teams.links(PRIYA) == [seen.join_url]
    assert (seen.join_url or "no link") in text_of(installation.simulators.mails(DINA)[-1])


def test_zoom_settings_are_not_asked_of_teams(installation: Installation, teams: Linking) -> None:
    """A password that was chosen for Zoom goes with Zoom."""
    installation.connect(installation.team.ben, PRIYA)
    teams.connect(installation, installation.team.ben, PRIYA)
    interview = installation.schedule(passcode="s3cret-1")
    settle(installation)
    installation.edit(interview, venue=OnlineMeeting(TEAMS))
    settle(installation)
    seen = installation.meeting(interview)
    assert (seen.state, seen.passcode) == (MeetingState.READY, None)
    assert "password" not in installation.progress(interview).lower()
