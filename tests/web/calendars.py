"""People who have connected a made-up calendar, and what the pages say about it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Flask

from extensions import db
from models import CalendarEntry, Organization
from tests.factories import Team, create_team, schedule
from tests.machines.rows import in_rows
from tests.made_up_provider.simulator import AcmeServer
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.test_interview_page import run_everything


def team_that_connects(product: Flask) -> Team:
    """The usual team, in which everyone may connect apps."""
    with in_rows(product):
        found = create_team()
        db.session.get_one(Organization, 1).connecting_is_open = True
        db.session.commit()
    return found


def connect(visitor: Visitor, server: AcmeServer) -> None:
    address = visitor.post("/connect/acme", status=303).headers["Location"]
    state = parse_qs(urlsplit(address).query)["state"][0]
    visitor.get(
        f"/connect/acme/callback?{urlencode({'state': state, 'code': server.consent(address)})}", status=303
    )


def scheduled(product: Flask, team: Team, **plan: Any) -> int:
    with in_rows(product):
        interview = schedule(team.ada, team.dina, software=None, **plan)
    run_everything(product)
    return interview


def section_of(page: Page) -> str:
    title = page.tree.with_id("calendars-title")
    if title is None:
        return ""
    section = title.inside("section")
    assert section is not None
    return " ".join(section.text.split())


def only_entry(product: Flask) -> int:
    with in_rows(product):
        return db.session.scalars(db.select(CalendarEntry.id).where(CalendarEntry.is_wanted)).one()


def set_entry(product: Flask, **values: object) -> None:
    with in_rows(product):
        entry = db.session.scalars(db.select(CalendarEntry).where(CalendarEntry.is_wanted)).one()
        for name, value in values.items():
            setattr(entry, name, value)
        db.session.commit()
