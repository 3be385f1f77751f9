"""The health page, for whoever watches the server."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from extensions import db
from models import Task, TaskState
from timezones import utc_now
from work.heartbeat import DEAD_AFTER, last_beat

status = Blueprint("status", __name__)


@status.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 while database and metronome work, else 503. Work that waits for its retry is not overdue."""
    now = utc_now()
    try:
        beat_at = last_beat()
        oldest = db.session.scalar(
            sa.select(sa.func.min(Task.run_at)).where(Task.state == TaskState.READY, Task.run_at <= now)
        )
    except SQLAlchemyError:
        return jsonify(status="failing", database="unreachable"), 503
    is_beating = beat_at is not None and now - beat_at < DEAD_AFTER
    is_well = is_beating or not current_app.config["SCHEDULER_ENABLED"]
    overdue = (now - oldest).total_seconds() if oldest is not None else 0
    return (
        jsonify(
            status="ok" if is_well else "failing",
            database="ok",
            metronome_age_seconds=round((now - beat_at).total_seconds()) if beat_at else None,
            oldest_overdue_task_seconds=round(overdue),
        ),
        200 if is_well else 503,
    )
