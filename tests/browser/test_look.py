"""How pages behave at every size, on paper, by keyboard, and where the system chooses the colors."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, StorageState, expect

from extensions import db
from models import Job
from tests.browser.barriers import assert_no_barrier
from tests.browser.conftest import create_owner_and_candidate
from tests.browser.entering import signed_in_as
from tests.browser.steps import in_two_days_at_nine, open_the_dialog, step_heading
from tests.factories import create_candidate
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcess, ServerProcesses
from tests.pages.visitor import Visitor

ENDLESS = "Wolfeschlegelsteinhausenbergerdorff" * 3
WIDTHS = (360, 480, 640, 768, 960, 961, 1140, 1141, 1280, 1600)
COMPONENT_WIDTHS = (360, 1600)
PAGES = (
    "/",
    "/jobs",
    "/jobs/1",
    "/jobs/new",
    "/jobs/1/plan/new",
    "/candidates",
    "/candidates/1",
    "/candidates/2",
    "/candidates/new",
    "/candidates/import",
    "/interviews",
    "/calendar",
    "/calendar/month/2030-02-01",
    "/calendar/agenda/2030-02-01",
    "/calendar/list/2030-02-01",
    "/search?q=" + ENDLESS,
    "/settings/account/profile",
    "/settings/account/availability",
    "/settings/account/two-step-verification/set-up",
    "/settings/account/connected-apps",
    "/settings/team",
    "/settings/team/invite",
    "/settings/organization",
    "/settings/organization/interview-plan",
    "/settings/system-log",
    "/help/connecting-apps",
    "/help",
    "/help/guides/recruiters",
    "/help/guides/installation",
    "/help/guides/settings",
)


@pytest.fixture(scope="module")
def server(shared_server: ServerProcess) -> ServerProcess:
    """One server for all: no test here is disturbed by another's rows."""
    return shared_server


@pytest.fixture(scope="module")
def owner(shared_app: Flask, server: ServerProcess) -> Visitor:
    """The owner, beside a job, an ordinary candidate and one whose name does not end."""
    with in_rows(shared_app):
        owner = create_owner_and_candidate()
        job_id = db.session.scalars(db.select(Job.id)).one()
        create_candidate(ENDLESS, f"{'a' * 60}@{'b' * 60}.example", job_id)
    return Visitor(shared_app).enter(owner)


@pytest.fixture(scope="module")
def signed_in(shared_app: Flask, owner: Visitor) -> StorageState:
    """The owner's cookies."""
    return signed_in_as(shared_app, owner)


@pytest.fixture
def team_page(new_browser_context: Callable[..., BrowserContext], signed_in: StorageState) -> Page:
    """A page of the owner's browser."""
    return new_browser_context(storage_state=signed_in).new_page()


def test_no_page_scrolls_sideways_at_any_width(team_page: Page, server: ServerProcess) -> None:
    page = team_page
    too_wide = []
    for path in PAGES:
        response = page.goto(server.base_url + path)
        assert response is not None
        assert response.status == 200, path
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            found = page.evaluate("document.documentElement.scrollWidth")
            if found > width:
                too_wide.append((path, width, found))
    assert not too_wide, too_wide


def test_each_page_has_a_title_of_its_own(owner: Visitor) -> None:
    # Every page that a visitor opens is checked: it has one heading, which the title starts with.
    titles = {owner.get(path).title for path in PAGES}
    assert len(titles) == len(PAGES)


def test_menus_open_and_close_by_keyboard_and_give_the_focus_back(
    team_page: Page, server: ServerProcess
) -> None:
    page = team_page
    page.goto(server.base_url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    for button, entry in (
        (page.get_by_role("button", name="Settings"), page.get_by_role("link", name="Connected Apps")),
        (page.locator(".user-button"), page.get_by_role("button", name="Sign out")),
    ):
        button.focus()
        page.keyboard.press("Enter")
        expect(entry).to_be_visible()
        page.keyboard.press("Tab")
        assert page.evaluate("Boolean(document.activeElement.closest('[popover]'))")
        page.keyboard.press("Escape")
        expect(entry).to_be_hidden()
        expect(button).to_be_focused()


def test_everything_with_the_focus_shows_it(team_page: Page, server: ServerProcess) -> None:
    page = team_page
    for path in ("/", "/candidates", "/candidates/1", "/settings/account/profile"):
        page.goto(server.base_url + path)
        for _ in range(60):
            page.keyboard.press("Tab")
            unseen = page.evaluate(
                """() => {
                    const element = document.activeElement;
                    if (!element || element === document.body) return null;
                    // The whole row shows the focus of the link that stands for it.
                    const styles = [getComputedStyle(element), getComputedStyle(element, "::after")];
                    const isShown = styles.some((style) =>
                        style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
                    return isShown ? null : element.outerHTML.slice(0, 200);
                }"""
            )
            assert unseen is None, f"{path}: {unseen}"


def test_a_time_zone_is_found_by_typing_a_city(team_page: Page, server: ServerProcess) -> None:
    page = team_page
    page.goto(f"{server.base_url}/candidates/new")
    field = page.get_by_label("Time zone")
    field.fill("lagos")
    field.press("Tab")
    expect(field).to_have_value("Africa/Lagos")
    field.fill("india")
    field.press("Tab")
    expect(field).to_have_value("Asia/Kolkata")
    # Text that matches nothing or several entries, or is an abbreviation, is asked about and never guessed.
    for typed, words in (
        ("US", "could be New York, Chicago, or Los Angeles time"),
        ("America", "could be New York, Chicago, or Los Angeles time"),
        ("IST", "could be Kolkata, Dublin, or Jerusalem time"),
        ("Argentina/", "is not one entry"),
        ("nowhere at all", "is not one entry"),
    ):
        field.fill(typed)
        field.press("Tab")
        expect(field).to_have_value(typed)
        expect(page.get_by_role("alert").filter(has_text=f"“{typed}” {words}")).to_be_visible()
    page.get_by_role("button", name="Add candidate").click()
    expect(page.get_by_text("Enter a time zone, such as").first).to_be_visible()
    # The server asks in the same words, with buttons for the answers.
    field = page.get_by_label("Time zone")
    field.fill("GMT+2")
    page.get_by_role("button", name="Add candidate").click()
    expect(page.get_by_text("“GMT+2” could be").first).to_be_visible()
    page.get_by_role("group", name="Likely places").get_by_role("button", name="Cairo").click()
    field = page.get_by_label("Time zone")
    expect(field).to_have_value("Africa/Cairo")
    field.fill("New York")
    field.press("Tab")
    expect(field).to_have_value("America/New York")
    field.fill("lagos")
    field.press("Tab")
    expect(field).to_have_value("Africa/Lagos")
    page.get_by_label("Job", exact=True).select_option("Backend Engineer")
    page.get_by_label("Name", exact=True).fill("Amara Okafor")
    page.get_by_label("Email").fill("amara.okafor@mail.example")
    page.get_by_role("button", name="Add candidate").click()
    expect(page.get_by_text("Africa/Lagos")).to_be_visible()


def test_a_usual_duration_is_one_click(team_page: Page, server: ServerProcess) -> None:
    page = team_page
    open_the_dialog(page, server.base_url)
    page.get_by_label("Agenda").fill("Introduction")
    page.get_by_role("button", name="Continue").click()
    hour = page.get_by_role("button", name="1 hr", exact=True)
    hour.click()
    expect(hour).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Duration in minutes")).to_have_value("60")
    page.get_by_label("Duration in minutes").fill("50")
    expect(hour).to_have_attribute("aria-pressed", "false")
    page.get_by_label("Date", exact=True).fill(f"{in_two_days_at_nine():%Y-%m-%d}")
    page.get_by_label("Time", exact=True).fill("09:00")
    page.get_by_role("button", name="Continue").click()
    expect(step_heading(page)).to_have_text("Attendees")


def test_paper_is_white_in_the_dark_theme_and_carries_no_menus(
    new_browser_context: Callable[..., BrowserContext], server: ServerProcess, signed_in: StorageState
) -> None:
    page = new_browser_context(color_scheme="dark", storage_state=signed_in).new_page()
    page.goto(f"{server.base_url}/candidates/1")
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    expect(page.get_by_role("button", name="Schedule Interview")).to_be_visible()
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    text = page.evaluate("getComputedStyle(document.querySelector('h1')).color")
    assert sum(int(part) for part in text[4:-1].split(",")) < 200, text
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(page.get_by_role("button", name="Schedule Interview")).to_be_hidden()
    expect(page.get_by_text("dina.kaur@mail.example")).to_be_visible()


def test_lines_show_where_one_is_if_the_system_chooses_the_colors(
    new_browser_context: Callable[..., BrowserContext], server: ServerProcess, signed_in: StorageState
) -> None:
    page = new_browser_context(forced_colors="active", storage_state=signed_in).new_page()
    page.goto(server.base_url)
    width = page.locator(".nav-item[aria-current=page]").evaluate(
        "item => getComputedStyle(item).borderWidth"
    )
    assert width == "2px"


def test_what_happened_is_announced_once_the_page_is_loaded(team_page: Page, server: ServerProcess) -> None:
    page = team_page
    page.goto(f"{server.base_url}/jobs/new")
    page.get_by_label("Title").fill("Product Designer")
    page.get_by_role("button", name="Add job").click()
    message = page.get_by_role("status").filter(has_text="Product Designer is open")
    expect(message).to_be_visible()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_components_have_no_barrier_in_either_theme(
    server_processes: ServerProcesses, browser_page: Page
) -> None:
    [server] = server_processes.start(1, overrides={"TESTING": True})
    for path in ("/styleguide", "/styleguide/confirm"):
        for width in COMPONENT_WIDTHS:
            browser_page.set_viewport_size({"width": width, "height": 900})
            browser_page.goto(server.base_url + path)
            # Colors are the same at every width.
            assert_no_barrier(browser_page, measures_contrast=width == COMPONENT_WIDTHS[0])
            assert browser_page.evaluate("document.documentElement.scrollWidth") <= width
