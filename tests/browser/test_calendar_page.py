"""The calendar by keyboard, without a script, on a phone and on paper, for everyone."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, StorageState, expect

from extensions import db
from models import User
from scheduling.plans import Participant
from tests.browser.barriers import assert_no_barrier
from tests.browser.entering import signed_in_as
from tests.factories import OUTLOOK_CALENDAR, Team, create_team, schedule
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcess
from tests.outside_events import create_custom_event, create_outside_event, create_synced_calendar
from timezones import in_zone, parse_local, utc_now

ZONE = "Europe/Zurich"
VIEWS = ("day", "week", "month", "agenda", "list")
LEFT_OUT_ON_PAPER = (
    ".notice, .cal-side, .cal-bar, .cal-cells, .cal-entry, .cal-now, .slot-move, .cal-view form"
)
Opened = Callable[..., Page]


@dataclass(frozen=True)
class Setting:
    """Who is signed in with shortcuts and without, and the day of the next month on which something is on."""

    ada: StorageState
    ben: StorageState
    on: date

    def url(self, view: str) -> str:
        return f"/calendar/{view}/{self.on}"


def fill(team: Team, on: date) -> None:
    """Fill in an interview of Ada's, and one of each other kind of thing that a calendar shows."""

    def at(hour: int) -> datetime:
        return parse_local(on, time(hour), ZONE, later=False)

    ada = Participant(team.ada.name, team.ada.email, team.ada.id)
    schedule(team.ada, team.dina, starts_at=at(10), software=None, attendees=(ada,))
    one = create_synced_calendar(team.ada)
    other = create_synced_calendar(team.ada, app=OUTLOOK_CALENDAR)
    create_outside_event(one, days=(on, on + timedelta(days=1)), title="Offsite")
    for number in range(8):
        create_outside_event(one if number % 2 else other, at(14), 15 * number, title=f"Event {number}")
    create_outside_event(other, at(16), 60, title="Maybe", is_busy=False)
    create_custom_event(team.ada, at(22), 4 * 60, title="Release")
    db.session.get_one(User, team.ben.id).has_shortcuts = False
    db.session.commit()


@pytest.fixture(scope="module")
def setting(shared_app: Flask, shared_server: ServerProcess) -> Setting:
    this_month = in_zone(utc_now(), ZONE).date().replace(day=1)
    on = (this_month + timedelta(days=32)).replace(day=11)
    with in_rows(shared_app):
        team = create_team()
        fill(team, on)
    return Setting(signed_in_as(shared_app, team.ada), signed_in_as(shared_app, team.ben), on)


@pytest.fixture
def opened(
    new_browser_context: Callable[..., BrowserContext], setting: Setting, shared_server: ServerProcess
) -> Opened:
    def opened(**look: Any) -> Page:
        look = {"storage_state": setting.ada, "base_url": shared_server.base_url, **look}
        return new_browser_context(**look).new_page()

    return opened


def press(page: Page, key: str, address: str) -> None:
    page.keyboard.press(key)
    page.wait_for_url(re.compile(rf"{re.escape(address)}$"), wait_until="load")


def test_calendar_is_walked_through_by_keyboard(opened: Opened, setting: Setting) -> None:
    page, today = opened(), in_zone(utc_now(), ZONE).date()
    page.goto("/", wait_until="load")
    page.keyboard.press("g")
    press(page, "k", "/calendar")
    for view in ("day", "agenda", "list", "month", "week"):
        press(page, view[0], f"/calendar/{view}/{today}")
    press(page, "ArrowRight", f"/calendar/week/{today + timedelta(weeks=1)}")
    press(page, "ArrowLeft", f"/calendar/week/{today}")
    page.goto(setting.url("day"), wait_until="load")
    page.get_by_role("link", name=re.compile("^Dina Kaur")).focus()
    page.keyboard.press("Enter")
    popup = page.get_by_role("dialog", name="Dina Kaur")
    expect(popup).to_be_visible()
    # Keys go to what is open over the page.
    page.keyboard.press("w")
    page.keyboard.press("Escape")
    expect(popup).to_be_hidden()
    expect(page).to_have_url(re.compile(f"{setting.url('day')}$"))
    # They are not shortcuts while someone types, with modifier keys, or as the second of a pair.
    page.keyboard.press("/")
    page.keyboard.type("dwmalt")
    expect(page.get_by_role("combobox", name="Search candidates")).to_have_value("dwmalt")
    page.keyboard.press("Escape")
    page.locator("#main").focus()
    for keys in ("Shift+W", "Alt+m", "Control+l", "g", "m"):
        page.keyboard.press(keys)
    page.keyboard.press("g")
    press(page, "d", "/")
    page.goto(setting.url("day"), wait_until="load")
    press(page, "t", f"/calendar/day/{today}")


def test_free_time_is_chosen_by_keyboard_even_without_shortcuts(opened: Opened, setting: Setting) -> None:
    page = opened(storage_state=setting.ben)
    page.goto(setting.url("week"), wait_until="load")
    first = page.locator(".cal-day").nth(0).get_by_role("link", name="Schedule at")
    expect(first).to_have_count(1)
    page.locator(".cal-day-name a").nth(0).focus()
    page.keyboard.press("Tab")
    expect(first).to_be_focused()
    expect(first).to_have_accessible_name("Schedule at 08:00")
    # He has turned the shortcuts off. Arrows move among what has the focus, and stop at the edge.
    for key in ("d", "ArrowUp", "ArrowLeft", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    there = page.locator(".cal-day").nth(1).get_by_role("link", name="Schedule at")
    expect(there).to_be_focused()
    expect(there).to_have_accessible_name("Schedule at 08:30")
    assert_no_barrier(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Schedule an interview")).to_be_visible()


def test_phone_needs_no_script_and_no_page_is_wider_than_it(opened: Opened, setting: Setting) -> None:
    phone = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
    page = opened(java_script_enabled=False, user_agent="Chrome/140.0 Mobile Safari/537.36", **phone)
    page.goto("/calendar")
    expect(page.get_by_role("navigation", name="Views").locator("[aria-current]")).to_have_text("Agenda")
    for view in VIEWS:
        page.goto(setting.url(view))
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, view
    page.get_by_role("link", name="Week", exact=True).click()
    hours = page.locator(".cal-hours")
    assert hours.evaluate("box => box.scrollWidth > box.clientWidth")
    hours.evaluate("box => box.scrollLeft = 300")
    axis, box = page.locator(".cal-axis").bounding_box(), hours.bounding_box()
    assert axis is not None
    assert box is not None
    assert abs(axis["x"] - box["x"]) < 2
    page.get_by_label("Whose calendar").select_option("Everyone's interviews")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page).to_have_url(re.compile("whose=everyone$"))
    page.get_by_role("link", name="Day", exact=True).click()
    page.get_by_role("link", name=re.compile("^Dina Kaur")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dina Kaur")
    page.goto(setting.url("day"))
    page.get_by_role("link", name="Schedule at 08:00").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Schedule an interview")


def test_week_on_a_phone_begins_with_today_or_reaches_it(opened: Opened) -> None:
    page = opened(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    page.goto(f"/calendar/week/{in_zone(utc_now(), ZONE).date()}", wait_until="load")
    today, axis = (page.locator(each).bounding_box() for each in (".is-today > .cal-day-name", ".cal-axis"))
    assert today is not None
    assert axis is not None
    begins, ends = today["x"] - (axis["x"] + axis["width"]), today["x"] + today["width"]
    at_the_end = page.locator(".cal-hours").evaluate(
        "box => box.scrollLeft + box.clientWidth >= box.scrollWidth - 1"
    )
    assert abs(begins) <= 2 or (at_the_end and begins > 0)
    assert ends <= 360


def test_side_is_left_of_the_calendar_where_there_is_room(opened: Opened, setting: Setting) -> None:
    page = opened()
    for view in VIEWS:
        page.goto(setting.url(view))
        for width, is_beside in ((1280, True), (1140, True), (1139, False)):
            page.set_viewport_size({"width": width, "height": 800})
            side, calendar = (page.locator(each).bounding_box() for each in (".cal-side", ".cal-view"))
            assert side is not None
            assert calendar is not None
            if is_beside:
                assert side["x"] + side["width"] <= calendar["x"], (view, width)
                assert side["y"] == calendar["y"], (view, width)
            else:
                assert calendar["y"] + calendar["height"] <= side["y"], (view, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, view


def test_keys_walk_through_a_list_without_sending_each_choice(opened: Opened, setting: Setting) -> None:
    page = opened()
    page.goto(setting.url("list"), wait_until="load")
    whose, show = page.get_by_label("Whose calendar"), page.get_by_role("button", name="Show", exact=True)
    expect(show).to_be_hidden()
    whose.focus()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
        expect(show).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(whose).to_have_value("everyone")
    expect(page).to_have_url(re.compile(f"{setting.url('list')}$"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("whose=everyone$"))
    # With a pointer, choosing is enough.
    page.get_by_label("What to show").select_option("Interviews")
    expect(page).to_have_url(re.compile("show=interviews"))


# Only a full run measures colors, which is where the themes differ.
@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.full)])
def test_no_view_has_a_barrier_and_paper_has_only_the_calendar(
    opened: Opened, setting: Setting, theme: str
) -> None:
    page = opened(color_scheme=theme, reduced_motion="reduce")
    for view in VIEWS:
        page.emulate_media(media="screen")
        page.goto(setting.url(view))
        assert_no_barrier(page)
        page.emulate_media(media="print")
        for left_out in (
            ".cal-side",
            ".cal-bar",
            ".cal-cells",
            ".cal-entry",
            ".cal-now",
            ".slot-move",
            ".cal-view form",
        ):
            for each in page.locator(left_out).all():
                expect(each).to_be_hidden()
        expect(page.locator(".cal-view").get_by_text("Offsite").first).to_be_visible()
