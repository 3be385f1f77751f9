"""A thousand interviews, two servers, faults and kills at random: nothing is lost, nothing is done twice."""

import faulthandler
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

import instance_folder
from backups.keys import read_secret
from backups.rehearsing import Rehearsal, rehearse
from backups.restoring import restore
from extensions import db
from models import Interview, Mail, MailState, Meeting, MeetingState, Task, TaskState
from tests.backups.places import PAIR, back_up, make_app
from tests.factories import LENA, PRIYA, in_three_days
from tests.machines.application import close_app
from tests.machines.counts import Counts
from tests.machines.processes import wait_until
from tests.machines.servers import ServerProcess, ServerProcesses
from tests.machines.simulators import Simulators
from tests.tasks.copied_run import assert_tells_the_truth
from tests.tasks.installation import Office
from tests.tasks.real_time import FAST, WAITING, assert_one_meeting_each
from timezones import utc_now
from work.mail import SEND_MAIL

RAVI = "ravi.menon@northlight.example"
SETTINGS = {"MAIL_TIMEOUT": "2", "PROVIDER_TIMEOUT_SECONDS": "2"}
IN_A_BATCH = 10
# Each server sends this many emails at a time, so a kill can catch as many between the mail server's answer
# and the row that records it.
MAIL_THREADS = 3

Fault = Callable[[random.Random, Simulators], object]


def _zoom(**switches: Callable[[random.Random], object]) -> Fault:
    return lambda chance, simulators: simulators.zoom_switches(
        **{name: choose(chance) for name, choose in switches.items()}
    )


def _mail(**switches: Callable[[random.Random], object]) -> Fault:
    return lambda chance, simulators: simulators.mail_switches(
        **{name: choose(chance) for name, choose in switches.items()}
    )


def _few(chance: random.Random) -> int:
    return chance.randint(1, 4)


# All of them end on their own: faults that a person has to fix are for other tests.
FAULTS: tuple[Fault, ...] = (
    _zoom(fail_next=_few, fail_status=lambda chance: chance.choice((429, 500, 502, 503, 504))),
    _zoom(lose_next_creates=_few),
    _zoom(drop_next_creates=_few),
    _zoom(
        bad_answer=lambda chance: chance.choice(("html", "empty", "truncated", "wrong_types", "redirect")),
        bad_answer_calls=_few,
    ),
    _zoom(bad_answer=lambda chance: "another", bad_answer_calls=lambda chance: 1),
    _zoom(reject_next_tokens=lambda chance: 1),
    _zoom(latency_ms=lambda chance: chance.choice((200, 800))),
    _zoom(create_answer_delay_ms=lambda chance: 4000),
    _zoom(per_second_limit=lambda chance: 3),
    _mail(drop_after_data=_few),
    _mail(refuse_connections=lambda chance: True),
    _mail(silent=lambda chance: True),
    _mail(delay_ms=lambda chance: chance.choice((300, 3000))),
    _mail(answer_recipient=lambda chance: "451 4.3.0 Try again later"),
    _mail(answer_data=lambda chance: "452 4.3.1 Insufficient system storage"),
)
# The switches that stay on until they are turned off.
CALM_ZOOM: dict[str, object] = {
    "latency_ms": 0,
    "create_answer_delay_ms": 0,
    "per_second_limit": None,
    "bad_answer": "",
}
CALM_MAIL: dict[str, object] = {
    "refuse_connections": False,
    "silent": False,
    "delay_ms": 0,
    "answer_recipient": "",
    "answer_data": "",
}


@dataclass
class Run:
    """What happened so far."""

    office: Office
    processes: ServerProcesses
    chance: random.Random
    interviews: list[int] = field(default_factory=list)
    servers: list[ServerProcess] = field(default_factory=list)
    kills: int = 0
    faults: int = 0
    # The last of them.
    fault: Fault | None = None
    # A backup that was made in the middle of the run, and how many interviews there were.
    copy: Path | None = None
    scheduled_at_copy: int = 0

    def schedule(self, count: int) -> None:
        """Schedule an interview, each at a different hour: what a lost answer left behind is found by its
        time."""
        team = self.office.team
        for _ in range(count):
            starts_at = in_three_days() + timedelta(hours=len(self.interviews))
            manager = self.chance.choice((team.ben, team.cleo, team.ada))
            self.interviews.append(self.office.schedule(starts_at=starts_at, hiring_manager=manager))

    def change_the_weather(self) -> None:
        """Change what is wrong. Most of the time something is, never for long, and never the same twice in a
        row: a token that is rejected right after another one ends the connection.
        """
        self.calm()
        if self.chance.random() < 0.7:
            self.fault = self.chance.choice([each for each in FAULTS if each is not self.fault])
            self.fault(self.chance, self.office.simulators)
            self.faults += 1

    def calm(self) -> None:
        self.office.simulators.zoom_switches(**CALM_ZOOM)
        self.office.simulators.mail_switches(**CALM_MAIL)

    def make_copy(self, path: Path) -> None:
        """Make a backup while the servers are at work; interviews are only scheduled by this thread."""
        self.copy, self.scheduled_at_copy = back_up(self.office.app, path).path, len(self.interviews)

    def kill_one(self) -> None:
        """Kill one of the servers and start another."""
        victim = self.servers.pop(self.chance.randrange(len(self.servers)))
        victim.kill()
        self.kills += 1
        self.start_one()

    def tasks_taken_over(self) -> set[int]:
        """The tasks that one server began and another had to begin again, by what the servers wrote."""
        logs = "".join(log.read_text(errors="replace") for log in self.processes.log_files)
        return {int(number) for number in re.findall(r"task (\d+) send_mail: its lease ran out", logs)}

    def start_one(self) -> None:
        self.servers += self.processes.start(1, settings=SETTINGS, overrides=FAST)


@pytest.mark.full
def test_a_thousand_interviews_survive_faults_and_kills(
    office: Office, server_processes: ServerProcesses, counts: Counts, seed: int, tmp_path: Path
) -> None:
    # It prints its progress, so it needs no dump that shows where it hangs.
    faulthandler.cancel_dump_traceback_later()
    total = counts(ordinary=100, full=1000)
    office.simulators.zoom_switches(daily_limit=1_000_000)
    for member, account in ((office.team.ben, LENA), (office.team.cleo, PRIYA), (office.team.ada, RAVI)):
        office.connect(member, account)
    run = Run(office, server_processes, random.Random(seed))
    run.start_one()
    run.start_one()
    began = said = time.monotonic()
    copied_at = run.chance.randrange(total // 5, total * 4 // 5)

    def say(what: str) -> None:
        nonlocal said
        if counts.is_full and time.monotonic() - said > 10:
            said = time.monotonic()
            seconds = said - began
            counts.say(
                f"random run, seed {seed}: {what}, {run.faults} faults, {run.kills} kills, {seconds:.0f} s"
            )

    while len(run.interviews) < total:
        if run.copy is None and len(run.interviews) >= copied_at:
            run.make_copy(tmp_path / "copy.age")
            say("a backup was made")
        run.change_the_weather()
        run.schedule(min(IN_A_BATCH, total - len(run.interviews)))
        if len(run.interviews) % (4 * IN_A_BATCH) < IN_A_BATCH:
            run.kill_one()
        say(f"{len(run.interviews)} of {total} scheduled")
    run.calm()
    wait_until(
        lambda: is_over(run, lambda left: say(f"{left} of {total} still have something to do")),
        what="everything has settled",
        timeout=240,
        every=0.5,
    )
    wait_until(
        lambda: len(office.living_meetings()) == total,
        what="meetings that lost answers left behind are removed",
        timeout=120,
        every=0.5,
    )
    assert_nothing_is_lost_and_nothing_is_double(run, total)
    assert run.copy is not None
    rehearsed = rehearsal_of(run.copy)
    assert rehearsed.is_good, rehearsed.checks
    assert rehearsed.manifest.tables["interviews"].rows == run.scheduled_at_copy
    with restored(run.copy) as copy:
        scheduled, arrived = run.interviews[: run.scheduled_at_copy], set(office.simulators.message_ids())
        assert_tells_the_truth(copy, scheduled, arrived, office.app)


def is_over(run: Run, tell: Callable[[int], None]) -> bool:
    """Whether everything is done. Retries that would wait for minutes are made at once, as if the time had
    passed."""
    with run.office.writing():
        left = db.session.scalar(
            sa.select(sa.func.count(sa.distinct(Task.subject))).where(
                Task.state.in_((TaskState.READY, TaskState.RUNNING)), Task.kind.not_in(WAITING)
            )
        )
        db.session.execute(
            sa.update(Task)
            .where(Task.state == TaskState.READY, Task.kind.not_in(WAITING), Task.run_at > utc_now())
            .values(run_at=utc_now())
        )
        db.session.commit()
    tell(left or 0)
    return not left


def rehearsal_of(copy: Path) -> Rehearsal:
    """What a rehearsal says about the backup."""
    return rehearse(make_app, copy, read_secret(PAIR.secret), copy.parent)


@contextmanager
def restored(copy: Path) -> Iterator[Flask]:
    """An application in another place, into which the backup was restored."""
    folder = copy.parent / "restored"
    settings = {"DATABASE_URL": f"sqlite:///{folder / 'smoothhiring.sqlite3'}", "INSTANCE_PATH": str(folder)}
    app = make_app(settings)
    # As the command finds it: an application makes keys only later.
    instance_folder.remove_keys(folder)
    restore(app, copy, read_secret(PAIR.secret))
    yield app
    close_app(app)


def assert_nothing_is_lost_and_nothing_is_double(run: Run, total: int) -> None:
    office = run.office
    with office.reading():
        assert db.session.scalar(sa.select(sa.func.count(Interview.id))) == total
        states = set(db.session.scalars(sa.select(Meeting.state).where(Meeting.is_wanted)))
        assert states == {MeetingState.READY}
        assert not db.session.scalars(sa.select(Task.id).where(Task.state == TaskState.DEAD)).all()
        mails = list(db.session.scalars(sa.select(Mail)))
        db.session.expunge_all()
        tasks = {
            task.payload["mail_id"]: task.id
            for task in db.session.scalars(sa.select(Task).where(Task.kind == SEND_MAIL.name))
        }
    assert {mail.state for mail in mails} <= {MailState.SENT, MailState.DROPPED}
    assert_one_meeting_each(office, run.interviews)

    copies = Counter(office.simulators.message_ids())
    sent = {mail.message_id: mail for mail in mails if mail.state is MailState.SENT}
    # Everything that counts as sent has arrived, and what was dropped for a newer one may have before.
    assert set(sent) <= set(copies) <= {mail.message_id for mail in mails}
    invited = {mail.interview_id for mail in sent.values() if mail.kind == "invitation"}
    assert invited == set(run.interviews)
    doubled = [mail for mail in mails if copies[mail.message_id] > 1]
    # An answer was lost, or a server was killed before it could record what it had done. Then the mail was
    # sent again as the same message.
    taken_over = run.tasks_taken_over()
    unexplained = [m.id for m in doubled if not m.may_be_double and tasks.get(m.id) not in taken_over]
    assert unexplained == []
    by_kills = sum(copies[mail.message_id] - 1 for mail in doubled if not mail.may_be_double)
    assert by_kills <= MAIL_THREADS * run.kills
