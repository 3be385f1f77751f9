"""Looking at a meeting because someone is about to join it, while they wait a moment for the result."""

from __future__ import annotations

import logging
import time

from sqlalchemy.exc import OperationalError

from database import writing
from extensions import db
from models import Meeting
from scheduling.meetings import looks
from work import outbox

log = logging.getLogger("join")

# How long someone waits for what the provider says, at most.
_WAIT_SECONDS = 1.0
_BETWEEN_LOOKS_SECONDS = 0.05


def look_first(meeting_id: int) -> None:
    """Have the provider asked whether the meeting is still there, and wait for the answer. If that takes too
    long, the last known state counts.

    The look is a task; nothing outside is called here. Ends the current transaction and begins others, one of
    which writes. Raises nothing: the way into the meeting must stay open when the database is locked or its
    disk is full.
    """
    db.session.rollback()
    # Usually workers are woken only after the response is sent; this request waits for the workers.
    outbox.stop_holding_back_wakes()
    try:
        with writing():
            looks.look_because_someone_joins(db.session.get_one(Meeting, meeting_id))
            db.session.commit()
    except OperationalError as error:
        db.session.rollback()
        log.warning("could not have a meeting looked at: %s", error.orig)
        return
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline and looks.is_under_way(db.session.get_one(Meeting, meeting_id)):
        db.session.rollback()
        time.sleep(_BETWEEN_LOOKS_SECONDS)
    db.session.rollback()
