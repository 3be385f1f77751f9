"""The join address, which is in every email and works for the life of the interview."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from flask import Blueprint, abort, make_response, redirect, render_template
from flask.typing import ResponseReturnValue

from messaging.wording import PhoneCall, call_for, join_label
from models import Interview, PhoneCaller
from phone_numbers import phone_link
from scheduling.join_links import (
    CANDIDATE,
    JoinState,
    join_state,
    leads_straight_in,
    member_who_reads,
    role_of,
)
from services import services
from timezones import utc_now
from web.signed_in import current_organization

join = Blueprint("join", __name__)


@dataclass(frozen=True)
class JoinView:
    state: JoinState
    title: str
    organization: str
    starts_at: datetime
    zone: str
    duration: int
    scheduler_name: str
    # For members of the team, who have several interviews of the same title.
    with_candidate: str | None = None
    # Set in the state "ready".
    passcode: str | None = None
    join_url: str | None = None
    join_label: str | None = None
    software: str | None = None
    # Set in the state "phone".
    call: PhoneCall | None = None
    phone_link: str | None = None
    # Set in the state "in_person".
    address: str | None = None
    directions: str | None = None


@join.get("/j/<token>")
def page(token: str) -> ResponseReturnValue:
    """Who and when, and the way in; while the interview is on, straight through."""
    opened = services().join_links.opened_by(token)
    if opened is None:
        abort(404)
    interview, reader = opened
    now = utc_now()
    state = join_state(interview, now)
    meeting = interview.meeting
    if state == "ready" and leads_straight_in(interview, now) and meeting is not None and meeting.join_url:
        response = make_response(redirect(meeting.join_url, 302))
    else:
        response = make_response(render_template("join/join.html", view=_view(interview, state, reader)))
    response.headers["X-Robots-Tag"] = "noindex"
    # The address is a key; the meeting's server has no need to learn it.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _view(interview: Interview, state: JoinState, reader: str) -> JoinView:
    organization, member = current_organization(), member_who_reads(interview, reader)
    own_zone = interview.candidate.timezone if reader == CANDIDATE else None
    view = JoinView(
        state=state,
        title=interview.title,
        organization=organization.name if organization else "",
        starts_at=interview.starts_at,
        zone=(member.timezone if member else own_zone) or interview.timezone,
        with_candidate=interview.candidate.name if member is not None else None,
        duration=interview.duration_minutes,
        scheduler_name=interview.scheduler.name,
    )
    meeting, number = interview.meeting, interview.phone_number
    if state == "ready" and meeting is not None:
        return replace(
            view,
            passcode=meeting.passcode,
            join_url=meeting.join_url,
            join_label=join_label(meeting.called),
            software=meeting.software.value,
        )
    if state == "phone" and number is not None:
        call = call_for(
            role_of(reader),
            number=number,
            candidate_calls=interview.phone_caller is PhoneCaller.CANDIDATE,
            candidate_name=interview.candidate.name,
            manager_name=interview.hiring_manager.name,
            is_of_the_team=member is not None,
        )
        return replace(view, call=call, phone_link=phone_link(call.number or ""))
    if state == "in_person":
        return replace(view, address=interview.address, directions=interview.directions)
    return view
