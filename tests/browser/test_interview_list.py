"""The list of interviews in a browser: the popup with keyboard, Back and reload; filters that apply at once;
and the same without a script."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, StorageState, expect

from extensions import db
from models import Interview, InterviewStatus, InterviewType, PhoneCaller, Role
from scheduling.plans import Participant
from scheduling.venues import OnSite, PastedLink, PhoneCall
from tests.browser.barriers import assert_no_barrier
from tests.browser.entering import signed_in_as
from tests.factories import create_candidate, create_team, create_user, schedule
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcess
from timezones import utc_now

WEBEX = PastedLink("https://northlight.webex.example/meet/interviews", "Webex")
PHONE = PhoneCall("+49 30 901820", PhoneCaller.TEAM)


@pytest.fixture(scope="module")
def state(shared_app: Flask, shared_server: ServerProcess) -> StorageState:
    """The owner's cookies, beside an interview by Webex and one by phone."""
    with in_rows(shared_app):
        team = create_team()
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        create_candidate("Noa Levi", "noa@mail.example", team.job_id)
        schedule(team.ada, team.dina, starts_at=utc_now() + timedelta(minutes=10), venue=WEBEX)
        ugo = create_candidate("Ugo Rossi", "ugo@mail.example", team.job_id)
        schedule(team.ada, ugo, starts_at=utc_now() + timedelta(days=3), venue=OnSite("Zurich", ""))
        others = [create_user(name, Role.INTERVIEWER) for name in ("Maximiliane Longname", "Marco Bianchi")]
        beside = tuple(Participant(each.name, each.email, each.id) for each in others)
        schedule(team.ada, omar, starts_at=utc_now() + timedelta(days=2), venue=PHONE, attendees=beside)
    return signed_in_as(shared_app, team.ada)


@pytest.fixture
def page(
    new_browser_context: Callable[..., BrowserContext], state: StorageState, shared_server: ServerProcess
) -> Page:
    return new_browser_context(storage_state=state, base_url=shared_server.base_url).new_page()


def test_rows_say_who_takes_part_without_cutting_anyone(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    for path in ("/interviews", "/interviews?view=cards"):
        page.goto(path)
        names = page.locator(".people-names", has_text="Ben, Marco, Maximiliane")
        expect(names).to_have_count(1)
        assert names.evaluate("(e) => e.scrollWidth <= e.clientWidth"), path
        heights = page.locator(".day-table tbody tr:not(.day-head)").evaluate_all(
            "(rows) => rows.map((e) => e.getBoundingClientRect().height)"
        )
        assert len(set(heights)) <= 1, heights
    # Where there is no room for names, the initials are there.
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/interviews")
    row = page.locator("tr", has=page.get_by_role("link", name="Omar Haddad"))
    expect(row.locator(".avatar")).to_have_text(["BF", "MB", "ML"])
    expect(row.locator(".avatar").first).to_be_visible()
    expect(row.locator(".people-names")).to_be_hidden()


def test_popup_opens_over_the_list_and_closes_back_to_where_it_was_opened(page: Page) -> None:
    for path in ("/interviews", "/"):
        page.goto(path)
        here = page.url
        # Reloading the page would erase this.
        page.evaluate("window.isTheSame = true")
        name = page.locator("a[data-popup]", has_text="Dina Kaur").first
        popup = page.get_by_role("dialog", name="Dina Kaur")
        name.focus()
        page.keyboard.press("Enter")
        expect(popup).to_be_visible()
        expect(popup.get_by_text("Other: Webex")).to_be_visible()
        expect(popup.get_by_role("link", name="Join Webex")).to_have_attribute("href", WEBEX.url)
        expect(popup.get_by_role("heading", name="Dina Kaur")).to_be_focused()
        expect(page).to_have_url(page.evaluate("location.origin") + name.get_attribute("href"))
        assert_no_barrier(page)
        page.keyboard.press("Escape")
        expect(popup).to_be_hidden()
        expect(name).to_be_focused()
        expect(page).to_have_url(here)
        name.click()
        expect(popup).to_be_visible()
        page.go_back()
        expect(popup).to_be_hidden()
        page.go_forward()
        expect(popup).to_be_visible()
        popup.get_by_role("button", name="Close").click()
        expect(popup).to_be_hidden()
        assert page.evaluate("window.isTheSame")
        name.click()
        expect(popup).to_be_visible()
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text("Dina Kaur")
        page.go_back()
        expect(page.get_by_role("heading", level=1)).not_to_have_text("Dina Kaur")
        expect(page).to_have_url(here)


def test_filters_apply_at_once_and_stay_in_the_address(page: Page, shared_app: Flask) -> None:
    page.goto("/interviews")
    page.evaluate("window.isTheSame = true")
    listed = page.locator("#list .row-link")
    expect(listed).to_have_text(["Dina Kaur", "Omar Haddad", "Ugo Rossi"])
    expect(page.get_by_role("button", name="Apply")).to_be_hidden()
    kind = page.get_by_label("Type")
    kind.focus()
    kind.select_option("phone")
    expect(listed).to_have_text(["Omar Haddad"])
    expect(kind).to_be_focused()
    expect(page).to_have_url(page.evaluate("location.origin") + "/interviews?how=phone")
    expect(page.locator("#status-3")).to_have_text("Scheduled 1")
    page.get_by_role("link", name="Clear").click()
    expect(listed).to_have_count(3)
    page.evaluate("window.isTheSame = true")
    search = page.get_by_label("Search interviews")
    search.press_sequentially("dina")
    expect(listed).to_have_text(["Dina Kaur"])
    expect(search).to_be_focused()
    # A search result opens at the first click, and closes back to the same list.
    listed.first.click()
    popup = page.get_by_role("dialog", name="Dina Kaur")
    expect(popup).to_be_visible()
    page.keyboard.press("Escape")
    expect(listed.first).to_be_focused()
    assert page.evaluate("window.isTheSame")
    # The counts are updated when others change something.
    with in_rows(shared_app):
        of_ugo = db.select(Interview).where(Interview.interview_type == InterviewType.IN_PERSON)
        done = db.session.scalars(of_ugo).one()
        done.status = InterviewStatus.COMPLETED
        db.session.commit()
    search.fill("")
    expect(listed).to_have_count(2)
    page.evaluate("htmx.trigger('#interview-counts', 'tab-visible')")
    expect(page.locator("#status-4")).to_have_text("Completed 1")


def test_list_works_without_a_script(
    new_browser_context: Callable[..., BrowserContext], state: StorageState, shared_server: ServerProcess
) -> None:
    context = new_browser_context(
        storage_state=state, base_url=shared_server.base_url, java_script_enabled=False
    )
    page = context.new_page()
    page.goto("/interviews?when=all")
    page.get_by_label("Type").select_option("phone")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#list .row-link")).to_have_text(["Omar Haddad"])
    page.get_by_role("link", name="Omar Haddad").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Omar Haddad")
    expect(page.get_by_text("Number to call")).to_be_visible()
    page.get_by_role("link", name="Open the interview").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Omar Haddad")
    page.goto("/candidates?interview=none")
    page.get_by_role("button", name="Schedule an interview with Noa Levi").click()
    expect(page.get_by_text("Setup").first).to_be_visible()
