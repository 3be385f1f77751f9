"""The whole story in a real browser: from the first run to the candidate's inbox and through the link."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import vobject
from playwright.sync_api import Page, expect

import instance_folder
from tests.machines.servers import ServerProcesses
from tests.machines.simulators import Simulators

OWNER = "ana@northlight.example"
PASSWORD = "correct horse battery"
CANDIDATE = "dina.kaur@mail.example"


def test_from_first_run_to_the_candidates_inbox(
    server_processes: ServerProcesses, simulators: Simulators, browser_page: Page, instance_path: Path
) -> None:
    [server] = server_processes.start(1, workers=2)
    page = browser_page
    set_up(page, server.base_url, instance_folder.setup_code(instance_path))
    add_job_and_candidate(page, server.base_url)
    connect_zoom(page, server.base_url)

    page.goto(f"{server.base_url}/candidates")
    page.get_by_role("link", name="Dina Kaur").click()
    page.get_by_role("button", name="Schedule Interview").click()
    start = in_two_days_at_nine()
    walk_through_the_steps(page, start)
    page.get_by_role("button", name="Schedule Interview").click()

    expect(page.get_by_text("Zoom meeting created on Ana's account").first).to_be_visible(timeout=15_000)
    expect(page.get_by_text("Invitation sent to 2 people").first).to_be_visible(timeout=15_000)
    expect(page.get_by_text("Reminder queued for").first).to_be_visible()
    # The timeline comes along with the poll that brought the deliveries.
    expect(page.locator(".timeline").get_by_text("Invitation sent to 2 people")).to_be_visible()
    join = page.get_by_role("link", name=re.compile("Join Zoom Meeting"))
    expect(join).to_have_attribute("target", "_blank")
    join_url = join.get_attribute("href")
    assert join_url is not None
    assert join_url.startswith(simulators.zoom_url)
    expect(page.get_by_text("s3cret-1").first).to_be_visible()

    [mail] = simulators.wait_for_mails(1, to=CANDIDATE)
    [copy] = simulators.wait_for_mails(1, to=OWNER)
    assert mail.message["To"] == f"Dina Kaur <{CANDIDATE}>"
    assert OWNER in mail.message["Cc"]
    assert copy.message["Cc"] == mail.message["Cc"]
    text = mail.message.get_body(("plain",))
    html = mail.message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert join_url in text.get_content()
    assert "s3cret-1" in text.get_content()
    assert join_url.replace("&", "&amp;") in html.get_content()
    calendars = [part for part in mail.message.walk() if part.get_content_type() == "text/calendar"]
    assert [part.get_param("method") for part in calendars] == ["REQUEST", "REQUEST"]
    assert calendars[0].get_payload(decode=True) == calendars[1].get_payload(decode=True)
    ics = calendars[0].get_payload(decode=True)
    assert isinstance(ics, bytes)
    event = vobject.readOne(ics.decode()).vevent
    assert event.dtstart.value == start
    assert event.dtend.value == start + timedelta(minutes=45)
    assert event.location.value == join_url
    assert event.sequence.value == "0"
    assert "/j/" in event.url.value

    own_address = re.search(rf"{re.escape(server.base_url)}/j/\S+", text.get_content())
    assert own_address is not None
    page.goto(own_address.group())
    expect(page.get_by_role("heading", level=1)).to_have_text("Backend Engineer Interview")
    page.get_by_role("link", name="Join Zoom Meeting").click()
    page.wait_for_url(f"{simulators.zoom_url}/j/**")
    expect(page.get_by_text("Backend Engineer Interview").first).to_be_visible()

    page.goto(f"{server.base_url}/interviews")
    expect(page.get_by_role("link", name=re.compile("Dina Kaur"))).to_be_visible()
    meeting = simulators.ledger()["meetings"]
    assert len(meeting) == 1
    assert meeting[0]["topic"] == "Backend Engineer Interview"


def set_up(page: Page, base_url: str, code: str) -> None:
    """Go through the first run, a wrong code first, and end on the dashboard."""
    page.goto(base_url)
    page.wait_for_url("**/setup")
    page.get_by_label("Setup code").fill("not-the-code")
    page.get_by_label("Organisation").fill("Northlight")
    page.get_by_label("Time zone").select_option("Europe/Zurich")
    page.get_by_label("Your name").fill("Ana Berg")
    page.get_by_label("E-mail").fill(OWNER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button").filter(has_text=re.compile("set up|finish|create", re.I)).click()
    expect(page.get_by_text("This is not the code").first).to_be_visible()
    expect(page.get_by_label("Your name")).to_have_value("Ana Berg")
    page.get_by_label("Setup code").fill(code)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button").filter(has_text=re.compile("set up|finish|create", re.I)).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_url(f"{base_url}/")


def add_job_and_candidate(page: Page, base_url: str) -> None:
    page.goto(f"{base_url}/jobs/new")
    page.get_by_label("Title").fill("Backend Engineer")
    page.get_by_role("button", name=re.compile("Add job")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Backend Engineer")
    page.goto(f"{base_url}/candidates/new")
    page.get_by_label("Name", exact=True).fill("Dina Kaur")
    page.get_by_label("E-mail").fill(CANDIDATE)
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
    """Fill the six steps in, with the first one wrong at first, and stop before the last click."""
    heading = page.get_by_role("heading", level=1)
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
    page.get_by_label("Time zone").select_option("UTC")
    page.get_by_role("button", name="Continue").click()
    expect(heading).to_have_text("Attendees")
    page.get_by_role("button", name="Continue").click()
    expect(heading).to_have_text("Details")
    expect(page.get_by_label("Title")).to_have_value("Backend Engineer Interview")
    page.get_by_role("button", name="Continue").click()
    expect(heading).to_have_text("Preview")
    frame = page.frame_locator("iframe").first
    expect(frame.get_by_text("Join Zoom Meeting").first).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(heading).to_have_text("Finalize")


def in_two_days_at_nine() -> datetime:
    """Far enough ahead for both reminders, in whole minutes."""
    day = datetime.now(UTC) + timedelta(days=2)
    return day.replace(hour=9, minute=0, second=0, microsecond=0)
