"""Choosing a time on a phone: with and without a script, by thumb, and as a screen reader has it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from extensions import db
from models import AnswerKind, Interview, InterviewStatus, Role
from services import services
from tests.browser.barriers import PHONE, assert_no_barrier
from tests.browser.test_every_page import ENOUGH, TOO_LOW
from tests.browser.test_first_visit import SHIFTS, Visit
from tests.browser.test_own_page import MOST_BYTES, kinds_said, on_a_phone
from tests.factories import (
    Team,
    create_candidate,
    create_job,
    create_team,
    create_user,
    in_three_days,
    request_slots,
)
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcess

# The button that stays at the lower edge must never cover what has the focus.
COVERED = """() => {
  const own = document.activeElement.getBoundingClientRect();
  const bar = document.querySelector(".slots-send").getBoundingClientRect();
  return own.bottom > bar.top && own.top < bar.bottom;
}"""


@pytest.fixture(scope="module")
def server(shared_server: ServerProcess) -> ServerProcess:
    return shared_server


@pytest.fixture(scope="module")
def team(shared_app: Flask, server: ServerProcess) -> Team:
    with in_rows(shared_app):
        return create_team()


def new_request(
    app: Flask, team: Team, name: str, *, number: int = 5, at_once: bool = True
) -> tuple[int, str]:
    """Ask a new candidate, on a job of someone with no other interviews; return it with the path of their
    page."""
    first = name.split()[0]
    with in_rows(app):
        manager = create_user(f"{first}-Chief Hart", Role.HIRING_MANAGER)
        candidate = create_candidate(name, f"{first}@mail.example", create_job("Baker", manager))
        starts = [in_three_days() + timedelta(hours=5 * each) for each in range(number)]
        made = request_slots(team.ada, candidate, *starts, at_once=at_once, software=None)
        row = db.session.get_one(Interview, made)
        return made, "/s/" + services(app).candidate_links.page(row).rpartition("/")[2]


def status_of(app: Flask, interview_id: int) -> tuple[InterviewStatus, datetime]:
    with in_rows(app):
        row = db.session.get_one(Interview, interview_id)
        return row.status, row.starts_at


@pytest.mark.parametrize("scripts", [True, False], ids=["with-script", "without-script"])
def test_a_thumb_says_that_none_work_and_then_chooses_one(
    shared_app: Flask,
    server: ServerProcess,
    team: Team,
    new_browser_context: Callable[..., BrowserContext],
    scripts: bool,
) -> None:
    interview, path = new_request(shared_app, team, "Asha Rao" if scripts else "Bo Lind")
    page = on_a_phone(new_browser_context, java_script_enabled=scripts)
    page.goto(server.base_url + path)
    page.get_by_role("button", name="Choose this time").tap()
    expect(page.get_by_text("Choose one of these times.").first).to_be_visible()
    page.get_by_role("link", name="None of these work").tap()
    page.get_by_label("Message").fill("Mornings only, please.")
    page.get_by_role("button", name="Send").tap()
    expect(page.get_by_text("you told us that none of these times work")).to_be_visible()
    assert kinds_said(shared_app, interview) == [AnswerKind.NONE_FIT]

    # A card can be pressed anywhere; it is marked, and nothing more happens.
    page.locator(".choice").nth(1).tap()
    expect(page.get_by_role("radio").nth(1)).to_be_checked()
    assert status_of(shared_app, interview)[0] is InterviewStatus.REQUESTED
    page.get_by_role("button", name="Choose this time").tap()
    expect(page.get_by_text("Your interview is scheduled.")).to_be_visible()
    second = in_three_days() + timedelta(hours=5)
    assert status_of(shared_app, interview) == (InterviewStatus.SCHEDULED, second)
    page.go_back()
    page.reload()
    expect(page.get_by_role("button", name="I'll be there")).to_be_visible()


def test_candidate_who_is_no_longer_interested_says_so(
    shared_app: Flask, server: ServerProcess, team: Team, new_browser_context: Callable[..., BrowserContext]
) -> None:
    interview, path = new_request(shared_app, team, "Cora Lee")
    page = on_a_phone(new_browser_context, java_script_enabled=False)
    page.goto(server.base_url + path)
    page.get_by_role("link", name="I'm no longer interested").tap()
    page.get_by_role("button", name="I'm no longer interested").tap()
    expect(page.get_by_text("You told us that you're no longer interested.")).to_be_visible()
    assert status_of(shared_app, interview)[0] is InterviewStatus.CANCELLED


def test_times_on_ones_own_clock_are_one_tap_away_and_stay(
    shared_app: Flask, server: ServerProcess, team: Team, new_browser_context: Callable[..., BrowserContext]
) -> None:
    interview, path = new_request(shared_app, team, "Chidi Obi", at_once=False)
    page = on_a_phone(new_browser_context)
    page.goto(server.base_url + path)
    expect(page.get_by_text("All times are Zurich time (CET).")).to_be_visible()
    page.get_by_role("link", name="Show your device's time").tap()
    expect(page.get_by_text("All times are Kolkata time (IST).")).to_be_visible()
    expect(page.get_by_role("link", name="Show your device's time")).to_be_hidden()
    page.get_by_label("14:30–15:15").check()
    page.get_by_role("button", name="Choose this time").tap()
    expect(page.get_by_text("The team will confirm it by email.")).to_be_visible()
    expect(page.locator(".when-main")).to_contain_text("14:30 Kolkata time")
    assert status_of(shared_app, interview)[0] is InterviewStatus.ACCEPTED


def test_keys_reach_every_time_and_the_button_hides_none(
    shared_app: Flask, server: ServerProcess, team: Team, new_browser_context: Callable[..., BrowserContext]
) -> None:
    interview, path = new_request(shared_app, team, "Dara Kim", number=10)
    page = on_a_phone(new_browser_context)
    page.goto(server.base_url + path)
    for number in range(10):
        page.keyboard.press("ArrowDown") if number else page.get_by_role("radio").first.focus()
        assert not page.evaluate(COVERED), number
    expect(page.get_by_role("radio").last).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Choose this time")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your interview is scheduled.")).to_be_visible()
    assert status_of(shared_app, interview)[1] == in_three_days() + timedelta(hours=45)


def test_a_screen_reader_finds_what_it_is_about_then_the_times_by_day_then_the_button(
    shared_app: Flask, server: ServerProcess, team: Team, new_browser_context: Callable[..., BrowserContext]
) -> None:
    _, path = new_request(shared_app, team, "Edda Roth", number=1)
    page = on_a_phone(new_browser_context, locale="en")
    page.goto(server.base_url + path)
    day = in_three_days()
    expect(page.get_by_role("main")).to_match_aria_snapshot(
        f"""
        - region "Choose a time for your interview":
          - heading "Choose a time for your interview" [level=1]
          - paragraph:
            - strong: Baker Interview
            - text: Baker at Northlight 45 minutes · Phone call
          - paragraph: All times are Zurich time (CET).
          - paragraph:
            - link "Show your device's time"
            - link "Change time zone"
          - group "{day:%A}, {day.day} {day:%B} {day.year}":
            - radio "10:00–10:45"
          - button "Choose this time"
          - paragraph:
            - link "None of these work"
          - heading "Where" [level=2]
          - heading "Who you'll meet" [level=2]
          - heading "Agenda" [level=2]
          - heading "Not for you?" [level=2]
          - link "I'm no longer interested"
        """
    )


# The other theme, whose colors test_look.py tries on every component, is left to a full run.
@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.full)])
def test_no_page_of_it_has_a_barrier_or_a_control_too_small(
    shared_app: Flask,
    server: ServerProcess,
    team: Team,
    new_browser_context: Callable[..., BrowserContext],
    theme: str,
) -> None:
    _, path = new_request(shared_app, team, "Fay Moss" if theme == "light" else "Gil Ames", at_once=False)
    page = on_a_phone(new_browser_context, color_scheme=theme)
    for end in ("", "/none-of-these", "/cancel"):
        page.goto(server.base_url + path + end)
        assert_fits(page)
    page.goto(server.base_url + path)
    page.get_by_role("button", name="Choose this time").tap()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_no_barrier(page)
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Choose this time").tap()
    expect(page.get_by_text("The team will confirm it by email.")).to_be_visible()
    assert_fits(page)


def assert_fits(page: Page) -> None:
    assert_no_barrier(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate(TOO_LOW, ENOUGH) == []


def test_a_first_visit_is_small_and_nothing_jumps(
    shared_app: Flask, server: ServerProcess, team: Team, new_browser_context: Callable[..., BrowserContext]
) -> None:
    _, path = new_request(shared_app, team, "Hana Ito", number=10)
    page = on_a_phone(new_browser_context)
    page.add_init_script(SHIFTS)
    visit = Visit()
    visit.watch(page)
    page.goto(server.base_url + path, wait_until="networkidle")
    assert visit.sent <= MOST_BYTES, visit.addresses
    # The offer of another clock comes with the script, and pushes what follows down by a line.
    assert sum(page.evaluate("window.shifts")) < 0.1
