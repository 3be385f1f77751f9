"""Zoom's API, the calls that a scheduling app uses (Zoom API reference, "Users" and "Meetings")."""

from __future__ import annotations

import base64
import binascii
import secrets
import time
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from simulators import spoiling
from simulators.faults import delay_or_lose, hung_up, is_dropped, redirected
from simulators.serving import DROP_CONNECTION
from simulators.zoom import errors, meetings
from simulators.zoom.errors import ZoomError
from simulators.zoom.fields import broken_fields
from simulators.zoom.grants import Bearer, bearer
from simulators.zoom.people import ACCOUNT_ID, PLAN_TYPE, Person
from simulators.zoom.scopes import covers
from simulators.zoom.state import zoom

api = Blueprint("api", __name__, url_prefix="/v2")

PAGE_TOKEN_LIFE = timedelta(minutes=15)
WRONG_TYPES = '{"id": {}, "join_url": 7, "start_time": null, "meetings": "none"}'
LIST_TYPES = ("scheduled", "upcoming", "upcoming_meetings")

OPERATION_OF = {
    "api.me": "account",
    "api.create_meeting": "create",
    "api.list_meetings": "list",
    "api.get_meeting": "get",
    "api.update_meeting": "update",
    "api.delete_meeting": "delete",
}


@api.before_request
def _arrive() -> Response | None:
    """Apply faults that keep the call from taking effect, then find out who is calling, then how often."""
    g.bearer = Bearer(None)
    state = zoom()
    board = state.board
    g.resets = state.resets
    # Determined before any fault, so that the ledger can say whose call it was.
    kind, _, access_token = request.headers.get("Authorization", "").partition(" ")
    g.bearer = bearer(state, access_token if kind.lower() == "bearer" else "")
    time.sleep(board["latency_ms"] / 1000)
    if state.resets != g.resets:
        # A slow call that began before the reset belongs to a Zoom that no longer exists.
        return hung_up()
    operation = OPERATION_OF.get(request.endpoint or "")
    if board["fail_operation"] in ("any", operation) and board.take("fail_next"):
        raise _planned_failure(board["fail_status"])
    elsewhere = redirected(state)
    if elsewhere is not None:
        return elsewhere
    if is_dropped(state, operation):
        return hung_up()
    if board.take("reject_next_tokens"):
        raise ZoomError(401, 124, "Access token is expired.")
    if g.bearer.problem:
        raise ZoomError(401, 124, g.bearer.problem)
    limit = board["per_second_limit"]
    if limit is not None and state.calls_per_second.count(state.now()) > limit:
        raise errors.too_many_per_second(limit, state.now() + timedelta(seconds=1))
    return None


@api.errorhandler(ZoomError)
def _refused(error: ZoomError) -> Response:
    response = jsonify(error.body())
    response.status_code = error.status
    response.headers.update(error.headers)
    return response


@api.after_request
def _leave(response: Response) -> Response:
    """Apply faults that happen after the call took effect, and write the ledger."""
    state = zoom()
    response.headers["x-zm-trackingid"] = f"v=2.0;clid=sim;rid=WEB_{secrets.token_hex(16)}"
    answered = 200 <= response.status_code < 300
    operation = OPERATION_OF.get(request.endpoint or "")
    if answered:
        delay_or_lose(state, operation)
    if state.resets != g.resets:
        return response
    status = None if request.environ.get(DROP_CONNECTION) else response.status_code
    person: Person | None = g.bearer.person
    entry: dict[str, Any] = {
        "method": request.method,
        "path": request.path,
        "operation": operation,
        "account": person.email if person else None,
        "status": status,
        "at": state.now().isoformat(),
    }
    if request.method in ("POST", "PATCH"):
        entry["body"] = request.get_json(silent=True)
    state.ledger.add("calls", entry)
    if answered:
        spoil = state.board.take_answer("bad_answer", "bad_answer_calls")
        return _spoiled(response, spoil) if spoil else response
    return response


def _planned_failure(status: int) -> ZoomError:
    if status == 429:
        return errors.too_many_per_second(30, zoom().now() + timedelta(seconds=1))
    if status == 401:
        return ZoomError(401, 124, "Invalid access token.")
    return ZoomError(status, status, "The service is not available. (A switch of the simulator is set.)")


def _spoiled(response: Response, how: str) -> Response:
    return (
        _about_another(response)
        if how == "another"
        else spoiling.spoiled(response, how, wrong_types=WRONG_TYPES)
    )


def _about_another(response: Response) -> Response:
    """Another meeting of the host instead of the one that was asked for, if there is one."""
    person: Person | None = g.bearer.person
    asked = (response.get_json(silent=True) or {}).get("id")
    for meeting in meetings.listed(zoom(), person, upcoming=False) if person else []:
        if meeting.id != asked:
            other = jsonify(meeting.detail(zoom().public_url))
            other.status_code = response.status_code
            return other
    return response


def _caller(scope: str, user_id: str = "me") -> Person:
    """The caller, if the token has `scope` and `user_id` is the caller's. Raises ZoomError."""
    person: Person = g.bearer.person
    if not covers(g.bearer.scopes, scope):
        raise errors.scope_missing(scope)
    if user_id not in ("me", person.id, person.email):
        raise ZoomError(404, 1001, f"User does not exist: {user_id}.")
    return person


def _sound_body(person: Person, *, updating: bool) -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise ZoomError(400, 300, "Request Body should be a valid JSON object.")
    if "schedule_for" in body:
        raise ZoomError(400, 300, "You cannot schedule a meeting for another user.")
    broken = broken_fields(body, person, updating=updating)
    if broken:
        raise errors.validation_failed(broken)
    return body


@api.get("/users/me")
def me() -> Response:
    person = _caller("user:read:user")
    profile: dict[str, Any] = {
        "id": person.id,
        "email": person.email,
        "type": PLAN_TYPE[person.plan],
        "account_id": ACCOUNT_ID,
        "account_number": 70_001_234,
        "status": "active",
        "verified": 1,
        "pmi": person.pmi,
        "use_pmi": person.use_pmi,
        "role_name": "Member",
        "created_at": "2024-02-12T08:30:00Z",
    }
    if not person.sparse_profile:
        profile |= {
            "first_name": person.first_name,
            "last_name": person.last_name,
            "display_name": person.name,
            "timezone": person.timezone,
            "language": "en-US",
        }
    return jsonify(profile)


@api.post("/users/<user_id>/meetings")
def create_meeting(user_id: str) -> tuple[Response, int]:
    person = _caller("meeting:write:meeting", user_id)
    _must_be_licensed(person)
    if zoom().board.take("refuse_next_creates"):
        raise errors.create_refused()
    meeting = meetings.create(zoom(), person, _sound_body(person, updating=False))
    return jsonify(meeting.detail(zoom().public_url)), 201


@api.get("/users/<user_id>/meetings")
def list_meetings(user_id: str) -> Response:
    person = _caller("meeting:read:list_meetings", user_id)
    kind = request.args.get("type", "scheduled")
    page_size = request.args.get("page_size", "30")
    if kind not in LIST_TYPES:
        raise errors.validation_failed([("type", "Invalid field.")])
    if not page_size.isdecimal() or not 1 <= int(page_size) <= 300:
        raise errors.validation_failed([("page_size", "The value must be between 1 and 300.")])
    size = int(page_size)
    found = meetings.listed(zoom(), person, upcoming=kind != "scheduled")
    start = _page_start(kind, size)
    page = found[start : start + size]
    following = _page_token(start + size, kind, size) if start + size < len(found) else ""
    return jsonify(
        page_size=size,
        total_records=len(found),
        next_page_token=following,
        meetings=[meeting.list_item(zoom().public_url) for meeting in page],
    )


def _page_token(start: int, kind: str, size: int) -> str:
    return base64.urlsafe_b64encode(f"{start} {kind} {size} {zoom().now().timestamp():.0f}".encode()).decode()


def _page_start(kind: str, size: int) -> int:
    """Where the requested page begins. A token is valid for 15 minutes, with the parameters it was issued
    for."""
    given = request.args.get("next_page_token")
    if not given:
        return 0
    try:
        start, token_kind, token_size, issued = base64.urlsafe_b64decode(given).decode().split()
        fresh = zoom().now().timestamp() - int(issued) <= PAGE_TOKEN_LIFE.total_seconds()
        if fresh and (token_kind, int(token_size)) == (kind, size):
            return int(start)
    except (ValueError, binascii.Error):
        pass
    raise ZoomError(400, 300, "The next page token is invalid or expired.")


@api.get("/meetings/<int:meeting_id>")
def get_meeting(meeting_id: int) -> Response:
    person = _caller("meeting:read:meeting")
    if zoom().board.take("deny_next_meetings"):
        raise errors.meeting_gone(meeting_id)
    return jsonify(meetings.get(zoom(), person, meeting_id).detail(zoom().public_url))


@api.patch("/meetings/<int:meeting_id>")
def update_meeting(meeting_id: int) -> tuple[str, int]:
    person = _caller("meeting:update:meeting")
    _must_be_licensed(person)
    body = _sound_body(person, updating=True)
    if not zoom().board.take("ignore_next_updates"):
        meetings.update(zoom(), person, meeting_id, body)
    return "", 204


@api.delete("/meetings/<int:meeting_id>")
def delete_meeting(meeting_id: int) -> tuple[str, int]:
    person = _caller("meeting:delete:meeting")
    for name in ("schedule_for_reminder", "cancel_meeting_reminder"):
        if request.args.get(name, "false") not in ("true", "false"):
            raise errors.validation_failed([(name, "Invalid field.")])
    meetings.delete(zoom(), person, meeting_id)
    return "", 204


@api.route("/<path:anything>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def unknown_call(anything: str) -> Response:
    raise ZoomError(404, 2300, "This API endpoint is not recognized.")


def _must_be_licensed(person: Person) -> None:
    if person.plan == "No license" or person.email in zoom().board["no_license"]:
        raise errors.may_not_schedule(person.email)
