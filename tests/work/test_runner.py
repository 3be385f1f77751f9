"""Claims, leases and ends of tasks, on both kinds of database."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from models import Lane, TaskState
from tests.machines.clock import Clock
from tests.machines.processes import wait_until
from tests.work.probes import MAIL_PROBE, Probe
from timezones import utc_now
from work import retry
from work.protocol import Again, ClaimedTask, Dead

# Locking and SQL that differs are their subject.
pytestmark = pytest.mark.both_databases

LEASE = timedelta(seconds=30)


@pytest.fixture
def probe(app: Flask, clock: Clock) -> Probe:
    return Probe(app)


def test_task_is_done_once(probe: Probe) -> None:
    probe.enqueue()
    assert probe.runner().run_due() == 1
    assert probe.runner().run_due() == 0
    assert probe.states() == [TaskState.DONE]
    assert len(probe.began) == 1


def test_task_is_not_begun_before_it_is_due(probe: Probe, clock: Clock) -> None:
    probe.enqueue(run_at=utc_now() + timedelta(seconds=30))
    assert probe.runner().run_due() == 0
    clock.move(timedelta(seconds=30))
    assert probe.runner().run_due() == 1


def test_task_that_someone_else_claimed_is_left_alone(probe: Probe) -> None:
    probe.enqueue()
    elsewhere = probe.runner()
    claimed: list[int] = []
    probe.during_call = lambda task: claimed.append(elsewhere.run_due())
    assert probe.runner().run_due() == 1
    assert claimed == [0]


def test_two_runners_that_saw_the_same_task_due_begin_it_once(probe: Probe) -> None:
    for number in range(8):
        probe.enqueue(number)
    together = threading.Barrier(4)
    failures: list[BaseException] = []

    def work() -> None:
        runner = probe.runner()
        together.wait(10)
        try:
            runner.run_due()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == []
    assert len(probe.began) == 8
    assert sorted(set(probe.began)) == sorted(probe.began)
    assert probe.states() == [TaskState.DONE] * 8


def test_one_subject_has_one_running_task_per_lane(probe: Probe) -> None:
    probe.enqueue()
    probe.enqueue()
    probe.enqueue(kind=MAIL_PROBE)
    elsewhere = probe.runner()
    meanwhile: list[int] = []

    def look(task: ClaimedTask) -> None:
        if task.lane is Lane.PROVIDER and not meanwhile:
            meanwhile.append(elsewhere.run_due(Lane.PROVIDER))
            meanwhile.append(elsewhere.run_due(Lane.MAIL))

    probe.during_call = look
    probe.runner().run_due()
    assert meanwhile == [0, 1]
    assert probe.states() == [TaskState.DONE] * 3


def test_outcome_of_a_lost_lease_is_not_recorded(probe: Probe, clock: Clock) -> None:
    probe.enqueue()
    elsewhere = probe.runner()

    def hang(task: ClaimedTask) -> None:
        if len(probe.began) == 1:
            clock.move(LEASE + timedelta(seconds=1))
            assert elsewhere.release_forfeited() == 1
            elsewhere.run_due()

    probe.during_call = hang
    probe.runner().run_due()
    assert len(probe.began) == 2
    assert len(probe.recorded) == 1
    assert probe.states() == [TaskState.DONE]


def test_lease_is_kept_for_as_long_as_its_task_is_under_way(probe: Probe, clock: Clock) -> None:
    lease = timedelta(seconds=0.3)
    probe.app.config["TASK_LEASE_SECONDS"] = lease.total_seconds()
    probe.enqueue()
    elsewhere = probe.runner()

    def take_long(task: ClaimedTask) -> None:
        for _ in range(3):
            clock.move(lease * 0.9)
            wait_until(
                lambda: probe.tasks()[0].leased_until == clock.now + lease, what="it is renewed", timeout=5
            )
            assert elsewhere.release_forfeited() == 0

    probe.during_call = take_long
    probe.runner().run_due()
    assert (len(probe.began), len(probe.recorded)) == (1, 1)


def test_lease_of_a_task_that_hangs_is_not_renewed_forever(probe: Probe, clock: Clock) -> None:
    probe.app.config["TASK_LEASE_SECONDS"] = 0.3
    probe.app.config["TASK_LONGEST_SECONDS"] = 0.0
    probe.enqueue()
    elsewhere = probe.runner()

    def hang(task: ClaimedTask) -> None:
        if len(probe.began) == 1:
            clock.move(timedelta(seconds=1))
            assert elsewhere.release_forfeited() == 1
            elsewhere.run_due()

    probe.during_call = hang
    probe.runner().run_due()
    assert (len(probe.began), len(probe.recorded)) == (2, 1)


def test_task_of_a_dead_process_begins_again_when_its_lease_runs_out(probe: Probe, clock: Clock) -> None:
    probe.enqueue()
    probe.claim_and_die()
    runner = probe.runner()
    clock.move(LEASE - timedelta(seconds=1))
    assert runner.release_forfeited() == 0
    assert runner.run_due() == 0
    clock.move(timedelta(seconds=2))
    assert runner.release_forfeited() == 1
    assert runner.run_due() == 1
    assert probe.states() == [TaskState.DONE]


def test_task_that_takes_its_process_with_it_each_time_is_given_up_in_words(
    probe: Probe, clock: Clock
) -> None:
    probe.enqueue()
    runner = probe.runner()
    for _ in range(retry.STARTS_WITHOUT_END_ALLOWED):
        assert probe.states() == [TaskState.READY]
        probe.claim_and_die()
        clock.move(LEASE + timedelta(seconds=1))
        runner.release_forfeited()
    assert probe.states() == [TaskState.DEAD]
    assert probe.gave_up == ["it was started again and again without ever coming to an end"]


def test_task_that_crashes_goes_dead_after_the_allowed_number_and_says_so(probe: Probe, clock: Clock) -> None:
    def crash(task: ClaimedTask) -> None:
        raise ZeroDivisionError

    probe.during_call = crash
    probe.enqueue()
    probe.enqueue(2)
    for _ in range(retry.CRASHES_ALLOWED + 2):
        probe.runner().run_due()
        clock.move(timedelta(hours=2))
    assert probe.states() == [TaskState.DEAD] * 2
    assert len(probe.began) == 2 * retry.CRASHES_ALLOWED
    assert probe.gave_up == ["ZeroDivisionError in probe"] * 2
    assert probe.tasks()[0].last_error == "ZeroDivisionError in probe"


def test_data_that_even_breaks_giving_up_kills_no_thread(probe: Probe, clock: Clock) -> None:
    def crash(task: ClaimedTask) -> None:
        if task.subject == "interview:1":
            raise KeyError("poison")

    probe.during_call = probe.when_given_up = crash
    probe.enqueue()
    for _ in range(retry.CRASHES_ALLOWED):
        probe.runner().run_due()
        clock.move(timedelta(hours=2))
    assert probe.states() == [TaskState.DEAD]
    probe.enqueue(2)
    assert probe.runner().run_due() == 1


def test_task_of_an_unknown_kind_goes_dead_and_holds_up_no_other(probe: Probe, clock: Clock) -> None:
    probe.enqueue()
    runner = probe.runner()
    runner_of_another_version = type(runner)(probe.app, {})
    for _ in range(retry.CRASHES_ALLOWED):
        runner_of_another_version.run_due()
        clock.move(timedelta(hours=2))
    assert probe.states() == [TaskState.DEAD]


def test_failure_counts_and_waiting_does_not(probe: Probe, clock: Clock) -> None:
    probe.enqueue()
    soon = timedelta(seconds=1)
    for is_failure, counted in ((False, 0), (True, 1), (False, 1), (True, 2)):
        probe.becomes = lambda task, bad=is_failure: Again(utc_now() + soon, "later", is_failure=bad)  # type: ignore[misc]
        probe.runner().run_due()
        [task] = probe.tasks()
        assert (task.state, task.failures, task.starts) == (TaskState.READY, counted, 0)
        assert (task.lease, task.last_error) == (None, "later")
        clock.move(soon)


def test_task_that_says_it_is_dead_stays_dead(probe: Probe, clock: Clock) -> None:
    probe.becomes = lambda task: Dead("no use")
    probe.enqueue()
    probe.runner().run_due()
    clock.move(timedelta(days=1))
    assert probe.runner().run_due() == 0
    assert probe.tasks()[0].last_error == "no use"


def test_database_that_fails_is_not_the_tasks_fault(probe: Probe, clock: Clock) -> None:
    def disk_is_full(task: ClaimedTask) -> None:
        raise OperationalError("COMMIT", None, Exception("database or disk is full"))

    probe.enqueue()
    probe.during_call = disk_is_full
    with pytest.raises(OperationalError):
        probe.runner().run_due()
    assert probe.states() == [TaskState.RUNNING]
    probe.during_call = lambda task: None
    clock.move(LEASE + timedelta(seconds=1))
    runner = probe.runner()
    runner.release_forfeited()
    runner.run_due()
    assert probe.states() == [TaskState.DONE]
    assert probe.tasks()[0].failures == 0


def test_stopped_runner_gives_back_what_it_cannot_finish(probe: Probe) -> None:
    may_end = threading.Event()

    def hang(task: ClaimedTask) -> None:
        may_end.wait(20)

    probe.during_call = hang
    probe.enqueue()
    runner = probe.runner(threads={Lane.PROVIDER: 1})
    runner.start()
    try:
        wait_until(lambda: bool(probe.began), what="the task began", timeout=10)
        runner.stop(0.1)
        [task] = probe.tasks()
        assert (task.state, task.lease) == (TaskState.READY, None)
    finally:
        may_end.set()
        # The next test uses the same app; a thread that is still working would write into its database.
        runner.stop(10)


def test_commit_wakes_the_runner_of_its_own_process(probe: Probe) -> None:
    runner = probe.runner(threads={Lane.PROVIDER: 1})
    runner.start()
    try:
        probe.enqueue()
        wait_until(lambda: probe.states() == [TaskState.DONE], what="the task is done", timeout=10)
    finally:
        runner.stop(10)


def test_lane_survives_an_unexpected_fault(probe: Probe) -> None:
    stumbles: list[str] = []

    def stumble(phase: str, task: ClaimedTask) -> None:
        if phase == "claimed" and not stumbles:
            stumbles.append(phase)
            raise RuntimeError("unforeseen")

    runner = probe.runner(threads={Lane.PROVIDER: 1}, on_phase=stumble)
    runner.start()
    try:
        probe.enqueue(1)
        wait_until(lambda: bool(stumbles), what="the runner stumbled", timeout=10)
        probe.enqueue(2)
        wait_until(lambda: TaskState.DONE in probe.states(), what="the other task is done", timeout=10)
    finally:
        runner.stop(10)
