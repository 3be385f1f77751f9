"""Asking a candidate to choose from several times: by mouse, by keyboard on a phone, and without a script.

The counts are printed: `-rP` shows them.
"""

import sys
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.barriers import assert_no_barrier
from tests.browser.entering import cookies_of
from tests.browser.hands import Hands
from tests.browser.steps import step_heading
from tests.factories import create_candidate, create_team
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcesses
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import draft_at

BY_PHONE = {"interview_type": "phone", "phone_caller": "team", "phone_number": "+44 20 7946 0018"}


def chips(page: Page) -> Locator:
    return page.get_by_role("toolbar", name="Free times", exact=True).get_by_role("button")


def days(page: Page) -> Locator:
    return page.get_by_role("toolbar", name="Day", exact=True).get_by_role("button")


def listed(page: Page) -> Locator:
    return page.get_by_role("region", name="Times to choose from").get_by_role("listitem")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_candidate_is_asked_to_choose(
    app: Flask, server_processes: ServerProcesses, new_browser_context: Callable[..., BrowserContext]
) -> None:
    with in_rows(app):
        team = create_team()
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id, timezone="Asia/Kolkata").id
        nora = create_candidate("Nora Lund", "nora@mail.example", team.job_id).id
    visitor = Visitor(app).enter(team.ada)
    setup = {**BY_PHONE, "method": "time_slots"}
    address = f"{draft_at(visitor, omar, 'date-time', {'setup': setup})}/date-time"
    [server] = server_processes.start(1)

    def open_page(**options: Any) -> Page:
        context = new_browser_context(**options)
        context.add_cookies(cookies_of(app, visitor, server.base_url))
        return context.new_page()

    # By mouse, the first time on the job.
    page = open_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{server.base_url}/candidates/{team.dina.id}")
    hands = Hands(page)
    hands.click(button(page, "Schedule Interview"))
    page.get_by_label("Phone", exact=True).check()
    hands.click(page.get_by_label("Request Time Slots"))
    hands.click(page.get_by_label("Agenda"), may_scroll=True)
    page.keyboard.insert_text("Introduction, experience, questions")
    hands.click(button(page, "Continue"))
    expect(step_heading(page)).to_have_text("Date & Time")
    before = hands.clicks
    for number in range(3):
        if number:
            # No one aims at a time on the day before.
            shown = page.locator("#free-times-title").inner_text()
            hands.click(days(page).nth(number))
            expect(page.locator("#free-times-title")).not_to_have_text(shown, use_inner_text=True)
        hands.click(chips(page).nth(2))
        expect(listed(page)).to_have_count(number + 1)
        expect(chips(page).nth(2)).to_be_focused()
    sys.stdout.write(f"Three times on three days, by mouse: {hands.clicks - before} clicks\n")
    assert hands.clicks - before <= 5
    expect(page.locator(".so-far")).to_contain_text("3 times")
    hands.click(button(page, "Continue"))
    for step in ("Attendees", "Details", "Preview"):
        expect(step_heading(page)).to_have_text(step)
        hands.click(button(page, "Continue"))
    expect(step_heading(page)).to_have_text("Finalize")
    hands.click(button(page, "Send request"))
    expect(page.get_by_role("status").filter(has_text="Request sent to Dina.")).to_be_visible()

    # The second time it is remembered, and one click suggests four times.
    page.goto(f"{server.base_url}/candidates/{nora}")
    hands = Hands(page)
    hands.click(button(page, "Schedule Interview"))
    hands.click(button(page, "Continue"))
    hands.click(button(page, "Suggest slots"))
    expect(listed(page)).to_have_count(4)
    hands.click(button(page, "Save and go to Finalize"))
    hands.click(button(page, "Send request"))
    expect(page.get_by_role("status").filter(has_text="Request sent to Nora.")).to_be_visible()
    sys.stdout.write(f"Second on the job, with suggested times: {hands.clicks} clicks\n")
    assert hands.clicks <= 5

    # On a phone, by keyboard.
    page = open_page(viewport={"width": 360, "height": 740})
    page.goto(f"{server.base_url}{address}")
    for _ in range(4):
        page.keyboard.press("Tab")
    expect(chips(page).first).to_be_focused()
    page.keyboard.press("Enter")
    expect(listed(page)).to_have_count(1)
    expect(chips(page).first).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(listed(page)).to_have_count(2)
    expect(page.get_by_text("All are on one day.")).to_be_visible()
    expect(listed(page).first).to_contain_text("for Omar")
    # The same key takes it out again.
    page.keyboard.press("Enter")
    expect(listed(page)).to_have_count(1)
    page.get_by_label("Time", exact=True).fill("07:10")
    button(page, "Add time slot").press("Enter")
    expect(listed(page)).to_have_count(2)
    expect(page.get_by_label("Time", exact=True)).to_have_value("")
    button(page, "Add time slot").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Choose a time.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.reload()
    expect(listed(page)).to_have_count(2)
    assert_no_barrier(page)

    # Without a script it is the same list, and the rest works with the form alone.
    bare = open_page(java_script_enabled=False, viewport={"width": 360, "height": 740})
    bare.goto(f"{server.base_url}{address}")
    expect(listed(bare)).to_have_count(2)
    chips(bare).nth(4).click()
    expect(listed(bare)).to_have_count(3)
    listed(bare).first.get_by_role("button").click()
    expect(listed(bare)).to_have_count(2)
    button(bare, "Suggest slots").click()
    expect(listed(bare)).to_have_count(6)
    bare.get_by_label("Time", exact=True).fill("07:20")
    button(bare, "Continue").click()
    expect(step_heading(bare)).to_have_text("Attendees")
    expect(bare.locator(".so-far")).to_contain_text("7 times")
