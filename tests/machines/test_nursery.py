"""The nursery's processes are like those that start from scratch, and a server can also start from
scratch."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.machines.application import settings_for
from tests.machines.nursery import Nursery
from tests.machines.processes import end_group, free_port, kill_group, start, wait_until
from tests.machines.test_machines import is_running

PROBE = "tests.machines.probe"


@pytest.mark.parametrize(("ending", "code"), [("0", 0), ("3", 3), ("fail", 1)])
def test_it_reports_how_a_process_ended_and_keeps_what_it_said(
    nursery: Nursery, tmp_path: Path, ending: str, code: int
) -> None:
    log = tmp_path / "probe.log"
    process = nursery.start(PROBE, [ending], log=log, settings={})
    assert process.wait(20) == process.poll() == process.returncode == code
    assert f"['{ending}']" in log.read_text()
    assert ("ValueError: as it was told" in log.read_text()) is (ending == "fail")


def test_a_process_knows_its_own_settings_and_no_others(
    nursery: Nursery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOOM_API_CLIENT_SECRET", "of a real account")
    first, second = tmp_path / "first.log", tmp_path / "second.log"
    nursery.start(PROBE, ["0"], log=first, settings={"MAIL_SERVER": "mail.example"}).wait(20)
    nursery.start(PROBE, ["0"], log=second, settings={}).wait(20)
    assert "'MAIL_SERVER'" in first.read_text()
    assert "'MAIL_SERVER'" not in second.read_text()
    assert "ZOOM_API_CLIENT_SECRET" not in first.read_text() + second.read_text()
    assert first.read_text().endswith("True\n"), "it leads a process group of its own"


def test_a_process_is_waited_for_asked_to_end_and_killed(nursery: Nursery, tmp_path: Path) -> None:
    asked = nursery.start(PROBE, ["wait"], log=tmp_path / "asked.log", settings={})
    with pytest.raises(subprocess.TimeoutExpired):
        asked.wait(0.05)
    assert end_group(asked, how=signal.SIGTERM, timeout=10) == -signal.SIGTERM
    killed = nursery.start(PROBE, ["wait"], log=tmp_path / "killed.log", settings={})
    kill_group(killed)
    assert killed.poll() == -signal.SIGKILL
    assert not is_running(killed.pid)


@pytest.mark.slow
def test_processes_end_when_the_run_that_ordered_them_is_killed(nursery: Nursery, tmp_path: Path) -> None:
    run = (
        "import pathlib, sys, time\n"
        "from tests.machines.nursery import running_nursery\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "with running_nursery(folder, pathlib.Path(sys.argv[2])) as nursery:\n"
        f"    child = nursery.start({PROBE!r}, ['wait'], log=folder / 'probe.log', settings={{}})\n"
        "    print(child.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    parent = start(
        [sys.executable, "-c", run, str(tmp_path), str(nursery.first_start)],
        log=tmp_path / "run.log",
        stdout=subprocess.PIPE,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.stdout.close()
    kill_group(parent)
    wait_until(lambda: not is_running(child), what="the orphan is gone", timeout=10)


@pytest.mark.slow
def test_a_server_starts_from_nothing_as_an_installation_starts_it(
    sqlite_url: str, instance_path: Path, tmp_path: Path
) -> None:
    log, port = tmp_path / "server.log", free_port()
    process = start(
        [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "app:create_app()"],
        log=log,
        settings={
            **settings_for(sqlite_url, instance_path),
            "SCHEDULER_ENABLED": "true",
            "HOST": "127.0.0.1",
            "PORT": str(port),
        },
        death_signal=signal.SIGQUIT,
    )
    try:
        wait_until(lambda: _is_healthy(port) or process.poll() is not None, what="it is healthy", timeout=40)
        assert process.poll() is None, log.read_text()
        assert "enter this code" in log.read_text()
    finally:
        assert end_group(process, how=signal.SIGTERM, timeout=40) == 0


def _is_healthy(port: int) -> bool:
    with requests.Session() as http:
        http.trust_env = False
        try:
            return http.get(f"http://127.0.0.1:{port}/healthz", timeout=2).status_code == 200
        except requests.RequestException:
            return False
