"""The pictures of the guides and of the README show the product as it is.

They are taken of the demo's office on one fixed morning. `make screenshots` takes them again.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, ViewportSize

import background
import timezones
from demo.interviews import Planned, schedule_planned
from demo.online import connect_some_and_schedule
from demo.team import seed
from extensions import db
from models import Application, Interview, Job, JobMember, MeetingSoftware, User
from scheduling.venues import OnlineMeeting
from services import services
from tests.browser.entering import cookies_of
from tests.browser.pictures import THEMES, Taken, differences, keep, take
from tests.factories import Member
from tests.machines.application import settings_for
from tests.machines.apps import LendApp
from tests.machines.browser import BrowserComplaints, new_desktop_context
from tests.machines.counts import Counts
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcesses
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from tests.tasks.frozen_clock import FrozenClock

# A Tuesday in winter, on which nothing special happens.
MORNING = datetime(2027, 2, 2, 8, 40, tzinfo=UTC)
# The first is as wide as the text of a guide, with the page's own margin.
TEXT, PHONE, DESKTOP = (792, 1200), (390, 900), (1280, 900)
# What the simulators make up would differ from picture to picture, and their addresses would confuse readers.
# The bar at the bottom of a narrow window would cover what is shown. The fonts of systems differ in width.
_AS_ANYWHERE = """async () => {
    // Before it is used: one that comes late is left for the next page.
    await document.fonts.load("1em Inter");
    for (const font of ["--font-system", "--font-code"])
        document.documentElement.style.setProperty(font, "var(--font)");
    document.querySelector(".shell-side")?.remove();
    for (const link of document.querySelectorAll(".meeting-link")) link.textContent = "https://meet.example/j/87900543991";
    for (const password of document.querySelectorAll(".meeting code")) password.textContent = "4Kx9pQ2m";
}"""


# What a page requests on its own once it is open. The answer depends on how busy the machine is.
_LATER = re.compile(r"/(look|deliveries|hosting|today|counts|changes)\b")


@dataclass
class Office:
    """The demo's office: its server, and browsers of those who work there."""

    app: Flask
    base_url: str
    new_page: Callable[[str, str, tuple[int, int]], Page]
    interviews: dict[str, int]


@dataclass(frozen=True)
class Picture:
    """A picture of a page. `of` brings someone's page to the place where it is taken, and says what is on
    it."""

    name: str
    who: str
    of: Callable[[Page, Office], list[Locator]]
    size: tuple[int, int] = TEXT
    in_every_run: bool = False


def _candidate(page: Page, office: Office, name: str) -> None:
    page.goto(f"{office.base_url}/candidates")
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("heading", level=1, name=name).wait_for()


def _date_and_time(page: Page, office: Office) -> list[Locator]:
    _candidate(page, office, "Amara Okafor")
    page.get_by_role("button", name="Schedule Interview").click()
    page.locator("#step-heading").wait_for()
    # For the other theme, the same draft is opened again.
    if page.url.endswith("/setup"):
        page.get_by_label("Agenda").fill("A system that you have built")
        page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Date & Time").wait_for()
    return [page.locator("#free-times")]


def _interview(page: Page, office: Office) -> list[Locator]:
    page.goto(f"{office.base_url}/interviews/{office.interviews['Hannah Weiss']}")
    page.get_by_text("Invitation sent to").first.wait_for()
    # Anything that begins below this would be cut off.
    page.locator(".interview-words").evaluate("below => below.remove()")
    return [page.locator(".page-head"), page.locator(".meeting"), page.get_by_role("region", name="Delivery")]


def _meeting_failed(page: Page, office: Office) -> list[Locator]:
    page.goto(f"{office.base_url}/interviews/{office.interviews['Juan Pérez']}")
    page.get_by_role("button", name="Try again now").first.wait_for()
    return [page.locator("section.meeting")]


def _asked_for_another_time(page: Page, office: Office) -> list[Locator]:
    page.goto(f"{office.base_url}/interviews/{office.interviews['Caleb Wright']}")
    return [page.locator(".asked-to-move")]


def _needs_attention(page: Page, office: Office) -> list[Locator]:
    page.goto(office.base_url)
    return [page.locator(".is-attention")]


def _today(page: Page, office: Office) -> list[Locator]:
    page.goto(office.base_url)
    return [page.locator("#today")]


def _candidate_chooses(page: Page, office: Office) -> list[Locator]:
    page.goto(f"{office.base_url}/interviews/{office.interviews['Isla Moreau']}")
    page.goto(str(page.locator(".asked-link [data-copy]").get_attribute("data-copy")))
    return [page.locator(".slots"), page.locator(".slots-none")]


def _connected_apps(page: Page, office: Office) -> list[Locator]:
    page.goto(f"{office.base_url}/settings/account/connected-apps")
    return [page.locator(".app-section").first]


def _availability(page: Page, office: Office) -> list[Locator]:
    page.goto(f"{office.base_url}/settings/account/availability")
    # As far as the page needs to explain itself; the limits below are more of the same.
    return [page.locator(".card-heading").first, page.get_by_label("Free after each interview")]


def _team(page: Page, office: Office) -> list[Locator]:
    page.goto(f"{office.base_url}/settings/team")
    return [page.get_by_role("region", name="People on the team")]


PICTURES = (
    Picture("interview", "Lena Vogel", _interview, DESKTOP, in_every_run=True),
    Picture("needs-attention", "Marco Bianchi", _needs_attention, in_every_run=True),
    Picture("date-and-time", "Lena Vogel", _date_and_time),
    Picture("meeting-failed", "Priya Raman", _meeting_failed),
    Picture("asked-for-another-time", "Tom Adeyemi", _asked_for_another_time),
    Picture("today", "Noah Clarke", _today),
    Picture("candidate-chooses", "Lena Vogel", _candidate_chooses, PHONE),
    Picture("connected-apps", "Priya Raman", _connected_apps),
    Picture("availability", "Noah Clarke", _availability),
    Picture("team", "Lena Vogel", _team),
)


@pytest.fixture
def morning(simulators: Simulators) -> Iterator[FrozenClock]:
    """The clock of the office, and those of the providers."""
    frozen = FrozenClock(simulators, MORNING)
    frozen.take_google_along()
    frozen.take_microsoft_along()
    before = timezones.use_clock(frozen)
    yield frozen
    timezones.use_clock(before)


@pytest.fixture
def office(
    database_url: str,
    instance_path: Path,
    lend_app: LendApp,
    simulators: Simulators,
    server_processes: ServerProcesses,
    morning: FrozenClock,
    request: pytest.FixtureRequest,
) -> Iterator[Office]:
    """The demo's office, with all work done, so that nothing more will happen."""
    settings = {
        **simulators.settings(),
        **simulators.google.settings(),
        **simulators.microsoft.settings(),
        "SCHEDULER_ENABLED": "false",
    }
    app = lend_app(settings_for(database_url, instance_path, settings))
    people, interviews = _open_the_office(app, simulators, morning)
    [server] = server_processes.start(1, settings=settings, clock=morning.now)
    complaints: BrowserComplaints = request.getfixturevalue("browser_complaints")
    contexts = []

    def new_page(who: str, theme: str, size: tuple[int, int]) -> Page:
        context = new_desktop_context(
            request.getfixturevalue("chromium"),
            complaints,
            locale="en-US",
            timezone_id="Europe/Berlin",
            color_scheme=theme,
            viewport=ViewportSize(width=size[0], height=size[1]),
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.add_cookies(cookies_of(app, Visitor(app).enter(people[who]), server.base_url))
        context.clock.set_fixed_time(morning.now)
        return context.new_page()

    yield Office(app, server.base_url, new_page, interviews)
    for context in contexts:
        context.close()


def _open_the_office(
    app: Flask, simulators: Simulators, morning: FrozenClock
) -> tuple[dict[str, Member], dict[str, int]]:
    """The people by their names, and the newest interview of each candidate."""
    # Anything that is tried or read again happens a little earlier or later each time, at random.
    random.seed(MORNING.toordinal())
    rules = services(app).rules
    runner = background.make_runner(app)
    with in_rows(app):
        seed(app.config["INSTALLATION_ID"], rules, "a password of its own")
    urls = {
        "zoom": simulators.zoom_url,
        "google": simulators.google.url,
        "microsoft": simulators.microsoft.url,
    }
    with app.app_context():
        connect_some_and_schedule(urls, rules)
    runner.run_due()
    # Refused for good, so that the reason stays on the page.
    simulators.zoom_switches(refuse_next_creates=9)
    with in_rows(app):
        _prepare(app)
    runner.run_due()
    morning.forward(timedelta(minutes=5))
    runner.run_due()
    with in_rows(app):
        people = {
            user.name: Member(user.id, user.name, user.email, user.role)
            for user in db.session.scalars(db.select(User))
        }
        interviews = {
            each.candidate.name: each.id
            for each in db.session.scalars(db.select(Interview).order_by(Interview.id))
        }
    return people, interviews


def _prepare(app: Flask) -> None:
    """A video interview for which no meeting can be made, on a job whose team has a short week to draw: Noah
    has an event at night."""
    people = {user.name: user for user in db.session.scalars(db.select(User))}
    [job] = db.session.scalars(db.select(Job).where(Job.title == "Backend Engineer"))
    db.session.execute(
        db.update(JobMember)
        .where(JobMember.job_id == job.id, JobMember.user_id == people["Noah Clarke"].id)
        .values(user_id=people["Marco Bianchi"].id)
    )
    applications = {each.candidate.name: each for each in db.session.scalars(db.select(Application))}
    planned = Planned(
        "Juan Pérez",
        OnlineMeeting(MeetingSoftware.ZOOM),
        2,
        time(14, 0),
        60,
        "A system that you have built\nYour questions",
        ("Marco Bianchi",),
    )
    schedule_planned(people["Grace Kim"], planned, applications, people, services(app).rules)
    db.session.commit()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_pictures_show_the_product_as_it_is(
    office: Office, counts: Counts, pytestconfig: pytest.Config
) -> None:
    takes_again: bool = pytestconfig.getoption("--screenshots")
    old = {}
    for picture in PICTURES:
        if not (counts.is_full or takes_again or picture.in_every_run):
            continue
        looks = {
            theme: _look(office, picture, theme) for theme in THEMES if takes_again or theme == THEMES[0]
        }
        if takes_again:
            keep(picture.name, looks)
        elif found := differences(picture.name, looks[THEMES[0]]):
            old[picture.name] = found
    assert not old, "run `make screenshots`, look at what it has changed, and commit it"


def _look(office: Office, picture: Picture, theme: str) -> Taken:
    page = office.new_page(picture.who, theme, picture.size)
    page.route(_LATER, lambda route: route.fulfill(status=204))
    shown = picture.of(page, office)
    page.evaluate(_AS_ANYWHERE)
    taken = take(page, shown)
    page.close()
    return taken
