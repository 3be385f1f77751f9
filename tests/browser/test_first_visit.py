"""What a first visit costs over the wire, with nothing in the browser's cache, and that nothing jumps."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page

from extensions import db
from models import Interview
from services import services
from tests.browser.paths import LATER_STEPS, SIGNED_IN
from tests.browser.steps import PASSWORD
from tests.factories import create_candidate, create_team, in_three_days, schedule
from tests.machines.browser import BrowserComplaints
from tests.machines.counts import Counts
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcesses

MOST_BYTES, MOST_REQUESTS = 110_000, 8
LEAST_SHIFT = 0.005
ROWS = 25
MORE = (
    "/interviews/1/reschedule",
    "/interviews/1/cancel",
    "/interviews/1/repair",
    "/search?q=candidate",
    "/settings/organization/api",
    "/settings/email",
    "/settings/system",
    "/settings/system-log/export",
    "/help/guides/recruiters",
    "/help/guides/interviewers",
    "/help/guides/installation",
    "/help/guides/settings",
)
SHIFTS = """
    window.shifts = [];
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.shifts.push(entry.value);
    }).observe({ type: "layout-shift", buffered: true });
"""


@dataclass
class Visit:
    """What the browser fetched for one page: the addresses by request, and the bytes with headers as they
    were sent."""

    asked: dict[str, str] = field(default_factory=dict)
    sent_for: dict[str, float] = field(default_factory=dict)

    @property
    def sent(self) -> float:
        return sum(self.sent_for.values())

    @property
    def addresses(self) -> list[str]:
        return list(self.asked.values())

    def watch(self, page: Page) -> None:
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
        wire.on("Network.requestWillBeSent", self._asked)
        wire.on("Network.loadingFinished", self._loaded)

    def _asked(self, event: dict[str, Any]) -> None:
        # Images inside the style sheet, such as the arrow of a list, are not fetched from anywhere.
        if not event["request"]["url"].startswith("data:"):
            self.asked[event["requestId"]] = event["request"]["url"]

    def _loaded(self, event: dict[str, Any]) -> None:
        self.sent_for[event["requestId"]] = event["encodedDataLength"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_first_visit_is_small_and_nothing_jumps(
    app: Flask,
    server_processes: ServerProcesses,
    new_browser_context: Callable[..., BrowserContext],
    browser_complaints: BrowserComplaints,
    counts: Counts,
) -> None:
    browser_complaints.expect("404")
    with in_rows(app):
        team = create_team()
        for number in range(ROWS):
            someone = create_candidate(f"Candidate {number}", f"candidate{number}@mail.example", team.job_id)
            schedule(team.ada, someone, software=None, starts_at=in_three_days() + timedelta(hours=number))
        email, candidate = team.ada.email, team.dina.id
        first = db.session.scalars(db.select(Interview).order_by(Interview.id)).first()
        assert first is not None
        links = [
            urlsplit(address).path
            for address in (
                services().join_links.join_page(first, "candidate"),
                services().candidate_links.page(first),
            )
        ]
    [server] = server_processes.start(1)
    context = new_browser_context()
    context.add_init_script(SHIFTS)
    page = context.new_page()
    problems = _problems(page, f"{server.base_url}/login")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{server.base_url}/")
    # One page of each kind in every run: a list, a page full of panels, and one whose parts come later.
    ordinary = ("/", "/interviews", f"/candidates/{candidate}", "/interviews/1")
    others = (*SIGNED_IN, *MORE, *links)
    for path in (*ordinary, *(others if counts.is_full else ())):
        problems += _problems(page, server.base_url + path)
    page.goto(f"{server.base_url}/candidates/{candidate}")
    page.get_by_role("button", name="Schedule Interview").click()
    page.get_by_label("Agenda").fill("Introduction")
    steps = page.url.rpartition("/")[0]
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/date-time")
    page.get_by_label("Date", exact=True).fill(f"{in_three_days():%Y-%m-%d}")
    page.get_by_label("Time", exact=True).fill("05:00")
    page.get_by_role("button", name="Save and go to Finalize").click()
    page.wait_for_url("**/finalize")
    for step in ("setup", *(LATER_STEPS if counts.is_full else ("date-time",))):
        problems += _problems(page, f"{steps}/{step}")
    assert not problems, "\n".join(problems)


def _problems(page: Page, address: str) -> list[str]:
    visit = Visit()
    visit.watch(page)
    page.goto(address, wait_until="networkidle")
    shifts = page.evaluate("window.shifts")
    # Scripts that a page does not need are not fetched, and those that it needs are.
    asks = page.locator("[hx-get], [hx-post]").count() > 0
    found = []
    if visit.sent > MOST_BYTES:
        each = (f"{sent:.0f} {visit.asked.get(request, '')}" for request, sent in visit.sent_for.items())
        found.append(f"{visit.sent:.0f} bytes: {', '.join(each)}")
    if len(visit.addresses) > MOST_REQUESTS:
        found.append(f"{len(visit.addresses)} requests: {visit.addresses}")
    # The score has two digits. On a busy machine a pixel moves now and then while a long page arrives.
    if sum(shifts) >= LEAST_SHIFT:
        found.append(f"it jumps by {shifts}")
    if any("htmx" in each for each in visit.addresses) is not asks:
        found.append("htmx is loaded where nothing asks for it, or the other way round")
    return [f"{address}: {', '.join(found)}"] if found else []
