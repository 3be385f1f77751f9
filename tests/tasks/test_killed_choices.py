"""A server killed anywhere between a candidate's choice and the last email leaves the same result behind as
one that isn't."""

import itertools
import re
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

import pytest

from extensions import db
from models import Interview, InterviewStatus, MailState, MeetingState, ReaderRole, RevisionReason
from scheduling.commands import time_slots
from scheduling.mails.queue import INVITATION, SLOT_CHOSEN, SLOT_REQUEST
from scheduling.mails.slots import NUDGE_AFTER
from scheduling.slots import offered
from tests import factories
from tests.factories import create_candidate
from tests.machines.counts import Counts
from tests.machines.processes import wait_until
from tests.machines.servers import FailpointPlan, ServerProcesses
from tests.scheduling.slot_checks import assert_one_truth
from tests.tasks.installation import MailSeen, Office
from tests.tasks.real_time import FAST, is_settled, let_leases_run_out, wait_until_settled
from timezones import utc_now

# Every test waits until the lease of a dead process has run out.
pytestmark = pytest.mark.slow

KINDS = (SLOT_REQUEST, SLOT_CHOSEN, INVITATION)


@dataclass(frozen=True)
class End:
    """What is left of a choice when everything is done, without what differs between any two of them."""

    status: InterviewStatus
    revisions: tuple[RevisionReason, ...]
    meeting: tuple[MeetingState, str | None]
    mails: tuple[tuple[str, ReaderRole, str, MailState], ...]
    timeline: tuple[str, ...]


class Story:
    """One candidate after another is asked, chooses the second of two times, and is invited."""

    def __init__(self, office: Office, server_processes: ServerProcesses) -> None:
        self.office, self.servers = office, server_processes
        self.told = 0

    def choose(self) -> int:
        """Choose as the page's button does, while the request waits for the next server."""
        office = self.office
        # Each at a different hour, so that no meeting is mistaken for another's; all before the first
        # reminder.
        self.told += 1
        this_hour = utc_now().replace(minute=0, second=0, microsecond=0)
        starts_at = this_hour + timedelta(hours=10 + self.told)
        assert starts_at < utc_now() + NUDGE_AFTER
        with office.writing():
            dina = create_candidate("Dina Kaur", f"dina.{self.told}@mail.example", office.team.job_id)
            starts = this_hour + timedelta(hours=5), starts_at
            number = factories.request_slots(office.team.ada, dina, *starts)
            interview = db.session.get_one(Interview, number)
            time_slots.choose(interview, offered(interview)[1].id, office.rules)
            db.session.commit()
        return number

    def tell(self, failpoint: FailpointPlan | None) -> tuple[bool, End]:
        """Whether the failpoint was reached, and what is left behind when all is done."""
        office, interview = self.office, self.choose()
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
        self.check_what_arrived(interview, may_be_double=fired)
        return fired, self.end_of(interview)

    def check_what_arrived(self, interview: int, *, may_be_double: bool) -> None:
        office, meeting = self.office, self.office.meeting(interview)
        with office.reading():
            starts_at = db.session.get_one(Interview, interview).starts_at
            assert_one_truth(db.session.get_one(Interview, interview))
        at_that_time = f"{starts_at:%Y-%m-%dT%H:%M:%SZ}"
        [living] = [each for each in office.living_meetings() if each["start_time"] == at_that_time]
        assert str(living["id"]) == meeting.provider_meeting_id
        sent = {m.message_id for m in self.mails(interview) if m.state is MailState.SENT}
        all_of_it = {m.message_id for m in self.mails(interview)}
        copies = Counter(number for number in office.simulators.message_ids() if number in all_of_it)
        assert set(copies) == sent
        # Those that were on their way when the server died are sent once more, as the same messages.
        assert sum(copies.values()) - len(copies) <= (2 if may_be_double else 0)

    def mails(self, interview: int) -> list[MailSeen]:
        return [mail for kind in KINDS for mail in self.office.mails(interview, kind)]

    def end_of(self, interview: int) -> End:
        office = self.office
        meeting = office.meeting(interview)
        with office.reading():
            row = db.session.get_one(Interview, interview)
            status, revisions = row.status, tuple(revision.reason for revision in row.revisions)
        mails = sorted((m.kind, m.role, m.occasion, m.state) for m in self.mails(interview))
        timeline = tuple(
            # It names the hour, and each interview has a different one.
            re.sub(r"chose .*", "chose a time", words)
            for words in sorted(office.timeline(interview))
        )
        return End(status, revisions, (meeting.state, meeting.host), tuple(mails), timeline)


@pytest.mark.parametrize(
    ("database_url", "kind", "phase"),
    [
        ("sqlite", "sync_meeting", "called"),
        ("sqlite", "send_mail", "called"),
        *(
            pytest.param("sqlite", kind, phase, marks=pytest.mark.full)
            for kind in ("sync_meeting", "send_mail")
            for phase in ("claimed", "loaded", "recorded")
        ),
        pytest.param("postgresql", "sync_meeting", "called", marks=[pytest.mark.postgres, pytest.mark.full]),
        pytest.param("postgresql", "send_mail", "called", marks=[pytest.mark.postgres, pytest.mark.full]),
    ],
    indirect=["database_url"],
)
def test_server_killed_over_a_choice_is_followed_by_one_that_finishes(
    office: Office, server_processes: ServerProcesses, kind: str, phase: str
) -> None:
    office.connect(office.team.ben)
    story = Story(office, server_processes)
    fired, end = story.tell(FailpointPlan(phase=phase, kind=kind))  # type: ignore[arg-type]
    assert fired
    assert (end.status, end.revisions) == (InterviewStatus.SCHEDULED, (RevisionReason.SCHEDULED,))
    assert end.meeting == (MeetingState.READY, "Ben Frei")
    told = Counter((kind, state) for kind, _, _, state in end.mails)
    assert told == {
        (INVITATION, MailState.SENT): 2,
        (SLOT_CHOSEN, MailState.SENT): 1,
        # They chose before it left.
        (SLOT_REQUEST, MailState.DROPPED): 1,
    }


@pytest.mark.full
@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("phase", ["committing", "committed"])
def test_server_killed_at_any_step_from_choice_to_sent_ends_like_one_that_was_not(
    office: Office, server_processes: ServerProcesses, counts: Counts, seed: int, phase: str
) -> None:
    office.connect(office.team.ben)
    story = Story(office, server_processes)
    _, undisturbed = story.tell(None)
    # Every other step, and with another seed the ones between.
    for number in itertools.count(1 + seed % 2, 2):
        fired, end = story.tell(FailpointPlan(phase=phase, number=number))  # type: ignore[arg-type]
        assert end == undisturbed, f"killed while {phase} number {number}"
        if not fired:
            break
        counts.say(f"killed while {phase}: step {number}")
    # Meeting: claim, load, record. Two invitations and what the scheduler is told: claim and record.
    assert number > 3 + 3 * 2
