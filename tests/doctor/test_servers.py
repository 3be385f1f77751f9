"""What the examination says about the other servers on one PostgreSQL."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import pytest
from flask import Flask

import instance_folder
from background import work_once
from database import read_only
from doctor import backups, disk, servers
from doctor.results import Level, Result
from extensions import db
from models import Server
from services import services
from tests.backups.places import PAIR
from tests.factories import create_team
from tests.machines.application import MakeApp, build_app, close_app, settings_for
from tests.machines.rows import in_rows
from timezones import utc_now
from work.heartbeat import BACKUP_MADE, mark_and_commit
from work.servers import announce


class StartServer(Protocol):
    """Make a server with this folder and these settings do what it does at its first tick."""

    def __call__(self, folder: Path, port: int, **settings: str) -> Flask: ...


@pytest.fixture
def start(postgres_url: str, instance_path: Path) -> Iterator[StartServer]:
    started: list[Flask] = []

    def start_one(folder: Path, port: int, **settings: str) -> Flask:
        app = build_app(settings_for(postgres_url, folder, {"PORT": str(port), **settings}))
        if not started:
            with in_rows(app):
                create_team()
        started.append(app)
        work_once(app)
        return app

    yield start_one
    for app in started:
        close_app(app)


def found(app: Flask) -> dict[str, Result]:
    with app.app_context(), read_only():
        return {result.name: result for result in servers.check(5)}


def faults(app: Flask) -> dict[str, Level]:
    """The faults, by the last word of their names."""
    return {
        name.rpartition(": ")[2]: each.level
        for name, each in found(app).items()
        if each.level is not Level.OK
    }


@pytest.fixture
def copied(instance_path: Path, tmp_path: Path) -> Path:
    """Copy the instance folder, as if to another machine."""
    return Path(shutil.copytree(instance_path, tmp_path / "copied"))


@pytest.fixture
def share(tmp_path: Path) -> str:
    (tmp_path / "share").mkdir()
    return str(tmp_path / "share")


@pytest.mark.postgres
def test_servers_that_share_everything_are_well(
    start: StartServer, instance_path: Path, copied: Path, share: str
) -> None:
    start(instance_path, 8001, UPLOADS_FOLDER=share)
    # It does not count itself, nor what it was before it was started again.
    one = start(instance_path, 8001, UPLOADS_FOLDER=share)
    assert "No other one" in found(one)["Servers"].what
    other = start(copied, 8002, UPLOADS_FOLDER=share, SCHEDULER_ENABLED="false")
    for app, port in ((one, 8002), (other, 8001)):
        assert faults(app) == {}
        assert f":{port}" in found(app)["Servers"].what
    shutil.rmtree(share)
    assert faults(one) == {"Uploaded files": Level.BROKEN}
    with in_rows(one):
        db.session.execute(db.update(Server).values(seen_at=utc_now() - timedelta(minutes=3)))
        db.session.commit()
    assert "No other one" in found(one)["Servers"].what


@pytest.mark.postgres
def test_each_difference_is_named_with_its_cure(
    start: StartServer, instance_path: Path, copied: Path, share: str
) -> None:
    one = start(instance_path, 8001, UPLOADS_FOLDER=share)
    instance_folder.write_token_keys(copied, ("A" * 43 + "=", *instance_folder.read_token_keys(copied)))
    (copied / "secret_key").unlink()
    start(copied, 8002, REMINDER_HOURS="2", MAIL_SERVER="elsewhere.example")
    assert faults(one) == {
        "SECRET_KEY": Level.BROKEN,
        "TOKEN_ENCRYPTION_KEYS": Level.BROKEN,
        "settings": Level.LOOK,
        "uploaded files": Level.BROKEN,
    }
    [settings] = [each for name, each in found(one).items() if name.endswith(": settings")]
    assert settings.what == "These differ from those here: MAIL_SERVER, REMINDER_HOURS."
    assert all(each.why and each.cure for each in found(one).values() if each.level is not Level.OK)
    # With another link key, nothing else can be compared.
    (copied / "link_key").unlink()
    start(copied, 8002, UPLOADS_FOLDER=share)
    assert faults(one) == {"link_key": Level.BROKEN}


@pytest.mark.postgres
def test_cloned_machines_see_each_other(
    start: StartServer, postgres_url: str, instance_path: Path, copied: Path, share: str
) -> None:
    one = start(instance_path, 8001, UPLOADS_FOLDER=share)
    (copied / "secret_key").unlink()
    # On the other machine, the port is free.
    other = start(copied, 8001, UPLOADS_FOLDER=share)
    for app in (one, other):
        say_so_again(app)
    for app in (one, other):
        assert faults(app) == {"name": Level.LOOK, "SECRET_KEY": Level.BROKEN}
    # A command runs in its own process, which is neither of the servers.
    command = build_app(settings_for(postgres_url, instance_path, {"PORT": "8001", "UPLOADS_FOLDER": share}))
    assert faults(command) == {"name": Level.LOOK, "SECRET_KEY": Level.BROKEN}
    close_app(command)


def say_so_again(app: Flask) -> None:
    """Make a server report that it is running, as it does half a minute later."""
    with in_rows(app):
        announce(services().this_server, utc_now())


@pytest.mark.postgres
def test_backups_may_be_made_by_one_server_alone(
    start: StartServer, instance_path: Path, copied: Path, share: str, tmp_path: Path
) -> None:
    (tmp_path / "nightly").mkdir()
    makes = {"BACKUP_FOLDER": str(tmp_path / "nightly")}
    one = start(instance_path, 8001, UPLOADS_FOLDER=share, BACKUP_KEY=PAIR.public, **makes)
    other = start(copied, 8002, UPLOADS_FOLDER=share, BACKUP_KEY=PAIR.public)
    with in_rows(one):
        mark_and_commit(BACKUP_MADE, utc_now())
    for app in (one, other):
        assert faults(app) == {}
    with other.app_context(), read_only():
        results = backups.check(5)
    assert {result.name: result.level for result in results} == {
        "Every night": Level.OK,
        "Last backup": Level.OK,
    }
    # Without another server, no one would make the next one.
    with in_rows(one):
        db.session.execute(db.delete(Server).where(Server.name.endswith(":8001")))
        db.session.commit()
    with other.app_context(), read_only():
        assert [result.level for result in backups.check(5)] == [Level.LOOK]


def test_folder_for_uploads_is_looked_at_with_one_server_too(make_app: MakeApp, share: str) -> None:
    app = make_app({"UPLOADS_FOLDER": share})
    assert found(app)["Uploaded files"].level is Level.OK
    with app.app_context():
        assert "Uploaded files" in {result.name for result in disk.check(5)}
    Path(share).rmdir()
    assert faults(app) == {"Uploaded files": Level.BROKEN}
    # It has been reported; how much is free elsewhere is still of interest.
    with app.app_context():
        assert "Instance folder" in {result.name for result in disk.check(5)}
