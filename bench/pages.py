"""Measures what a page costs compared with a bare Flask page: `python -m bench.pages --help`.

How many pages a second does the server answer, as a share of a page that only says hello, one connection at a
time and sixteen at once? How much memory do all its processes hold together after thousands of requests, and
how long does it take from its start to the first answer? Each page is measured right after the bare one, so
that other load on the machine affects both equally; and the processor time that the server spends on each
page is measured too, which says more than the rate does on a busy machine. The requests come from `wrk` where
it is installed; otherwise from threads of this process, which sixteen connections keep busier than the bare
page does.
"""

from __future__ import annotations

import argparse
import http.client
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from bench import many_rows
from bench.servers import MeasuredServer, bare, memory_of, processor_time, product

# The share of the bare page's rate to aim at, by number of connections: for the sign-in page, and for all
# others.
_AIMS = {1: (1 / 5, 1 / 8), 16: (1 / 5, 1 / 10)}
_AIM_MEGABYTES, _AIM_START = 140, 2.0
_CANDIDATES = 2000
_REQUESTS_BEFORE_WEIGHING = 5000
_PAGES = {
    "sign-in page": "/login",
    "dashboard": "/",
    "interviews, 25 rows": "/interviews",
    "candidates, 25 rows": "/candidates",
    "jobs, 25 rows": "/jobs",
    "Connected Apps": "/settings/account/connected-apps",
}


@dataclass(frozen=True)
class Page:
    """An address, and the cookie of the person signed in there; empty for a visitor."""

    url: str
    cookie: str = ""
    # Of the first process of its server.
    pid: int = 0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description="Measure pages.")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each measurement (default: 1)")
    parser.add_argument("--rounds", type=int, default=3, help="how often all is measured (default: 3)")
    wanted = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="smoothhiring-pages-") as name:
        folder = Path(name)
        settings = many_rows.make(folder, _CANDIDATES)
        # Start once to create what a first start creates, and once more to measure the time.
        with product(folder, settings):
            pass
        starting = time.monotonic()
        with product(folder, settings) as server, bare(folder, "bench.bare_hello") as yardstick:
            lines = [_verdict("start to first answer, s", server.started - starting, _AIM_START)]
            lines += _shares(server, yardstick, wanted.seconds, wanted.rounds)
            lines.append(_memory(server))
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}"
    source = "wrk" if shutil.which("wrk") else "threads of the measuring process"
    ending = f"{machine}. Requests from {source}. Took {time.monotonic() - began:.0f} seconds."
    sys.stdout.write("\n".join(["", "Pages beside a bare page", *lines, "", ending, ""]))


def _shares(server: MeasuredServer, yardstick: MeasuredServer, seconds: float, rounds: int) -> list[str]:
    cookie = "; ".join(f"{each.name}={each.value}" for each in server.http.cookies)
    hello = Page(f"{yardstick.base_url}/", pid=yardstick.pid)
    lines = []
    for connections, (aim_signing_in, aim) in _AIMS.items():
        lines.append(f"  {connections} connection{'s' if connections > 1 else ''} at a time")
        for what, address in _PAGES.items():
            is_sign_in = address == "/login"
            page = Page(f"{server.base_url}{address}", "" if is_sign_in else cookie, server.pid)
            rate_of(page, connections, 0.3)
            measured = [
                (rate_of(hello, connections, seconds), rate_of(page, connections, seconds))
                for _ in range(rounds)
            ]
            share = median(own.a_second / of_bare.a_second for of_bare, own in measured)
            wanted = aim_signing_in if is_sign_in else aim
            rate = median(own.a_second for _, own in measured)
            lines.append(
                f"    {what:<20}{rate:6.0f} a second, 1/{1 / share:<5.1f}"
                f"{computed_in_words(measured)}aim: 1/{1 / wanted:.0f} or more, "
                f"{'reached' if share >= wanted else 'missed'}"
            )
    return lines


@dataclass(frozen=True)
class Rate:
    """Answers a second, and the processor time that the server spent on each, in seconds; 0 where the system
    does not say."""

    a_second: float
    computed: float


def computed_in_words(measured: Sequence[tuple[Rate, Rate]]) -> str:
    """The processor time of one page, and the bare page's share of it, from the round with the least: other
    programs disturbed that one least."""
    on_bare = min(of_bare.computed for of_bare, _ in measured)
    own = min(own.computed for _, own in measured)
    return f"{own * 1000:5.2f} ms of CPU, 1/{own / on_bare:<5.1f}" if on_bare else ""


def rate_of(page: Page, connections: int, seconds: float) -> Rate:
    before, began = processor_time(page.pid), time.monotonic()
    a_second = _answers_a_second(page, connections, seconds)
    number = a_second * (time.monotonic() - began)
    return Rate(a_second, (processor_time(page.pid) - before) / max(number, 1))


def _answers_a_second(page: Page, connections: int, seconds: float) -> float:
    if shutil.which("wrk") is None:
        return _rate_without_wrk(page, connections, seconds)
    headers = ["-H", f"Cookie: {page.cookie}"] if page.cookie else []
    command = ["wrk", "-t1", f"-c{connections}", f"-d{max(seconds, 1):.0f}s", *headers, page.url]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    assert "Non-2xx" not in said, said
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found is not None, said
    return float(found.group(1))


def _rate_without_wrk(page: Page, connections: int, seconds: float) -> float:
    with ThreadPoolExecutor(connections) as pool:
        began = time.monotonic()
        numbers = pool.map(lambda _: _ask(page, began + seconds), range(connections))
        return sum(numbers) / (time.monotonic() - began)


def _ask(page: Page, until: float) -> int:
    """Count the answers that one connection receives until then."""
    parts = urlsplit(page.url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    headers: Mapping[str, str] = {"Cookie": page.cookie} if page.cookie else {}
    number = 0
    while time.monotonic() < until:
        connection.request("GET", parts.path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, f"{page.url} answered {answer.status}"
        number += 1
    connection.close()
    return number


def _memory(server: MeasuredServer) -> str:
    """The memory that all processes of the server use after many requests, counting each shared page once."""
    cookie = "; ".join(f"{each.name}={each.value}" for each in server.http.cookies)
    asked = 0.0
    while asked < _REQUESTS_BEFORE_WEIGHING:
        for address in _PAGES.values():
            page = Page(f"{server.base_url}{address}", "" if address == "/login" else cookie)
            asked += _answers_a_second(page, 4, 1)
    kilobytes = memory_of(server.pid)
    if not kilobytes:
        return "  memory: this system does not say how much is shared"
    return _verdict("memory of all processes, MB", kilobytes / 1024, _AIM_MEGABYTES)


def _verdict(what: str, value: float, aim: float) -> str:
    verdict = "reached" if value <= aim else "missed"
    return f"  {what:<42}{value:9.2f}   aim: {aim:g} or less, {verdict}"


if __name__ == "__main__":
    main()
