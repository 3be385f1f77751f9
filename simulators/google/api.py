"""How every API call is handled: matched with its method in Google's documents, checked against it, then
answered.

The order in which Google refuses is not documented; here it is the token, its scopes, then the request.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from simulators.faults import delay_or_lose, hung_up, is_dropped, redirected
from simulators.google import calendar, errors, gmail, spoiling
from simulators.google.call import Call
from simulators.google.discovery import Method, Violation, find
from simulators.google.errors import GoogleError
from simulators.google.grants import Bearer, bearer
from simulators.google.scopes import IDENTITY, LONG_NAME
from simulators.google.state import google
from simulators.serving import DROP_CONNECTION
from simulators.spoiling import with_malformed

api = Blueprint("api", __name__)

HANDLERS: dict[str, Callable[[Call], dict[str, Any] | None]] = {
    "calendar.calendars.get": calendar.get_calendar,
    "calendar.settings.get": calendar.get_setting,
    "calendar.events.insert": calendar.insert,
    "calendar.events.get": calendar.get,
    "calendar.events.list": calendar.list_events,
    "calendar.events.patch": calendar.patch,
    "calendar.events.update": calendar.update,
    "calendar.events.delete": calendar.delete,
    "calendar.freebusy.query": calendar.query_freebusy,
    "gmail.users.messages.send": gmail.send,
}
OPERATION_OF = {
    "calendar.calendars.get": "calendar",
    "calendar.settings.get": "settings",
    "calendar.events.insert": "create",
    "calendar.events.get": "get",
    "calendar.events.list": "list",
    "calendar.events.patch": "update",
    "calendar.events.update": "update",
    "calendar.events.delete": "delete",
    "calendar.freebusy.query": "freebusy",
    "gmail.users.messages.send": "send",
    "userinfo": "account",
}


@dataclass
class Arrived:
    """What is known about the current request. `resets` shows whether everything was reset since it
    arrived."""

    resets: int
    bearer: Bearer
    method: Method | None = None
    method_id: str | None = None
    parameters: dict[str, str] = field(default_factory=dict)
    body: Any = None
    violations: list[Violation] = field(default_factory=list)

    @property
    def operation(self) -> str | None:
        return OPERATION_OF.get(self.method_id or "")

    @property
    def account(self) -> str | None:
        return self.bearer.account.email if self.bearer.account else None


@api.before_request
def _arrive() -> Response | None:
    """Check the request against the documents, then apply faults that keep it from taking effect, then find
    out who is calling."""
    state = google()
    board = state.board
    kind, _, access_token = request.headers.get("Authorization", "").partition(" ")
    arrived = Arrived(state.resets, bearer(state, access_token if kind == "Bearer" else ""))
    g.arrived = arrived
    _match(arrived)
    for violation in arrived.violations:
        note_violation(arrived, violation.where, violation.message)
    time.sleep(board["latency_ms"] / 1000)
    if state.resets != arrived.resets:
        # A slow call that began before the reset belongs to a Google that no longer exists.
        return hung_up()
    operation = arrived.operation
    if board["fail_operation"] in ("any", operation) and board.take("fail_next"):
        raise errors.planned(board["fail_status"], board["fail_reason"], board["retry_after"])
    elsewhere = redirected(state)
    if elsewhere is not None:
        return elsewhere
    if is_dropped(state, operation):
        return hung_up()
    if board.take("reject_next_tokens") or not arrived.bearer.valid:
        raise errors.invalid_credentials()
    limit = board["per_second_limit"]
    if limit is not None and state.calls_per_second.count(state.now()) > limit:
        raise errors.too_fast(board["retry_after"])
    return None


def _match(arrived: Arrived) -> None:
    if request.endpoint == "api.userinfo":
        arrived.method_id = "userinfo"
        return
    found = find(request.method, request.path)
    if found is None:
        arrived.violations.append(Violation("path", f"No such method: {request.method} {request.path}"))
        return
    arrived.method, arrived.parameters = found
    arrived.method_id = arrived.method.id
    arrived.violations += arrived.method.check_query(request.args.to_dict(flat=False))
    sent = request.get_data()
    if sent:
        if request.mimetype != "application/json":
            arrived.violations.append(Violation("Content-Type", f"Not JSON: {request.mimetype}"))
        try:
            arrived.body = json.loads(sent)
        except ValueError:
            arrived.violations.append(Violation("", "Parse Error"))
            return
    arrived.violations += arrived.method.check_body(arrived.body)


def note_violation(arrived: Arrived, where: str, message: str) -> None:
    google().ledger.add(
        "violations",
        {
            "method": request.method,
            "path": request.path,
            "method_id": arrived.method_id,
            "account": arrived.account,
            "where": where,
            "message": message,
        },
    )


@api.errorhandler(GoogleError)
def _refused(error: GoogleError) -> Response:
    if error.our_fault and not g.arrived.violations:
        note_violation(g.arrived, error.reason, error.message)
    response = jsonify(error.body())
    response.status_code = error.status
    response.headers.update(error.headers)
    return response


@api.route("/calendar/v3/<path:_>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
@api.route("/gmail/v1/<path:_>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def call(_: str) -> Response:
    """Any method of the documents."""
    state, arrived = google(), g.arrived
    method: Method | None = arrived.method
    if method is None:
        raise GoogleError("notFound")
    if not method.scopes & arrived.bearer.scopes:
        raise errors.scope_missing(method.service_method, method.scopes)
    if arrived.violations:
        first = arrived.violations[0]
        raise errors.wrong_request(
            "Missing required field." if first.message == "Required" else first.message,
            where=first.where,
            reason="required" if first.message == "Required" else "invalid",
        )
    handler = HANDLERS.get(method.id)
    if handler is None:
        raise GoogleError("internalError", f"{method.id} is not simulated.", status=501)
    answer = handler(
        Call(
            google=state,
            account=arrived.bearer.account,
            parameters=arrived.parameters,
            query=request.args.to_dict(flat=False),
            body=arrived.body or {},
            if_match=request.headers.get("If-Match"),
        )
    )
    for wrong in method.check_answer(answer):
        state.ledger.add(
            "bad_answers", {"method_id": method.id, "where": wrong.where, "message": wrong.message}
        )
    if answer is None:
        return Response(status=204)
    response = jsonify(answer)
    if "etag" in answer:
        response.headers["ETag"] = answer["etag"]
        if request.method == "GET" and request.headers.get("If-None-Match") == answer["etag"]:
            return Response(status=304, headers={"ETag": answer["etag"]})
    return response


@api.get("/v1/userinfo")
@api.get("/oauth2/v2/userinfo", endpoint="userinfo")
def userinfo() -> Response:
    """The account's data, under the names of OpenID Connect or, at Google's older address, the older ones."""
    carrier: Bearer = g.arrived.bearer
    account = carrier.account
    if account is None or not IDENTITY & carrier.scopes:
        raise errors.scope_missing("google.oauth2.v2.Userinfo.Get", IDENTITY)
    first, _, last = account.name.partition(" ")
    profile = {"name": account.name, "given_name": first, "family_name": last}
    older = request.path.startswith("/oauth2/")
    answer: dict[str, Any] = {"id" if older else "sub": account.sub}
    if LONG_NAME["email"] in carrier.scopes:
        answer |= {"email": account.email, "verified_email" if older else "email_verified": True}
    if LONG_NAME["profile"] in carrier.scopes:
        answer |= profile
    return jsonify(answer)


@api.after_request
def _leave(response: Response) -> Response:
    """Apply faults that happen after the call took effect, and write the ledger."""
    state, arrived = google(), g.arrived
    board = state.board
    answered = 200 <= response.status_code < 300
    operation = arrived.operation
    if answered:
        delay_or_lose(state, operation)
    if state.resets != arrived.resets:
        return response
    status = None if request.environ.get(DROP_CONNECTION) else response.status_code
    state.ledger.add(
        "calls",
        {
            "method": request.method,
            "path": request.path,
            "query": request.args.to_dict(flat=False),
            "method_id": arrived.method_id,
            "operation": operation,
            "account": arrived.account,
            "body": _without_message(arrived.body),
            "if_match": request.headers.get("If-Match"),
            "status": status,
            "at": state.now().isoformat(),
        },
    )
    if answered:
        response = with_malformed(response, "items", board["malformed_events"])
        spoil = board.take_answer("bad_answer", "bad_answer_calls")
        return spoiling.spoiled(state, arrived.bearer.account, response, spoil) if spoil else response
    return response


def _without_message(body: Any) -> Any:
    """The request's body for the list of calls, with only the size of a message: what Gmail sent is kept
    elsewhere."""
    if isinstance(body, dict) and isinstance(body.get("raw"), str):
        return {**body, "raw": f"({len(body['raw'])} characters)"}
    return body
