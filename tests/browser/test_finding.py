"""Finding things and going there in a browser: the candidate picker, by keyboard alone and on a phone."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, StorageState, ViewportSize, expect

from tests.browser.barriers import assert_no_barrier
from tests.browser.entering import signed_in_as
from tests.factories import create_candidate, create_team, schedule
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcess

LEAST_SHIFT = 0.005


@pytest.fixture(scope="module")
def state(shared_app: Flask, shared_server: ServerProcess) -> StorageState:
    """The owner's cookies; Dina has an interview, Dinah and Omar have none."""
    with in_rows(shared_app):
        team = create_team()
        create_candidate("Omar Haddad", "omar@mail.example", team.other_job_id)
        create_candidate("Dinah Moss", "dinah@mail.example", team.job_id)
        schedule(team.ada, team.dina, software=None)
    return signed_in_as(shared_app, team.ada)


@pytest.fixture
def page(
    new_browser_context: Callable[..., BrowserContext], state: StorageState, shared_server: ServerProcess
) -> Page:
    context = new_browser_context(
        storage_state=state, base_url=shared_server.base_url, viewport=ViewportSize(width=360, height=740)
    )
    return context.new_page()


def test_picker_leads_from_a_name_to_the_first_step_by_keyboard_alone(page: Page) -> None:
    page.goto("/interviews")
    page.get_by_role("link", name="Schedule an interview").click()
    picker = page.get_by_role("dialog", name="Schedule an interview")
    field = picker.get_by_role("combobox", name="Candidate")
    options = picker.get_by_role("option")
    expect(field).to_be_focused()
    expect(options).to_have_count(3)
    expect(options.first).to_contain_text("No interview")
    expect(options.last).to_contain_text("Dina Kaur")
    page.keyboard.type("din")
    expect(options).to_have_count(2)
    expect(picker.get_by_role("status")).to_have_text("2 candidates")
    # Enter chooses the first, and the arrows choose another one.
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(options.first).to_contain_text("Dinah Moss")
    page.keyboard.press("ArrowDown")
    expect(options.last).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", options.last.get_attribute("id") or "")
    expect(field).to_be_focused()
    assert_no_barrier(page)
    field.fill("nobody")
    expect(picker.get_by_text("No candidates found", exact=True).first).to_be_visible()
    expect(picker.get_by_role("link", name="Add “nobody”")).to_be_visible()
    assert_no_barrier(page)
    # For a misspelled name, the people it may mean are offered, and Enter does not choose any of them.
    field.fill("Omr Hadad")
    expect(picker.get_by_text("Did you mean Omar Haddad?").first).to_be_visible()
    expect(options).to_have_count(1)
    expect(options.first).to_have_attribute("aria-selected", "false")
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    assert_no_barrier(page)
    # Typed and entered at once: what was typed counts, not what is still listed.
    field.fill("omar")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/schedule/.*/setup"))
    expect(page.get_by_text("Omar Haddad").first).to_be_visible()
    page.go_back()
    page.wait_for_url("**/interviews/new")


def test_long_list_asks_whom_a_misspelled_name_means(page: Page) -> None:
    page.goto("/interviews/1/another")
    # The list itself, until the script has replaced it with the field.
    field = page.locator("input").and_(page.get_by_label("Candidate", exact=True))
    field.fill("Dinha Mos")
    field.press("Tab")
    expect(page.get_by_role("alert").filter(has_text="Did you mean Dinah Moss?")).to_be_visible()
    assert_no_barrier(page)
    page.get_by_role("button", name="Dinah Moss", exact=True).click()
    expect(field).to_have_value("Dinah Moss")
    expect(page.get_by_text("Did you mean")).to_have_count(0)
    # The value that is sent.
    expect(page.locator("select[name=application] option:checked")).to_have_text("Dinah Moss")


def test_search_suggests_while_one_types_and_goes_where_it_is_told(page: Page) -> None:
    page.add_init_script("""
        window.moved = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((each) => (window.moved += each.value)))
            .observe({ type: "layout-shift", buffered: true });
    """)
    page.goto("/calendar")
    field = page.get_by_role("combobox", name="Search candidates")
    box = page.get_by_role("listbox", name="Suggestions")
    field.click()
    expect(field).to_have_attribute("aria-expanded", "false")
    field.press_sequentially("dina")
    options = box.get_by_role("option")
    dina, to_dina = re.compile("Dina Kaur"), "Schedule an interview with Dina Kaur"
    dinah, to_dinah = re.compile("Dinah Moss"), "Schedule an interview with Dinah Moss"
    expect(options).to_have_text([dina, to_dina, dinah, to_dinah, dina, "All results for “dina”"])
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.locator("header [data-said]")).to_have_text("2 candidates, 1 interview, 0 jobs found.")
    assert_no_barrier(page)
    # The arrows go through all of it, and around; nothing is chosen before the first press.
    expect(field).not_to_have_attribute("aria-activedescendant", re.compile("."))
    for key, index in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0), ("ArrowUp", 5)):
        page.keyboard.press(key)
        expect(options.nth(index)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(field).to_have_value("dina")
    # Her interview opens at a glance, where its link is, and closes back to the search.
    field.click()
    options.nth(4).click()
    glance = page.get_by_role("dialog", name="Dina Kaur")
    expect(glance).to_be_visible()
    page.keyboard.press("Escape")
    expect(field).to_be_focused()
    expect(page).to_have_url(re.compile("/calendar$"))
    expect(box).to_be_hidden()
    assert page.evaluate("window.moved") < LEAST_SHIFT
    # The suggestions for the latest text are the ones shown, however fast one types.
    field.fill("omar")
    expect(options.first).to_contain_text("Omar Haddad")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/candidates/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Omar Haddad")
    field.fill("dinah")
    options.nth(1).click()
    page.wait_for_url(re.compile("/schedule/.*/setup"))
    field.fill("interview")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=interview")


def test_picker_works_without_a_script(
    new_browser_context: Callable[..., BrowserContext], state: StorageState, shared_server: ServerProcess
) -> None:
    context = new_browser_context(
        storage_state=state, base_url=shared_server.base_url, java_script_enabled=False
    )
    page = context.new_page()
    page.goto("/")
    page.get_by_role("link", name="Schedule an interview").first.click()
    page.get_by_label("Candidate", exact=True).fill("omar")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Omar Haddad").click()
    page.wait_for_url(re.compile("/schedule/.*/setup"))
