"""The files of a draft, to look at them once more before they are sent."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.open_draft import with_dialog
from web.file_answers import as_download


def register(blueprint: Blueprint) -> None:
    """Add the address to the blueprint."""
    blueprint.add_url_rule("/schedule/<draft_id>/attachments/<int:attachment_id>", view_func=attachment)


@with_dialog
def attachment(dialog: Dialog, attachment_id: int) -> ResponseReturnValue:
    row = next((row for row in dialog.files() if row.id == attachment_id), None)
    return as_download(row or abort(404))
