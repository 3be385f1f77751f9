"""The machines themselves: what other tests rely on has to work, above all when a run is cut short."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import requests
from playwright.sync_api import Page

from tests.machines.browser import BrowserComplaints
from tests.machines.counts import Counts
from tests.machines.network import NetworkGuard, OutsideNetworkError
from tests.machines.postgresql import PostgreSQLCluster
from tests.machines.processes import MachineError, end_group, kill_group, start, wait_until

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


def _connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("+psycopg", ""))


def test_cluster_hands_out_databases_that_do_not_see_each_other(postgresql: PostgreSQLCluster) -> None:
    first = postgresql.create_database("one", template="template1")
    second = postgresql.create_database("other", template="template1")
    with _connect(first) as connection:
        connection.execute("CREATE TABLE note (line text)")
    with _connect(second) as connection:
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE tablename = 'note'").fetchone()
    assert found == (0,)
    postgresql.drop_database(first)
    postgresql.drop_database(second)


def test_database_is_dropped_under_an_open_connection(postgresql: PostgreSQLCluster) -> None:
    url = postgresql.create_database(template="template1")
    connection = _connect(url)
    postgresql.drop_database(url)
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    connection.close()


def test_program_ends_when_the_process_that_started_it_is_killed(tmp_path: Path) -> None:
    parent_code = (
        "import pathlib, signal, sys, time\n"
        "from tests.machines.processes import start\n"
        "child = start(sys.argv[2:], log=pathlib.Path(sys.argv[1]))\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = start(
        [sys.executable, "-c", parent_code, str(tmp_path / "child.log"), *SLEEPER],
        log=tmp_path / "parent.log",
        stdout=subprocess.PIPE,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.stdout.close()
    kill_group(parent)
    wait_until(lambda: not is_running(child), what="the orphan is gone", timeout=10)


def test_program_that_ignores_a_request_to_end_is_killed(tmp_path: Path) -> None:
    stubborn = (
        "import signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    log = tmp_path / "stubborn.log"
    process = start([sys.executable, "-c", stubborn], log=log)
    wait_until(lambda: "ready" in log.read_text(), what="it ignores SIGTERM", timeout=10)
    assert end_group(process, how=signal.SIGTERM, timeout=0.2) == -signal.SIGKILL


def test_program_does_not_see_the_settings_of_the_person_who_runs_the_tests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOOM_API_CLIENT_SECRET", "of a real account")
    log = tmp_path / "environment.log"
    process = start([sys.executable, "-c", "import os; print(sorted(os.environ))"], log=log)
    process.wait(timeout=20)
    assert "ZOOM_API_CLIENT_SECRET" not in log.read_text()


def test_waiting_too_long_says_for_what() -> None:
    with pytest.raises(MachineError, match=r"until the cows come home"):
        wait_until(lambda: False, what="the cows come home", timeout=0.05)


def test_reaching_for_another_machine_fails_and_is_remembered(network_guard: NetworkGuard) -> None:
    with socket.socket() as reaching, pytest.raises(OutsideNetworkError, match=r"192\.0\.2\.1"):
        reaching.connect(("192.0.2.1", 80))
    with pytest.raises(OutsideNetworkError, match="zoom"):
        requests.get("https://zoom.us/", timeout=1)
    assert network_guard.refused == ["192.0.2.1", "zoom.us"]
    network_guard.refused.clear()


def test_name_under_invalid_is_simply_not_found() -> None:
    with pytest.raises(requests.ConnectionError):
        requests.get("http://no-simulator-for-this-call.invalid/", timeout=1)


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()


def test_browser_reports_what_went_wrong_on_a_page(
    browser_page: Page, browser_complaints: BrowserComplaints
) -> None:
    browser_complaints.expect("Content Security Policy")
    browser_complaints.expect("console: by hand")
    complaints = BrowserComplaints()
    complaints.watch(browser_page.context)
    browser_page.set_content(
        "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'\"><p onclick='1'>Hello</p>"
    )
    browser_page.evaluate("() => console.error('by hand')")
    policy_violation, by_hand = complaints.unexpected()
    assert "inline event handler" in policy_violation
    assert by_hand.startswith("console: by hand")


def test_browser_stays_on_this_machine(browser_page: Page) -> None:
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        browser_page.goto("http://example.com/")


def test_counts_say_how_far_they_are_only_in_a_full_run(counts: Counts) -> None:
    assert counts(ordinary=3, full=30) == (30 if counts.is_full else 3)
    assert len(list(counts.repeat("counting", ordinary=3, full=30))) == (30 if counts.is_full else 3)


def is_running(pid: int) -> bool:
    """Return whether a process is alive; one that only waits for its exit code to be read is not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
