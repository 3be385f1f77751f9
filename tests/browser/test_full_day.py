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
    """How far down the page it ends, in CSS pixels, without the banners of a server that lacks settings."""
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
    page.goto("/calendar")
    day = page.locator(".day.is-today")
    expect(day.locator(".slot").filter(visible=True)).to_have_count(3)
    bottoms["/calendar"] = bottom_of(page.locator(".month"))
    folded = day.bounding_box()
    day.get_by_text(f"+{NUMBER - 3} more").click()
    expect(day.locator(".slot").filter(visible=True)).to_have_count(NUMBER)
    # The day alone: where it stands in its month depends on the date.
    unfolded = day.bounding_box()
    assert folded is not None
    assert unfolded is not None
    assert folded["height"] <= SCREEN["height"] / 4
    assert unfolded["height"] <= ENOUGH
    lines = {box["height"] for each in day.locator(".slot").all() if (box := each.bounding_box())}
    assert lines == {24}
    assert {path: bottom for path, bottom in bottoms.items() if bottom > ENOUGH} == {}


@pytest.mark.slow
def test_phone_lists_the_next_days_in_the_calendar(
    new_browser_context: Callable[..., BrowserContext], state: StorageState, shared_server: ServerProcess
) -> None:
    phone = ViewportSize(width=360, height=740)
    context = new_browser_context(storage_state=state, base_url=shared_server.base_url, viewport=phone)
    page = context.new_page()
    page.goto("/calendar")
    expect(page.get_by_role("heading", name="Next 14 days")).to_be_visible()
    expect(page.locator(".day").filter(visible=True)).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= phone["width"]
    page.get_by_role("link", name="All of").click()
    expect(page.get_by_role("heading", name="Next 14 days")).to_have_count(0)
    expect(page.locator(".day").filter(visible=True)).to_have_count(1)
