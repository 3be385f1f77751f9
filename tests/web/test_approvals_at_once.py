"""Clicks and answers about an administrator's approval that arrive at the same moment."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier
from urllib.parse import urlencode

import pytest
from flask import Flask

from extensions import db
from models import AdminApproval, ApprovalState, Mail, Organization
from tests.factories import create_team
from tests.machines.application import settings_for
from tests.machines.apps import LendApp
from tests.machines.counts import Counts
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.approvals import ADDRESS, ASK, EMAIL, FORGET, IT, forged, wait

pytestmark = pytest.mark.both_databases


@pytest.fixture
def set_up(database_url: str, instance_path: Path, lend_app: LendApp) -> Flask:
    """The app with credentials for a Microsoft that no one ever calls."""
    outlook = {"MICROSOFT_CLIENT_ID": "an-id", "MICROSOFT_CLIENT_SECRET": "a-secret"}
    return lend_app(settings_for(database_url, instance_path, outlook))


def at_once(clicks: list[Callable[[], Page]]) -> list[Page]:
    barrier = Barrier(len(clicks))

    def click(each: Callable[[], Page]) -> Page:
        barrier.wait(10)
        return each()

    with ThreadPoolExecutor(len(clicks)) as people:
        return list(people.map(click, clicks))


def test_clicks_and_answers_at_once_ask_and_tell_once(set_up: Flask, counts: Counts) -> None:
    with in_rows(set_up):
        team = create_team()
        db.session.get_one(Organization, 1).connecting_is_open = True
        db.session.commit()
    browsers = [Visitor(set_up).enter(team.ben) for _ in range(2)]
    cleo = Visitor(set_up).enter(team.cleo)
    for browser in (*browsers, cleo):
        browser.token()
    for _ in counts.repeat("approvals at once", ordinary=1, full=20):
        at_once([partial(browser.post, ASK, status=303) for browser in (*browsers, cleo)])
        at_once([partial(browser.post, EMAIL, {ADDRESS: IT}, status=303) for browser in browsers])
        links = [wait(browser) for browser in (browsers[0], cleo)]
        states = [re.findall(r"state=([^&]+)", link)[0] for link in (*links, *links)]
        callbacks = [f"/connect/microsoft/callback?{urlencode(forged({}, state=state))}" for state in states]
        at_once([partial(Visitor(set_up).get, address) for address in callbacks])
        with in_rows(set_up):
            assert set(db.session.scalars(db.select(AdminApproval.state))) == {ApprovalState.GIVEN}
            kinds = sorted(db.session.scalars(db.select(Mail.kind)))
            assert kinds == ["approval_given", "approval_given", "ask_administrator"]
            db.session.execute(db.delete(Mail))
            db.session.commit()
        for browser in (browsers[0], cleo):
            browser.post(FORGET, status=303)
