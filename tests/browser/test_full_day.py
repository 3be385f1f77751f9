"""A day of twenty-nine interviews can be read on one screen and a half: on the dashboard, in the list, and in
the calendar."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Locator, Page, StorageState, ViewportSize, expect

from extensions import db
from models import PhoneCaller, User
from scheduling.venues import OnSite, PastedLink, PhoneCall
from tests.browser.entering import signed_in_as
from tests.factories import Member, create_candidate, create_team, schedule
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcess
from timezones import in_zone, utc_now

NUMBER = 29
SCREEN = ViewportSize(width=1280, height=800)
ENOUGH = 1.5 * SCREEN["height"]
VENUES = (
    PastedLink("https://northlight.webex.example/meet/interviews", "Webex"),
    PhoneCall("+49 30 901820", PhoneCaller.TEAM),
    OnSite("12 Harbour Row, London", ""),
)


def where_it_is_morning(now: datetime) -> str:
    """A zone in which it is between four and five in the morning, so that the whole day is still ahead."""
    ahead = (4 - now.hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"


@pytest.fixture(scope="module")
def zone() -> str:
    return where_it_is_morning(utc_now())


@pytest.fixture(scope="module")
def state(shared_app: Flask, shared_server: ServerProcess, zone: str) -> StorageState:
    """The owner's cookies, with twenty-nine interviews of all types today, half an hour apart."""

    def plant() -> Member:
        team = create_team()
        db.session.get_one(User, team.ada.id).timezone = zone
        first = in_zone(utc_now(), zone).replace(hour=6, minute=0, second=0, microsecond=0)
        for number in range(NUMBER):
            name, email = f"Maximiliane Longname {number}", f"max{number}@mail.example"
            schedule(
                team.ada,
                create_candidate(name, email, team.job_id),
                starts_at=first + number * timedelta(minutes=30),
                duration_minutes=30,
                venue=VENUES[number % len(VENUES)],
            )
        return team.ada

    with in_rows(shared_app):
        ada = plant()
    return signed_in_as(shared_app, ada)


@pytest.fixture
def page(
    new_browser_context: Callable[..., BrowserContext], state: StorageState, shared_server: ServerProcess
) -> Page:
    context = new_browser_context(storage_state=state, base_url=shared_server.base_url, viewport=SCREEN)
    return context.new_page()


def bottom_of(last: Locator) -> float:
    """How far down the page it ends, in CSS pixels, not counting the banners about missing settings."""
    found: float = last.evaluate(
        """(e) => {
            const head = document.querySelector("main .page-head").getBoundingClientRect().top;
            const main = document.querySelector("main");
            const room = parseFloat(getComputedStyle(main).paddingTop);
            const begins = main.getBoundingClientRect().top + scrollY + room;
            return e.getBoundingClientRect().bottom - head + begins;
        }"""
    )
    return found


@pytest.mark.slow
def test_day_of_twenty_nine_ends_within_one_screen_and_a_half(page: Page, zone: str) -> None:
    today = in_zone(utc_now(), zone).date()
    bottoms = {}
    page.goto("/")
    names = page.locator("#today .row-link")
    expect(names).to_have_count(NUMBER)
    bottoms["/"] = bottom_of(page.locator("#today"))
    for path in ("/interviews", f"/interviews?when={today.isoformat()}"):
        page.goto(path)
        expect(page.locator("#list .row-link")).to_have_count(NUMBER)
        bottoms[path] = bottom_of(page.locator("#list .day-table tr").last)
    month = f"/calendar/month/{today}?whose=everyone"
    page.goto(month)
    day = page.locator(".day.is-today")
    expect(day.locator(".cal-chip")).to_have_count(3)
    bottoms[month] = bottom_of(page.locator(".month"))
    folded = day.bounding_box()
    assert folded is not None
    assert folded["height"] <= SCREEN["height"] / 4
    lines = {
        box["height"]
        for each in day.locator(".cal-chip > a:first-child").all()
        if (box := each.bounding_box())
    }
    assert lines == {24}
    day.get_by_text(f"+{NUMBER - 3} more").click()
    page.wait_for_url(f"**/calendar/day/{today}?whose=everyone")
    listed = f"/calendar/list/{today}?whose=everyone&q=maximiliane"
    page.goto(listed)
    expect(page.locator(".cal-list .row-link")).to_have_count(NUMBER)
    bottoms[listed] = bottom_of(page.locator(".cal-list tr").last)
    assert {path: bottom for path, bottom in bottoms.items() if bottom > ENOUGH} == {}


@pytest.mark.slow
def test_phone_has_the_month_as_numbers_that_lead_to_the_agenda(
    new_browser_context: Callable[..., BrowserContext],
    state: StorageState,
    shared_server: ServerProcess,
    zone: str,
) -> None:
    phone = ViewportSize(width=360, height=740)
    context = new_browser_context(storage_state=state, base_url=shared_server.base_url, viewport=phone)
    page = context.new_page()
    today = in_zone(utc_now(), zone).date()
    page.goto(f"/calendar/month/{today}?whose=everyone")
    expect(page.locator(".cal-chip").filter(visible=True)).to_have_count(0)
    day = page.locator(".day.is-today")
    expect(day.locator(".day-count")).to_have_text(f", SmoothHiring: {NUMBER}")
    assert page.evaluate("document.documentElement.scrollWidth") <= phone["width"]
    # The whole day is a link, not only its number.
    box = day.bounding_box()
    assert box is not None
    day.click(position={"x": 4, "y": box["height"] - 4})
    page.wait_for_url(f"**/calendar/agenda/{today}?whose=everyone")
    expect(page.locator(".cal-agenda.is-today .cal-line")).to_have_count(NUMBER)
    assert page.evaluate("document.documentElement.scrollWidth") <= phone["width"]
