"""A meeting that could not be made, from the urgent email to the candidate's link, in a real browser."""

import re
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import EnterAsOwner
from tests.browser.steps import (
    CANDIDATE,
    OWNER,
    connect_zoom,
    in_two_days_at_nine,
    open_the_dialog,
    walk_through_the_steps,
)
from tests.machines.servers import ServerProcesses
from tests.machines.simulators import Simulators

URGENT = "URGENT: Zoom Meeting Creation Failed - Interview: Backend Engineer"


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_failed_meeting_is_repaired_from_the_email_and_the_candidate_gets_the_link(
    server_processes: ServerProcesses,
    enter_as_owner: EnterAsOwner,
    simulators: Simulators,
    browser_page: Page,
) -> None:
    [server] = server_processes.start(1)
    page = browser_page
    enter_as_owner(page, server.base_url)
    connect_zoom(page, server.base_url)
    page.goto(simulators.zoom_url)
    page.get_by_role("button", name="Refuse the next meeting").click()
    expect(page.get_by_text("Switches are set: Refuse the next creates")).to_be_visible()

    # Nothing is lost: the interview is saved, and everyone is invited without a link.
    open_the_dialog(page, server.base_url)
    walk_through_the_steps(page, in_two_days_at_nine())
    page.get_by_role("button", name="Schedule Interview").click()
    expect(page.get_by_text("out without a link").first).to_be_visible(timeout=15_000)
    expect(page.get_by_text("Invitation sent to 2 people").first).to_be_visible(timeout=15_000)
    interview_url = page.url
    [first] = simulators.wait_for_mails(1, to=CANDIDATE)
    assert simulators.zoom_url not in text_of(first.message)

    # The urgent email, opened in the mailbox as its reader would, leads to the page that helps.
    simulators.wait_for_mails(3, to=OWNER)
    page.goto(f"{simulators.mailbox_url}/?to={OWNER}")
    page.get_by_role("link", name=re.compile(re.escape(URGENT))).click()
    letter = page.frame_locator("iframe")
    with page.expect_popup() as opened:
        letter.get_by_role("link", name="Fix this now").click()
    repair = opened.value
    expect(repair.get_by_role("heading", level=1)).to_have_text("No Zoom meeting yet")
    repair.get_by_role("button", name="Create it on my account").click()
    repair.wait_for_url(interview_url)
    expect(repair.get_by_role("heading", name="Join Zoom Meeting")).to_be_visible(timeout=15_000)
    expect(repair.get_by_text("Updated invitation sent to 2 people").first).to_be_visible(timeout=15_000)

    second = simulators.wait_for_mails(2, to=CANDIDATE)[1].message
    assert second["Subject"].startswith("Link added: ")
    assert second["In-Reply-To"] == first.message["Message-ID"]
    assert "Here's the link for your interview. The date and time haven't changed." in text_of(second)
    [meeting] = simulators.ledger()["meetings"]
    assert meeting["join_url"] in text_of(second)
    solved = [mail.message["Subject"] for mail in simulators.mails(OWNER)]
    assert "Solved: Zoom link for the Backend Engineer interview with Dina Kaur" in solved

    # All of it can be read on the interview's page, as each person received it.
    repair.get_by_text("Dina KaurCandidate").click()
    repair.get_by_role("link", name="Updated invitation to Dina Kaur").click()
    expect(repair.get_by_role("heading", level=1)).to_have_text("Updated invitation to Dina Kaur")
    shown = repair.frame_locator("iframe.letter-frame")
    expect(shown.get_by_text("The date and time haven't changed.").first).to_be_visible()
    expect(repair.get_by_text("1 (version 2)")).to_be_visible()
