"""How many statements the pages of the dialog and the polls of open pages take, at most."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from flask import Flask

from extensions import db
from tests.factories import Team, connect_zoom, schedule
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import STEPS, draft_at
from tests.web.round_trips import APPS

# Who is signed in, their organization, and what the banners say are the first statement of each.
MOST_FOR_A_STEP, MOST_FOR_A_POLL = 8, 2
POLL = re.compile(r'data-poll[^>]* hx-get="([^"]+)"')


@pytest.fixture
def ada(connected: Flask, people: Team) -> Visitor:
    return Visitor(connected).enter(people.ada)


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SET")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("step", STEPS)
def test_step_of_the_dialog_asks_the_database_eight_times_at_most(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor, step: str
) -> None:
    with in_rows(connected):
        connect_zoom(people.ada, simulators)
        # What the steps that were not saved yet begin with.
        schedule(people.ada, people.dina)
        db.session.commit()
        draft = draft_at(ada, people.dina.id, "finalize")
    ada.get(f"{draft}/{step}")
    with statements(connected) as seen:
        ada.get(f"{draft}/{step}")
    assert len(seen) <= MOST_FOR_A_STEP, seen


def test_first_step_of_a_new_draft_asks_the_database_eight_times_at_most(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor
) -> None:
    with in_rows(connected):
        connect_zoom(people.ada, simulators)
        schedule(people.ada, people.dina)
        db.session.commit()
        draft = draft_at(ada, people.dina.id, "setup")
    ada.get(f"{draft}/setup")
    with statements(connected) as seen:
        ada.get(f"{draft}/setup")
    assert len(seen) <= MOST_FOR_A_STEP, seen


@pytest.mark.parametrize("place", ["Connected Apps", "first step", "interview"])
def test_poll_that_finds_nothing_new_takes_one_statement_besides_the_sign_in(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor, place: str
) -> None:
    with in_rows(connected):
        connect_zoom(people.ada, simulators)
        # Its meeting is waiting to be made, so its page watches it.
        interview = schedule(people.ada, people.dina)
        db.session.commit()
        addresses = {
            "Connected Apps": APPS,
            "first step": f"{draft_at(ada, people.dina.id, 'setup')}/setup",
            "interview": f"/interviews/{interview}",
        }
    found = POLL.search(ada.get(addresses[place]).html)
    assert found is not None
    poll = found.group(1).replace("&amp;", "&")
    ada.get(poll, htmx=True, status=204)
    with statements(connected) as seen:
        ada.get(poll, htmx=True, status=204)
    assert len(seen) <= MOST_FOR_A_POLL, seen
