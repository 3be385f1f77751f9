"""Date & Time on a day with 29 interviews: a time is one click away, by mouse, by keyboard, and without a
script."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, expect

from models import Role
from scheduling.plans import Participant
from scheduling.working_days import next_working_day
from tests.browser.entering import cookies_of
from tests.browser.steps import step_heading
from tests.factories import Team, create_candidate, create_team, create_user, schedule
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcesses
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import draft_at
from timezones import parse_local

# Everyone's week is on it as well.
A_SCREEN_AND_THREE_QUARTERS = 1400


def fill_the_day(team: Team, day: date) -> None:
    """29 interviews on the job and beside it, with gaps for Ben at eleven and at three o'clock."""
    eva = create_user("Eva Lang", Role.INTERVIEWER)
    with_eva = (Participant(eva.name, eva.email, eva.id),)
    for number in range(29):
        job = team.job_id if number % 2 else team.other_job_id
        someone = create_candidate(f"Person{number} Berg", f"person{number}@mail.example", job)
        begins = parse_local(day, time(8 + number % 10, 15 * (number % 3)), "Europe/Zurich")
        if job == team.job_id and number % 10 in (3, 7):
            begins += timedelta(hours=12)
        schedule(team.ada, someone, starts_at=begins, duration_minutes=30, software=None, attendees=with_eva)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_time_is_one_click_on_a_full_day(
    app: Flask, server_processes: ServerProcesses, new_browser_context: Callable[..., BrowserContext]
) -> None:
    page, day = new_browser_context().new_page(), next_working_day(datetime.now(UTC).date())
    with in_rows(app):
        team = create_team()
        fill_the_day(team, day)
    visitor = Visitor(app).enter(team.ada)
    address = f"{draft_at(visitor, team.dina.id, 'date-time')}/date-time"
    [server] = server_processes.start(1)
    cookies = cookies_of(app, visitor, server.base_url)
    page.context.add_cookies(cookies)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{server.base_url}{address}")
    times = page.get_by_role("toolbar", name="Free times", exact=True)
    at = page.get_by_label("Time", exact=True)
    chip = times.get_by_role("button").first
    expect(chip).to_be_in_viewport()
    # By keyboard each row is one stop, and the arrows lead on from there.
    expect(step_heading(page)).to_be_focused()
    for _ in range(4):
        page.keyboard.press("Tab")
    expect(chip).to_be_focused()
    page.keyboard.press("ArrowRight")
    second = times.get_by_role("button").nth(1)
    expect(second).to_be_focused()
    words = second.inner_text()
    page.keyboard.press("Enter")
    expect(at).to_have_value(words)
    expect(times.get_by_role("button", name=words, pressed=True)).to_be_focused()
    # By mouse.
    words = chip.inner_text()
    chip.click()
    expect(at).to_have_value(words)
    near = page.get_by_role("region", name="Also that day")
    expect(near.get_by_role("listitem").filter(has_text="This interview")).to_be_visible()
    expect(page.locator("#free-times rect.is-wanted")).to_have_count(1)
    expect(times.get_by_role("button", name=words, pressed=True)).to_be_focused()
    expect(page.get_by_role("region", name="Conflict")).to_have_count(0)
    height = page.evaluate("document.documentElement.scrollHeight")
    assert height <= A_SCREEN_AND_THREE_QUARTERS, height
    # A gap in the drawing works just as well.
    gap = page.locator(".week-day.is-chosen .day-gaps label").last
    words = gap.get_attribute("title") or ""
    gap.click()
    expect(at).to_have_value(words)
    expect(times.get_by_role("button", name=words, pressed=True)).to_be_visible()
    after = day + timedelta(days=1)
    page.get_by_role("button", name=f"{after:%A}, {after.day} {after:%B}").click()
    expect(page.get_by_label("Date", exact=True)).to_have_value(f"{after}")
    # Everything else is filled in from the last interview on the job.
    page.keyboard.press("Control+Enter")
    expect(step_heading(page)).to_have_text("Finalize")

    context = new_browser_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    context.add_cookies(cookies)
    bare = context.new_page()
    bare.goto(f"{server.base_url}{address}")
    bare.get_by_label("Duration in minutes").fill("30")
    chip = bare.get_by_role("toolbar", name="Free times", exact=True).get_by_role("button").nth(2)
    words = chip.inner_text()
    chip.click()
    expect(bare.get_by_label("Time", exact=True)).to_have_value(words)
    expect(bare.get_by_label("Duration in minutes")).to_have_value("30")
    bare.get_by_role("button", name="Continue").click()
    expect(step_heading(bare)).to_have_text("Attendees")
