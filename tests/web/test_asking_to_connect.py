"""Who has connected Zoom, on the team's page and on a job's, and asking those who haven't."""

import pytest
from flask import Flask

from extensions import db
from models import Job, Mail, Organization, Role, User
from tests.factories import Team, create_connection, create_team, create_user
from tests.machines.apps import Seeded
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor

TEAM = "/settings/team"


@pytest.fixture
def those(set_up: Flask, seeded: Seeded) -> Team:
    """The team, where Zoom is set up and everyone may connect their own account, and an observer."""

    def create() -> Team:
        team = create_team()
        create_user("Olga Novak", Role.OBSERVER)
        db.session.get_one(Organization, 1).connecting_is_open = True
        db.session.commit()
        return team

    return seeded(set_up, create)


def state_of(page: Page, name: str) -> str:
    """What the team's page says in the column called Zoom."""
    [table] = page.tree.all("table")
    assert "Zoom" in [head.text for head in table.all("th") if head.get("scope") == "col"]
    [row] = [row for row in table.all("tr") if name in row.text]
    [cell] = row.all("td", lambda e: "app-state" in e.get("class", ""))
    return cell.text


def test_owner_sees_who_has_connected_and_asks_who_has_not(set_up: Flask, those: Team) -> None:
    with in_rows(set_up):
        create_connection(those.cleo.id)
    ada = Visitor(set_up).enter(those.ada)
    page = ada.get(TEAM)
    assert state_of(page, "Cleo Marin") == "Connected"
    assert state_of(page, "Ben Frei") == "Not connected Ask them"
    # Connecting one's own account is one click away, and observers host nothing.
    assert state_of(page, "Ada Berg") == "Not connected"
    assert "Doesn't host" in state_of(page, "Olga Novak")
    ask = f"{TEAM}/{those.ben.id}/ask-to-connect"
    ada.post(ask, status=303)
    assert "Ben Frei will get an email with your request." in ada.get(TEAM).text
    ada.post(ask, status=303)
    assert "Ben Frei was already asked in the last day." in ada.get(TEAM).text
    with in_rows(set_up):
        [mail] = db.session.scalars(db.select(Mail)).all()
        assert (mail.kind, mail.user_id) == ("please_connect", those.ben.id)


def test_no_one_is_asked_who_could_not_connect(set_up: Flask, those: Team) -> None:
    ada, ben = Visitor(set_up).enter(those.ada), Visitor(set_up).enter(those.ben)
    with in_rows(set_up):
        olga = db.session.scalars(db.select(User.id).where(User.role == Role.OBSERVER)).one()
        create_connection(those.cleo.id)
    for user_id in (olga, those.cleo.id):
        ada.post(f"{TEAM}/{user_id}/ask-to-connect", status=404)
    ben.post(f"{TEAM}/{those.ada.id}/ask-to-connect", status=403)
    with in_rows(set_up):
        db.session.get_one(Organization, 1).connecting_is_open = False
        db.session.commit()
    ada.post(f"{TEAM}/{those.ben.id}/ask-to-connect", status=404)
    assert state_of(ada.get(TEAM), "Ben Frei") == "Not connected"


def test_job_says_when_its_hiring_manager_has_not_connected(set_up: Flask, those: Team) -> None:
    ada, ben = Visitor(set_up).enter(those.ada), Visitor(set_up).enter(those.ben)
    address = f"/jobs/{those.job_id}"
    page = ada.get(address)
    assert "Ben hasn't connected Zoom." in page.text
    assert page.tree.all("a", lambda e: e.text == "Ask them" and e["href"] == TEAM)
    page = ben.get(address)
    assert "You haven't connected Zoom." in page.text
    assert not page.tree.all("a", lambda e: e.text == "Ask them")
    with in_rows(set_up):
        create_connection(those.ben.id)
    assert "connected Zoom" not in ada.get(address).text
    with in_rows(set_up):
        job = db.session.get_one(Job, those.job_id)
        job.hiring_manager_id, job.is_open = those.cleo.id, False
        db.session.commit()
    assert "connected Zoom" not in ada.get(address).text
