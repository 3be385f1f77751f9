"""The files of a draft, for looking at them once more before they are sent."""

from __future__ import annotations

from flask import abort
from flask.typing import ResponseReturnValue

from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.open_draft import with_dialog
from blueprints.schedule_interview.routes import schedule_interview
from scheduling.drafts import attachments
from web.file_answers import as_download


@schedule_interview.get("/schedule/<draft_id>/attachments/<int:attachment_id>")
@with_dialog
def attachment(dialog: Dialog, attachment_id: int) -> ResponseReturnValue:
    row = next((row for row in attachments.of_draft(dialog.draft.id) if row.id == attachment_id), None)
    return as_download(row or abort(404))
