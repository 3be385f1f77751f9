"""The candidate's own page on a phone: with and without a script, by thumb, and as a screen reader has it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from extensions import db
from models import AnswerKind, CandidateAnswer, Interview
from scheduling.join_links import CANDIDATE
from scheduling.venues import PastedLink, Venue
from services import services
from tests.browser.barriers import PHONE, assert_no_barrier
from tests.browser.test_every_page import ENOUGH, TOO_LOW
from tests.browser.test_first_visit import SHIFTS, Visit
from tests.factories import Team, create_candidate, create_team, in_three_days, schedule
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcess

MOST_BYTES = 60_000


@pytest.fixture(scope="module")
def server(shared_server: ServerProcess) -> ServerProcess:
    return shared_server


@pytest.fixture(scope="module")
def team(shared_app: Flask, server: ServerProcess) -> Team:
    with in_rows(shared_app):
        return create_team()


def new_interview(app: Flask, team: Team, name: str, venue: Venue | None = None) -> tuple[int, str]:
    """Schedule an interview with a new candidate; return it with the path of their page."""
    with in_rows(app):
        candidate = create_candidate(name, f"{name.split()[0].lower()}@mail.example", team.job_id)
        made = schedule(team.ada, candidate, software=None, venue=venue)
        row = db.session.get_one(Interview, made)
        return made, "/s/" + services(app).candidate_links.page(row).rpartition("/")[2]


def join_page(app: Flask, interview: int, reader: str) -> str:
    """The path of the page behind that reader's join link."""
    with in_rows(app):
        row = db.session.get_one(Interview, interview)
        return "/j/" + services(app).join_links.join_page(row, reader).rpartition("/")[2]


def kinds_said(app: Flask, interview_id: int) -> list[AnswerKind]:
    with in_rows(app):
        rows = db.session.scalars(
            db.select(CandidateAnswer.kind)
            .where(CandidateAnswer.interview_id == interview_id)
            .order_by(CandidateAnswer.id)
        )
        return list(rows)


def on_a_phone(new_browser_context: Callable[..., BrowserContext], **how: object) -> Page:
    context = new_browser_context(
        viewport=PHONE,
        has_touch=True,
        is_mobile=True,
        timezone_id="Asia/Kolkata",
        reduced_motion="reduce",
        **how,
    )
    return context.new_page()


@pytest.mark.parametrize("scripts", [True, False], ids=["with-script", "without-script"])
def test_a_thumb_confirms_asks_and_cancels(
    shared_app: Flask,
    server: ServerProcess,
    team: Team,
    new_browser_context: Callable[..., BrowserContext],
    scripts: bool,
) -> None:
    interview, path = new_interview(shared_app, team, "Asha Rao" if scripts else "Bo Lind")
    page = on_a_phone(new_browser_context, java_script_enabled=scripts)
    page.goto(server.base_url + path)
    assert kinds_said(shared_app, interview) == []
    page.get_by_role("button", name="I'll be there").tap()
    expect(page.get_by_text("You've confirmed that you'll be there.")).to_be_visible()

    page.get_by_role("link", name="Ask for another time").tap()
    day = in_three_days() + timedelta(days=1)
    page.get_by_label("Date").first.fill(f"{day:%Y-%m-%d}")
    page.get_by_role("button", name="Send request").tap()
    expect(page.get_by_text("Choose a time.").first).to_be_visible()
    expect(page.get_by_label("Date").first).to_have_value(f"{day:%Y-%m-%d}")
    page.get_by_label("Time", exact=True).first.fill("14:30")
    page.get_by_role("button", name="Send request").tap()
    expect(page.get_by_text("The team hasn't answered yet")).to_be_visible()

    page.get_by_role("link", name="Cancel interview").tap()
    page.get_by_role("button", name="Cancel interview").tap()
    expect(page.get_by_text("This interview was cancelled.")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("That's no longer possible.")).to_be_visible()
    said = [AnswerKind.CONFIRMED, AnswerKind.MOVE, AnswerKind.CANCELLED]
    assert kinds_said(shared_app, interview) == said


def test_the_time_on_ones_own_clock_is_one_tap_away(
    shared_app: Flask, server: ServerProcess, team: Team, new_browser_context: Callable[..., BrowserContext]
) -> None:
    _, path = new_interview(shared_app, team, "Chidi Obi")
    page = on_a_phone(new_browser_context)
    page.goto(server.base_url + path)
    expect(page.locator(".when-main")).to_contain_text("CET")
    page.get_by_role("link", name="Show your device's time").tap()
    expect(page.locator(".when-main")).to_contain_text("Kolkata time")
    expect(page.get_by_role("link", name="Show your device's time")).to_be_hidden()
    # The other pages keep it.
    page.get_by_role("link", name="Ask for another time").tap()
    expect(page.get_by_text("All times here are Kolkata time")).to_be_visible()


# The other theme, whose colors test_look.py tries on every component, is left to a full run.
@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.full)])
def test_no_page_of_it_has_a_barrier_or_a_control_too_small(
    shared_app: Flask,
    server: ServerProcess,
    team: Team,
    new_browser_context: Callable[..., BrowserContext],
    theme: str,
) -> None:
    webex = PastedLink("https://northlight.webex.example/meet/interviews", "Webex")
    interview, own = new_interview(shared_app, team, "Dara Kim" if theme == "light" else "Emil Roth", webex)
    page = on_a_phone(new_browser_context, color_scheme=theme)
    for path, words in (
        (own, "Ask for another time"),
        (f"{own}/move", "Send request"),
        (f"{own}/cancel", "Cancel interview"),
        (f"{own}/time-zone", "Time zone"),
        # What the link in the emails opens, which the page itself leads to.
        (join_page(shared_app, interview, CANDIDATE), "Join Webex"),
    ):
        page.goto(server.base_url + path)
        expect(page.get_by_text(words).first).to_be_visible()
        assert_no_barrier(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert page.evaluate(TOO_LOW, ENOUGH) == []


def test_a_first_visit_is_small_and_nothing_jumps(
    shared_app: Flask, server: ServerProcess, team: Team, new_browser_context: Callable[..., BrowserContext]
) -> None:
    _, path = new_interview(shared_app, team, "Fay Moss")
    page = on_a_phone(new_browser_context)
    page.add_init_script(SHIFTS)
    visit = Visit()
    visit.watch(page)
    page.goto(server.base_url + path, wait_until="networkidle")
    assert visit.sent <= MOST_BYTES, visit.addresses
    # The offer of another clock comes with the script, and pushes what follows down by a line.
    assert sum(page.evaluate("window.shifts")) < 0.1
