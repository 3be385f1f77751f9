"""Files for an invitation, from the file chooser to the download on the interview's page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.barriers import assert_no_barrier
from tests.browser.conftest import EnterAsOwner
from tests.browser.steps import choose_zone, in_two_days_at_nine, open_the_dialog, step_heading
from tests.files_to_attach import DOCX, PDF
from tests.machines.servers import ServerProcesses


def payload(name: str, content: bytes) -> FilePayload:
    return FilePayload(name=name, mimeType="application/octet-stream", buffer=content)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_files_are_chosen_uploaded_looked_at_and_downloaded(
    server_processes: ServerProcesses, browser_page: Page, enter_as_owner: EnterAsOwner
) -> None:
    [server] = server_processes.start(1)
    page = browser_page
    enter_as_owner(page, server.base_url)
    open_the_dialog(page, server.base_url)
    heading = step_heading(page)
    go_on = page.get_by_role("button", name="Continue")
    page.get_by_label("Phone", exact=True).check()
    page.get_by_label("Candidate's number").fill("+44 20 7946 0018")
    page.get_by_label("Agenda").fill("A first talk")
    go_on.click()
    start = in_two_days_at_nine()
    page.get_by_label("Date", exact=True).fill(f"{start:%Y-%m-%d}")
    page.get_by_label("Time", exact=True).fill(f"{start:%H:%M}")
    choose_zone(page, "UTC")
    go_on.click()
    expect(heading).to_have_text("Attendees")
    go_on.click()
    expect(heading).to_have_text("Details")

    chooser = page.get_by_label("Add files")
    page.get_by_label("Message to the candidate").fill("See you soon.")
    chooser.set_input_files(payload("huge.pdf", PDF + b" " * 6_000_000))
    expect(page.get_by_text("“huge.pdf”: larger than 5 MB, so not chosen.")).to_be_visible()
    assert chooser.evaluate("field => field.files.length") == 0
    # Chosen files are uploaded at once; what is typed stays, and so does the warning.
    chooser.set_input_files([payload("huge.pdf", PDF + b" " * 6_000_000), payload("Plan.pdf", PDF)])
    expect(page.get_by_role("link", name="Plan.pdf")).to_be_visible()
    expect(page.get_by_text("“huge.pdf”: larger than 5 MB, so not chosen.")).to_be_visible()
    expect(page.get_by_label("Message to the candidate")).to_have_value("See you soon.")
    expect(page.get_by_role("button", name="Upload now")).to_have_count(0)
    chooser.set_input_files(payload("Plan.exe", b"MZ"))
    expect(page.locator("#files-error")).to_contain_text("Plan.exe")
    page.get_by_label("Team only", exact=True).check()
    chooser.set_input_files([payload("Questions.docx", DOCX)])
    expect(page.get_by_role("link", name="Questions.docx")).to_be_visible()
    expect(page.locator("#files-error")).to_have_count(0)
    expect(page.get_by_label("Team only: Questions.docx")).to_be_checked()
    page.get_by_role("button", name="Remove Plan.pdf").click()
    expect(page.get_by_role("link", name="Plan.pdf")).to_have_count(0)
    expect(page.get_by_role("heading", name="Attachments")).to_be_focused()
    chooser.set_input_files([payload("Plan.pdf", PDF)])
    expect(page.get_by_role("link", name="Plan.pdf")).to_be_visible()
    assert_no_barrier(page)
    page.get_by_label("Title", exact=True).press("Enter")
    # The other steps are filled in, so the main button leads to the end.
    expect(heading).to_have_text("Finalize")
    page.get_by_role("button", name="Preview").click()
    expect(heading).to_have_text("Preview")
    mail = page.get_by_role("region", name="Email")
    expect(mail.get_by_text("Plan.pdf", exact=True)).to_be_visible()
    expect(mail.get_by_text("Questions.docx")).to_have_count(0)
    page.get_by_role("link", name=re.compile("Hiring manager")).click()
    expect(mail.get_by_text("Questions.docx", exact=True)).to_be_visible()
    go_on.click()
    expect(heading).to_have_text("Finalize")
    expect(page.get_by_text("Questions.docx (team only)")).to_be_visible()
    page.get_by_role("button", name="Schedule Interview").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Plan.pdf").click()
    assert download.value.suggested_filename == "Plan.pdf"
    assert Path(download.value.path()).read_bytes() == PDF
