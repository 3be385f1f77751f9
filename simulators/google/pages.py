"""What people see of the simulated Google, in addition to the pages that both calendars and mail have in
common."""

from __future__ import annotations

import base64
import binascii

from flask import abort, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from simulators.google import events, grants
from simulators.google.event import Event
from simulators.google.office import office
from simulators.google.state import google
from simulators.office.pages import blueprint


def _event_of(eid: str) -> Event | None:
    try:
        event_id, email = base64.urlsafe_b64decode(eid + "=" * (-len(eid) % 4)).decode().split()
    except (ValueError, binascii.Error):
        abort(404)
    return events.find(google(), office.account(email), event_id)


pages = blueprint(
    office,
    event_path="/calendar/event",
    event_argument="eid",
    event_of=_event_of,
)


@pages.get("/meet/<code>")
def meet(code: str) -> tuple[str, int]:
    found = events.with_meet_code(google(), code)
    if found is None:
        return render_template("google/no_meet.html", code=code), 404
    return render_template("google/meet.html", shown=office.shown(found), code=code), 200


@pages.post("/accounts/<email>/password")
def change_password(email: str) -> BaseResponse:
    grants.change_password(google(), office.account(email).email)
    return redirect(url_for("pages.overview", _anchor="accounts"), 303)
