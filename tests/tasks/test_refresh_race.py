"""Processes with several threads each renew one connection: one refresh at a time, and no one loses it."""

from pathlib import Path

import pytest

from extensions import db
from models import Connection, ConnectionState
from tests.machines.application import settings_for
from tests.machines.counts import Counts
from tests.machines.nursery import Nursery
from tests.machines.simulators import Simulators
from tests.tasks.installation import Office

# Locking and SQL that differs are their subject.
pytestmark = pytest.mark.both_databases


def test_processes_that_renew_one_connection_together_never_spend_a_token_twice(
    office: Office,
    database_url: str,
    instance_path: Path,
    simulators: Simulators,
    counts: Counts,
    nursery: Nursery,
    tmp_path: Path,
) -> None:
    rounds = counts(ordinary=50, full=1000)
    with office.writing():
        connection_id = office.connect(office.team.ben)
        first = db.session.get_one(Connection, connection_id).token_version
        db.session.rollback()
    settings = settings_for(database_url, instance_path, simulators.settings())
    arguments = [str(connection_id), str(first), str(rounds)]
    logs = [tmp_path / "one.log", tmp_path / "other.log"]
    processes = [
        nursery.start("tests.tasks.refreshing_process", arguments, log=log, settings=settings) for log in logs
    ]
    for process in processes:
        process.wait(timeout=600)
    assert [log.read_text() for log in logs] == [f"ended with [{first + rounds}]\n"] * 2
    with office.reading():
        row = db.session.get_one(Connection, connection_id)
        assert (row.state, row.token_version) == (ConnectionState.CONNECTED, first + rounds)
    ledger = simulators.ledger()
    assert {entry.get("error") for entry in ledger["token_log"]} == {None}
    [grant] = ledger["grants"]
    assert grant["alive"]
    assert grant["refreshes"] == rounds
