"""Everything that is stored about one candidate, as an archive to hand over."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from typing import IO

from flask import Blueprint, Response, abort, redirect, render_template, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from extensions import db
from hiring import dossiers, queries
from hiring.commands import HiringError
from hiring.dossiers import Dossier
from models import Candidate, Mail
from security import SealBrokenError
from services import services
from web.notices import say
from web.signed_in import actor

# How much of an archive is kept in memory, and how much is sent at a time.
_KEPT_IN_MEMORY = 4 * 1024 * 1024
_SENT_AT_ONCE = 64 * 1024


def candidate_data(candidate_id: int) -> ResponseReturnValue:
    """What the archive will hold, and who should look through it first."""
    return render_template("hiring/candidate_data.html", candidate=_found(candidate_id))


def download_candidate_data(candidate_id: int) -> ResponseReturnValue:
    """A POST, because the log records who exported it."""
    try:
        dossier = dossiers.take_out(actor(), _found(candidate_id), _read_copy)
    except HiringError as error:
        db.session.rollback()
        say(error.words, "danger")
        return redirect(url_for("hiring.candidate", candidate_id=candidate_id), 303)
    db.session.commit()
    response = Response(stream_with_context(_archive(dossier)), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="candidate-{candidate_id}.zip"'
    return response


def _found(candidate_id: int) -> Candidate:
    found = queries.candidate(actor(), candidate_id, Action.EXPORT_CANDIDATE)
    if found is None or found.erased_at is not None:
        abort(404)
    return found


def _read_copy(mail: Mail) -> tuple[str, str] | None:
    if mail.sealed_copy is None:
        return None
    try:
        letter = services().mail_copies.opened(mail.id, mail.sealed_copy).letter
    except SealBrokenError:
        return None
    return letter.subject, letter.text


def _archive(dossier: Dossier) -> Iterator[bytes]:
    with tempfile.SpooledTemporaryFile(max_size=_KEPT_IN_MEMORY) as file:
        _write(dossier, file)
        file.seek(0)
        while piece := file.read(_SENT_AT_ONCE):
            yield piece


def _write(dossier: Dossier, archive: IO[bytes]) -> None:
    """A file whose bytes are gone is named among the missing: the rest is better than nothing."""
    missing = []
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as written:
        for file in dossier.files:
            try:
                written.writestr(file.path, services().attachment_files.read(file.stored_as))
            except OSError:
                missing.append(file.path)
        content = {**dossier.content, "missing_files": missing}
        written.writestr("candidate.json", json.dumps(content, ensure_ascii=False, indent=2))


def register(blueprint: Blueprint) -> None:
    """Add these pages to the blueprint of jobs and candidates."""
    blueprint.get("/candidates/<int:candidate_id>/data")(candidate_data)
    blueprint.post("/candidates/<int:candidate_id>/data")(download_candidate_data)
