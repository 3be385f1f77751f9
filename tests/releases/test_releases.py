"""A database that a release left goes up to the tables of this version with all its rows, and works."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

import instance_folder
from backups.keys import read_secret
from backups.manifest import Manifest
from backups.restoring import restore
from extensions import db
from models import Interview, Role, User
from product_version import product_version
from schema import newest_revision, revision_of
from tests.machines.application import build_app, close_app, settings_for
from tests.machines.postgresql import PostgreSQLCluster
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor
from tests.releases import databases
from tests.releases.older import COLUMN, TABLE, take_back, write_upgrade

PAGES = ("/", "/interviews", "/candidates", "/jobs", "/calendar", "/settings/team", "/settings/system")


@dataclass(frozen=True)
class Upgraded:
    """An application on an upgraded database, and what its release said about it."""

    app: Flask
    manifest: Manifest

    def lost(self) -> dict[str, tuple[int, int]]:
        """The tables whose number of rows has changed, with both numbers."""
        with in_rows(self.app), db.engine.connect() as connection:
            there = set(sa.inspect(connection).get_table_names())
            found = {
                name: connection.execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar_one()
                for name in there & set(self.manifest.tables)
            }
        # A table that a migration drops is one less to check, but most of them stay.
        assert len(found) > len(self.manifest.tables) / 2
        before = {name: self.manifest.tables[name].rows for name in found}
        return {name: (before[name], found[name]) for name in found if before[name] != found[name]}


Raise = Callable[..., Upgraded]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def upgraded(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Raise]:
    """Puts a release's database into an empty one, with the tables that it had, and brings it up to date."""
    apps: list[Flask] = []
    urls: list[str] = []

    def upgrade(path: Path, overrides: Mapping[str, str] | None = None) -> Upgraded:
        folder = tmp_path / f"place-{len(apps)}"
        url = f"sqlite:///{folder / 'smoothhiring.sqlite3'}"
        if request.param == "postgresql":
            cluster: PostgreSQLCluster = request.getfixturevalue("postgresql")
            url = cluster.create_database(f"release_{len(urls)}", template="template0")
            urls.append(url)
        settings = {**settings_for(url, folder), **(overrides or {})}
        empty = build_app(settings)
        # As the command finds it: an application makes keys only later.
        instance_folder.remove_keys(folder)
        done = restore(empty, path, read_secret(databases.pair().secret))
        close_app(empty)
        apps.append(build_app(settings))
        assert done.manifest is not None
        return Upgraded(apps[-1], done.manifest)

    yield upgrade
    for app in apps:
        close_app(app)
    for url in urls:
        request.getfixturevalue("postgresql").drop_database(url)


def assert_pages_open(app: Flask) -> None:
    """The owner signs in with the old password, and sees the pages and interviews."""
    with in_rows(app):
        owner = db.session.scalars(sa.select(User.email).where(User.role == Role.OWNER)).one()
        interviews = db.session.scalars(sa.select(Interview.id).order_by(Interview.id)).all()
    visitor = Visitor(app).sign_in(owner, databases.PASSWORD)
    assert len(interviews) > 3
    for address in (*PAGES, *(f"/interviews/{number}" for number in interviews[-3:])):
        assert visitor.get(address).heading


@pytest.mark.both_databases
def test_databases_of_every_release_go_up_with_their_rows(upgraded: Raise) -> None:
    for version in databases.releases():
        for kind in databases.KINDS:
            gone_up = upgraded(databases.KEPT / f"{version}-{kind}.age")
            assert gone_up.manifest.version == version
            assert revision_of(gone_up.app) == newest_revision()
            assert gone_up.lost() == {}
            if kind == "demo":
                assert_pages_open(gone_up.app)


@pytest.mark.both_databases
@pytest.mark.slow
@pytest.mark.parametrize("kind", databases.KINDS)
def test_database_of_a_release_that_is_made_up_goes_up_with_its_rows(
    kind: str, upgraded: Raise, tmp_path: Path
) -> None:
    """Until there is a release, this shows that the test above checks something."""
    upgrade = write_upgrade(tmp_path / "migrations")
    old = databases.filled(tmp_path / "old", kind)
    with in_rows(old):
        names = set(db.session.scalars(sa.text(f"SELECT name FROM {TABLE}")))
    take_back(old)
    path = databases.made_of(old, tmp_path / "old.age")
    gone_up = upgraded(path, upgrade.overrides)
    assert COLUMN not in gone_up.manifest.tables[TABLE].columns
    assert gone_up.manifest.schema == newest_revision()
    assert revision_of(gone_up.app) == upgrade.newest
    assert gone_up.lost() == {}
    with in_rows(gone_up.app):
        found = db.session.execute(sa.text(f"SELECT name, {COLUMN} FROM {TABLE}")).all()
        assert {name for name, _ in found} == names
        assert {source for _, source in found} == {""}
        assert (
            db.session.scalar(sa.text("SELECT count(*) FROM mottos")) == gone_up.manifest.tables["users"].rows
        )
    if kind == "demo":
        assert_pages_open(gone_up.app)


def test_every_release_has_left_its_databases_and_its_migrations_are_as_they_were() -> None:
    for version in databases.releases():
        for kind in databases.KINDS:
            path = databases.KEPT / f"{version}-{kind}.age"
            assert path.is_file(), f"{version} is released: run `make release-database`, and commit that"
    if not databases.releases():
        # Until then, there is one migration, which is edited in place.
        assert not databases.KEPT.exists()
        return
    kept: dict[str, str] = json.loads(databases.MIGRATIONS.read_text())
    assert kept.items() <= databases.migrations().items(), (
        "a database that a release has made is at these migrations: add another one instead of changing them"
    )


def test_release_is_noticed_by_its_heading(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    changelog = tmp_path / "CHANGELOG.md"
    monkeypatch.setattr(databases, "ROOT", tmp_path)
    changelog.write_text("## Unreleased: 0.2.0\n\nWords.\n\n## 0.1.1 (2027-02-03)\n\n## [0.1.0]\n")
    assert databases.releases() == ["0.1.1", "0.1.0"]


@pytest.mark.full
@pytest.mark.slow
def test_databases_of_this_version_are_made_and_open(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What `make release-database` does, in another place."""
    monkeypatch.setattr(databases, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(databases, "MIGRATIONS", tmp_path / "kept" / "migrations.json")
    kept = databases.keep(tmp_path)
    names = [f"{product_version()}-{kind}.age" for kind in databases.KINDS]
    assert [path.name for path in kept] == [*names, "migrations.json"]
    assert sum(path.stat().st_size for path in kept) < 500_000
    assert json.loads(kept[-1].read_text()) == databases.migrations()
