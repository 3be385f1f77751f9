"""How many statements the work on one interview takes, at most."""

from models import MeetingSoftware, Role
from tests.factories import LENA, create_user
from tests.machines.statements import statements
from tests.tasks.calendar_office import MARCO, CalendarInstallation, taking_part
from tests.tasks.installation import another_runner
from work.protocol import ClaimedTask
from work.runner import Phase

# For each start of a task, from its claim to its outcome. A meeting is written to its ledger, its interview,
# and its invitations. An entry locks the interview's meetings, the interview, and itself, in this order,
# before the call and after it. An email reads everything it names in one statement.
MOST = {"sync_meeting": 31, "sync_entries": 26, "send_mail": 16}


def test_work_on_an_interview_keeps_to_its_statements(calendar_installation: CalendarInstallation) -> None:
    """Zoom, one person with Google Calendar, one with Outlook, and one without either."""
    office = calendar_installation
    team = office.team
    office.connect(team.ada)
    office.connect_calendar(team.ben, LENA)
    office.connect_calendar(team.cleo, MARCO)
    with office.writing():
        iris = create_user("Iris Okafor", Role.INTERVIEWER)
    office.run_due()
    office.schedule(software=MeetingSoftware.ZOOM, attendees=taking_part(team.cleo, iris))
    taken: list[tuple[str, list[str]]] = []

    with statements(office.app) as seen:

        def note(phase: Phase, task: ClaimedTask) -> None:
            if phase == "recorded":
                taken.append((task.kind, seen.copy()))
                seen.clear()

        another_runner(office, on_phase=note).run_due()

    assert {kind for kind, _ in taken} == set(MOST)
    for kind, asked in taken:
        assert len(asked) <= MOST[kind], "\n".join([kind, *asked])
