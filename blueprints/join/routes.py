"""The join address, which is in every email and works for the life of the interview."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from flask import Blueprint, abort, make_response, redirect, render_template
from flask.typing import ResponseReturnValue

from blueprints.join.invitation import More, calendar_file, more_of
from messaging.wording import PhoneCall, call_for, join_label, place
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
from scheduling.meetings import looks
from scheduling.meetings.joining import look_first
from services import services
from timezones import utc_now
from web.file_answers import as_calendar_file
from web.signed_in import current_organization

join = Blueprint("join", __name__)

# States in which there is nothing left to prepare for.
_GONE = frozenset({"cancelled", "past"})


@dataclass(frozen=True)
class JoinView:
    state: JoinState
    title: str
    organization: str
    starts_at: datetime
    # The zone of the time: an IANA name, and what people call it.
    zone: str
    place: str
    duration: int
    scheduler_name: str
    # For everyone but the candidate: interviewers may have several with the same title.
    with_candidate: str | None = None
    # Set in the states "ready" and "in_doubt".
    passcode: str | None = None
    join_url: str | None = None
    join_label: str | None = None
    software: str | None = None
    software_label: str | None = None
    # Who gave everyone a link of their own, in the state "failed".
    link_given_by: str = ""
    # Who, what about, and what else can be done; not for an interview that is over or was cancelled.
    more: More | None = None
    # Set in the state "phone".
    call: PhoneCall | None = None
    phone_link: str | None = None
    # Set in the state "in_person".
    address: str | None = None
    directions: str | None = None


# The person with an address that lost its end, or has an extra slash, is still a candidate.
@join.get("/j/", defaults={"token": ""})
@join.get("/j/<path:token>")
def page(token: str) -> ResponseReturnValue:
    """Who, when, and how to join; during the interview, straight to the meeting."""
    opened = services().join_links.opened_by(token)
    return _kept_private(_nothing_there() if opened is None else _way_in(token, *opened))


@join.get("/j/<token>/calendar")
def calendar(token: str) -> ResponseReturnValue:
    """The interview as it is now, for the reader's calendar."""
    opened = services().join_links.opened_by(token)
    here = current_organization()
    if opened is None or here is None:
        return _kept_private(_nothing_there())
    interview, reader = opened
    if join_state(interview, utc_now()) in _GONE:
        abort(404)
    return _kept_private(as_calendar_file(calendar_file(interview, reader, here)))


def _kept_private(answer: ResponseReturnValue) -> ResponseReturnValue:
    response = make_response(answer)
    # The address is a key, and the meeting's server does not need to learn it.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _way_in(token: str, interview: Interview, reader: str) -> ResponseReturnValue:
    now = utc_now()
    if interview.meeting is not None and looks.wants_look_at_the_hour(interview.meeting):
        look_first(interview.meeting.id)
    state, meeting = join_state(interview, now), interview.meeting
    if state == "ready" and leads_straight_in(interview, now) and meeting is not None and meeting.join_url:
        return redirect(meeting.join_url, 302)
    view, here = _view(interview, state, reader), current_organization()
    if state not in _GONE and here is not None:
        view = replace(view, more=more_of(token, interview, reader, here))
    return render_template("join/join.html", view=view)


def _nothing_there() -> ResponseReturnValue:
    words = "Open it from your latest invitation, or reply to that email."
    return render_template("mailed_links/unknown.html", words=words, action=None), 404


def _view(interview: Interview, state: JoinState, reader: str) -> JoinView:
    organization, member = current_organization(), member_who_reads(interview, reader)
    is_candidate = reader == CANDIDATE
    # A guest's zone is not known.
    own_zone = interview.candidate.timezone if is_candidate else member.timezone if member else None
    zone = own_zone or interview.timezone
    view = JoinView(
        state=state,
        title=interview.title,
        organization=organization.name if organization else "",
        starts_at=interview.starts_at,
        zone=zone,
        place=place(interview.starts_at, interview.duration_minutes, zone),
        with_candidate=None if is_candidate else interview.candidate.name,
        duration=interview.duration_minutes,
        scheduler_name=interview.scheduler.name,
    )
    meeting, number = interview.meeting, interview.phone_number
    if state in ("ready", "in_doubt") and meeting is not None:
        return replace(
            view,
            passcode=meeting.passcode,
            join_url=meeting.join_url,
            join_label=join_label(meeting.called),
            software=meeting.software.value,
            software_label=meeting.called,
        )
    if state == "failed" and meeting is not None and meeting.arranged_by is not None:
        return replace(view, link_given_by=meeting.arranged_by.name)
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
