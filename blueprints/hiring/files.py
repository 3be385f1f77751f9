"""The files of a candidate: adding, opening, renaming, and deleting them."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from blueprints.hiring.added_files import add_received
from blueprints.hiring.candidate_page import candidate_page
from blueprints.hiring.forms import FileForm, FilesForm
from extensions import db
from hiring import files, queries
from hiring.commands import HiringError
from hiring.files import MOST_FILES
from models import Attachment, Candidate, FileKind, User
from web.file_answers import as_download
from web.notices import say
from web.received_files import receive, sent_files
from web.signed_in import actor
from wording import counted


def candidate_file(candidate_id: int, file_id: int) -> ResponseReturnValue:
    """For those who see the notes on the candidate."""
    return as_download(_found(actor(), candidate_id, file_id))


def add_files(candidate_id: int) -> ResponseReturnValue:
    """Those that can be added stay, even if others cannot."""
    user = actor()
    _managed(user, candidate_id)
    if not sent_files():
        form = FilesForm()
        form.files.errors = ["Choose a file first."]
        return candidate_page(candidate_id, files_form=form), 422
    # The disk may be slow, and no one else can write to SQLite while a transaction is open.
    db.session.rollback()
    received = receive(MOST_FILES)
    user = actor()
    added, refused = add_received(user, _managed(user, candidate_id), received)
    db.session.commit()
    if refused:
        form = FilesForm()
        form.files.errors = refused
        return candidate_page(candidate_id, files_form=form), 422
    say(f"{added[0] if len(added) == 1 else counted(len(added), 'file')} added.")
    return _back(candidate_id)


def edit_file(candidate_id: int, file_id: int) -> ResponseReturnValue:
    user = actor()
    candidate, row = _managed(user, candidate_id), _found(user, candidate_id, file_id)
    form = FileForm()
    if not form.is_submitted():
        form.name.data, form.kind.data = row.name, row.kind
        return _form_page(candidate, row, form)
    if form.validate():
        try:
            files.change(row, form.name.data, FileKind(form.kind.data))
            db.session.commit()
            say("Saved.")
            return _back(candidate_id)
        except HiringError as error:
            form.refuse(error.field, error.words)
    return _form_page(candidate, row, form), 422


def delete_file(candidate_id: int, file_id: int) -> ResponseReturnValue:
    user = actor()
    _managed(user, candidate_id)
    row = next((each for each in files.of_candidate(user, candidate_id) if each.id == file_id), None)
    if row is None:
        # A second click, or another tab.
        say("The file is gone already.", "info")
        return _back(candidate_id)
    files.delete(row)
    db.session.commit()
    undo = url_for("hiring.restore_file", candidate_id=candidate_id, file_id=file_id)
    say(f"“{row.name}” was deleted.", undo=undo)
    return _back(candidate_id)


def restore_file(candidate_id: int, file_id: int) -> ResponseReturnValue:
    """Undo deleting it."""
    candidate = _managed(actor(), candidate_id)
    try:
        row = files.restore(candidate, file_id)
        db.session.commit()
        say(f"“{row.name}” is back.")
    except HiringError as error:
        say(error.words, "warning")
    return _back(candidate_id)


def _managed(user: User, candidate_id: int) -> Candidate:
    found = queries.candidate(user, candidate_id, Action.MANAGE_CANDIDATES)
    return found if found is not None and found.erased_at is None else abort(404)


def _found(user: User, candidate_id: int, file_id: int) -> Attachment:
    rows = files.of_candidate(user, candidate_id)
    return next((row for row in rows if row.id == file_id), None) or abort(404)


def _form_page(candidate: Candidate, row: Attachment, form: FileForm) -> str:
    return render_template("hiring/file_form.html", candidate=candidate, file=row, form=form)


def _back(candidate_id: int) -> ResponseReturnValue:
    return redirect(url_for("hiring.candidate", candidate_id=candidate_id), 303)


def register(blueprint: Blueprint) -> None:
    """Add these pages to the blueprint of jobs and candidates."""
    blueprint.post("/candidates/<int:candidate_id>/files")(add_files)
    one = "/candidates/<int:candidate_id>/files/<int:file_id>"
    blueprint.get(one)(candidate_file)
    blueprint.route(f"{one}/edit", methods=["GET", "POST"])(edit_file)
    blueprint.post(f"{one}/delete")(delete_file)
    blueprint.post(f"{one}/restore")(restore_file)
