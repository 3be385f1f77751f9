"""Servers that bring a database up to date: only one of several does it, a killed one leaves nothing half
done, and an older program leaves a newer database alone."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from extensions import db
from schema import USELESS_TO_REPEAT, migrate_database, newest_revision
from tests.architecture.repository import ROOT
from tests.factories import create_team, schedule
from tests.machines.application import build_app, close_app, settings_for
from tests.machines.counts import Counts
from tests.machines.next_version import NextVersion, make_next_version
from tests.machines.processes import MachineError, bare_environment, wait_until
from tests.machines.servers import ServerProcesses

pytestmark = [pytest.mark.both_databases, pytest.mark.slow]


@pytest.fixture
def next_version(tmp_path: Path) -> NextVersion:
    return make_next_version(tmp_path / "next")


def _stored(app: Flask, *tables: str) -> dict[str, int]:
    with app.app_context():
        counted = {
            table: db.session.scalar(sa.select(sa.func.count()).select_from(sa.table(table))) or 0
            for table in tables
        }
        db.session.remove()
    return counted


def _at_revision(app: Flask) -> tuple[str, bool]:
    """The database's revision, and whether the next version's first table is there."""
    with app.app_context():
        found = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
        db.session.remove()
        return found, sa.inspect(db.engine).has_table("mottos")


def test_one_of_two_servers_migrates_and_the_other_waits(
    app: Flask, server_processes: ServerProcesses, next_version: NextVersion
) -> None:
    with app.app_context():
        team = create_team()
        schedule(team.ada, team.dina)
    tables = ("candidates", "applications", "stage_moves", "interviews")
    before = _stored(app, *tables)
    assert all(before.values()), before
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(server_processes.start, overrides=next_version.overrides)
        wait_until(lambda: bool(next_version.begun()), what="one has begun", timeout=30)
        second = pool.submit(server_processes.start, overrides=next_version.overrides)
        wait_until(
            lambda: any("this one waits" in log.read_text() for log in server_processes.log_files),
            what="the other one waits",
            timeout=30,
        )
        next_version.go()
        started = [*first.result(), *second.result()]
    assert len(next_version.begun()) == 1
    assert all(server.is_alive() for server in started)
    assert _at_revision(app) == ("9999", True)
    assert _stored(app, *tables) == before


def test_killed_migration_leaves_nothing_and_the_next_start_goes_on(
    app: Flask, server_processes: ServerProcesses, next_version: NextVersion
) -> None:
    with app.app_context():
        create_team()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(server_processes.start, overrides=next_version.overrides)
        wait_until(lambda: bool(next_version.begun()), what="it has begun", timeout=30)
        os.kill(next_version.begun()[0], signal.SIGKILL)
        with pytest.raises(MachineError):
            first.result()
    assert _at_revision(app) == (newest_revision(), False)
    next_version.go()
    server_processes.start(overrides=next_version.overrides)
    assert len(next_version.begun()) == 2
    assert _at_revision(app) == ("9999", True)
    assert _stored(app, "users") == {"users": 3}


def test_servers_that_start_at_once_on_an_empty_database_all_come_up(
    app: Flask, server_processes: ServerProcesses, counts: Counts
) -> None:
    for _ in counts.repeat("first start of several servers", ordinary=1, full=4):
        with app.app_context():
            db.drop_all()
            db.session.execute(sa.text("DROP TABLE alembic_version"))
            db.session.commit()
            db.session.remove()
            db.engine.dispose()
        servers = server_processes.start(3)
        assert all(server.is_alive() for server in servers)
        assert _at_revision(app) == (newest_revision(), False)
        for server in servers:
            server.kill()


def test_newer_database_is_left_alone_and_the_server_says_why(
    database_url: str, instance_path: Path, next_version: NextVersion
) -> None:
    next_version.go()
    newer = build_app({**settings_for(database_url, instance_path), **next_version.overrides})  # type: ignore[dict-item]
    with newer.app_context():
        create_team()
    migrate_database(newer)
    before = _at_revision(newer), _stored(newer, "users", "tasks", "audit_entries")
    settings = settings_for(database_url, instance_path, {"PORT": "1"})
    for command in (
        [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "app:create_app()"],
        [sys.executable, "-m", "flask", "keys", "rotate"],
        [sys.executable, "-m", "flask", "tasks", "work"],
    ):
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=bare_environment(settings),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == USELESS_TO_REPEAT, done
        assert f"at revision 9999, and this version of SmoothHiring knows them up to {newest_revision()}" in (
            done.stderr
        )
        assert "Start the newer version again" in done.stderr
        assert "Traceback" not in done.stderr
    assert (_at_revision(newer), _stored(newer, "users", "tasks", "audit_entries")) == before
    close_app(newer)
