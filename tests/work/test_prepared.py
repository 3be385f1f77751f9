"""A statement that is run again finds what SQLAlchemy finds, and fails as SQLAlchemy fails."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError, StatementError

import prepared
from database import written_out
from models import Lane, Task, TaskState

NOW = datetime(2031, 5, 2, 8, 30, 0, 120, tzinfo=UTC)


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A database with three tasks."""
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        Task.metadata.tables["tasks"].create(connection)
        for number, state in enumerate((TaskState.READY, TaskState.RUNNING, TaskState.READY), start=1):
            values: dict[str, Any] = {
                "id": number,
                "kind": "send_mail",
                "lane": Lane.MAIL,
                "subject": f"interview:{number}",
            }
            values |= {
                "payload": {"mail_id": number},
                "state": state,
                "run_at": NOW + timedelta(hours=number),
            }
            connection.execute(sa.insert(Task).values(**values))
        yield connection
    engine.dispose()


def told_now(name: str = "now") -> sa.BindParameter[Any]:
    return sa.bindparam(name, type_=Task.run_at.type)


COLUMNS = (Task.id, Task.lane, Task.state, Task.payload, Task.run_at, Task.finished_at, Task.starts)
STATEMENTS: dict[str, tuple[Any, list[dict[str, Any]]]] = {
    "every kind of column": (sa.select(*COLUMNS).order_by(Task.id), [{}]),
    "none found": (sa.select(Task.id).where(Task.id > 5), [{}]),
    "an instant and a word": (
        sa.select(Task.id, Task.run_at).where(Task.run_at > told_now(), Task.state == TaskState.READY),
        [{"now": NOW}, {"now": NOW + timedelta(hours=2)}, {"now": NOW + timedelta(days=1), "unused": 1}],
    ),
    "a list of its own": (
        sa.select(Task.id).where(Task.state.in_((TaskState.READY, TaskState.DONE))).order_by(Task.id),
        [{}],
    ),
    "lists of any length": (
        sa.select(Task.id)
        .where(
            Task.id.in_(sa.bindparam("ids", expanding=True)),
            Task.state.in_(sa.bindparam("states", expanding=True, type_=Task.state.type)),
        )
        .order_by(Task.id),
        [
            {"ids": [1, 2, 3], "states": [TaskState.READY]},
            {"ids": [2], "states": [TaskState.READY, TaskState.RUNNING]},
            {"ids": [], "states": [TaskState.READY]},
        ],
    ),
    "a list that is asked for twice": (
        sa.union_all(
            sa.select(Task.id.label("id")).where(Task.id.in_(sa.bindparam("ids", expanding=True))),
            sa.select((Task.id + 10).label("id")).where(Task.id.in_(sa.bindparam("ids", expanding=True))),
        ).order_by("id"),
        [{"ids": [1]}, {"ids": [1, 2, 3]}, {"ids": []}],
    ),
    "a parameter that may be left out": (
        sa.select(Task.id).where(Task.id > sa.bindparam("least", 1)).order_by(Task.id),
        [{}, {"least": 2}, {}],
    ),
    "a limit": (
        sa.select(Task.id).order_by(Task.id).limit(sa.bindparam("most", type_=sa.Integer())).offset(1),
        [{"most": 1}, {"most": 2}],
    ),
    "several together": (
        sa.union_all(
            sa.select(Task.subject, Task.run_at).where(Task.state == written_out(TaskState.READY)),
            sa.select(Task.kind, Task.run_at).where(Task.id == sa.bindparam("id", type_=sa.Integer())),
        ),
        [{"id": 2}, {"id": 3}],
    ),
    "no name, and one twice": (
        sa.select(Task.id, Task.id.label("id"), sa.func.count(), Task.run_at == told_now()).group_by(Task.id),
        [{"now": NOW}],
    ),
}


@pytest.mark.parametrize("what", STATEMENTS)
def test_a_statement_that_is_run_again_finds_the_same(connection: Connection, what: str) -> None:
    statement, each_told = STATEMENTS[what]
    for told in each_told * 2:
        rows = prepared.run(connection, statement, told)
        expected = connection.execute(statement, told).all()
        assert list(map(tuple, rows)) == list(map(tuple, expected))
        assert [type(value) for row in rows for value in row] == [
            type(value) for row in expected for value in row
        ]


def test_columns_have_their_names(connection: Connection) -> None:
    statement = sa.select(Task.id, Task.run_at.label("due"), Task.lane)
    for _ in range(3):
        row = prepared.run(connection, statement, {})[0]
        assert (row.id, row.due, row.lane) == (1, NOW + timedelta(hours=1), Lane.MAIL)


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({}, StatementError),
        ({"now": NOW.replace(tzinfo=None)}, StatementError),
        ({"now": object()}, StatementError),
    ],
)
def test_a_wrong_parameter_fails_the_same_way_each_time(
    connection: Connection, told: dict[str, Any], kind: type[Exception]
) -> None:
    statement = sa.select(Task.id).where(Task.run_at > told_now())
    for right in (None, {"now": NOW}, {"now": NOW}):
        if right is not None:
            assert len(prepared.run(connection, statement, right)) == 3
        with pytest.raises(kind):
            prepared.run(connection, statement, told)


def test_a_database_that_fails_is_reported_as_every_other_statement_reports_it(
    connection: Connection,
) -> None:
    statement = sa.select(Task.id)
    for _ in range(2):
        assert len(prepared.run(connection, statement, {})) == 3
    connection.execute(sa.text("DROP TABLE tasks"))
    with pytest.raises(OperationalError, match="no such table"):
        prepared.run(connection, statement, {})


def test_listeners_are_told_about_every_statement(connection: Connection) -> None:
    statement = sa.select(Task.id)
    seen: list[str] = []
    for _ in range(2):
        prepared.run(connection, statement, {})
    sa.event.listen(connection.engine, "before_cursor_execute", lambda *call: seen.append(call[2]))
    with connection.engine.connect() as other:
        assert len(prepared.run(other, statement, {})) == 3
    assert len(seen) == 1


def test_statements_that_are_gone_leave_nothing_behind(connection: Connection) -> None:
    before = len(prepared._known)
    for _ in range(20):
        statement: Any = sa.select(Task.id).where(Task.id.in_(sa.bindparam("ids", expanding=True)))
        for _ in range(2):
            prepared.run(connection, statement, {"ids": [1, 2]})
    gc.collect()
    # The engine keeps one of those that have the same text.
    assert len(prepared._known) <= before + 2
