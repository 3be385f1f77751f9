"""Measures how soon a page is seen on a first visit: `python -m bench.paint --help`.

In a real browser with nothing in its cache, how much later than a bare page's does the first content of each
page appear? Both servers run on this machine, so what counts is what the browser has to fetch and process,
and the server's own time for the page.

Each visit comes from another site, as a person's does, so the browser gives each page a process of its own.
From the empty page of a new tab, it would spare that step for the bare page but not for ours, because of
their Cross-Origin-Opener-Policy: that header alone more than doubles the bare page's time.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from bench import many_rows
from bench.servers import MeasuredServer, bare, product
from tests.machines.browser import running_chromium

AIM = 2.5
_CANDIDATES = 200
_FIRST_PAINT = """() => new Promise((resolve) => {
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
            if (entry.name === "first-contentful-paint") resolve(entry.startTime);
        }
    }).observe({ type: "paint", buffered: true });
})"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.paint", description="Measure first visits.")
    parser.add_argument("--times", type=int, default=15, help="how often each is visited (default: 15)")
    times = max(parser.parse_args().times, 1)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="smoothhiring-paint-") as name:
        folder = Path(name)
        settings = many_rows.make(folder, _CANDIDATES)
        with (
            product(folder, settings) as server,
            bare(folder, "bench.bare_session") as yardstick,
            running_chromium() as browser,
        ):
            pages = {
                "login": "/login",
                "dashboard": "/",
                "candidate": "/candidates/1",
                "first step of the dialog": _open_dialog(browser, server),
            }
            # A warm-up, because some work happens only at a process's first request.
            _visits(browser, server, yardstick, pages, 2)
            on_bare, seconds = _visits(browser, server, yardstick, pages, times)
    lines = [f"  {'bare page':<42}{on_bare:9.1f} ms"]
    for what, each in seconds.items():
        verdict = "reached" if each / on_bare <= AIM else "missed"
        lines += [
            f"  {what:<42}{each:9.1f} ms",
            f"  {what + ' / bare':<42}{each / on_bare:9.2f}   aim: {AIM:.1f} or less, {verdict}",
        ]
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}"
    ending = f"{machine}, {times} visits each. Took {time.monotonic() - began:.0f} seconds."
    heading = "First content on a first visit, nothing in the browser's cache"
    sys.stdout.write("\n".join(["", heading, *lines, "", ending, ""]))


def _visits(
    browser: Browser, server: MeasuredServer, yardstick: MeasuredServer, pages: dict[str, str], times: int
) -> tuple[float, dict[str, float]]:
    """The median milliseconds until the first content of the bare page and of each page, in turns."""
    on_bare: list[float] = []
    seconds: dict[str, list[float]] = {what: [] for what in pages}
    for _ in range(times):
        on_bare.append(_first_content(browser, yardstick, yardstick, "/", signed_in=False))
        for what, address in pages.items():
            seen = _first_content(browser, server, yardstick, address, signed_in=what != "login")
            seconds[what].append(seen)
    return median(on_bare), {what: median(each) for what, each in seconds.items()}


def _first_content(
    browser: Browser, server: MeasuredServer, yardstick: MeasuredServer, address: str, *, signed_in: bool
) -> float:
    page = _new_page(browser, server, signed_in=signed_in)
    try:
        # The same machine by another name is another site.
        page.goto(yardstick.base_url.replace("127.0.0.1", "localhost"), wait_until="networkidle")
        answer = page.goto(server.base_url + address)
        assert answer is not None
        assert answer.status == 200, f"{address} answered {answer.status}"
        return float(page.evaluate(_FIRST_PAINT))
    finally:
        page.context.close()


def _open_dialog(browser: Browser, server: MeasuredServer) -> str:
    """Begin to schedule an interview and return the address of the first step."""
    page = _new_page(browser, server, signed_in=True)
    page.goto(f"{server.base_url}/candidates/1")
    page.get_by_role("button", name="Schedule Interview").click()
    page.wait_for_url("**/setup")
    address = urlsplit(page.url).path
    page.context.close()
    return address


def _new_page(browser: Browser, server: MeasuredServer, *, signed_in: bool) -> Page:
    """A page of a browser that has never been here, except that it has the owner's cookies."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    if signed_in:
        context.add_cookies(
            [
                {"name": cookie.name, "value": cookie.value or "", "url": server.base_url}
                for cookie in server.http.cookies
            ]
        )
    return context.new_page()


if __name__ == "__main__":
    main()
