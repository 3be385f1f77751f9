"""A server that is killed between any two steps of a task leaves the same end behind as one that is not."""

import itertools
import random
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest
import requests

from models import FailureReason, MailState, MeetingState, ReaderRole, TaskState
from scheduling.mails.occasions import Occasion
from scheduling.mails.queue import INVITATION, REMINDER
from scheduling.meetings.orphans import REMOVE_ORPHANS
from tests.factories import create_candidate, in_three_days
from tests.machines.counts import Counts
from tests.machines.processes import wait_until
from tests.machines.servers import FailpointPlan, ServerProcess, ServerProcesses
from tests.pages.visitor import Fields, Visitor
from tests.tasks.installation import Office
from tests.tasks.real_time import (
    FAST,
    assert_one_meeting_each,
    copies_of_each_mail,
    is_settled,
    let_leases_run_out,
    postgresql_in_full_runs,
    wait_until_settled,
)
from tests.web.dialog_steps import draft_at
from timezones import utc_now
from work.mail import about_interview

# Every test waits until the lease of a dead process has run out.
pytestmark = pytest.mark.slow

PHASES = ("committing", "committed")
KINDS = ("sync_meeting", "send_mail")


@pytest.mark.parametrize(
    ("database_url", "kind", "phase"),
    [
        *(("sqlite", kind, phase) for kind in KINDS for phase in ("loaded", "called")),
        # Just as much has happened outside as after the phases before and after this one.
        *(
            pytest.param("sqlite", kind, phase, marks=pytest.mark.full)
            for kind in KINDS
            for phase in ("claimed", "recorded")
        ),
        pytest.param("postgresql", "sync_meeting", "called", marks=pytest.mark.postgres),
        pytest.param("postgresql", "send_mail", "called", marks=[pytest.mark.postgres, pytest.mark.full]),
    ],
    indirect=["database_url"],
)
def test_server_killed_after_a_phase_ends_like_one_that_was_not(
    office: Office, server_processes: ServerProcesses, kind: str, phase: str
) -> None:
    office.connect(office.team.ben)
    interview = office.schedule()
    failpoint = FailpointPlan(phase=phase, kind=kind)  # type: ignore[arg-type]
    [doomed] = server_processes.start(1, failpoint=failpoint, overrides=FAST)
    doomed.process.wait(timeout=20)
    assert doomed.failpoint_fired()
    let_leases_run_out(office)
    server_processes.start(1, overrides=FAST)
    wait_until_settled(office, [interview])
    assert_one_meeting_each(office, [interview])
    assert len(office.calls("create")) == 1
    copies = copies_of_each_mail(office, [interview])
    # The mail server accepted the mail, and the process died before recording it: the same message is sent
    # once more.
    is_in_doubt = (kind, phase) == ("send_mail", "called")
    assert sorted(copies.values()) == ([1, 2] if is_in_doubt else [1, 1])


@pytest.mark.full
@pytest.mark.parametrize("phase", PHASES)
def test_server_killed_at_the_last_click_has_one_interview_or_none_and_the_form_can_be_sent_again(
    office: Office, server_processes: ServerProcesses, phase: str
) -> None:
    office.connect(office.team.ben)
    ada = Visitor(office.app).enter(office.team.ada)

    def click(server: ServerProcess, step: str, fields: Fields) -> requests.Response | None:
        with requests.Session() as http, suppress(requests.ConnectionError):
            http.trust_env = False
            address = server.base_url + step
            cookies = {office.app.config["SESSION_COOKIE_NAME"]: ada.session_cookie()}
            return http.post(address, data=fields, cookies=cookies, allow_redirects=False, timeout=20)
        return None

    def are_invited() -> bool:
        """Whether everyone is invited. Not everything is done then: the dialog asks for reminders, which are
        due in days."""
        return all(
            office.meeting(interview).state is MeetingState.READY
            and {mail.state for mail in office.mails(interview)} == {MailState.SENT}
            for interview in office.interviews()
        )

    for number in itertools.count(1):
        day = in_three_days() + timedelta(days=number)
        answers = {"date-time": {"date": f"{day:%Y-%m-%d}", "time": "10:00"}}
        last = f"{draft_at(ada, office.team.dina.id, 'finalize', answers)}/finalize"
        fields = {**ada.get(last).fields("Schedule Interview"), "csrf_token": ada.token()}
        failpoint = FailpointPlan(phase=phase, number=number, of="requests")  # type: ignore[arg-type]
        [doomed] = server_processes.start(1, failpoint=failpoint, overrides=FAST)
        answer = click(doomed, last, fields)
        if answer is not None:
            doomed.kill()
            break
        doomed.process.wait(timeout=20)
        assert len(office.interviews()) in (number - 1, number)
        [server] = server_processes.start(1, overrides=FAST)
        answer = click(server, last, fields)
        assert answer is not None
        assert answer.status_code == 303, answer.text
        # A rolled-back row on PostgreSQL has used up its number.
        assert answer.headers["Location"] == f"/interviews/{max(office.interviews())}"
        assert len(office.interviews()) == number
        wait_until(are_invited, what="everyone is invited", timeout=30)
        server.kill()
    assert number > 1
    server_processes.start(1, overrides=FAST)
    wait_until(are_invited, what="everyone is invited", timeout=30)
    assert_one_meeting_each(office, office.interviews())
    assert set(copies_of_each_mail(office, office.interviews()).values()) == {1}


@dataclass(frozen=True)
class End:
    """What is left of an interview when everything is done, without what differs between any two
    interviews."""

    meeting: tuple[MeetingState, str | None, FailureReason | None]
    mails: tuple[tuple[str, ReaderRole, int, MailState], ...]
    tasks: tuple[tuple[str, TaskState], ...]
    timeline: tuple[str, ...]


def end_of(office: Office, interview: int) -> End:
    meeting = office.meeting(interview)
    mails = [mail for kind in (INVITATION, REMINDER) for mail in office.mails(interview, kind)]
    return End(
        (meeting.state, meeting.host, meeting.failure),
        tuple(sorted((m.kind, m.role, Occasion.read(m.occasion).revision, m.state) for m in mails)),
        tuple(
            sorted(
                (task.kind, task.state)
                for task in office.tasks()
                if task.subject == about_interview(interview) and task.kind != REMOVE_ORPHANS.name
            )
        ),
        tuple(sorted(office.timeline(interview))),
    )


class Story:
    """One interview after another, each with its meeting, invitations, and reminders that are soon due."""

    def __init__(self, office: Office, server_processes: ServerProcesses) -> None:
        self.office, self.servers = office, server_processes
        self.told = 0

    def tell(self, failpoint: FailpointPlan | None) -> tuple[bool, End]:
        """Whether the failpoint was reached, and what is left behind when all is done."""
        office = self.office
        # Each at a different hour, so that no meeting is mistaken for another's.
        self.told += 1
        minutes = 60 * self.told
        starts_at = utc_now() + timedelta(minutes=minutes, seconds=2)
        # Each has its own candidate, because the first interview of each moves them to another stage.
        with office.writing():
            dina = create_candidate("Dina Kaur", f"dina.{self.told}@mail.example", office.team.job_id)
        interview = office.schedule(candidate=dina, starts_at=starts_at, reminder_minutes=(minutes,))
        [server] = self.servers.start(1, failpoint=failpoint, overrides=FAST)
        wait_until(
            lambda: server.failpoint_fired() or is_settled(office, [interview]),
            what="the server has died or done everything",
            timeout=60,
        )
        fired = server.failpoint_fired()
        if fired:
            server.process.wait(timeout=20)
            let_leases_run_out(office)
            [server] = self.servers.start(1, overrides=FAST)
            wait_until_settled(office, [interview], timeout=60)
        server.kill()
        [meeting] = [
            m for m in office.living_meetings() if m["start_time"] == f"{starts_at:%Y-%m-%dT%H:%M:%SZ}"
        ]
        assert str(meeting["id"]) == office.meeting(interview).provider_meeting_id
        ids = {m.message_id for kind in (INVITATION, REMINDER) for m in office.mails(interview, kind)}
        copies = Counter(message_id for message_id in office.simulators.message_ids() if message_id in ids)
        assert set(copies) == ids
        # Those that were on their way when the server died are sent once more, as the same messages.
        assert sum(copies.values()) - len(copies) <= (2 if fired else 0)
        return fired, end_of(office, interview)


@pytest.mark.full
@pytest.mark.parametrize("phase", PHASES)
def test_server_killed_at_any_step_from_claim_to_sent_ends_like_one_that_was_not(
    office: Office, server_processes: ServerProcesses, counts: Counts, seed: int, phase: str
) -> None:
    office.connect(office.team.ben)
    story = Story(office, server_processes)
    _, undisturbed = story.tell(None)
    # Every third step, and with other seeds the ones between: three have killed a server at each.
    for number in itertools.count(1 + seed % 3, 3):
        fired, end = story.tell(FailpointPlan(phase=phase, number=number))  # type: ignore[arg-type]
        assert end == undisturbed, f"killed while {phase} number {number}"
        if not fired:
            break
        counts.say(f"killed while {phase}: step {number}")
    # Meeting: claim, load, record. Two invitations and two reminders: claim and record.
    assert number > 3 + 4 * 2


@pytest.mark.parametrize(
    ("database_url", "kind"),
    [
        ("sqlite", "send_mail"),
        pytest.param("postgresql", "sync_meeting", marks=[pytest.mark.postgres, pytest.mark.full]),
    ],
    indirect=["database_url"],
)
def test_killed_worker_is_replaced_and_its_work_taken_over(
    office: Office, server_processes: ServerProcesses, kind: str
) -> None:
    office.connect(office.team.ben)
    # Each at a different hour: the worker may die over several creates as well, and no one can tell apart two
    # lost meetings that look alike until the time to wait for a lost answer is over.
    interviews = [office.schedule(starts_at=in_three_days() + timedelta(hours=each)) for each in range(4)]
    failpoint = FailpointPlan(phase="loaded", kind=kind, victim="worker")
    [server] = server_processes.start(1, workers=2, failpoint=failpoint, overrides=FAST)
    wait_until_settled(office, interviews)
    assert server.failpoint_fired()
    assert server.is_alive()
    assert_one_meeting_each(office, interviews)
    assert set(copies_of_each_mail(office, interviews).values()) == {1}


@postgresql_in_full_runs
def test_servers_killed_at_random_lose_nothing_and_double_nothing(
    office: Office, server_processes: ServerProcesses, counts: Counts, seed: int
) -> None:
    office.simulators.zoom_switches(daily_limit=100_000)
    office.connect(office.team.ben)
    interviews: list[int] = []
    kills = 0
    for number in counts.repeat("kill at random", ordinary=1, full=10):
        chance = random.Random(f"{seed} {number}")
        [server] = server_processes.start(1, workers=2, overrides=FAST)
        # Each at a different hour: a lookup reads everything that looks like the lost meeting one by one.
        interviews += [
            office.schedule(starts_at=in_three_days() + timedelta(hours=4 * number + extra))
            for extra in range(4)
        ]
        # There is no state to wait for: the test leaves the moment of the kill to chance.
        time.sleep(chance.uniform(0, 0.6))
        server.kill()
        kills += 1
    server_processes.start(1, workers=2, overrides=FAST)
    wait_until_settled(office, interviews, timeout=60)
    assert_one_meeting_each(office, interviews)
    copies = copies_of_each_mail(office, interviews)
    # Each kill can catch every mail thread of both workers between the server's answer and our note of it.
    assert sum(copies.values()) - len(copies) <= 6 * kills
