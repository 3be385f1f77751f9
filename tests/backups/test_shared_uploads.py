"""Backups of a server whose uploaded files are in a folder that several servers share."""

from pathlib import Path

import pytest

from backups.errors import BackupError, OccupiedPlaceError
from extensions import db
from instance_folder import UnfinishedRestore, begin_restore, restore_under_way
from models import Attachment
from services import services
from tests.backups.every_table import files_of
from tests.backups.places import MakePlace, back_up
from tests.factories import Team, create_team
from tests.files_to_attach import PDF, PNG
from tests.machines.application import MakeApp
from tests.machines.rows import in_rows


@pytest.fixture
def copy(make_app: MakeApp, tmp_path: Path) -> Path:
    """The backup of an installation with one upload."""
    folder = tmp_path / "share"
    folder.mkdir()
    app = make_app({"UPLOADS_FOLDER": str(folder)})
    with in_rows(app):
        attach(create_team(), services(app).attachment_files.keep(PDF))
    return back_up(app, tmp_path / "copy.age").path


def test_backup_holds_them_and_restores_them_there(
    copy: Path, tmp_path: Path, empty_place: MakePlace
) -> None:
    elsewhere = tmp_path / "another"
    [kept] = (tmp_path / "share").iterdir()
    place = empty_place("sqlite", {"UPLOADS_FOLDER": str(elsewhere)})
    with pytest.raises(BackupError, match="Is its disk mounted"):
        place.restore(copy)
    elsewhere.mkdir()
    # This file belongs to a server that runs elsewhere.
    (elsewhere / "server-one").touch()
    place.restore(copy)
    assert (elsewhere / kept.name).read_bytes() == PDF
    assert not (place.folder / "uploads").exists()


def test_second_try_with_another_folder_leaves_what_others_keep_there(
    copy: Path, tmp_path: Path, empty_place: MakePlace
) -> None:
    first, others = tmp_path / "first", tmp_path / "others"
    others.mkdir()
    (others / ("a" * 32)).write_bytes(PNG)
    (others / "notes.txt").write_text("ours")
    before = files_of(others)
    place = empty_place("sqlite", {"UPLOADS_FOLDER": str(others)})
    begin_restore(place.folder, UnfinishedRestore("earlier", first))
    with pytest.raises(OccupiedPlaceError, match="Set UPLOADS_FOLDER to an empty"):
        place.restore(copy)
    assert files_of(others) == before


def test_second_try_removes_only_what_it_brings_itself(
    copy: Path, tmp_path: Path, empty_place: MakePlace
) -> None:
    """Another server uses the folder by now."""
    [kept] = (tmp_path / "share").iterdir()
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / ("a" * 32)).write_bytes(PNG)
    (shared / "notes.txt").write_text("ours")
    # As left by a process that is killed while it writes.
    (shared / kept.name).write_bytes(PDF[:10])
    place = empty_place("sqlite", {"UPLOADS_FOLDER": str(shared)})
    begin_restore(place.folder, UnfinishedRestore("earlier", shared))
    place.restore(copy)
    found = {path.name: path.read_bytes() for path in shared.iterdir()}
    assert found == {"a" * 32: PNG, "notes.txt": b"ours", kept.name: PDF}


def test_folder_that_was_moved_between_two_tries_is_known(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    begin_restore(old, UnfinishedRestore("earlier", old / "uploads"))
    old.rename(new)
    assert restore_under_way(new) == UnfinishedRestore("earlier", new / "uploads")


def attach(team: Team, stored_as: str) -> None:
    file = {"name": "cv.pdf", "content_type": "application/pdf", "size_bytes": len(PDF)}
    whose = {"candidate_id": team.dina.id, "uploaded_by_id": team.ada.id}
    db.session.add(Attachment(**file, **whose, content_hash="0" * 64, stored_as=stored_as))
    db.session.commit()
