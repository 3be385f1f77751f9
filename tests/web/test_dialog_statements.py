"""How many questions a step of the dialog asks the database: few, also for a draft that is finished."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event

from extensions import db
from scheduling.plans import Participant
from tests.factories import Team, create_candidate, schedule
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import STEPS, draft_at

pytestmark = pytest.mark.usefixtures("clock")

MOST = 8


@contextmanager
def asked(app: Flask) -> Iterator[list[str]]:
    """The questions that are asked inside the block."""
    statements: list[str] = []

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("is_finished", [False, True], ids=["on the way", "finished"])
def test_step_asks_the_database_few_questions(
    web: Flask, team: Team, ada: Visitor, is_finished: bool
) -> None:
    guest = (Participant("Sam", "sam@partner.example", None),)
    with in_rows(web):
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        schedule(team.ada, omar, software=None, attendees=guest)
    for step in STEPS:
        draft = draft_at(ada, team.dina.id, "finalize" if is_finished else step)
        with asked(web) as statements:
            ada.get(f"{draft}/{step}")
        assert len(statements) <= MOST, f"{step}: {len(statements)}"
