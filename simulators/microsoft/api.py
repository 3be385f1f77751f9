"""How every Graph call is handled: matched with the calls that exist, checked against Microsoft's types, then
answered.

The order in which Graph refuses is not documented; here it is the token, the mailbox, the scopes of the
token, then the request.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from simulators.faults import delay_or_lose, hung_up, is_dropped, redirected
from simulators.microsoft import calendar, errors, listing, mail, spoiling
from simulators.microsoft.call import Call
from simulators.microsoft.errors import GraphError
from simulators.microsoft.grants import Bearer, bearer
from simulators.microsoft.people import Account
from simulators.microsoft.shapes import MIXED_IDS, is_known, wrong_in_answer, wrong_in_request
from simulators.microsoft.state import microsoft
from simulators.serving import DROP_CONNECTION
from simulators.spoiling import with_malformed

api = Blueprint("api", __name__)

VERSION = "/v1.0"
READ = frozenset({"Calendars.Read", "Calendars.ReadWrite", "Calendars.ReadBasic"})
WRITE = frozenset({"Calendars.ReadWrite"})


@dataclass(frozen=True)
class Operation:
    """One kind of call: its name in the switches, what answers it, and the scopes, one of which is needed."""

    name: str
    method: str
    path: re.Pattern[str]
    handler: Callable[[Call], dict[str, Any] | None]
    scopes: frozenset[str]
    status: int = 200

    @property
    def uses_mailbox(self) -> bool:
        return self.name != "account"


_EVENTS, _VIEW = "/me(?:/calendar)?/events", "/me(?:/calendar)?/calendarView"
OPERATIONS = (
    Operation("account", "GET", re.compile("/me"), calendar.get_user, frozenset({"User.Read"})),
    Operation("calendar", "GET", re.compile("/me/calendar"), calendar.get_calendar, READ),
    Operation("list", "GET", re.compile(_EVENTS), listing.page, READ),
    Operation("create", "POST", re.compile(_EVENTS), calendar.insert, WRITE, 201),
    Operation("get", "GET", re.compile(f"{_EVENTS}/([^/]+)"), calendar.get, READ),
    Operation("update", "PATCH", re.compile(f"{_EVENTS}/([^/]+)"), calendar.patch, WRITE),
    Operation("delete", "DELETE", re.compile(f"{_EVENTS}/([^/]+)"), calendar.delete, WRITE, 204),
    Operation("view", "GET", re.compile(_VIEW), listing.view, READ),
    Operation("changes", "GET", re.compile(f"{_VIEW}/delta"), listing.delta, READ),
    Operation("freebusy", "POST", re.compile("/me/calendar/getSchedule"), calendar.get_schedule, READ),
    Operation("send", "POST", re.compile("/me/sendMail"), mail.send, frozenset({"Mail.Send"}), 202),
)


@dataclass
class Arrived:
    """What is known about the current request. `resets` shows whether everything was reset since it
    arrived."""

    resets: int
    bearer: Bearer
    path: str
    operation: Operation | None
    item: str = ""
    body: Any = None
    violations: list[str] = field(default_factory=list)
    request_id: str = field(default_factory=errors.new_request_id)
    mailbox: str | None = None

    @property
    def name(self) -> str | None:
        return self.operation.name if self.operation else None

    @property
    def account(self) -> str | None:
        return self.bearer.account.email if self.bearer.account else None


@api.before_request
def _arrive() -> Response | None:
    """Check the request against Microsoft's types, then apply faults that keep it from taking effect, then
    find out who is calling."""
    state = microsoft()
    board = state.board
    kind, _, access_token = request.headers.get("Authorization", "").partition(" ")
    path = request.path.removeprefix(VERSION)
    found = _operation(path)
    arrived = Arrived(state.resets, bearer(state, access_token if kind == "Bearer" else ""), path, found)
    g.arrived = arrived
    _read(arrived)
    for violation in arrived.violations:
        note_violation(arrived, violation)
    too_many = _takes_turn(arrived)
    time.sleep(board["latency_ms"] / 1000)
    if state.resets != arrived.resets:
        # A slow call that began before the reset belongs to a Microsoft that no longer exists.
        return hung_up()
    name = arrived.name
    if board["fail_operation"] in ("any", name) and board.take("fail_next"):
        raise errors.planned(board["fail_status"], board["fail_reason"], board["retry_after"])
    elsewhere = redirected(state)
    if elsewhere is not None:
        return elsewhere
    if is_dropped(state, name):
        return hung_up()
    if board.take("reject_next_tokens") or not arrived.bearer.valid:
        raise errors.invalid_token()
    if board.take("challenge_next_calls"):
        raise errors.claims_challenge()
    limit = board["per_second_limit"]
    if limit is not None and state.calls_per_second.count(state.now()) > limit:
        raise errors.planned(429, "TooManyRequests", board["retry_after"])
    if too_many:
        raise errors.planned(board["concurrency_status"], "ApplicationThrottled", board["retry_after"])
    return None


def _operation(path: str) -> Operation | None:
    return next(
        (each for each in OPERATIONS if each.method == request.method and each.path.fullmatch(path)), None
    )


def _read(arrived: Arrived) -> None:
    """Read the body, and check the request against the types."""
    if arrived.operation is not None:
        found = arrived.operation.path.fullmatch(arrived.path)
        assert found is not None
        arrived.item = found[1] if found.groups() else ""
    sent = request.get_data()
    if sent and request.mimetype == "application/json":
        try:
            arrived.body = json.loads(sent)
        except ValueError:
            arrived.violations.append("Unable to read JSON request payload.")
            return
    elif sent:
        arrived.body = sent
    headers = {name.lower(): value for name, value in request.headers.items()}
    query = request.args.to_dict(flat=False)
    arrived.violations += wrong_in_request(request.method, arrived.path, query, headers, arrived.body)


def _takes_turn(arrived: Arrived) -> bool:
    """Count this call as one that its mailbox is busy with, and return whether there are too many."""
    state, operation = microsoft(), arrived.operation
    if operation is None or not operation.uses_mailbox or arrived.account is None:
        return False
    arrived.mailbox = arrived.account
    running, most = state.turns.begin(arrived.mailbox), int(state.board["mailbox_concurrency"])
    return running > most > 0


@api.teardown_request
def _ends_turn(_: BaseException | None) -> None:
    arrived: Arrived | None = g.get("arrived")
    if arrived is not None and arrived.mailbox is not None:
        microsoft().turns.end(arrived.mailbox)


def note_violation(arrived: Arrived, message: str) -> None:
    microsoft().ledger.add(
        "violations",
        {
            "method": request.method,
            "path": request.path,
            "operation": arrived.name,
            "account": arrived.account,
            "where": arrived.name or request.path,
            "message": message,
        },
    )


@api.errorhandler(GraphError)
def _refused(error: GraphError) -> Response:
    arrived: Arrived = g.arrived
    if error.our_fault and not arrived.violations:
        note_violation(arrived, f"{error.code}: {error.message}")
    asked_as = request.headers.get("client-request-id")
    response = jsonify(error.body(microsoft().now(), arrived.request_id, asked_as))
    response.status_code = error.status
    response.headers.update(error.headers)
    return response


@api.route(f"{VERSION}/<path:_>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def call(_: str) -> Response:
    """Answer any Graph call."""
    state, arrived = microsoft(), g.arrived
    operation: Operation | None = arrived.operation
    if operation is None:
        if is_known(request.method, arrived.path):
            raise GraphError("ErrorInternalServerError", "This call is not simulated.", status=501)
        raise GraphError("BadRequest", f"Resource not found for {request.method} {arrived.path}.")
    account: Account = arrived.bearer.account
    no_mailbox = not account.has_mailbox or account.email in state.board["no_mailbox"]
    if operation.uses_mailbox and no_mailbox:
        raise GraphError("MailboxNotEnabledForRESTAPI")
    if not operation.scopes & arrived.bearer.scopes:
        raise GraphError("ErrorAccessDenied")
    serious = [wrong for wrong in arrived.violations if wrong != MIXED_IDS]
    if serious:
        raise errors.wrong_request(serious[0])
    answer = operation.handler(
        Call(
            microsoft=state,
            account=account,
            base=f"{request.host_url.rstrip('/')}{request.path}",
            item=arrived.item,
            query=request.args.to_dict(),
            body=arrived.body,
            prefer=", ".join(request.headers.getlist("Prefer")),
            content_type=request.mimetype,
            if_match=request.headers.get("If-Match"),
        )
    )
    if answer is None:
        return Response(status=operation.status)
    for wrong in wrong_in_answer(request.method, arrived.path, answer):
        state.ledger.add("bad_answers", {"operation": operation.name, "message": wrong})
    response = jsonify(answer)
    response.status_code = operation.status
    preferred = request.headers.get("Prefer")
    if preferred:
        response.headers["Preference-Applied"] = preferred
    return response


@api.after_request
def _leave(response: Response) -> Response:
    """Apply faults that happen after the call took effect, and write the ledger."""
    state, arrived = microsoft(), g.arrived
    board = state.board
    response.headers["request-id"] = arrived.request_id
    if "client-request-id" in request.headers:
        response.headers["client-request-id"] = request.headers["client-request-id"]
    answered = 200 <= response.status_code < 300
    name = arrived.name
    if answered:
        delay_or_lose(state, name)
    if state.resets != arrived.resets:
        return response
    state.ledger.add(
        "calls",
        {
            "method": request.method,
            "path": request.path,
            "query": request.args.to_dict(flat=False),
            "operation": name,
            "account": arrived.account,
            "body": f"({len(arrived.body)} bytes)" if isinstance(arrived.body, bytes) else arrived.body,
            "prefer": request.headers.get("Prefer"),
            "if_match": request.headers.get("If-Match"),
            "status": None if request.environ.get(DROP_CONNECTION) else response.status_code,
            "at": state.now().isoformat(),
        },
    )
    if answered:
        response = with_malformed(response, "value", board["malformed_events"])
        spoil = board.take_answer("bad_answer", "bad_answer_calls")
        return spoiling.spoiled(state, arrived.bearer.account, response, spoil) if spoil else response
    return response
