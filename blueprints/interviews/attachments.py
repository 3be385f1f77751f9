"""The files that were sent with an interview's invitation."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from scheduling.reading import lists
from web.file_answers import as_download
from web.signed_in import actor


def attachment(interview_id: int, attachment_id: int) -> ResponseReturnValue:
    """For those who see the notes: everyone who takes part was sent the same file."""
    interview = lists.interview(actor(), interview_id, Action.SEE_NOTES) or abort(404)
    row = next((row for row in interview.attachments if row.id == attachment_id), None)
    return as_download(row or abort(404))


def register(blueprint: Blueprint) -> None:
    """Add the files to the blueprint of interviews."""
    blueprint.get("/<int:interview_id>/attachments/<int:attachment_id>")(attachment)
