"""What someone is about to press stays where it is, whatever arrives in the meantime."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Route, StorageState, ViewportSize, expect

from tests.browser.conftest import create_owner_and_candidate
from tests.browser.entering import signed_in_as
from tests.browser.steps import in_two_days_at_nine, open_the_dialog, step_heading
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcess

SIZES = {"desktop": ViewportSize(width=1280, height=900), "phone": ViewportSize(width=360, height=740)}
# Two frames: what an event has changed is laid out by then.
LAID_OUT = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture(scope="module")
def signed_in(shared_app: Flask, shared_server: ServerProcess) -> StorageState:
    """The owner's cookies, beside a job and a candidate."""
    with in_rows(shared_app):
        owner = create_owner_and_candidate()
    return signed_in_as(shared_app, owner)


@pytest.fixture
def open_page(
    new_browser_context: Callable[..., BrowserContext], signed_in: StorageState
) -> Callable[[str], Page]:
    def open_one(size: str) -> Page:
        return new_browser_context(storage_state=signed_in, viewport=SIZES[size]).new_page()

    return open_one


def _bar(page: Page) -> tuple[float, float]:
    """Where the buttons of a step begin and end, from the top of the window."""
    top, bottom = page.locator(".action-bar").evaluate(
        "bar => { const box = bar.getBoundingClientRect(); return [box.top, box.bottom]; }"
    )
    return top, bottom


def _press(page: Page, name: str) -> None:
    button = page.get_by_role("button", name=name, exact=True)
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()


@pytest.mark.parametrize("size", SIZES)
def test_the_buttons_of_a_step_are_at_the_bottom_of_the_window_whatever_arrives(
    open_page: Callable[[str], Page], shared_server: ServerProcess, size: str
) -> None:
    page, start = open_page(size), in_two_days_at_nine()
    heading = step_heading(page)
    open_the_dialog(page, shared_server.base_url)
    page.get_by_label("Agenda").fill("Introduction")
    page.get_by_role("button", name="Continue").click()

    expect(heading).to_have_text("Date & Time")
    before = _bar(page)
    page.get_by_label("Date", exact=True).fill(f"{start:%Y-%m-%d}")
    page.get_by_label("Time", exact=True).fill("09:00")
    expect(page.get_by_role("heading", name=re.compile(f"{start:%A}"))).to_be_visible()
    # A fractional height makes a difference of half a pixel.
    assert _bar(page) == pytest.approx(before, abs=0.6)
    page.get_by_role("button", name="Continue").click()

    for label in ("Attendees", "Details", "Preview", "Finalize"):
        expect(heading).to_have_text(label)
        for end in ("0", "document.documentElement.scrollHeight"):
            page.evaluate(f"scrollTo(0, {end})")
            assert abs(_bar(page)[1] - SIZES[size]["height"]) < 1, (label, end)
        if label != "Finalize":
            page.get_by_role("button", name="Continue").click()


def test_the_frame_of_the_dialog_is_as_wide_on_every_step(
    open_page: Callable[[str], Page], shared_server: ServerProcess
) -> None:
    page = open_page("desktop")
    open_the_dialog(page, shared_server.base_url)
    page.get_by_label("Agenda").fill("Introduction")
    frames: dict[str, list[list[float]]] = {}
    start = in_two_days_at_nine()
    for step in ("Setup", "Date & Time", "Attendees", "Details", "Preview", "Finalize"):
        expect(step_heading(page)).to_have_text(step)
        if step == "Date & Time":
            page.get_by_label("Date", exact=True).fill(f"{start:%Y-%m-%d}")
            page.get_by_label("Time", exact=True).fill(f"{start:%H:%M}")
        frames[step] = page.evaluate(
            """() => [".stepper", ".action-bar", ".page-head"].map((frame) => {
                const box = document.querySelector(frame).getBoundingClientRect();
                return [box.left, box.right];
            })"""
        )
        if step != "Finalize":
            page.get_by_role("button", name="Continue").click()
    assert len({str(frame) for frame in frames.values()}) == 1, frames


def test_a_button_that_is_being_pressed_is_not_replaced_or_moved(
    open_page: Callable[[str], Page], shared_server: ServerProcess
) -> None:
    page = open_page("desktop")
    # A poll's answer. It is intercepted from the first page on: the route has to be set before the page that
    # polls begins to load.
    answers: list[Route] = []
    page.route(re.compile("/hosting"), lambda route: answers.append(route))
    with page.expect_request(re.compile("/hosting")):
        open_the_dialog(page, shared_server.base_url)
        page.get_by_label("Agenda").fill("Introduction")
    _press(page, "Continue")
    with page.expect_response(re.compile("/hosting")):
        answers[0].fulfill(content_type="text/html", body='<div id="hosting">An answer</div>')
    page.evaluate(LAID_OUT)
    assert page.locator("#hosting").inner_text() != "An answer"
    page.mouse.move(10, 300)
    page.mouse.up()
    expect(page.locator("#hosting")).to_have_text("An answer")
    page.unroute_all(behavior="ignoreErrors")

    # The message about a field that is left by pressing a button below it.
    page.goto(f"{shared_server.base_url}/candidates/new")
    page.get_by_label("Time zone").fill("nowhere at all")
    _press(page, "Add candidate")
    page.evaluate(LAID_OUT)
    page.mouse.up()
    expect(page.get_by_text("Enter a time zone, such as").first).to_be_visible()
