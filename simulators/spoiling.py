"""Answers that are spoiled after their call took effect, in the ways that every service shares."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterator

from flask import Response

HUGE_BYTES = 50 * 1024 * 1024
SECONDS_PER_DRIPPED_BYTE = 0.25


def spoiled(response: Response, how: str, *, wrong_types: str) -> Response:
    """The answer that is sent instead of `response`. `wrong_types` is a body with the right names and values
    of the wrong types."""
    whole, status = response.get_data(), response.status_code
    match how:
        case "html":
            return Response(
                "<!doctype html><html><body><h1>We are down for maintenance</h1></body></html>", 200
            )
        case "empty":
            return Response(b"", status, mimetype="application/json")
        case "truncated":
            return Response(whole[: len(whole) // 2], status, mimetype="application/json")
        case "wrong_types":
            return Response(wrong_types, status, mimetype="application/json")
        case "drip":
            dripping = Response(_drip(whole), status, mimetype="application/json")
            dripping.content_length = len(whole)
            return dripping
        case "huge":
            return Response(_huge(), status, mimetype="application/json")
        case _:
            return response


def _drip(whole: bytes) -> Iterator[bytes]:
    for position in range(len(whole)):
        yield whole[position : position + 1]
        time.sleep(SECONDS_PER_DRIPPED_BYTE)


def _huge() -> Iterator[bytes]:
    yield b'{"summary": "'
    for _ in range(HUGE_BYTES // 65536):
        yield b"x" * 65536
    yield b'"}'


def with_malformed(response: Response, items: str, malformed: Collection[str]) -> Response:
    """The answer with invalid times in the events with these ids, in its list or as the answer itself."""
    answer = response.get_json(silent=True) if malformed else None
    if not isinstance(answer, dict):
        return response
    for event in (answer, *answer.get(items, ())):
        if event.get("id") in malformed and "start" in event:
            event["start"], event["end"] = {"dateTime": "soon", "timeZone": 7}, "later"
    response.set_data(json.dumps(answer))
    return response
