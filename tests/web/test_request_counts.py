"""Answered requests are counted across the workers of a server, and the counts survive each worker."""

import os
import re
import signal
from collections.abc import Mapping
from threading import Thread

import pytest
import requests
from flask import Flask

from tests.machines.application import MakeApp
from tests.machines.processes import wait_until
from tests.machines.servers import ServerProcess, ServerProcesses
from web.request_counts import PLACES, STEPS, RequestCounts

TOKEN = "a-token-that-no-one-guesses"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def samples(text: str) -> dict[str, float]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def answered(found: Mapping[str, float], routes: str, status: str) -> float:
    return found.get(f'smoothhiring_http_requests_total{{routes="{routes}",status="{status}"}}', 0)


@pytest.fixture
def web(make_app: MakeApp) -> Flask:
    return make_app({"METRICS_TOKEN": TOKEN})


def test_answers_are_counted_by_group_of_routes_and_class_of_status(web: Flask) -> None:
    client = web.test_client()
    for _ in range(3):
        client.get("/healthz?paused=ok")
    for number in range(5):
        # Whatever is requested, the number of groups is limited.
        client.get(f"/no-such-page-{number}")
    client.post("/healthz")
    text = client.get("/metrics", headers=BEARER).text
    found = samples(text)
    # Refused as a form without a token.
    assert answered(found, "status", "5xx") + answered(found, "status", "2xx") == 3
    assert answered(found, "none", "4xx") + answered(found, "status", "4xx") == 6
    assert "no-such-page" not in text
    bucket = 'smoothhiring_http_request_duration_seconds_bucket{routes="none",le="%s"}'
    steps = [found[bucket % (f"{end:g}" if end else "+Inf")] for end in (*STEPS, None)]
    assert steps == sorted(steps)
    count = found['smoothhiring_http_request_duration_seconds_count{routes="none"}']
    assert steps[-1] == count >= 5
    assert 0 < found['smoothhiring_http_request_duration_seconds_sum{routes="none"}'] < 5
    for name, kind in (("http_requests_total", "counter"), ("http_request_duration_seconds", "histogram")):
        assert f"# TYPE smoothhiring_{name} {kind}\n" in text


def test_each_place_has_room_for_every_group() -> None:
    counts = RequestCounts(("first", "none"))
    for place in range(PLACES):
        counts.use_place(place)
        counts.count("first", 200, 0.02)
        counts.count("elsewhere", 503, 60)
    first, none = counts.counted()
    assert (first.group, first.by_class) == ("first", (0, PLACES, 0, 0, 0))
    assert first.by_step[STEPS.index(0.025)] == PLACES
    assert first.seconds == pytest.approx(PLACES * 0.02)
    assert (none.group, none.by_class, none.by_step[-1]) == ("none", (0, 0, 0, 0, PLACES), PLACES)


def test_threads_lose_no_count() -> None:
    counts = RequestCounts(("one", "none"))

    def count() -> None:
        for _ in range(2000):
            counts.count("one", 200, 0.001)

    threads = [Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [counted] = counts.counted()
    assert counted.by_class[1] == 8000


@pytest.fixture
def server(server_processes: ServerProcesses) -> ServerProcess:
    [started] = server_processes.start(1, workers=2, threads=2, settings={"METRICS_TOKEN": TOKEN})
    return started


@pytest.mark.slow
@on_sqlite
def test_workers_are_added_up_and_the_counts_of_one_that_died_stay(server: ServerProcess) -> None:
    def ask(times: int) -> None:
        # Another connection each time, so that both workers get some.
        for _ in range(times):
            assert requests.get(f"{server.base_url}/no-such-page", timeout=10).status_code == 404

    def counted() -> float:
        text = requests.get(f"{server.base_url}/metrics", headers=BEARER, timeout=10).text
        return answered(samples(text), "none", "4xx")

    before = counted()
    ask(30)
    assert {counted() - before for _ in range(10)} == {30}
    first, *_ = workers = workers_of(server)
    os.kill(first, signal.SIGKILL)
    wait_until(
        lambda: first not in workers_of(server) and len(workers_of(server)) == len(workers),
        what="another worker runs",
        timeout=20,
    )
    ask(30)
    assert {counted() - before for _ in range(10)} == {60}


def workers_of(server: ServerProcess) -> list[int]:
    """The processes that the server's first process has begun."""
    pids = server.pids
    return [pid for pid in pids if parent_of(pid) in pids]


def parent_of(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            found = re.search(r"PPid:\s+(\d+)", status.read())
    except OSError:
        return 0
    return int(found[1]) if found else 0
