"""Chores: checked often, done when there is something to do, and none in the way of another."""

import logging
from datetime import datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from extensions import db
from services import services
from tasks.chores import all_chores
from tests.machines.clock import Clock
from tests.machines.statements import statements
from timezones import utc_now
from work.chores import Chore, daily, frequent, once
from work.heartbeat import last_beat
from work.metronome import Metronome
from work.runner import Runner

MOST_FOR_A_TICK = 12


def _fails() -> None:
    raise RuntimeError("this chore is broken")


def test_chore_that_fails_is_logged_and_starves_no_other(
    app: Flask, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []
    chores = [
        Chore("first", lambda glance: partial(done.append, "first")),
        Chore("broken", lambda glance: _fails),
        Chore("last", lambda glance: partial(done.append, "last")),
    ]
    metronome = Metronome(app, Runner(app, {}), chores)
    with caplog.at_level(logging.ERROR, logger="chores"):
        metronome.tick()
        metronome.tick()
    assert done == ["first", "last", "first", "last"]
    assert ["“broken” failed" in record.getMessage() for record in caplog.records] == [True, True]
    with app.app_context():
        assert last_beat() == utc_now()


def test_search_for_work_that_the_database_refuses_starves_no_other(
    app: Flask, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """On PostgreSQL, nothing else can be read in a transaction in which a statement has failed."""
    found: list[datetime | None] = []
    chores = [
        frequent("broken", lambda now: db.session.scalars(sa.text("SELECT no FROM nowhere")).all(), print),
        frequent("last", lambda now: [last_beat()], found.extend),
    ]
    with caplog.at_level(logging.ERROR, logger="chores"):
        Metronome(app, Runner(app, {}), chores).tick()
    assert found == [utc_now()]
    assert ["“broken” failed" in record.getMessage() for record in caplog.records] == [True]


def test_idle_tick_asks_the_database_twelve_times_at_most(sqlite_app: Flask, clock: Clock) -> None:
    """It happens every few seconds in every process. Three say whether a sign of life is due, work is paused,
    and a lease has run out, and one which lanes have work; the others are the chores' own."""
    metronome = Metronome(sqlite_app, Runner(sqlite_app, {}), all_chores(services(sqlite_app)))
    metronome.tick()
    with statements(sqlite_app) as seen:
        metronome.tick()
    assert len(seen) <= MOST_FOR_A_TICK, "\n".join(seen)


def test_frequent_chore_acts_only_on_what_it_found(app: Flask, clock: Clock) -> None:
    found: list[int] = []
    done: list[list[int]] = []
    chore = frequent("numbers", lambda now: list(found), done.append)
    with app.app_context():
        chore.run()
        found.append(7)
        chore.run()
    assert done == [[7]]


def test_daily_chore_goes_on_until_all_is_done_and_then_rests_for_a_day(app: Flask, clock: Clock) -> None:
    left = [3]
    turns: list[datetime] = []

    def do(now: datetime) -> bool:
        turns.append(now)
        left[0] -= 1
        return left[0] <= 0

    chore = daily("counting", lambda now: now, do)
    with app.app_context():
        for _ in range(5):
            chore.run()
        assert len(turns) == 3
        clock.move(timedelta(hours=23))
        chore.run()
        assert len(turns) == 3
        clock.move(timedelta(hours=1))
        chore.run()
    assert len(turns) == 4
    assert turns[-1] == utc_now()


def test_chore_for_the_beginning_is_repeated_until_it_succeeds(sqlite_app: Flask) -> None:
    tries: list[int] = []

    def do() -> None:
        tries.append(1)
        if len(tries) < 2:
            _fails()

    chore = once("beginning", do)
    with sqlite_app.app_context():
        with pytest.raises(RuntimeError):
            chore.run()
        chore.run()
        chore.run()
    assert len(tries) == 2
