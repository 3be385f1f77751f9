"""Backups of a server whose uploaded files are in a folder that several servers share."""

from pathlib import Path

import pytest

from backups.errors import BackupError
from extensions import db
from models import Attachment
from services import services
from tests.backups.places import MakePlace, back_up
from tests.factories import Team, create_team
from tests.files_to_attach import PDF
from tests.machines.application import MakeApp
from tests.machines.rows import in_rows


def test_backup_holds_them_and_restores_them_there(
    make_app: MakeApp, tmp_path: Path, empty_place: MakePlace
) -> None:
    folder, elsewhere = tmp_path / "share", tmp_path / "another"
    folder.mkdir()
    app = make_app({"UPLOADS_FOLDER": str(folder)})
    with in_rows(app):
        attach(create_team(), services(app).attachment_files.keep(PDF))
    copy = back_up(app, tmp_path / "copy.age").path
    [kept] = folder.iterdir()
    place = empty_place("sqlite", {"UPLOADS_FOLDER": str(elsewhere)})
    with pytest.raises(BackupError, match="Is its disk mounted"):
        place.restore(copy)
    elsewhere.mkdir()
    # Of a server that runs elsewhere.
    (elsewhere / "server-one").touch()
    place.restore(copy)
    assert (elsewhere / kept.name).read_bytes() == PDF
    assert not (place.folder / "uploads").exists()


def attach(team: Team, stored_as: str) -> None:
    file = {"name": "cv.pdf", "content_type": "application/pdf", "size_bytes": len(PDF)}
    whose = {"candidate_id": team.dina.id, "uploaded_by_id": team.ada.id}
    db.session.add(Attachment(**file, **whose, content_hash="0" * 64, stored_as=stored_as))
    db.session.commit()
