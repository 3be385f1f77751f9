"""The candidate's page in a browser: a stage that saves itself, and its Undo."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.barriers import assert_no_barrier
from tests.browser.conftest import EnterAsOwner
from tests.machines.servers import ServerProcesses


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_stage_saves_itself_and_can_be_put_back(
    server_processes: ServerProcesses, browser_page: Page, enter_as_owner: EnterAsOwner
) -> None:
    [server] = server_processes.start(1)
    page = browser_page
    enter_as_owner(page, server.base_url)
    for path, stage in (("candidates", "Stage for Backend Engineer"), ("jobs", "Stage of Dina Kaur")):
        page.goto(f"{server.base_url}/{path}/1")
        field, said = page.get_by_label(stage), page.locator("#messages")
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
