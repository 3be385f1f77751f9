"""The whole story in a real browser: from the first run to the candidate's inbox and through the link."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import vobject
from playwright.sync_api import Page, expect

import instance_folder
from tests.browser.steps import (
    CANDIDATE,
    OWNER,
    add_job_and_candidate,
    connect_zoom,
    in_two_days_at_nine,
    open_the_dialog,
    set_up,
    walk_through_the_steps,
)
from tests.machines.servers import ServerProcesses
from tests.machines.simulators import Simulators


# The other stories are told on SQLite.
@pytest.mark.parametrize(
    "database_url",
    [pytest.param("sqlite", marks=pytest.mark.full), pytest.param("postgresql", marks=pytest.mark.postgres)],
    indirect=True,
)
def test_from_first_run_to_the_candidates_inbox(
    server_processes: ServerProcesses, simulators: Simulators, browser_page: Page, instance_path: Path
) -> None:
    [server] = server_processes.start(1, workers=2)
    page = browser_page
    set_up(page, server.base_url, instance_folder.setup_code(instance_path))
    add_job_and_candidate(page, server.base_url)
    connect_zoom(page, server.base_url)

    open_the_dialog(page, server.base_url)
    start = in_two_days_at_nine()
    walk_through_the_steps(page, start)
    page.get_by_role("button", name="Schedule Interview").click()

    expect(page.get_by_text("Zoom meeting created on Ana's account").first).to_be_visible()
    expect(page.get_by_text("Invitation sent to 2 people").first).to_be_visible()
    # What is still to come is collapsed once everything is delivered.
    reminder = page.get_by_text("Reminder queued for").first
    expect(reminder).to_be_hidden()
    page.locator(".deliveries-more summary").click()
    expect(reminder).to_be_visible()
    # The timeline comes along with the poll that brought the deliveries.
    expect(page.locator(".timeline").get_by_text("Invitation sent to 2 people")).to_be_visible()
    join = page.get_by_role("link", name=re.compile("Join Zoom Meeting"))
    expect(join).to_have_attribute("target", "_blank")
    join_url = join.get_attribute("href")
    assert join_url is not None
    assert join_url.startswith(simulators.zoom_url)
    expect(page.get_by_text("s3cret-1").first).to_be_visible()

    [mail] = simulators.wait_for_mails(1, to=CANDIDATE)
    # Besides the copy there is the notice that Zoom was connected.
    [copy] = [
        mail
        for mail in simulators.wait_for_mails(2, to=OWNER)
        if mail.message["Subject"].startswith("Interview")
    ]
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
    expect(page.get_by_role("link", name="Dina Kaur", exact=True)).to_be_visible()
    meeting = simulators.ledger()["meetings"]
    assert len(meeting) == 1
    assert meeting[0]["topic"] == "Backend Engineer Interview"
