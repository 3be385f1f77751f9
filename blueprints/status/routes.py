"""The health page, for those who monitor the server."""

from __future__ import annotations

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from accounts import copies
from timezones import utc_now, zone_data_version
from work.findings import background_state

status = Blueprint("status", __name__)


@status.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 while database and metronome work, otherwise 503. Work that waits for a retry is not overdue. A
    copy whose background work is paused gets 503, too, because nothing leaves it.
    """
    try:
        state = background_state(utc_now(), is_expected=current_app.config["SCHEDULER_ENABLED"])
        is_paused = copies.is_paused(current_app.config["INSTALLATION_ID"])
    except SQLAlchemyError:
        return jsonify(status="failing", database="unreachable"), 503
    is_well = not is_paused and all(finding.level != "danger" for finding in state.findings)
    return (
        jsonify(
            status="paused" if is_paused else "ok" if is_well else "failing",
            database="ok",
            metronome_age_seconds=round(state.beat_age.total_seconds())
            if state.beat_age is not None
            else None,
            oldest_overdue_task_seconds=round(state.overdue.total_seconds()),
            time_zone_data=zone_data_version(),
        ),
        200 if is_well else 503,
    )
