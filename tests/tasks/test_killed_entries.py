"""A process that dies before or after any of its commits leaves the same calendars behind as one that
lives."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from database import is_reading
from models import MailState, ReaderRole, TaskState
from models import MeetingSoftware as Software
from scheduling.mails.queue import CANCELLATION, INVITATION, TAKEN_OFF
from scheduling.venues import OnlineMeeting
from tests.factories import LENA, create_candidate
from tests.machines.counts import Counts
from tests.machines.processes import wait_until
from tests.machines.servers import FailpointPlan, ServerProcesses
from tests.tasks.calendar_office import MARCO, CalendarInstallation, CalendarOffice, in_calendars, taking_part
from tests.tasks.installation import another_runner
from tests.tasks.real_time import FAST

ZOOM = OnlineMeeting(Software.ZOOM)
When = Literal["committing", "committed"]
RAVI = "ravi.menon@northlight.example"


class _ProcessEndsError(BaseException):
    """No code of the product catches it, just as nothing goes on in a process that was killed."""


@contextmanager
def dying(when: When, number: int) -> Iterator[list[int]]:
    """End what is running right before or right after its commit of this number. Yields the commits made."""
    made: list[int] = []

    def count(_session: Session) -> None:
        if is_reading():
            return
        made.append(len(made) + 1)
        if len(made) == number:
            raise _ProcessEndsError

    name = {"committing": "before_commit", "committed": "after_commit"}[when]
    event.listen(Session, name, count)
    try:
        yield made
    finally:
        event.remove(Session, name, count)


def _is_said_alike(words: str) -> bool:
    """Whether this is said in the same words in every story: it has no time in it, and the next process does
    not say it again."""
    return "moved" not in words and "updated" not in words


@dataclass(frozen=True)
class End:
    """What is left when everything is done, without what differs between any two interviews."""

    meetings: tuple[tuple[bool, str], ...]
    events: tuple[tuple[str, str, int, bool, str], ...]
    mails: tuple[tuple[str, ReaderRole, MailState], ...]
    words: tuple[str, ...]


class Story:
    """One interview after another, each with a different candidate and at a different hour."""

    def __init__(self, office: CalendarInstallation, act: str) -> None:
        self.office, self.act = office, act
        self.told = 0
        self.on_entry = OnlineMeeting(office.side_of(LENA).software)
        office.connect_calendar(office.team.ben, LENA)
        office.connect_calendar(office.team.cleo, MARCO)
        # A process that dies while it renews Zoom's grant has lost the grant: that is a separate story
        # (test_grants).
        office.simulators.zoom_switches(daily_limit=100_000, expires_in=86_000)
        office.connect(office.team.ben, RAVI)

    def tell(self, when: When, number: int) -> tuple[int, End]:
        """How many commits the process came to, and what is left behind when all is done."""
        office = self.office
        self.told += 1
        hours = timedelta(hours=2 * self.told)
        starts_at = office.clock.now.replace(minute=0, second=0, microsecond=0) + timedelta(days=3) + hours
        with office.writing():
            dina = create_candidate("Dina Kaur", f"dina.{self.told}@mail.example", office.team.job_id)
        venue = ZOOM if self.act == "to_entry" else self.on_entry
        interview = office.schedule(
            candidate=dina, starts_at=starts_at, venue=venue, attendees=taking_part(office.team.cleo)
        )
        if self.act != "schedule":
            office.run_due()
            self.do(interview, starts_at)
            office.clock.forward(timedelta(seconds=12))
        with dying(when, number) as made, suppress(_ProcessEndsError):
            another_runner(office).run_due()
        office.clock.forward(timedelta(seconds=office.app.config["TASK_LEASE_SECONDS"] + 1))
        office.runner.release_forfeited()
        office.run_due()
        for _ in range(2):
            office.later(minutes=16)
        return len(made), self.end_of(interview, starts_at)

    def do(self, interview: int, starts_at: datetime) -> None:
        acts: dict[str, Callable[[], None]] = {
            "reschedule": lambda: self.office.edit(interview, starts_at=starts_at + timedelta(hours=1)),
            "cancel": lambda: self.office.cancel(interview),
            "to_zoom": lambda: self.office.edit(interview, venue=ZOOM),
            "to_entry": lambda: self.office.edit(interview, venue=self.on_entry),
            "take_off": lambda: self.office.edit(interview, attendees=()),
        }
        acts[self.act]()

    def end_of(self, interview: int, starts_at: datetime) -> End:
        office = self.office
        keys = {row.key for row in office.rows_of_entries(interview)}
        ours = [(account, e) for account in (LENA, MARCO) for e in office.events(account) if e.key in keys]
        for row in office.rows_of_entries(interview):
            assert row.failure is None
        assert not [task for task in office.tasks() if task.state is TaskState.DEAD]
        links = [e.join_link for _, e in ours if e.join_link]
        kinds = (INVITATION, CANCELLATION, TAKEN_OFF)
        return End(
            tuple((row.is_wanted, row.state.value) for row in office.rows(interview)),
            tuple(
                (
                    account,
                    e.title,
                    int((e.starts_at - starts_at).total_seconds()),
                    bool(e.join_link),
                    e.location.replace(links[0], "the link") if links else "",
                )
                for account, e in ours
            ),
            tuple(
                sorted(
                    (mail.kind, mail.role, mail.state) for k in kinds for mail in office.mails(interview, k)
                )
            ),
            # The next process says some things once more.
            tuple(sorted({words for words in office.timeline(interview) if _is_said_alike(words)})),
        )


ACTS = ("schedule", "reschedule", "cancel", "to_zoom", "to_entry", "take_off")
# "both": Ben hosts at Google, and Cleo has the entry in Outlook.
ORDINARY = (("schedule", "committed", "outlook"),)


@pytest.mark.parametrize(
    ("act", "when", "calendars"),
    [
        pytest.param(*each, marks=[] if each in ORDINARY else pytest.mark.full)
        for each in itertools.product(ACTS, ("committing", "committed"), ("outlook", "both"))
    ],
    indirect=["calendars"],
)
def test_process_that_dies_at_any_commit_leaves_the_same_end_as_one_that_lives(
    calendar_installation: CalendarInstallation, counts: Counts, seed: int, act: str, when: When
) -> None:
    story = Story(calendar_installation, act)
    commits, undisturbed = story.tell(when, 1_000)
    # To die while committing is to have done one commit fewer, so that need not be tried as often. Each run
    # begins at another commit on each database, and goes on to every eighth from there, or every sixteenth:
    # when a run has begun at each of the first eight, or sixteen, every commit has been tried.
    step = counts(ordinary=6, full=8 if when == "committed" else 16)
    for number in range(1 + seed % step, commits + 1, step):
        made, end = story.tell(when, number)
        assert end == undisturbed, f"died {when} number {number}"
        # The first interview may come to a commit more than the others.
        assert made == number or number > commits - 2, f"{made} commits before number {number}"
        if counts.is_full:
            counts.say(f"{act}, died {when}: commit {number}")


@pytest.mark.slow
@in_calendars("outlook")
@pytest.mark.parametrize(
    ("database_url", "kind", "phase"),
    [
        ("sqlite", "sync_entries", "called"),
        pytest.param("sqlite", "sync_meeting", "called", marks=pytest.mark.full),
        pytest.param("sqlite", "sync_entries", "loaded", marks=pytest.mark.full),
        pytest.param("postgresql", "sync_entries", "called", marks=[pytest.mark.postgres, pytest.mark.full]),
        pytest.param("postgresql", "sync_meeting", "loaded", marks=[pytest.mark.postgres, pytest.mark.full]),
    ],
    indirect=["database_url"],
)
def test_killed_server_is_followed_by_one_that_finishes(
    calendar_office: CalendarOffice, server_processes: ServerProcesses, kind: str, phase: str
) -> None:
    office = calendar_office
    office.connect_calendar(office.team.ben, LENA)
    office.connect_calendar(office.team.cleo, MARCO)
    settings = {**office.sides.google.settings(), **office.sides.outlook.settings()}
    interview = office.schedule(
        venue=OnlineMeeting(office.side_of(LENA).software), attendees=taking_part(office.team.cleo)
    )
    failpoint = FailpointPlan(phase=phase, kind=kind)  # type: ignore[arg-type]
    [doomed] = server_processes.start(1, failpoint=failpoint, overrides=FAST, settings=settings)
    doomed.process.wait(timeout=20)
    assert doomed.failpoint_fired()
    server_processes.start(1, overrides=FAST, settings=settings)

    def is_done() -> bool:
        tasks = [task for task in office.tasks() if task.kind in ("sync_meeting", "send_mail")]
        links = [event.location for account in (LENA, MARCO) for event in office.events(account)]
        return all(task.state is TaskState.DONE for task in tasks) and links == 2 * [
            office.meeting(interview).join_url
        ]

    wait_until(is_done, what="both calendars have the link, and everyone is invited", timeout=30)
    assert len(office.events(LENA)) == len(office.events(MARCO)) == 1
    assert office.event(LENA).join_link == office.meeting(interview).join_url
