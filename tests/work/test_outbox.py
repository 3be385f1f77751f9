"""Work is requested in the transaction that needs it, and requesting it twice before it begins is the same as
once."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from database import writing
from extensions import db
from models import Lane, Task, TaskState
from tests.machines.application import build_app, close_app, settings_for
from tests.machines.clock import Clock
from tests.machines.locks import is_waiting_for_a_lock
from tests.machines.processes import wait_until
from tests.work.probes import PROBE, Probe
from timezones import utc_now
from work import outbox, retry
from work.protocol import Again, ClaimedTask

# Locking and SQL that differs are their subject.
pytestmark = pytest.mark.both_databases


@pytest.fixture
def probe(app: Flask, clock: Clock) -> Probe:
    return Probe(app)


def test_work_of_a_decision_that_was_rolled_back_is_not_there(probe: Probe) -> None:
    with probe.app.app_context(), writing():
        outbox.enqueue(PROBE, 1)
        db.session.rollback()
    assert probe.tasks() == []


def test_same_work_asked_for_twice_is_one_task_at_the_earlier_time(probe: Probe) -> None:
    later, earlier = utc_now() + timedelta(hours=1), utc_now() + timedelta(minutes=1)
    probe.enqueue(dedupe_key="one", run_at=later)
    probe.enqueue(dedupe_key="one", run_at=earlier)
    probe.enqueue(dedupe_key="one", run_at=later)
    [task] = probe.tasks()
    assert task.run_at == earlier


def test_work_without_a_key_is_never_joined(probe: Probe) -> None:
    probe.enqueue()
    probe.enqueue()
    assert len(probe.tasks()) == 2


def test_work_asked_for_while_it_runs_is_done_once_more(probe: Probe) -> None:
    probe.enqueue(dedupe_key="one")

    def ask_again(task: ClaimedTask) -> None:
        if len(probe.began) == 1:
            probe.enqueue(dedupe_key="one")

    probe.during_call = ask_again
    probe.runner().run_due()
    assert len(probe.began) == 2
    assert probe.states() == [TaskState.DONE] * 2


def test_retry_makes_way_for_the_same_work_asked_for_meanwhile(probe: Probe) -> None:
    probe.enqueue(dedupe_key="one")

    def ask_again(task: ClaimedTask) -> None:
        if len(probe.began) == 1:
            probe.enqueue(dedupe_key="one")

    probe.during_call = ask_again
    probe.becomes = lambda task: Again(utc_now() + timedelta(hours=1), "later")
    probe.runner().run_due()
    assert probe.states() == [TaskState.DONE, TaskState.READY]


def test_two_transactions_that_ask_for_the_same_work_make_one_task(probe: Probe) -> None:
    together = threading.Barrier(4)
    failures: list[BaseException] = []

    def ask() -> None:
        together.wait(10)
        try:
            for number in range(5):
                probe.enqueue(dedupe_key=f"key-{number}")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == []
    assert len(probe.tasks()) == 5


@pytest.fixture
def postgres_probe(postgres_url: str, instance_path: Path, clock: Clock) -> Iterator[Probe]:
    app = build_app(settings_for(postgres_url, instance_path))
    yield Probe(app)
    close_app(app)


def test_work_asked_for_while_it_is_being_claimed_is_done_once_more(postgres_probe: Probe) -> None:
    probe = postgres_probe
    probe.enqueue(dedupe_key="one", run_at=utc_now() + timedelta(hours=1))
    with probe.app.app_context(), writing():
        # Someone's claim, not committed yet: anyone who asks now still sees the task waiting.
        db.session.execute(sa.update(Task).values(state=TaskState.RUNNING, lease="elsewhere"))
        asking = threading.Thread(target=probe.enqueue, kwargs={"dedupe_key": "one"})
        asking.start()
        wait_until(lambda: is_waiting_for_a_lock(probe.app), what="the other transaction waits", timeout=10)
        db.session.commit()
    asking.join(10)
    assert probe.states() == [TaskState.RUNNING, TaskState.READY]


def test_retry_that_meets_the_same_work_half_asked_for_is_not_lost(postgres_probe: Probe) -> None:
    probe = postgres_probe
    probe.enqueue(dedupe_key="one")
    has_begun, may_go_on = threading.Event(), threading.Event()

    def wait_for_the_other(task: ClaimedTask) -> None:
        has_begun.set()
        may_go_on.wait(10)

    probe.during_call = wait_for_the_other
    probe.becomes = lambda task: Again(utc_now() + timedelta(hours=1), "later")
    working = threading.Thread(target=lambda: probe.runner().run_due())
    working.start()
    assert has_begun.wait(10)
    with probe.app.app_context(), writing():
        # In a transaction that is still open when the outcome should be written.
        at = utc_now() + timedelta(minutes=1)
        outbox.enqueue(PROBE, 1, dedupe_key="one", run_at=at)
        db.session.flush()
        may_go_on.set()
        wait_until(
            lambda: is_waiting_for_a_lock(probe.app), what="the outcome waits to be written", timeout=10
        )
        db.session.commit()
    working.join(10)
    assert probe.states() == [TaskState.DONE, TaskState.READY]
    assert probe.tasks()[0].last_error == "later"


@pytest.mark.parametrize(
    ("failures", "chance", "seconds"),
    [(1, 0.5, 1), (2, 0.5, 2), (6, 0.5, 30), (60, 0.5, 30), (0, 0.5, 1), (4, 0, 8 * 0.8), (4, 1, 8 * 1.2)],
)
def test_ladder_waits_longer_with_each_failure_and_never_less_than_its_steps(
    failures: int, chance: float, seconds: float
) -> None:
    delay = retry.MEETING_IN_GRACE.delay(failures, chance)
    assert delay.total_seconds() == pytest.approx(seconds)


def test_answer_to_a_click_leaves_before_the_work_behind_it_is_woken(probe: Probe) -> None:
    woken: list[Lane] = []
    stop = outbox.when_committed(woken.append)
    try:
        let_go = outbox.hold_back_wakes()
        probe.enqueue()
        outbox.stop_holding_back_wakes()
        assert woken == []
        let_go()
        assert woken == [PROBE.lane]
        probe.enqueue()
        assert woken == [PROBE.lane] * 2
    finally:
        stop()
