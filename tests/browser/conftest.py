"""An installation that is past its first run, so that a story can begin with its own subject."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import current_app
from playwright.sync_api import Page

from accounts.first_run import FirstRun, set_up
from extensions import db
from models import Role
from tests.browser.barriers import Thoroughness
from tests.browser.entering import cookies_of
from tests.browser.steps import CANDIDATE, OWNER, PASSWORD
from tests.factories import Member, create_candidate, create_job
from tests.machines.application import settings_for
from tests.machines.apps import LendApp, Seeded
from tests.machines.counts import Counts
from tests.pages.visitor import Visitor

EnterAsOwner = Callable[[Page, str], None]


@pytest.fixture(autouse=True)
def _thoroughness(counts: Counts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Thoroughness, "measures_every_page", counts.is_full)


def create_owner_and_candidate() -> Member:
    """Create what the first steps of the whole story lead to: Ana alone, with one job and Dina on it."""
    user = set_up(
        FirstRun(
            organization_name="Northlight",
            timezone="Europe/Zurich",
            owner_name="Ana Berg",
            owner_email=OWNER,
            password=PASSWORD,
            connecting_is_open=True,
        ),
        installation_id=current_app.config["INSTALLATION_ID"],
    )
    db.session.commit()
    owner = Member(user.id, user.name, user.email, Role.OWNER)
    create_candidate("Dina Kaur", CANDIDATE, create_job("Backend Engineer", owner))
    return owner


@pytest.fixture
def enter_as_owner(database_url: str, instance_path: Path, lend_app: LendApp, seeded: Seeded) -> EnterAsOwner:
    """``enter_as_owner(page, base_url)``: the page's browser is the owner's, signed in.

    The rows are there before any server starts.
    """
    app = lend_app(settings_for(database_url, instance_path))
    visitor = Visitor(app).enter(seeded(app, create_owner_and_candidate))

    def enter(page: Page, base_url: str) -> None:
        page.context.add_cookies(cookies_of(app, visitor, base_url))
        page.goto(base_url)

    return enter
