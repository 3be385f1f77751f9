"""How many clicks and keys it takes from a candidate's page to a scheduled interview, on the usual paths.

The counts are printed: `-rP` shows them. With `--filmstrip FOLDER`, each screen is kept there as a picture.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from extensions import db
from hiring.copied_plans import copy_to
from hiring.first_plan import add_first_plan
from models import Job, JobMember, Role
from tests.browser.entering import cookies_of
from tests.browser.hands import FOLD, Hands
from tests.browser.steps import step_heading
from tests.factories import Team, connect_zoom, create_candidate, create_team, create_user
from tests.machines.application import settings_for
from tests.machines.apps import LendApp
from tests.machines.counts import Counts
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcesses
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor

AGENDA = "Introduction, experience, questions"


@pytest.fixture
def film(pytestconfig: pytest.Config) -> Path | None:
    """Where the pictures go, if they are asked for."""
    folder = pytestconfig.getoption("--filmstrip")
    return Path(folder) if folder else None


@dataclass(frozen=True)
class Scene:
    """Ada's browser, and the candidates on a job for which no interview has been scheduled yet."""

    page: Page
    base_url: str
    first: int
    second: int
    third: int
    fourth: int


@pytest.fixture
def scene(
    database_url: str,
    instance_path: Path,
    lend_app: LendApp,
    simulators: Simulators,
    server_processes: ServerProcesses,
    browser_page: Page,
) -> Scene:
    """Ada has connected Zoom. She is on Ben's job with Eva and Tom, which has an interview plan."""
    app = lend_app(settings_for(database_url, instance_path, simulators.settings()))
    with in_rows(app):
        team: Team = create_team()
        connect_zoom(team.ada, simulators)
        eva, tom = create_user("Eva Lang", Role.INTERVIEWER), create_user("Tom Weiss", Role.INTERVIEWER)
        members = (team.ada, eva, tom)
        db.session.add_all(JobMember(job_id=team.job_id, user_id=member.id) for member in members)
        db.session.commit()
        add_first_plan()
        copy_to(db.session.get_one(Job, team.job_id))
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        nora = create_candidate("Nora Lund", "nora@mail.example", team.job_id)
        leo = create_candidate("Leo Brandt", "leo@mail.example", team.job_id)
    visitor = Visitor(app).enter(team.ada)
    [server] = server_processes.start(1)
    browser_page.context.add_cookies(cookies_of(app, visitor, server.base_url))
    return Scene(browser_page, server.base_url, team.dina.id, omar.id, nora.id, leo.id)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def is_at(hands: Hands, step: str, *needed: Locator) -> None:
    """Check that the step is open, its heading has the focus, and what it needs can be seen without
    scrolling."""
    heading, bar = step_heading(hands.page), hands.page.locator(".action-bar")
    expect(heading).to_have_text(step)
    expect(heading).to_be_focused()
    at_the_bottom = bar.bounding_box()
    assert at_the_bottom is not None
    assert at_the_bottom["y"] + at_the_bottom["height"] <= FOLD
    for each in needed:
        box = each.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= at_the_bottom["y"], f"{each} is below the fold: {box}"
    hands.look(step.lower().replace(" & ", "-and-"))


def is_scheduled(hands: Hands, path: str) -> None:
    expect(hands.page.get_by_role("status").filter(has_text="Interview scheduled.")).to_be_visible()
    hands.look("scheduled")
    sys.stdout.write(f"{path}: {hands.clicks} clicks, {hands.keys} keys\n")


def free_times(page: Page) -> Locator:
    """The first half hour at which everyone is free."""
    return page.get_by_role("toolbar", name="Free times").get_by_role("button").first


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_interview_takes_no_more_clicks_and_keys_than_it_may(
    scene: Scene, film: Path | None, counts: Counts
) -> None:
    page, finish, last = scene.page, "Save and go to Finalize", "Schedule Interview"
    time = free_times(page)

    def begin(candidate_id: int, name: str) -> Hands:
        page.goto(f"{scene.base_url}/candidates/{candidate_id}")
        hands = Hands(page, film / name if film else None)
        hands.look("candidate")
        return hands

    # The first interview on a job needs an agenda; the hiring manager and the job's team are filled in.
    hands = begin(scene.first, "first")
    hands.click(button(page, "Schedule Interview"))
    is_at(hands, "Setup")
    hands.click(page.get_by_label("Agenda"), may_scroll=True)
    page.keyboard.insert_text(AGENDA)
    hands.click(button(page, "Continue"))
    is_at(hands, "Date & Time", time)
    hands.click(time)
    hands.click(button(page, finish))
    is_at(hands, "Finalize")
    hands.click(button(page, last))
    is_scheduled(hands, "First on a job, by mouse")
    assert hands.clicks <= 7
    assert hands.keys == 0

    hands = begin(scene.second, "second")
    hands.click(button(page, "Schedule Interview"))
    is_at(hands, "Setup")
    hands.click(button(page, "Continue"))
    is_at(hands, "Date & Time", time)
    hands.click(time)
    hands.click(button(page, finish))
    is_at(hands, "Finalize")
    hands.click(button(page, last))
    is_scheduled(hands, "Second on the job, by mouse")
    assert hands.clicks <= 5
    assert hands.keys == 0

    if not counts.is_full:
        return
    hands = begin(scene.third, "keyboard")
    hands.tab_to(page.get_by_role("link", name="Skip to content"))
    hands.press("Enter")
    hands.tab_to(button(page, "Schedule Interview"))
    hands.press("Enter")
    is_at(hands, "Setup")
    hands.press("Control+Enter")
    is_at(hands, "Date & Time", time)
    hands.tab_to(time)
    hands.press("Enter")
    hands.press("Control+Enter")
    is_at(hands, "Finalize")
    hands.press("Control+Enter")
    is_scheduled(hands, "Second on the job, by keyboard")
    assert hands.clicks == 0
    assert hands.keys <= 25

    hands = Hands(page, film / "another" if film else None)
    hands.click(page.get_by_role("link", name="Schedule another like this"), may_scroll=True)
    hands.click(button(page, "Continue"))
    is_at(hands, "Date & Time", time)
    hands.click(time)
    hands.click(button(page, finish))
    is_at(hands, "Finalize")
    hands.click(button(page, last))
    is_scheduled(hands, "Another like this, by mouse")
    assert hands.clicks <= 6
    assert hands.keys == 0

    # From the job's plan everything is filled in, the agenda too.
    hands = begin(scene.fourth, "plan")
    hands.click(button(page, "Start from the interview plan"))
    hands.look("plan")
    hands.click(page.get_by_role("button", name="Technical"))
    is_at(hands, "Date & Time", time)
    hands.click(time)
    hands.click(button(page, finish))
    is_at(hands, "Finalize")
    hands.click(button(page, last))
    is_scheduled(hands, "From the interview plan, by mouse")
    expect(page.get_by_text("From the interview plan").first).to_be_visible()
    assert hands.clicks <= 5
    assert hands.keys == 0
