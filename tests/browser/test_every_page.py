"""What is true of every page on a phone: every control is tall enough for a finger, there are no barriers for
people who cannot see, no page is wider than the window, and each has its own title.

Opening a page costs more than any of these checks, so all are made on each open page. Full runs make each in
more sizes and both themes, in test_look.py and test_accessibility.py.
"""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from demo.team import seed
from extensions import db
from instance_folder import DemoMarker, write_demo_marker
from models import Attendee, Interview, InterviewStatus, User
from scheduling.drafts import starting
from services import services
from tests.browser.barriers import PHONE, assert_no_barrier
from tests.browser.paths import LATER_STEPS, SIGNED_IN
from tests.browser.steps import in_two_days_at_nine, step_heading
from tests.browser.test_look import ENDLESS
from tests.factories import create_candidate, create_connection
from tests.machines.application import settings_for
from tests.machines.apps import LendApp
from tests.machines.browser import BrowserComplaints
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcesses
from timezones import utc_now

ENOUGH = 44
# The narrowest window with the menu at its side.
WIDER = 961

# A control is as large as itself, its label, or the row that its link is laid over, whichever is the largest.
# A link within a sentence is as tall as its line, which can't be changed.
TOO_LOW = """(enough) => {
    const found = [];
    for (const element of document.querySelectorAll("a[href], button, input, select, textarea, summary")) {
        if (element.tabIndex < 0 || element.type === "hidden" || !element.checkVisibility()) continue;
        if (element.closest(".visually-hidden, .skip-link")) continue;
        const styles = getComputedStyle(element), words = element.textContent.trim();
        const isInSentence = styles.display === "inline"
            && element.parentElement.textContent.trim().length > words.length + 3;
        if (element.tagName === "A" && isInSentence) continue;
        const boxes = [element, ...(element.labels ?? [])].map((each) => each.getBoundingClientRect());
        const over = getComputedStyle(element, "::after");
        if (over.content !== "none" && over.position === "absolute")
            boxes.push(element.offsetParent.getBoundingClientRect());
        const height = Math.max(...boxes.map((box) => box.height));
        if (height < enough - 0.5)
            found.push(`${element.tagName} ${element.className} ${words || element.name}: ${height}`);
    }
    return found;
}"""


@pytest.fixture
def phone(
    new_browser_context: Callable[..., BrowserContext],
    lend_app: LendApp,
    server_processes: ServerProcesses,
    database_url: str,
    instance_path: Path,
) -> Page:
    """A phone with the demo's bar, people and week on it, not signed in yet."""
    write_demo_marker(
        instance_path,
        DemoMarker(
            "http://localhost/mailbox", {"Zoom": "http://localhost/zoom", "Google": "http://localhost/google"}
        ),
    )
    app = lend_app({**settings_for(database_url, instance_path), "APP_NAME": "Demo"})
    with in_rows(app):
        seed(app.config["INSTALLATION_ID"], services(app).rules, password="a password of the demo")
        lena = db.session.scalars(db.select(User).where(User.name == "Lena Vogel")).one()
        create_connection(lena.id, account_email="someone.else@northlight.example")
        starting.start(lena, 1)
        db.session.commit()
        create_candidate(ENDLESS, f"{'a' * 60}@{'b' * 60}.example", job_id=1)
        # Half an hour of the week that its calendar shows, whatever the time of the day.
        attends = db.select(Attendee.interview_id).where(Attendee.user_id == lena.id)
        short = db.session.scalars(db.select(Interview).where(Interview.id.in_(attends))).first()
        assert short is not None
        short.starts_at, short.duration_minutes = utc_now().replace(hour=11, minute=0), 30
        db.session.commit()
    [server] = server_processes.start(1)
    context = new_browser_context(viewport=PHONE, has_touch=True, is_mobile=True, base_url=server.base_url)
    return context.new_page()


@pytest.fixture
def join_page(phone: Page, lend_app: LendApp, database_url: str, instance_path: Path) -> str:
    """The page where the candidate joins a phone interview: a number to dial, and to copy."""
    app = lend_app({**settings_for(database_url, instance_path), "APP_NAME": "Demo"})
    with in_rows(app):
        by_phone = db.session.scalars(
            db.select(Interview).where(
                Interview.phone_number.is_not(None), Interview.status == InterviewStatus.SCHEDULED
            )
        ).first()
        assert by_phone is not None
        return urlsplit(services().join_links.join_page(by_phone, "candidate")).path


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_everyone_can_reach_all_of_every_page(
    phone: Page, join_page: str, browser_complaints: BrowserComplaints
) -> None:
    low: dict[str, list[str]] = {}
    too_wide: list[tuple[str, int]] = []
    titles: dict[str, str] = {}

    def measure(where: str) -> None:
        for words in phone.evaluate(TOO_LOW, ENOUGH):
            low.setdefault(words, []).append(where)

    def look(path: str) -> None:
        phone.goto(path)
        measure(path)
        assert_no_barrier(phone)
        titles[path] = phone.title()
        if phone.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            too_wide.append((path, PHONE["width"]))

    look("/login")
    look("/password-reset")
    look(join_page)
    phone.goto("/login")
    phone.get_by_role("button", name="Lena Vogel").click()
    phone.wait_for_url("**/")
    for button in ("Settings", "Lena Vogel"):
        phone.get_by_role("button", name=button).click()
        measure(f"menu {button}")
        phone.keyboard.press("Escape")
    browser_complaints.expect("404")
    for path in SIGNED_IN:
        look(path)
        phone.set_viewport_size({**PHONE, "width": WIDER})
        if phone.evaluate("document.documentElement.scrollWidth") > WIDER:
            too_wide.append((path, WIDER))
        phone.set_viewport_size(PHONE)
    phone.goto("/candidates/1")
    phone.get_by_role("link", name="Continue scheduling").click()
    draft = phone.url.rpartition("/")[0]
    look(f"{draft}/setup")
    phone.get_by_label("Agenda").fill("")
    phone.get_by_role("button", name="Continue").click()
    phone.get_by_text("Please check these fields").wait_for()
    assert_no_barrier(phone)
    phone.get_by_label("Agenda").fill("Introduction")
    phone.get_by_role("button", name="Continue").click()
    expect(step_heading(phone)).to_have_text("Date & Time")
    phone.get_by_label("Date", exact=True).fill(f"{in_two_days_at_nine():%Y-%m-%d}")
    phone.get_by_label("Time", exact=True).fill("05:00")
    phone.get_by_role("button", name="Save and go to Finalize").click()
    expect(step_heading(phone)).to_have_text("Finalize")
    for step in LATER_STEPS:
        look(f"{draft}/{step}")
    assert low == {}
    assert too_wide == []
    assert len(set(titles.values())) == len(titles), titles
