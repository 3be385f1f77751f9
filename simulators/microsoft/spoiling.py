"""Answers that are spoiled after their call took effect."""

from __future__ import annotations

from flask import Response, jsonify

from simulators import spoiling
from simulators.microsoft import events
from simulators.microsoft.people import Account
from simulators.microsoft.state import Microsoft

WRONG_TYPES = (
    '{"id": {}, "subject": 7, "start": null, "end": [], "value": "none", "isOnlineMeeting": "yes",'
    ' "onlineMeeting": "soon", "body": 1.5, "displayName": [], "@odata.deltaLink": 3}'
)


def spoiled(microsoft: Microsoft, account: Account | None, response: Response, how: str) -> Response:
    """The answer that is sent instead of `response`; `how` is a choice of the switch `bad_answer`."""
    if how == "another":
        return _about_another(microsoft, account, response)
    return spoiling.spoiled(response, how, wrong_types=WRONG_TYPES)


def _about_another(microsoft: Microsoft, account: Account | None, response: Response) -> Response:
    """Another event of the account instead of the one that was asked for, if there is one."""
    asked = (response.get_json(silent=True) or {}).get("id")
    for event in events.every(microsoft, account.email) if account else []:
        if event.public_id(immutable=True) != asked and not event.is_deleted:
            other = jsonify(event.resource(microsoft.public_url))
            other.status_code = response.status_code
            return other
    return response
