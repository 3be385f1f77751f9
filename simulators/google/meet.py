"""Google Meet: the conference of an event, from the request for one to its link.

Sources: the schema `ConferenceData` and the guide "Create events", which say that it may be pending, that the
same `requestId` is ignored, and that version 0 ignores conference data. How long it may be pending is not
documented.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from simulators.google.errors import GoogleError, wrong_request
from simulators.google.people import Account
from simulators.google.state import Google

SOLUTION = "hangoutsMeet"
ICON = "https://fonts.gstatic.com/s/i/productlogos/meet_2020q4/v6/web-512dp/logo_meet_2020q4_color_2x_web_512dp.png"

Status = Literal["pending", "success", "failure"]


@dataclass(frozen=True)
class Conference:
    """A conference. `reads_left`: how many more reads it stays pending for; None: it stays pending."""

    request_id: str
    code: str
    status: Status
    reads_left: int | None = None

    def link(self, origin: str) -> str | None:
        return f"{origin}/meet/{self.code}" if self.status == "success" else None

    def read(self) -> Conference:
        """The conference after one more read."""
        if self.status != "pending" or self.reads_left is None:
            return self
        if self.reads_left <= 1:
            return replace(self, status="success", reads_left=None)
        return replace(self, reads_left=self.reads_left - 1)

    def shown(self, origin: str) -> dict[str, Any]:
        """The conference as it appears in answers. Only a successful one has an entry point."""
        request = {
            "requestId": self.request_id,
            "conferenceSolutionKey": {"type": SOLUTION},
            "status": {"statusCode": self.status},
        }
        link = self.link(origin)
        if link is None:
            return {"createRequest": request}
        return {
            "createRequest": request,
            "entryPoints": [
                {"entryPointType": "video", "uri": link, "label": link.partition("//")[2]},
            ],
            "conferenceSolution": {"key": {"type": SOLUTION}, "name": "Google Meet", "iconUri": ICON},
            "conferenceId": self.code,
        }


def settled(
    google: Google, account: Account, body: Mapping[str, Any], present: Conference | None, version: int
) -> Conference | None:
    """The conference of an event after a write with `body`. Raises GoogleError.

    A body without `conferenceData` leaves it unchanged here; the caller removes it where that is meant.
    """
    if version == 0:
        return None if google.board["forgetful_meet"] else present
    if "conferenceData" not in body:
        return present
    asked = body["conferenceData"]
    if asked is None:
        return None
    request = asked.get("createRequest")
    if request is None or (present and request.get("requestId") == present.request_id):
        named = asked.get("conferenceId")
        if named is not None and (present is None or named != present.code):
            # Google warns against giving one event the conference of another.
            raise wrong_request("Invalid conference data.", where="conferenceData.conferenceId")
        return present
    if not request.get("requestId"):
        raise wrong_request("Missing conference request id.", where="conferenceData.createRequest.requestId")
    return _new(google, account, request)


def _new(google: Google, account: Account, request: Mapping[str, Any]) -> Conference:
    kind = request.get("conferenceSolutionKey", {}).get("type")
    how = google.board.take_answer("meet_creation", "meet_creation_calls")
    denied = not account.has_meet or account.email in google.board["no_meet"] or how == "refused"
    if denied or kind != SOLUTION:
        # The request is at fault only when it names another kind.
        raise GoogleError("invalid", "Invalid conference type value.", status=400, our_fault=kind != SOLUTION)
    status: Status = "success"
    reads: int | None = None
    if how == "pending":
        status, reads = "pending", google.board["meet_pending_reads"] or None
    elif how == "failure":
        status = "failure"
    return Conference(str(request["requestId"]), _new_code(), status, reads)


def _new_code() -> str:
    """A new code in the form of real ones: abc-defg-hij."""
    letters = "".join(secrets.choice(string.ascii_lowercase) for _ in range(10))
    return f"{letters[:3]}-{letters[3:7]}-{letters[7:]}"
