"""Faults that can hit a call of any API, before or after its work is done."""

from __future__ import annotations

import time

from flask import Response, request

from simulators.service import Service
from simulators.serving import DROP_CONNECTION

# The switches that lose an answer after the call took effect, those that lose the call itself, and those that
# hold back its answer.
LOSING = {
    "create": "lose_next_creates",
    "update": "lose_next_updates",
    "delete": "lose_next_deletes",
    "send": "lose_next_sends",
}
DROPPING = {"create": "drop_next_creates", "send": "drop_next_sends"}
DELAYING = {"create": "create_answer_delay_ms", "send": "send_answer_delay_ms"}


def hung_up() -> Response:
    """No answer at all."""
    request.environ[DROP_CONNECTION] = True
    return Response(status=503)


def redirected(service: Service) -> Response | None:
    """The answer that sends the caller to another host instead, if the switch says so."""
    if service.board["bad_answer"] != "redirect":
        return None
    service.board.take_answer("bad_answer", "bad_answer_calls")
    # To a careful client, localhost is another host than 127.0.0.1, but it is still this server.
    elsewhere = service.url.replace("127.0.0.1", "localhost") + "/elsewhere"
    return Response(status=307, headers={"Location": elsewhere})


def is_dropped(service: Service, operation: str | None) -> bool:
    """Whether the call is lost before it takes effect."""
    return operation in DROPPING and service.board.take(DROPPING[operation])


def delay_or_lose(service: Service, operation: str | None) -> None:
    """Delay or lose the answer to a call that took effect, as the switches say."""
    if operation in DELAYING:
        time.sleep(service.board[DELAYING[operation]] / 1000)
    if operation in LOSING and service.board.take(LOSING[operation]):
        request.environ[DROP_CONNECTION] = True
