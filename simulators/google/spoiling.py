"""Answers that are spoiled after their call took effect."""

from __future__ import annotations

from flask import Response, jsonify

from simulators import spoiling
from simulators.google import events
from simulators.google.people import Account
from simulators.google.state import Google

WRONG_TYPES = (
    '{"id": {}, "hangoutLink": 7, "start": null, "status": [], "items": "none", "sub": 1.5,'
    ' "conferenceData": "soon", "calendars": [], "threadId": false, "extendedProperties": 3}'
)


def spoiled(google: Google, account: Account | None, response: Response, how: str) -> Response:
    """The answer that is sent instead of `response`; `how` is a choice of the switch `bad_answer`."""
    if how == "another":
        return _about_another(google, account, response)
    return spoiling.spoiled(response, how, wrong_types=WRONG_TYPES)


def _about_another(google: Google, account: Account | None, response: Response) -> Response:
    """Another event of the account instead of the one that was asked for, if there is one."""
    asked = (response.get_json(silent=True) or {}).get("id")
    for event in events.every(google, account.email) if account else []:
        if event.id != asked:
            other = jsonify(event.resource(google.public_url))
            other.status_code = response.status_code
            return other
    return response
