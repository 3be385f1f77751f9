"""Background work while its database is locked, on a full disk, or on a read-only disk."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

import database
from extensions import db
from models import CallState, MailState, MeetingState, TaskState
from tests.factories import create_team
from tests.machines.application import settings_for
from tests.machines.apps import LendApp, Seeded
from tests.machines.disks import full_disk, read_only_disk
from tests.machines.simulators import Simulators
from tests.tasks.frozen_clock import FrozenClock
from tests.tasks.installation import Installation, another_runner
from work.protocol import ClaimedTask
from work.runner import Phase

Trouble = Callable[[Installation], AbstractContextManager[None]]


@pytest.fixture
def installation(sqlite_installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setattr(database, "SQLITE_BUSY_TIMEOUT_MS", 50)
    sqlite_installation.connect(sqlite_installation.team.ben)
    return sqlite_installation


def file_of(installation: Installation) -> Path:
    path = sa.make_url(installation.app.config["DATABASE_URL"]).database
    assert path is not None
    return Path(path)


@contextmanager
def locked(installation: Installation) -> Iterator[None]:
    # Another thread ends the transaction.
    with closing(
        sqlite3.connect(file_of(installation), isolation_level=None, check_same_thread=False)
    ) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def full(installation: Installation) -> Iterator[None]:
    with full_disk():
        yield


@contextmanager
def read_only(installation: Installation) -> Iterator[None]:
    with installation.app.app_context():
        # As after a restart: files that were open for writing before could still be written.
        db.engine.dispose()
    with read_only_disk(file_of(installation).parent):
        yield


TROUBLES = {"locked": locked, "full": full, "read only": read_only}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
def test_work_that_cannot_be_claimed_touches_nothing_outside_and_is_done_afterwards(
    installation: Installation, trouble: Trouble
) -> None:
    interview = installation.schedule()
    with trouble(installation):
        with pytest.raises(OperationalError):
            installation.run_due()
        assert installation.calls("create") == []
        assert installation.simulators.mails() == []
    installation.run_due()
    assert installation.meeting(interview).state is MeetingState.READY
    assert [mail.state for mail in installation.mails(interview)] == [MailState.SENT] * 2
    assert len(installation.simulators.mails()) == 2


@pytest.mark.parametrize("trouble", [locked, full], ids=["locked", "full"])
@pytest.mark.parametrize("kind", ["sync_meeting", "send_mail"])
def test_what_was_done_outside_is_recorded_as_soon_as_possible_and_not_done_again(
    installation: Installation, trouble: Trouble, kind: str
) -> None:
    interview = installation.schedule()
    over = threading.Event()
    troubles: list[AbstractContextManager[None]] = []

    def begin(phase: Phase, task: ClaimedTask) -> None:
        if (phase, task.kind) == ("called", kind) and not troubles:
            troubles.append(trouble(installation))
            troubles[0].__enter__()
            threading.Timer(0.6, end).start()

    def end() -> None:
        troubles[0].__exit__(None, None, None)
        over.set()

    try:
        another_runner(installation, on_phase=begin).run_due()
    finally:
        assert over.wait(10)
    assert {task.state for task in installation.tasks(kind)} == {TaskState.DONE}
    assert {task.starts for task in installation.tasks(kind)} == {1}
    assert installation.meeting(interview).calls == (CallState.DONE,)
    assert len(installation.simulators.mails()) == 2


@pytest.fixture
def on_postgresql(
    postgres_url: str,
    instance_path: Path,
    lend_app: LendApp,
    seeded: Seeded,
    simulators: Simulators,
    clock: FrozenClock,
) -> Installation:
    app = lend_app(settings_for(postgres_url, instance_path, simulators.settings()))
    installation = Installation(app, seeded(app, create_team), simulators, clock)
    installation.connect(installation.team.ben)
    return installation


@pytest.mark.parametrize("kind", ["sync_meeting", "send_mail"])
def test_database_that_restarts_during_a_call_gets_the_outcome_and_nothing_is_done_again(
    on_postgresql: Installation, kind: str
) -> None:
    installation = on_postgresql
    interview = installation.schedule()
    restarts: list[str] = []

    def restart(phase: Phase, task: ClaimedTask) -> None:
        if (phase, task.kind) == ("called", kind) and not restarts:
            restarts.append(phase)
            with installation.reading():
                db.session.execute(
                    sa.text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                )

    another_runner(installation, on_phase=restart).run_due()
    assert {task.starts for task in installation.tasks(kind)} == {1}
    assert {task.state for task in installation.tasks(kind)} == {TaskState.DONE}
    assert installation.meeting(interview).calls == (CallState.DONE,)
    assert len(installation.simulators.mails()) == 2
