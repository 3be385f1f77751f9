"""axe-core finds nothing on any page, in both themes, on a desktop and on a phone.

`make test` looks at every page in one theme and size, in test_every_page.py.
"""

from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize

import instance_folder
from accounts.two_step import RECOVERY_CODES
from tests.browser.barriers import DESKTOP, PHONE, assert_no_barrier
from tests.browser.conftest import EnterAsOwner
from tests.browser.steps import (
    OWNER,
    PASSWORD,
    add_job_and_candidate,
    connect_zoom,
    in_two_days_at_nine,
    open_the_dialog,
    set_up,
    walk_through_the_steps,
)
from tests.machines.browser import BrowserComplaints
from tests.machines.servers import ServerProcesses

LOOKS = {
    "light-phone": ("light", PHONE),
    "dark-desktop": ("dark", DESKTOP),
    "dark-phone": ("dark", PHONE),
    "light-desktop": ("light", DESKTOP),
}


in_looks = pytest.mark.parametrize(
    ("theme", "size"), [pytest.param(*look, id=name) for name, look in LOOKS.items()]
)


@in_looks
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_page_has_a_barrier(
    server_processes: ServerProcesses,
    new_browser_context: Callable[..., BrowserContext],
    instance_path: Path,
    browser_complaints: BrowserComplaints,
    theme: str,
    size: ViewportSize,
) -> None:
    [server] = server_processes.start(1)
    base_url = server.base_url
    # A context for each theme: switched on an open page, colors are read half-way through their transition.
    page = new_browser_context(color_scheme=theme, viewport=size, reduced_motion="reduce").new_page()
    page.goto(f"{base_url}/setup")
    assert_no_barrier(page)
    set_up(page, base_url, instance_folder.setup_code(instance_path))
    for path in ("/jobs/new", "/jobs", "/candidates/new", "/candidates", "/interviews"):
        page.goto(base_url + path)
        assert_no_barrier(page)
    add_job_and_candidate(page, base_url)
    assert_no_barrier(page)
    page.goto(f"{base_url}/settings/account/connected-apps")
    assert_no_barrier(page)
    connect_zoom(page, base_url)
    assert_no_barrier(page)
    open_the_dialog(page, base_url)
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("Please check these fields").wait_for()
    assert_no_barrier(page)
    walk_through_the_steps(page, in_two_days_at_nine())
    assert_no_barrier(page)
    for step in ("preview", "details", "attendees", "date-time"):
        page.goto(page.url.rpartition("/")[0] + "/" + step)
        assert_no_barrier(page)
    page.goto(page.url.rpartition("/")[0] + "/finalize")
    page.get_by_role("button", name="Schedule Interview").click()
    page.get_by_role("link", name="Join Zoom Meeting").wait_for()
    open_the_dialog(page, base_url)
    page.get_by_text("Copied from your last interview").wait_for()
    assert_no_barrier(page)
    page.goto(page.url.rpartition("/")[0] + "/discard")
    assert_no_barrier(page)
    page.goto(f"{base_url}/interviews/1/another")
    assert_no_barrier(page)
    for path in (
        "/settings/account/connected-apps/zoom/disconnect",
        "/interviews/1",
        "/interviews",
        "/jobs",
        "/jobs/1",
        "/jobs/1/plan/new",
        "/jobs/1/plan/copy",
        "/settings/organization/interview-plan",
        "/candidates",
        "/interviews/new",
        "/candidates/1",
        "/",
    ):
        page.goto(base_url + path)
        assert_no_barrier(page)
    browser_complaints.expect("404")
    page.goto(f"{base_url}/nothing-here")
    assert_no_barrier(page)


@in_looks
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_page_about_people_has_a_barrier(
    server_processes: ServerProcesses,
    new_browser_context: Callable[..., BrowserContext],
    enter_as_owner: EnterAsOwner,
    theme: str,
    size: ViewportSize,
) -> None:
    [server] = server_processes.start(1)
    base_url = server.base_url
    context = new_browser_context(color_scheme=theme, viewport=size, reduced_motion="reduce")
    page = context.new_page()
    enter_as_owner(page, base_url)
    page.goto(f"{base_url}/candidates/1")
    page.get_by_label("Note", exact=True).fill("Asks good questions.")
    page.get_by_role("button", name="Add note").click()
    page.get_by_text("Asks good questions.").wait_for()
    assert_no_barrier(page)
    for path in (
        "/calendar",
        "/calendar/month/2030-02-01",
        "/calendar/agenda/2030-02-01",
        "/calendar/list/2030-02-01",
        "/calendar/subscribe",
        "/search?q=dina",
        "/search",
        "/candidates?q=nobody",
        "/candidates/1/edit",
        "/candidates/1/erase",
        "/jobs/1/edit",
        "/settings/account/profile",
        "/settings/account/availability",
        "/settings/organization",
        "/settings/system-log",
        "/settings/team",
        "/settings/team/1",
        "/help/connecting-apps",
        "/help",
        "/help/guides/recruiters",
        "/help/guides/installation",
    ):
        page.goto(base_url + path)
        assert_no_barrier(page)
    page.goto(f"{base_url}/candidates/import")
    assert_no_barrier(page)
    page.get_by_label("Or paste the list").fill(
        "name,email,job\nJuan Perez,juan@mail.example,Chef\nDina Kaur,dina.kaur@mail.example\n,not an address"
    )
    page.get_by_role("button", name="Review").click()
    page.get_by_role("heading", name="Review import").wait_for()
    assert_no_barrier(page)
    page.get_by_role("link", name="Fix line 4").click()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Please check these fields").wait_for()
    assert_no_barrier(page)
    page.get_by_role("button", name="Skip this row").click()
    page.get_by_role("link", name="Change columns").first.click()
    page.get_by_label("Column 2: email").select_option("Phone")
    page.get_by_role("button", name="Review").click()
    page.get_by_role("heading", name="Please check these fields").wait_for()
    assert_no_barrier(page)
    page.goto(f"{base_url}/candidates/export")
    assert_no_barrier(page)
    page.goto(f"{base_url}/settings/team/invite")
    assert_no_barrier(page)
    page.get_by_label("Name", exact=True).fill("Priya Raman")
    page.get_by_label("Email").fill("priya@northlight.example")
    page.get_by_role("button", name="Send invitation").click()
    link = page.get_by_label("Invitation link").input_value()
    assert_no_barrier(page)
    # People who are not signed in: an invited person, and someone who forgot their password.
    guest = new_browser_context(color_scheme=theme, viewport=size, reduced_motion="reduce").new_page()
    for address in (link, f"{base_url}/login", f"{base_url}/password-reset"):
        guest.goto(address)
        assert_no_barrier(guest)
    _check_two_step_verification(page, guest, base_url)


def _check_two_step_verification(page: Page, guest: Page, base_url: str) -> None:
    """Turn it on as the owner in `page`, and sign in with it in `guest`, by keyboard."""
    home = f"{base_url}/settings/account/two-step-verification"
    page.goto(f"{home}/set-up")
    assert_no_barrier(page)
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.get_by_label("Code from the app").fill(pyotp.TOTP(secret).now())
    page.get_by_label("Your password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Save your recovery codes").wait_for()
    assert_no_barrier(page)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download").click()
    codes = Path(saved.value.path()).read_text().split("\n\n")[1].split()
    assert len(codes) == RECOVERY_CODES
    for address in (home, f"{home}/recovery-codes", f"{home}/turn-off"):
        page.goto(address)
        assert_no_barrier(page)
    guest.goto(f"{base_url}/login")
    guest.get_by_label("Email").fill(OWNER)
    guest.get_by_label("Password").fill(PASSWORD)
    guest.keyboard.press("Enter")
    guest.get_by_role("heading", name="Enter your code").wait_for()
    assert guest.get_by_label("Code").evaluate("field => field === document.activeElement")
    assert_no_barrier(guest)
    guest.get_by_role("link", name="Use a recovery code").click()
    guest.get_by_role("heading", name="Enter a recovery code").wait_for()
    assert_no_barrier(guest)
    guest.keyboard.type(codes[0].upper())
    guest.keyboard.press("Enter")
    guest.get_by_text("You used a recovery code; 9 codes left.").wait_for()
