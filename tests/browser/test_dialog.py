"""The dialog for each type of interview: by keyboard alone, on a phone, without a script, open twice."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from tests.browser.conftest import EnterAsOwner
from tests.browser.steps import (
    CANDIDATE,
    OWNER,
    PASSWORD,
    choose_zone,
    in_two_days_at_nine,
    open_the_dialog,
    step_heading,
)
from tests.machines.browser import BrowserComplaints
from tests.machines.servers import ServerProcess, ServerProcesses
from tests.machines.simulators import Simulators

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def server(enter_as_owner: EnterAsOwner, server_processes: ServerProcesses) -> ServerProcess:
    return server_processes.start(1)[0]


@pytest.fixture
def begin(enter_as_owner: EnterAsOwner, server: ServerProcess) -> Callable[[Page], None]:
    """The owner opens the dialog."""

    def begin(page: Page) -> None:
        enter_as_owner(page, server.base_url)
        open_the_dialog(page, server.base_url)

    return begin


def step_is(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Schedule Interview")
    expect(step_heading(page)).to_have_text(name)
    expect(step_heading(page)).to_be_focused()


def heading_is(page: Page, words: str, *, has_focus: bool = True) -> None:
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(words)
    if has_focus:
        expect(heading).to_be_focused()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the control of that name has the focus, as someone without a mouse does."""
    for _ in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "() => { const e = document.activeElement; const label = e.labels && e.labels[0] || e;"
            " return (label.textContent || e.value || '').trim(); }"
        )
        if re.match(name, found):
            return
    raise AssertionError(f"Tab never reached {name}")


def test_phone_interview_by_keyboard_alone_on_a_narrow_screen(
    server: ServerProcess,
    simulators: Simulators,
    new_browser_context: Callable[..., BrowserContext],
    browser_complaints: BrowserComplaints,
    begin: Callable[[Page], None],
) -> None:
    page = new_browser_context(viewport=ViewportSize(width=360, height=740)).new_page()
    begin(page)
    keys = page.keyboard
    step_is(page, "Setup")
    expect(page.get_by_text("Step 1 of 6")).to_be_visible()
    tab_to(page, "Video")
    keys.press("ArrowDown")
    tab_to(page, "Candidate's number")
    keys.type("12")
    browser_complaints.expect("422")
    keys.press("Enter")

    # The list of errors has the focus, and each line leads to its field.
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    tab_to(page, "Enter a phone number")
    keys.press("Enter")
    expect(page.get_by_label("Candidate's number")).to_be_focused()
    keys.press("Control+a")
    keys.type("+44 20 7946 0018")
    tab_to(page, "Agenda")
    keys.type("Introduction")
    keys.press("Control+Enter")

    step_is(page, "Date & Time")
    start = in_two_days_at_nine()
    tab_to(page, "Date")
    keys.type(f"{start:%m%d%Y}")
    tab_to(page, "Time")
    keys.type("0900AM")
    # Enter in a field continues, no matter which other buttons the page has.
    keys.press("Enter")
    step_is(page, "Attendees")
    tab_to(page, "Add another guest")
    keys.press("Enter")
    keys.type("Sam Ortiz <sam@partner.example>")
    keys.press("Enter")
    step_is(page, "Details")
    tab_to(page, "Title")
    keys.press("Enter")
    step_is(page, "Preview")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    # A key combination presses the main button from anywhere, without tabbing to it.
    keys.press("Control+Enter")
    step_is(page, "Finalize")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    # Change one thing, and Enter leads straight back.
    page.get_by_role("button", name="Edit Details").focus()
    keys.press("Enter")
    step_is(page, "Details")
    tab_to(page, "Title")
    keys.type("First call")
    keys.press("Enter")
    step_is(page, "Finalize")
    expect(page.get_by_text("First call")).to_be_visible()
    tab_to(page, "Schedule Interview")
    keys.press("Enter")
    heading_is(page, "Dina Kaur")
    expect(page.get_by_role("status").filter(has_text="Interview scheduled.")).to_be_visible()
    expect(page.get_by_text("Invitation sent to 3 people").first).to_be_visible()
    expect(page.get_by_text(re.compile("Zoom meeting"))).to_have_count(0)
    [mail] = simulators.wait_for_mails(1, to=CANDIDATE)
    text = mail.message.get_body(("plain",))
    assert text is not None
    assert "+44 20 7946 0018" in text.get_content()

    # The browser's Back shows that it is done, and the next one begins with the same choices.
    page.go_back()
    page.reload()
    heading_is(page, "Already scheduled")
    page.get_by_role("link", name="Open the interview").click()
    page.get_by_role("link", name="Schedule another like this").click()
    heading_is(page, "Schedule another like this")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Continue").click()
    step_is(page, "Date & Time")
    expect(page.get_by_text("Copied from Dina Kaur's interview.")).to_be_visible()


def test_interviews_in_person_and_by_a_pasted_link_without_a_script(
    server: ServerProcess,
    simulators: Simulators,
    new_browser_context: Callable[..., BrowserContext],
    begin: Callable[[Page], None],
) -> None:
    page = new_browser_context(java_script_enabled=False).new_page()
    begin(page)
    page.get_by_label("In person").check()
    page.get_by_label("Address").fill("Hafenstrasse 12\nHamburg")
    page.get_by_label("Agenda").fill("A walk through the yard")
    page.get_by_role("button", name="Continue").click()
    start = in_two_days_at_nine()
    page.get_by_label("Date", exact=True).fill(f"{start:%Y-%m-%d}")
    page.get_by_label("Time", exact=True).fill("09:00")
    choose_zone(page, "UTC")
    # Enter continues here, too, although another button comes first on the page.
    page.get_by_label("Duration in minutes").press("Enter")
    for step in ("Attendees", "Details", "Preview"):
        step_is(page, step)
        page.get_by_role("button", name="Continue").click()
    step_is(page, "Finalize")
    page.get_by_role("button", name="Schedule Interview").click()
    [mail] = simulators.wait_for_mails(1, to=CANDIDATE)
    text = mail.message.get_body(("plain",))
    assert text is not None
    assert "Hafenstrasse 12" in text.get_content()
    assert "Zoom" not in text.get_content()

    page.get_by_role("link", name="Schedule another like this").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Date", exact=True).fill(f"{start:%Y-%m-%d}")
    page.get_by_label("Time", exact=True).fill("15:00")
    # A step above is a button of the form, so what was typed here is still here afterwards.
    page.get_by_role("button", name="Setup").click()
    page.get_by_label("Video").check()
    page.get_by_label("Meeting Software").select_option("Other")
    page.get_by_label("Name of the software").fill("Webex")
    page.get_by_label("Link", exact=True).fill("https://webex.example/meet/ana")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Date", exact=True)).to_have_value(f"{start:%Y-%m-%d}")
    expect(page.get_by_label("Time", exact=True)).to_have_value("15:00")
    page.get_by_role("button", name="Save and go to Finalize").click()
    step_is(page, "Finalize")
    page.get_by_role("button", name="Schedule Interview").click()
    mail = simulators.wait_for_mails(2, to=CANDIDATE)[1]
    text = mail.message.get_body(("plain",))
    assert text is not None
    assert "https://webex.example/meet/ana" in text.get_content()
    assert "Hafenstrasse" not in text.get_content()


def test_one_draft_open_in_two_browsers_becomes_one_interview(
    server: ServerProcess,
    simulators: Simulators,
    new_browser_context: Callable[..., BrowserContext],
    browser_complaints: BrowserComplaints,
    begin: Callable[[Page], None],
) -> None:
    here = new_browser_context().new_page()
    begin(here)
    there = new_browser_context().new_page()
    there.goto(here.url)
    there.get_by_label("Email").fill(OWNER)
    there.get_by_label("Password").fill(PASSWORD)
    there.get_by_role("button", name="Sign in").click()
    step_is(there, "Setup")
    for page, agenda in ((here, "From here"), (there, "From there")):
        page.get_by_label("Agenda").fill(agenda)
    here.get_by_role("button", name="Continue").click()
    step_is(here, "Date & Time")
    browser_complaints.expect("409")
    there.get_by_role("button", name="Continue").click()
    heading_is(there, "This was changed in another tab")
    there.get_by_role("button", name="Save what I just sent").click()
    step_is(there, "Date & Time")
    start = in_two_days_at_nine()
    there.get_by_label("Date", exact=True).fill(f"{start:%Y-%m-%d}")
    there.get_by_label("Time", exact=True).fill("09:00")
    for step in ("Attendees", "Details", "Preview", "Finalize"):
        there.get_by_role("button", name="Continue").click()
        step_is(there, step)
    here.goto(there.url)
    step_is(here, "Finalize")
    there.get_by_role("button", name="Schedule Interview").dblclick()
    expect(there.get_by_text("Invitation sent to 2 people").first).to_be_visible()
    here.get_by_role("button", name="Schedule Interview").click()
    here.wait_for_url(there.url)
    expect(here.get_by_text("From there")).to_be_visible()
    here.goto(f"{server.base_url}/interviews")
    expect(here.get_by_role("link", name="Dina Kaur", exact=True)).to_have_count(1)
    assert len(simulators.wait_for_mails(1, to=CANDIDATE)) == 1
