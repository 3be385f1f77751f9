"""What an installation writes can be read by the server's user alone, however open the folder was."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

import instance_folder
from tests.machines.application import build_app, close_app, migrate_database, settings_for


@pytest.fixture(autouse=True)
def usual_mask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_database_and_its_side_files_are_the_owners_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'smoothhiring.sqlite3'}"
    migrate_database(url, tmp_path / "new")
    app = build_app(settings_for(url, tmp_path / "new"))
    with app.app_context():
        from extensions import db

        db.session.execute(db.text("CREATE TABLE anything (id INTEGER)"))
        db.session.commit()
        made = {path.name: mode(path) for path in (tmp_path / "new").iterdir() if path.is_file()}
    close_app(app)
    assert {"smoothhiring.sqlite3", "smoothhiring.sqlite3-wal", "smoothhiring.sqlite3-shm"} <= set(made)
    assert set(made.values()) == {0o600}
    assert mode(tmp_path / "new") == 0o700


def test_folder_that_was_open_is_closed_with_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir(mode=0o755)
    for name in ("smoothhiring.sqlite3", "smoothhiring.sqlite3-wal", "backup.tar"):
        (folder / name).write_bytes(b"")
    assert mode(folder / "smoothhiring.sqlite3") == 0o644
    instance_folder.prepare(folder)
    assert mode(folder) == 0o700
    assert {mode(path) for path in folder.iterdir()} == {0o600}


def test_open_folder_of_another_user_is_refused_with_an_explanation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir(mode=0o755)

    def not_permitted(path: Path, mode: int) -> None:
        raise PermissionError

    # Tests may run as root, who is refused nothing.
    monkeypatch.setattr(Path, "chmod", not_permitted)
    with pytest.raises(OSError, match="Set INSTANCE_PATH to a folder that belongs to the server's user"):
        instance_folder.prepare(folder)
