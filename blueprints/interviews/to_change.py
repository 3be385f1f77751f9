"""The interview that someone wants to change."""

from __future__ import annotations

from flask import abort

from accounts.permissions import Action
from models import Interview
from scheduling.reading import lists
from web.signed_in import actor


def to_change(interview_id: int) -> Interview:
    """The interview, for someone who may change it: one they may not see is not found, and one they may only
    see is forbidden to change."""
    interview = lists.interview(actor(), interview_id) or abort(404)
    if not lists.may(actor(), Action.SCHEDULE, interview):
        abort(403)
    return interview
