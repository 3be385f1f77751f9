"""What programs can do to the simulated Zoom: reset it, read the ledger, and act as users and hosts in Zoom
itself."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request

from simulators.zoom import meetings
from simulators.zoom.grants import end_grant, list_grants
from simulators.zoom.people import BY_EMAIL
from simulators.zoom.state import zoom
from simulators.zoom.webhooks import tell_of_meeting, tell_that_removed

control = Blueprint("control", __name__, url_prefix="/_control")


@control.post("/reset")
def reset() -> Response:
    zoom().reset()
    return jsonify(reset=True)


@control.get("/ledger")
def ledger() -> Response:
    """What really happened, for tests to compare with. Calls in the order in which they were answered."""
    state = zoom()
    kinds = state.ledger.snapshot()
    calls, token_calls = kinds["calls"], kinds["token_log"]
    return jsonify(
        calls=calls,
        meetings=sorted(
            (_entry(meeting) for meeting in meetings.every(state)), key=lambda entry: entry["created_at"]
        ),
        token_calls=len(token_calls),
        token_log=token_calls,
        grants=list_grants(state),
    )


def _entry(meeting: meetings.Meeting) -> dict[str, Any]:
    return {
        **asdict(meeting),
        "deleted": meeting.deleted_at is not None,
        "join_url": meeting.join_url(zoom().public_url),
    }


@control.post("/revoke")
def revoke() -> tuple[Response, int]:
    body = request.get_json(silent=True)
    account = body.get("account", "") if isinstance(body, dict) else ""
    ended = end_grant(zoom(), account, "removed in Zoom")
    told = tell_that_removed(zoom(), BY_EMAIL[account]) if ended else None
    return jsonify(revoked=ended, webhook=told), 200 if ended else 404


@control.post("/meetings/<int:meeting_id>/delete")
def delete_meeting(meeting_id: int) -> tuple[Response, int]:
    deleted = meetings.mark_deleted(zoom(), meeting_id, "the host")
    told = _told("meeting.deleted", meeting_id) if deleted else None
    return jsonify(deleted=deleted, webhook=told), 200 if deleted else 404


@control.post("/meetings/<int:meeting_id>/change")
def change_meeting(meeting_id: int) -> tuple[Response, int]:
    """Change a meeting as its host does: `topic`, `start_time`, `duration`, `password` or some of the
    `settings`."""
    body: dict[str, Any] = request.get_json(silent=True) or {}
    known = ("topic", "start_time", "duration", "password", "settings")
    changes: dict[str, Any] = {name: value for name, value in body.items() if name in known}
    changed = meetings.change_as_host(zoom(), meeting_id, changes) is not None
    told = _told("meeting.updated", meeting_id) if changed else None
    return jsonify(changed=changed, webhook=told), 200 if changed else 404


def _told(event: str, meeting_id: int) -> int | None:
    meeting = meetings.find(zoom(), meeting_id)
    return tell_of_meeting(zoom(), event, meeting) if meeting else None
