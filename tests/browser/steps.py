"""What a person does in the browser, piece by piece, for the stories."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Locator, Page, expect

OWNER = "ana@northlight.example"
PASSWORD = "correct horse battery"
CANDIDATE = "dina.kaur@mail.example"


def set_up(page: Page, base_url: str, code: str) -> None:
    """Go through the first run, a wrong code first, and end on the dashboard."""
    page.goto(base_url)
    page.wait_for_url("**/setup")
    page.get_by_label("Setup code").fill("not-the-code")
    page.get_by_label("Organization").fill("Northlight")
    choose_zone(page, "Europe/Zurich")
    page.get_by_label("Your name").fill("Ana Berg")
    page.get_by_label("Email").fill(OWNER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button").filter(has_text=re.compile("set up|finish|create", re.I)).click()
    expect(page.get_by_text("That's not the code").first).to_be_visible()
    expect(page.get_by_label("Your name")).to_have_value("Ana Berg")
    page.get_by_label("Setup code").fill(code)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button").filter(has_text=re.compile("set up|finish|create", re.I)).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_url(f"{base_url}/")


def choose_zone(page: Page, zone: str) -> None:
    """Type a zone, and leave the field."""
    field = page.get_by_label("Time zone")
    field.fill(zone)
    field.press("Tab")


def add_job_and_candidate(page: Page, base_url: str) -> None:
    page.goto(f"{base_url}/jobs/new")
    page.get_by_label("Title").fill("Backend Engineer")
    page.get_by_role("button", name=re.compile("Add job")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Backend Engineer")
    page.goto(f"{base_url}/candidates/new")
    page.get_by_label("Name", exact=True).fill("Dina Kaur")
    page.get_by_label("Email").fill(CANDIDATE)
    page.get_by_role("button", name=re.compile("Add candidate")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dina Kaur")


def connect_zoom(page: Page, base_url: str) -> None:
    page.goto(base_url)
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("link", name="Connected Apps").click()
    page.get_by_role("button", name="Connect", exact=True).click()
    page.get_by_label(re.compile("Lena Vogel")).check()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url("**/settings/account/connected-apps?zoom=connected")
    expect(page.get_by_text("Connected", exact=True).first).to_be_visible()
    expect(page.get_by_text("lena.vogel@northlight.example").first).to_be_visible()


def walk_through_the_steps(page: Page, start: datetime) -> None:
    """Fill in the six steps, the first one wrong at first, and stop before the last click."""
    heading = step_heading(page)
    expect(heading).to_have_text("Setup")
    page.get_by_label("Password").fill("spaces are bad")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Enter an agenda").first).to_be_visible()
    page.get_by_label("Agenda").fill("Introduction, experience discussion, Q&A")
    page.get_by_label("Password").fill("s3cret-1")
    page.get_by_role("button", name="Continue").click()
    expect(heading).to_have_text("Date & Time")
    page.get_by_label("Date", exact=True).fill(f"{start:%Y-%m-%d}")
    page.get_by_label("Time", exact=True).fill(f"{start:%H:%M}")
    choose_zone(page, "UTC")
    page.get_by_role("button", name="Continue").click()
    expect(heading).to_have_text("Attendees")
    page.get_by_role("button", name="Continue").click()
    expect(heading).to_have_text("Details")
    expect(page.get_by_label("Title")).to_have_value("Backend Engineer Interview")
    page.get_by_role("button", name="Continue").click()
    expect(heading).to_have_text("Preview")
    frame = page.frame_locator("iframe").first
    expect(frame.get_by_text("Dina Kaur").first).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(heading).to_have_text("Finalize")


def step_heading(page: Page) -> Locator:
    """The name of the step that is open, below the subject of the dialog."""
    return page.locator("#step-heading")


def in_two_days_at_nine() -> datetime:
    """A time far enough ahead for both reminders, in whole minutes."""
    day = datetime.now(UTC) + timedelta(days=2)
    return day.replace(hour=9, minute=0, second=0, microsecond=0)


def open_the_dialog(page: Page, base_url: str) -> None:
    """From the list of candidates to the first step of a new interview, whatever was started before."""
    go_on_scheduling(page, base_url)
    expect(step_heading(page)).to_be_visible()
    start_over = page.get_by_role("button", name="Start over")
    if start_over.count():
        start_over.click()
        expect(step_heading(page)).to_have_text("Setup")


def go_on_scheduling(page: Page, base_url: str) -> None:
    """From the list of candidates to the interview that was started, or to a new one."""
    page.goto(f"{base_url}/candidates")
    page.get_by_role("link", name="Dina Kaur").click()
    page.get_by_role("button", name="Schedule Interview").click()
