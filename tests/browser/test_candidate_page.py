"""The candidate's page in a browser: a stage that saves itself, files that upload when they are chosen, and
the Undo of both."""

from __future__ import annotations

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.barriers import assert_no_barrier
from tests.browser.conftest import EnterAsOwner
from tests.files_to_attach import PDF
from tests.machines.servers import ServerProcesses


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_stage_and_files_save_themselves_and_can_be_put_back(
    server_processes: ServerProcesses, browser_page: Page, enter_as_owner: EnterAsOwner
) -> None:
    [server] = server_processes.start(1)
    page = browser_page
    enter_as_owner(page, server.base_url)
    page.goto(f"{server.base_url}/candidates/1")
    chooser, said = page.get_by_label("Add files"), page.locator("#messages")
    expect(page.get_by_role("button", name="Upload")).to_have_count(0)
    chooser.set_input_files(FilePayload(name="virus.pdf", mimeType="application/pdf", buffer=b"MZ"))
    expect(page.locator("#files-error")).to_contain_text("“virus.pdf” was not added")
    chooser.set_input_files(FilePayload(name="CV Dina.pdf", mimeType="application/pdf", buffer=PDF))
    expect(page.get_by_role("link", name="CV Dina.pdf", exact=True)).to_be_visible()
    expect(page.locator("#files-error")).to_have_count(0)
    expect(said).to_contain_text("CV Dina.pdf added.")
    assert_no_barrier(page)
    page.get_by_role("button", name="Delete CV Dina.pdf").click()
    expect(page.get_by_role("link", name="CV Dina.pdf", exact=True)).to_have_count(0)
    said.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="CV Dina.pdf", exact=True)).to_be_visible()
    for path, stage in (("candidates", "Stage for Backend Engineer"), ("jobs", "Stage of Dina Kaur")):
        page.goto(f"{server.base_url}/{path}/1")
        field = page.get_by_label(stage)
        expect(page.get_by_role("button", name="Set stage")).to_have_count(0)
        field.focus()
        field.select_option("Offer")
        expect(said).to_contain_text("Dina Kaur is in Offer for Backend Engineer.")
        expect(field).to_be_focused()
        if path == "candidates":
            expect(page.locator("#activity")).to_contain_text("Moved from New to Offer")
        assert_no_barrier(page)
        said.get_by_role("button", name="Undo").click()
        expect(said).to_contain_text("Dina Kaur is back in New for Backend Engineer.")
        expect(field).to_have_value("new")
        assert page.url == f"{server.base_url}/{path}/1"
