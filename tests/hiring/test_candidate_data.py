"""Everything about one candidate as an archive: what it contains, who gets it, and that it is recorded."""

import io
import json
import zipfile
from typing import Any

import sqlalchemy as sa

from extensions import db
from models import AuditEntry, Candidate
from services import services
from tests.factories import Team, schedule
from tests.files_to_attach import PDF
from tests.hiring.conftest import Rows
from tests.pages.visitor import Visitor


def address_of(team: Team) -> str:
    return f"/candidates/{team.dina.id}/data"


def archive_of(visitor: Visitor, team: Team) -> zipfile.ZipFile:
    answer = visitor.submit(visitor.get(address_of(team)), "Download")
    assert answer.response.mimetype == "application/zip"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="candidate-{team.dina.id}.zip"'
    return zipfile.ZipFile(io.BytesIO(answer.response.get_data()))


def content_of(visitor: Visitor, team: Team) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(archive_of(visitor, team).read("candidate.json"))
    return found


def test_archive_holds_what_is_stored_with_the_files(rows: Rows, team: Team, ada: Visitor) -> None:
    with rows():
        schedule(team.ada, team.dina, internal_notes="Ask about Rust.")
    ada.post(
        f"/candidates/{team.dina.id}/notes",
        {"text": "Kind on the phone.", "application_id": team.dina.application_id},
        status=303,
    )
    ada.post(f"/candidates/{team.dina.id}/files", {"files": [(io.BytesIO(PDF), "cv.pdf")]}, status=303)
    archive = archive_of(ada, team)
    content = json.loads(archive.read("candidate.json"))
    assert content["candidate"]["email"] == team.dina.email
    [application] = content["applications"]
    assert application["job"] == "Backend Engineer"
    assert [note["text"] for note in application["notes"]] == ["Kind on the phone."]
    [interview] = content["interviews"]
    assert interview["internal_notes"] == "Ask about Rust."
    assert interview["emails"][0]["to"] == team.dina.email
    [file] = content["files"]
    assert archive.read(file["path"]) == PDF
    assert content["missing_files"] == []
    # Neither a link nor a passcode of a meeting.
    assert "join" not in archive.read("candidate.json").decode().lower()
    with rows():
        words = db.session.scalars(sa.select(AuditEntry.words).order_by(AuditEntry.id)).all()
        assert words[-1] == f"Exported everything about candidate #{team.dina.id}."


def test_file_whose_bytes_are_gone_is_named(rows: Rows, team: Team, ada: Visitor) -> None:
    ada.post(f"/candidates/{team.dina.id}/files", {"files": [(io.BytesIO(PDF), "cv.pdf")]}, status=303)
    with rows():
        [row] = db.session.get_one(Candidate, team.dina.id).files
        services().attachment_files.remove(row.stored_as)
    content = content_of(ada, team)
    assert content["missing_files"] == [content["files"][0]["path"]]


def test_erased_candidate_has_nothing_to_hand_over(team: Team, ada: Visitor) -> None:
    ada.post(f"/candidates/{team.dina.id}/erase", status=303)
    ada.get(address_of(team), status=404)
    ada.post(address_of(team), status=404)
