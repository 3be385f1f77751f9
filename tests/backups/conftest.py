"""A folder for backups, and empty places to restore to."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import instance_folder
from tests.backups.places import Kind, MakePlace, Place
from tests.machines.application import build_app, close_app, settings_for
from tests.machines.postgresql import PostgreSQLCluster


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that BACKUP_FOLDER names."""
    made = tmp_path / "backups"
    made.mkdir()
    return made


@pytest.fixture
def empty_place(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[MakePlace]:
    """Makes empty places, each in its own folder."""
    places: list[Place] = []
    databases: list[str] = []

    def make(kind: Kind, more: Mapping[str, str] | None = None) -> Place:
        folder = tmp_path / f"place-{len(places)}"
        if kind == "sqlite":
            url = ""
        else:
            cluster: PostgreSQLCluster = request.getfixturevalue("postgresql")
            url = cluster.create_database(f"place_{len(places)}", template="template0")
            databases.append(url)
        settings = settings_for(url, folder, more)
        app = build_app(settings)
        # As the command finds it: an application makes keys only later.
        instance_folder.remove_keys(folder)
        places.append(Place(app, folder, settings))
        return places[-1]

    yield make
    for place in places:
        close_app(place.app)
    for url in databases:
        request.getfixturevalue("postgresql").drop_database(url)
