"""An upgrade that is killed at any point leaves the database as it was, and the next start does all of it."""

import json
import signal
from itertools import count as count_from
from pathlib import Path

import pytest
from flask import Flask

from schema import newest_revision
from tests.backups.every_table import fill_every_table, rows_of_every_table
from tests.machines.application import close_app, settings_for
from tests.machines.counts import Counts
from tests.machines.nursery import Nursery
from tests.machines.processes import tail
from tests.releases.older import COLUMN, TABLE, Upgrade, state, take_back, write_upgrade


@pytest.fixture
def upgrade(tmp_path: Path) -> Upgrade:
    return write_upgrade(tmp_path / "migrations")


@pytest.mark.both_databases
@pytest.mark.slow
def test_upgrade_that_is_killed_is_done_by_the_next_start(
    app: Flask,
    database_url: str,
    instance_path: Path,
    upgrade: Upgrade,
    nursery: Nursery,
    counts: Counts,
    tmp_path: Path,
) -> None:
    fill_every_table(app)
    rows = rows_of_every_table(app)
    take_back(app)
    close_app(app)
    before, after = (newest_revision(), False, False), (upgrade.newest, True, True)
    plan, number, log = tmp_path / "plan.json", tmp_path / "number", tmp_path / "upgrade.log"
    settings = settings_for(database_url, instance_path)

    def upgraded(call: int) -> bool:
        """Whether the upgrade came to its end and was not killed."""
        wanted = {"settings": {**settings, **upgrade.overrides}, "call": call, "count": str(number)}
        plan.write_text(json.dumps(wanted))
        process = nursery.start("tests.releases.killed_upgrade", [str(plan)], log=log, settings={})
        ended = process.wait(timeout=60)
        assert ended in (0, -signal.SIGKILL), tail(log)
        return ended == 0

    # In full runs, at every call: after the last one, nothing kills it.
    calls = count_from(1) if counts.is_full else iter((8, 0))
    while not upgraded(call := next(calls)):
        assert state(database_url) == before, call
    assert int(number.read_text()) > 10
    counts.say(f"an upgrade has {number.read_text()} points at which it is killed")
    assert state(database_url) == after
    found = rows_of_every_table(app)
    for row in rows[TABLE]:
        row[COLUMN] = ""
    assert found == rows
