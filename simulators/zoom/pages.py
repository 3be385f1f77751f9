"""What people see: the overview, the meeting room, and the target of a redirect that no one should follow."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from simulators.web import add_elsewhere, changed_switches
from simulators.zoom import meetings
from simulators.zoom.grants import end_grant, list_grants
from simulators.zoom.people import BY_EMAIL, PEOPLE
from simulators.zoom.state import stamp, zoom
from simulators.zoom.webhooks import tell_of_meeting

pages = Blueprint("pages", __name__)

CALLS_SHOWN = 12
PMI_DIGITS = 10


@pages.get("/")
def overview() -> str:
    state = zoom()
    newest_grants = {grant["account"]: grant for grant in list_grants(state)}
    calls = state.ledger.snapshot()["calls"]
    return render_template(
        "zoom/overview.html",
        people=[(person, newest_grants.get(person.email)) for person in PEOPLE],
        meetings=list(reversed(meetings.every(state))),
        calls=list(reversed(calls[-CALLS_SHOWN:])),
        changed=changed_switches(state),
    )


@pages.post("/refuse-next-meeting")
def refuse_next_meeting() -> BaseResponse:
    """Make the next meeting fail with every account: the app tries one after the other."""
    state = zoom()
    accounts = {grant["account"] for grant in list_grants(state) if grant["alive"]}
    state.board.merge({"refuse_next_creates": max(1, len(accounts))})
    return redirect(url_for("pages.overview", _anchor="switch-state"), 303)


@pages.post("/accounts/<email>/revoke")
def revoke(email: str) -> BaseResponse:
    if email not in BY_EMAIL:
        abort(404)
    end_grant(zoom(), email, "removed in Zoom")
    return redirect(url_for("pages.overview", _anchor="accounts"), 303)


@pages.post("/meetings/<int:meeting_id>/delete")
def delete_meeting(meeting_id: int) -> BaseResponse:
    meeting = meetings.find(zoom(), meeting_id)
    if meetings.mark_deleted(zoom(), meeting_id, "the host") and meeting:
        tell_of_meeting(zoom(), "meeting.deleted", meeting)
    return redirect(url_for("pages.overview", _anchor="meetings"), 303)


@pages.post("/meetings/<int:meeting_id>/move")
def move_meeting(meeting_id: int) -> BaseResponse:
    meeting = meetings.find(zoom(), meeting_id)
    if meeting is None:
        abort(404)
    an_hour_later = stamp(datetime.fromisoformat(meeting.start_time) + timedelta(hours=1))
    changed = meetings.change_as_host(zoom(), meeting_id, {"start_time": an_hour_later})
    if changed:
        tell_of_meeting(zoom(), "meeting.updated", changed)
    return redirect(url_for("pages.overview", _anchor="meetings"), 303)


@pages.route("/j/<int:room>", methods=["GET", "POST"])
def join(room: int) -> tuple[str, int]:
    """The meeting room. The link's `pwd` opens it; without it, the page asks for the passcode, as Zoom
    does."""
    meeting = _meeting_in(room)
    if meeting is None or meeting.deleted_at:
        return render_template("zoom/no_meeting.html", room=room), 404
    typed = request.form.get("passcode")
    link_fits = request.args.get("pwd") == meeting.key
    if meeting.password and not link_fits and typed != meeting.password:
        return render_template("zoom/passcode.html", meeting=meeting, wrong=typed is not None), 200
    return render_template("zoom/meeting.html", meeting=meeting), 200


@pages.get("/s/<int:meeting_id>")
def start(meeting_id: int) -> tuple[str, int]:
    meeting = meetings.find(zoom(), meeting_id)
    if meeting is None or meeting.deleted_at:
        return render_template("zoom/no_meeting.html", room=meeting_id), 404
    return render_template("zoom/meeting.html", meeting=meeting, as_host=True), 200


add_elsewhere(pages, zoom)


def _meeting_in(room: int) -> meetings.Meeting | None:
    """Find a meeting by its id or, for a personal room, the newest living meeting of its owner that uses the
    room."""
    if len(str(room)) != PMI_DIGITS:
        return meetings.find(zoom(), room)
    sharing = [
        meeting
        for person in PEOPLE
        if person.pmi == room
        for meeting in meetings.every(zoom(), person.email)
        if meeting.settings["use_pmi"] and not meeting.deleted_at
    ]
    return max(sharing, key=lambda meeting: meeting.created_at, default=None)
