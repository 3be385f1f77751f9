"""The health page and the metrics, for those who monitor the server."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from accounts import restored
from blueprints.status.metrics import exposition
from instance_folder import fingerprint
from timezones import utc_now, zone_data_version
from work.findings import background_state

status = Blueprint("status", __name__)


@status.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 while database and metronome work, otherwise 503. Work that waits for a retry is not overdue. A
    server whose background work is paused, as a copy or since it was restored, gets 503, too, because nothing
    leaves it; asked with `?paused=ok`, it gets 200 then. That is for what restarts a server, or sends no one
    there, when it isn't well: people have to reach the page where they decide.

    It also says which installation answers, and how it saw the question: the doctor asks under the public
    address, and learns what the proxies in between pass on.
    """
    seen = {
        "installation": fingerprint(current_app.config["INSTALLATION_ID"]),
        "seen_as": "{0.scheme}://{0.netloc}".format(urlsplit(request.root_url)),
        "forwarded_by": len([each for each in request.headers.get("X-Forwarded-For", "").split(",") if each]),
    }
    try:
        state = background_state(utc_now(), is_expected=current_app.config["SCHEDULER_ENABLED"])
        is_paused = restored.is_paused(current_app.config["INSTALLATION_ID"])
    except SQLAlchemyError:
        return jsonify(status="failing", database="unreachable", **seen), 503
    works = all(finding.level != "danger" for finding in state.findings)
    is_well = works and (not is_paused or request.args.get("paused") == "ok")
    return (
        jsonify(
            status="paused" if is_paused else "ok" if works else "failing",
            database="ok",
            metronome_age_seconds=round(state.beat_age.total_seconds())
            if state.beat_age is not None
            else None,
            oldest_overdue_task_seconds=round(state.overdue.total_seconds()),
            time_zone_data=zone_data_version(),
            **seen,
        ),
        200 if is_well else 503,
    )


@status.get("/metrics")
def metrics() -> ResponseReturnValue:
    """What Prometheus collects. Without METRICS_TOKEN there is no such page; with it, only those have it who
    send it as a bearer token."""
    token: str = current_app.config["METRICS_TOKEN"]
    if not token:
        abort(404)
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return Response(
            "This page asks for the METRICS_TOKEN as a bearer token.\n",
            401,
            {"WWW-Authenticate": "Bearer"},
            mimetype="text/plain",
        )
    return Response(exposition(utc_now()), mimetype="text/plain; version=0.0.4")
