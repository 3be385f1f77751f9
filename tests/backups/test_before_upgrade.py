"""A newer version that finds the database of an older one makes a backup before it changes anything."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from backups.keys import read_secret
from backups.manifest import Manifest
from backups.opening import opened_backup
from extensions import db
from schema import newest_revision
from tests.backups.places import PAIR
from tests.factories import create_team
from tests.machines.next_version import NextVersion, make_next_version
from tests.machines.processes import MachineError
from tests.machines.servers import ServerProcess, ServerProcesses

pytestmark = [pytest.mark.slow, pytest.mark.both_databases]


@pytest.fixture
def next_version(app: Flask, tmp_path: Path) -> NextVersion:
    """The version that is started on what this one has stored; its migrations don't wait."""
    with app.app_context():
        create_team()
        db.session.remove()
        db.engine.dispose()
    made = make_next_version(tmp_path / "next")
    made.go()
    return made


def start(
    servers: ServerProcesses, version: NextVersion, folder: Path | None, count: int = 1
) -> list[ServerProcess]:
    backups = {"BACKUP_KEY": PAIR.public, "BACKUP_FOLDER": str(folder)} if folder else {}
    settings = {"SCHEDULER_ENABLED": "false", **backups}
    return servers.start(count, overrides=version.overrides, settings=settings)


def revision(app: Flask) -> str:
    with app.app_context():
        found = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
        db.session.remove()
        return str(found)


def manifest_in(folder: Path, tmp_path: Path) -> Manifest:
    [path] = folder.iterdir()
    assert path.name.endswith("-before-upgrade.age")
    with opened_backup(path, read_secret(PAIR.secret), tmp_path) as opened:
        return opened.manifest


def test_backup_holds_the_tables_as_they_were(
    app: Flask, server_processes: ServerProcesses, next_version: NextVersion, folder: Path, tmp_path: Path
) -> None:
    [server] = start(server_processes, next_version, folder)
    assert revision(app) == "9999"
    manifest = manifest_in(folder, tmp_path)
    assert manifest.before_upgrade
    assert manifest.schema == newest_revision()
    assert manifest.tables["users"].rows == 3
    [path] = folder.iterdir()
    assert f"{path} holds" in server.logs()
    server.kill()
    # The next start finds nothing to bring up to date.
    start(server_processes, next_version, folder)
    assert list(folder.iterdir()) == [path]


def test_servers_that_start_at_once_make_one(
    app: Flask, server_processes: ServerProcesses, next_version: NextVersion, folder: Path, tmp_path: Path
) -> None:
    start(server_processes, next_version, folder, count=2)
    assert revision(app) == "9999"
    assert manifest_in(folder, tmp_path).schema == newest_revision()


def test_nothing_is_changed_without_the_backup_that_is_wanted(
    app: Flask, server_processes: ServerProcesses, next_version: NextVersion, folder: Path
) -> None:
    away = folder / "unmounted"
    with pytest.raises(MachineError) as ended:
        start(server_processes, next_version, away)
    assert f"The folder {away} isn't there. Is its disk mounted?" in str(ended.value)
    assert "the database was left as it is" in str(ended.value)
    assert revision(app) == newest_revision()
    away.mkdir()
    start(server_processes, next_version, away)
    assert revision(app) == "9999"


def test_without_a_folder_it_says_that_there_is_none(
    app: Flask, server_processes: ServerProcesses, next_version: NextVersion
) -> None:
    [server] = start(server_processes, next_version, None)
    assert revision(app) == "9999"
    assert "No backup is made before this upgrade" in server.logs()
