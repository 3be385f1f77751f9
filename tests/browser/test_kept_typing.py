"""What is typed into a step survives a reload, another page and a closed tab."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import EnterAsOwner
from tests.browser.steps import open_the_dialog, step_heading
from tests.machines.servers import ServerProcesses

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

KEPT = "What you entered here is kept"


def remembered(page: Page) -> list[str]:
    """What the tab itself still remembers of what was typed."""
    keys: list[str] = page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('typed'))")
    return keys


def test_what_is_typed_survives_a_reload_another_page_and_a_closed_tab(
    enter_as_owner: EnterAsOwner,
    server_processes: ServerProcesses,
    new_browser_context: Callable[..., BrowserContext],
) -> None:
    [server] = server_processes.start(1)
    context = new_browser_context()
    page = context.new_page()
    enter_as_owner(page, server.base_url)
    open_the_dialog(page, server.base_url)
    step = page.url
    agenda = page.get_by_label("Agenda")

    # At once, before the script has sent anything: the tab itself remembers.
    agenda.fill("Typed and reloaded")
    page.reload()
    expect(agenda).to_have_value("Typed and reloaded")
    expect(page.get_by_text(KEPT)).to_be_visible()

    # Even if what was sent on the way out never arrived.
    lost: list[Route] = []
    page.route(re.compile("/typed$"), lambda route: lost.append(route))
    agenda.fill("Typed while the network was away")
    page.goto(f"{server.base_url}/candidates")
    page.unroute_all()
    page.goto(step)
    expect(agenda).to_have_value("Typed while the network was away")

    # A moment later the server has it, and the tab may go.
    with page.expect_response(re.compile("/typed$")):
        agenda.fill("Typed in a tab that is closed")
    page.close()
    page = context.new_page()
    page.goto(step)
    agenda = page.get_by_label("Agenda")
    expect(agenda).to_have_value("Typed in a tab that is closed")
    assert remembered(page) == []

    # Continuing works with what was kept as with anything else; after that it is saved, no longer only kept.
    page.get_by_role("button", name="Continue").click()
    expect(step_heading(page)).to_have_text("Date & Time")
    page.get_by_role("button", name="Back").click()
    expect(agenda).to_have_value("Typed in a tab that is closed")
    expect(page.get_by_text(KEPT)).to_have_count(0)
    agenda.fill("Changed again")
    page.get_by_role("button", name="Date & Time").click()
    expect(step_heading(page)).to_have_text("Date & Time")
    page.get_by_role("button", name="Setup").click()
    expect(agenda).to_have_value("Changed again")
    assert remembered(page) == []


def test_what_is_typed_before_the_script_runs_survives_a_reload(
    enter_as_owner: EnterAsOwner,
    server_processes: ServerProcesses,
    new_browser_context: Callable[..., BrowserContext],
) -> None:
    [server] = server_processes.start(1)
    page = new_browser_context().new_page()
    enter_as_owner(page, server.base_url)
    scripts: list[Route] = []
    page.route(re.compile("kept_typing"), lambda route: scripts.append(route))
    page.goto(f"{server.base_url}/candidates")
    page.get_by_role("link", name="Dina Kaur").click()
    page.get_by_role("button", name="Schedule Interview").click(no_wait_after=True)
    agenda = page.get_by_label("Agenda")
    agenda.fill("Typed at once")
    page.get_by_label("Password").fill("s3cret-1")
    assert scripts, "the script came before the typing"

    for script in scripts:
        script.continue_()
    page.wait_for_load_state()
    page.unroute_all()
    page.reload()
    expect(agenda).to_have_value("Typed at once")
    expect(page.get_by_label("Password")).to_have_value("s3cret-1")


def test_what_is_kept_while_a_reload_is_under_way_is_shown_by_it(
    enter_as_owner: EnterAsOwner,
    server_processes: ServerProcesses,
    new_browser_context: Callable[..., BrowserContext],
) -> None:
    """The server answers the reload before it has what was typed, and the page arrives after."""
    [server] = server_processes.start(1)
    page = new_browser_context().new_page()
    enter_as_owner(page, server.base_url)
    open_the_dialog(page, server.base_url)
    agenda = page.get_by_label("Agenda")

    reloads: list[Route] = []
    page.route(page.url, lambda route: reloads.append(route), times=1)
    type_during_reload = """() => {
      setTimeout(() => location.reload());
      setTimeout(() => {
        agenda.value = "Typed while it reloads";
        agenda.dispatchEvent(new Event("input", { bubbles: true }));
      }, 100);
    }"""
    with page.expect_response(re.compile("/typed$")):
        page.evaluate(type_during_reload)
        while not reloads:
            page.wait_for_timeout(10)
        before = reloads[0].fetch()
    reloads[0].fulfill(response=before)
    expect(agenda).to_have_value("Typed while it reloads")
