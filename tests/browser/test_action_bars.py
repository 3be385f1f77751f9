"""The buttons of a long form are within reach, and never cover what someone is working on."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Route, StorageState, ViewportSize, expect

from tests.browser.entering import signed_in_as
from tests.factories import create_team, in_three_days, schedule
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcess

# What is left of a window of 1280 × 1024 pixels at 400 %.
ZOOMED = ViewportSize(width=320, height=256)
SIZES = {
    "desktop": ViewportSize(width=1280, height=800),
    "phone": ViewportSize(width=360, height=740),
    "zoomed": ZOOMED,
}
LONG_FORMS = {
    "/interviews/1/reschedule": "Reschedule",
    "/candidates/new": "Add candidate",
    "/candidates/1/edit": "Save",
    "/candidates/import": "Review",
    "/jobs/new": "Add job",
    "/jobs/1/edit": "Save",
    "/jobs/1/plan/new": "Add template",
    "/calendar/events/new": "Add",
    "/settings/organization": "Save",
    "/settings/account/availability": "Save",
    "/settings/team/invite": "Send invitation",
}
# What has the focus, if any of it is behind the bar or all of it outside the window. What is taller than the
# room above the bar only has to be seen in part.
IS_HIDDEN = """() => {
    const at = document.activeElement, box = at.getBoundingClientRect();
    const bar = document.querySelector(".action-bar"), { top, bottom } = bar.getBoundingClientRect();
    if (at === document.body || bar.contains(at)) return null;
    const isBehind = box.bottom > top + 1 && box.top < bottom - 1 && (box.height < top || box.top > top - 1);
    const isOutside = box.bottom < 1 || box.top > innerHeight - 1;
    return isBehind || isOutside ? `${at.outerHTML.slice(0, 120)} ${box.top}-${box.bottom} ${top}` : null;
}"""
# Whether the middle of an element is what a click there hits: nothing covers it, such as a phone's menu.
IS_HIT = """element => {
    const box = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
}"""
UP, DOWN = "scrollTo(0, 0)", "scrollTo(0, document.documentElement.scrollHeight)"


@pytest.fixture(scope="module")
def signed_in(shared_app: Flask) -> StorageState:
    with in_rows(shared_app):
        team = create_team()
        schedule(team.ada, team.dina, software=None, starts_at=in_three_days())
    return signed_in_as(shared_app, team.ada)


@pytest.fixture
def open_page(
    new_browser_context: Callable[..., BrowserContext], signed_in: StorageState, shared_server: ServerProcess
) -> Callable[[ViewportSize, str], Page]:
    def open_one(size: ViewportSize, path: str) -> Page:
        page = new_browser_context(storage_state=signed_in, viewport=size).new_page()
        page.goto(shared_server.base_url + path)
        return page

    return open_one


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_main_button_of_a_long_form_is_within_reach(
    open_page: Callable[[ViewportSize, str], Page], shared_server: ServerProcess, size: str
) -> None:
    page = open_page(SIZES[size], "/")
    for path, name in LONG_FORMS.items():
        page.goto(shared_server.base_url + path)
        button = page.locator(".action-bar").get_by_role("button", name=name, exact=True)
        page.evaluate(UP)
        expect(button, path).to_be_in_viewport(ratio=1)
        assert button.evaluate(IS_HIT), path
        assert page.evaluate("scrollY") == 0, path
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"], path


@pytest.mark.parametrize("path", ["/candidates/new", "/interviews/1/reschedule", "/settings/organization"])
def test_focus_is_never_behind_the_buttons(open_page: Callable[[ViewportSize, str], Page], path: str) -> None:
    page = open_page(ZOOMED, path)
    main = page.locator(".action-bar .btn").first
    main.focus()
    for key in ("Shift+Tab", "Tab"):
        for _ in range(60):
            page.keyboard.press(key)
            hidden = page.evaluate(IS_HIDDEN)
            assert hidden is None, f"{key}: {hidden}"


def test_list_of_zones_that_arrives_late_takes_no_focus(
    open_page: Callable[[ViewportSize, str], Page],
) -> None:
    page = open_page(SIZES["desktop"], "/candidates/new")
    held: list[Route] = []
    page.route(re.compile("/zones.json$"), lambda route: held.append(route))
    zone, source = page.get_by_label("Time zone"), page.get_by_label("Source")
    with page.expect_request(re.compile("/zones.json$")):
        zone.focus()
    source.focus()
    held.pop().continue_()
    expect(zone).to_have_attribute("list", "timezone-suggestions")
    expect(source).to_be_focused()


@pytest.mark.parametrize("size", SIZES)
def test_first_mistake_and_its_field_are_not_behind_the_buttons(
    open_page: Callable[[ViewportSize, str], Page], size: str
) -> None:
    page = open_page(SIZES[size], "/candidates/new")
    page.get_by_role("button", name="Add candidate").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert page.evaluate(IS_HIDDEN) is None
    for link in summary.get_by_role("link").all():
        link.click()
        field = page.locator(":focus")
        expect(field).to_have_attribute("aria-invalid", "true")
        assert page.evaluate(IS_HIDDEN) is None
        page.evaluate(UP)


def test_last_field_can_be_scrolled_out_from_under_the_buttons_and_paper_has_none(
    open_page: Callable[[ViewportSize, str], Page], shared_server: ServerProcess
) -> None:
    page = open_page(SIZES["phone"], "/candidates/new")
    for path in LONG_FORMS:
        page.goto(shared_server.base_url + path)
        page.evaluate(DOWN)
        above, bar = (
            page.locator(each).last.bounding_box() for each in ("form :has(+ .action-bar)", ".action-bar")
        )
        assert above is not None
        assert bar is not None
        assert above["y"] + above["height"] <= bar["y"] + 1, path
    page.emulate_media(media="print")
    expect(page.locator(".action-bar")).to_be_hidden()
