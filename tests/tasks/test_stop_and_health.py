"""A server that is told to stop finishes what it began; the health page says whether work is being done."""

import time
from datetime import timedelta

import pytest

from models import TaskState
from tests.machines.processes import wait_until
from tests.machines.servers import ServerProcesses
from tests.tasks.installation import Installation, Office
from tests.tasks.real_time import (
    FAST,
    assert_one_meeting_each,
    copies_of_each_mail,
    postgresql_in_full_runs,
    wait_until_settled,
)
from timezones import zone_data_version
from work.chores import Chore
from work.metronome import Metronome

STOPS_WITHIN = 25
FAST_TICK = {"TICK_SECONDS": FAST["TICK_SECONDS"]}


def lanes_at_work(office: Office) -> set[str]:
    return {task.kind for task in office.tasks() if task.state is TaskState.RUNNING}


def stop_in_the_middle_and_start_again(
    office: Office, server_processes: ServerProcesses, settings: dict[str, str]
) -> None:
    """Stop the server and start it again. Until it has stopped, Zoom and the mailbox stay as slow or silent
    as the test has made them."""
    office.connect(office.team.ben)
    interviews = [office.schedule() for _ in range(3)]
    by_phone = office.schedule(software=None)
    [server] = server_processes.start(1, workers=2, settings=settings, overrides=FAST_TICK)
    # The daily comparison of an account may run at the same time.
    wait_until(
        lambda: lanes_at_work(office) >= {"sync_meeting", "send_mail"}, what="both lanes work", timeout=20
    )
    began = time.monotonic()
    assert server.terminate(timeout=STOPS_WITHIN + 10) == 0
    assert time.monotonic() - began < STOPS_WITHIN
    assert lanes_at_work(office) == set()
    office.simulators.zoom_switches(latency_ms=0)
    office.simulators.mail_switches(silent=False, delay_ms=0)
    server_processes.start(1, overrides=FAST_TICK)
    wait_until_settled(office, interviews)
    office.simulators.wait_for_mails(8)
    assert_one_meeting_each(office, interviews)
    assert set(copies_of_each_mail(office, [*interviews, by_phone]).values()) == {1}


@pytest.mark.slow
@postgresql_in_full_runs
def test_server_that_is_told_to_stop_finishes_its_work_and_loses_nothing(
    office: Office, server_processes: ServerProcesses
) -> None:
    office.simulators.zoom_switches(latency_ms=1500)
    office.simulators.mail_switches(delay_ms=1500)
    stop_in_the_middle_and_start_again(office, server_processes, {})
    connections = office.simulators.mail_connections()
    # Both the server that was stopped and the one that runs send several mails on each of theirs.
    assert 0 < connections["ended_with_quit"] < connections["opened"] < len(office.simulators.mails())


@pytest.mark.full
def test_server_that_is_told_to_stop_leaves_a_silent_mail_server_alone_in_the_end(
    office: Office, server_processes: ServerProcesses
) -> None:
    office.simulators.zoom_switches(latency_ms=1500)
    office.simulators.mail_switches(silent=True)
    # Longer than the server may take to stop.
    stop_in_the_middle_and_start_again(office, server_processes, {"MAIL_TIMEOUT": "60"})


def test_health_page_is_green_while_the_metronome_beats_and_red_when_it_stopped(
    installation: Installation,
) -> None:
    installation.app.config["SCHEDULER_ENABLED"] = True
    metronome = Metronome(installation.app, installation.runner)
    client = installation.app.test_client()

    def health() -> tuple[int, str]:
        answer = client.get("/healthz")
        assert answer.get_json()["time_zone_data"] == zone_data_version()
        return answer.status_code, answer.get_json()["status"]

    assert health() == (503, "failing")
    metronome.tick()
    assert health() == (200, "ok")
    installation.clock.forward(timedelta(seconds=119))
    assert health() == (200, "ok")
    installation.clock.forward(timedelta(seconds=2))
    assert health() == (503, "failing")
    metronome.tick()
    assert health() == (200, "ok")


def test_health_page_tells_waiting_retries_from_work_that_no_one_does(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(fail_next=1)
    installation.schedule()
    client = installation.app.test_client()
    installation.clock.forward(timedelta(seconds=90))
    assert client.get("/healthz").get_json()["oldest_overdue_task_seconds"] == 90
    installation.run_due()
    assert client.get("/healthz").get_json()["oldest_overdue_task_seconds"] == 0


def test_tick_survives_a_chore_that_fails_and_still_wakes_the_runner(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    done: list[str] = []

    def broken() -> None:
        done.append("broken")
        raise RuntimeError("a chore of the next version")

    metronome = Metronome(installation.app, installation.runner, chores=(Chore("broken", lambda _: broken),))
    metronome.tick()
    metronome.tick()
    assert done == ["broken", "broken"]
