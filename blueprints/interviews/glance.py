"""An interview at a glance: what people look up in a moment, as a popup, and as a page without a script."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, make_response, render_template
from flask.typing import ResponseReturnValue

import htmx
from accounts.permissions import Action
from blueprints.interviews.cancelling import Changing, changing_of
from blueprints.interviews.concluding import Ending, ending_of
from messaging.wording import join_label
from models import Interview, InterviewStatus, InterviewType, MeetingSoftware, MeetingState
from phone_numbers import phone_link
from scheduling.reading import lists
from scheduling.slots import has_time, offered
from services import services
from web.signed_in import actor


@dataclass(frozen=True)
class Glance:
    """What one reader sees of an interview at a glance.

    has_time: whether a time was ever settled; offered: how many the candidate can choose from until then.
    source: where a video interview takes place, the name of the software or `Other: Webex`; None for other
        types.
    join_url: None where there is no meeting (yet), it is of no use anymore, or the reader may not see it.
    phone_number: None in the same cases; `phone_link` dials it where it can be dialed. repair_url: where a
    missing link can be added, for those who may.
    """

    interview: Interview
    has_time: bool
    offered: int
    source: str | None
    join_url: str | None
    join_label: str
    passcode: str | None
    phone_number: str | None
    phone_link: str | None
    repair_url: str | None
    sees_link: bool
    changing: Changing
    ending: Ending


def details(interview_id: int) -> ResponseReturnValue:
    """The popup's content for the script that opens it, and otherwise a page with the same."""
    interview = lists.interview(actor(), interview_id) or abort(404)
    template = "interviews/_glance.html" if htmx.is_htmx() else "interviews/glance.html"
    return htmx.varies(make_response(render_template(template, glance=_glance(interview))))


def repair(interview_id: int) -> ResponseReturnValue:
    """Where a missing link can be added: the page that the email about it leads to."""
    interview = lists.interview(actor(), interview_id, Action.SCHEDULE) or abort(404)
    return htmx.go_to(services().account_links.repair_page(interview))


def _glance(interview: Interview) -> Glance:
    user, meeting = actor(), interview.meeting
    sees_link = lists.may(user, Action.SEE_JOIN_LINK, interview)
    may_change = lists.may(user, Action.SCHEDULE, interview)
    # Before it is scheduled there is no one to call, and no meeting.
    takes_place = not (interview.status.is_being_arranged or interview.status is InterviewStatus.CANCELLED)
    can_join = meeting is not None and meeting.state is MeetingState.READY and sees_link and takes_place
    is_missing = (
        meeting is not None
        and meeting.state is MeetingState.FAILED
        and meeting.arranged_by_id is None
        and interview.status is InterviewStatus.SCHEDULED
    )
    number = interview.phone_number if sees_link and takes_place else None
    return Glance(
        interview=interview,
        has_time=has_time(interview),
        offered=len(offered(interview)) if interview.status is InterviewStatus.REQUESTED else 0,
        source=_source(interview),
        join_url=meeting.join_url if meeting is not None and can_join else None,
        join_label=join_label(meeting.called if meeting is not None else None),
        passcode=meeting.passcode if meeting is not None and can_join else None,
        phone_number=number,
        phone_link=phone_link(number) if number is not None else None,
        repair_url=services().account_links.repair_page(interview) if is_missing and may_change else None,
        sees_link=sees_link,
        changing=changing_of(interview, may_change=may_change),
        ending=ending_of(
            interview, may_change=may_change, sees_notes=lists.may(user, Action.SEE_NOTES, interview)
        ),
    )


def _source(interview: Interview) -> str | None:
    meeting = interview.meeting
    if interview.interview_type is not InterviewType.VIDEO or meeting is None:
        return None
    other = MeetingSoftware.OTHER
    is_named = meeting.software is other and meeting.called != other.label
    return f"{other.label}: {meeting.called}" if is_named else meeting.software.label


def register(blueprint: Blueprint) -> None:
    """Add the popup to the blueprint of interviews."""
    blueprint.get("/<int:interview_id>/details")(details)
    blueprint.get("/<int:interview_id>/repair")(repair)
