"""The page of each interview."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from flask import Blueprint, abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

import htmx
from accounts.permissions import Action
from blueprints.interviews import attachments, cancelling, glance, listing
from blueprints.interviews.cancelling import Changing, changing_of
from extensions import db
from messaging.wording import call_words, join_label
from models import FailureReason, Interview, MeetingState, PhoneCaller, ReaderRole
from phone_numbers import phone_link
from scheduling.commands.send_again import send_again
from scheduling.commands.try_again import try_again
from scheduling.meetings import failures, looks, wanting
from scheduling.meetings.restoring import restore
from scheduling.reading import lists
from scheduling.reading.progress import Progress, progress_of
from services import services
from timezones import utc_now
from web.notices import say
from web.row_ids import LARGEST_ROW_ID
from web.signed_in import actor

interviews = Blueprint("interviews", __name__, url_prefix="/interviews")
for _part in (attachments, cancelling, glance, listing):
    _part.register(interviews)


@dataclass(frozen=True)
class CureLink:
    """What helps, with a button that leads there; labels are None where only waiting helps."""

    text: str
    action_label: str | None
    action_url: str | None


@dataclass(frozen=True)
class CallView:
    """Who makes the call; the number is None for a reader who may not see it."""

    words: str
    number: str | None = None
    link: str | None = None


@dataclass(frozen=True)
class InterviewView:
    """What an interview's page shows to one reader."""

    interview: Interview
    progress: Progress
    sees_contact: bool
    sees_link: bool
    sees_notes: bool
    may_change: bool
    changing: Changing
    cure: CureLink | None
    next_try: datetime | None
    is_too_late: bool
    join_label: str
    # Where someone can host the missing meeting, paste a link, or say that everyone has one.
    repair_url: str
    call: CallView | None
    # The provider was not asked about the meeting for a while: the page has that done when it is opened.
    wants_look: bool = False


@interviews.get("/<int:interview_id>")
def detail(interview_id: int) -> ResponseReturnValue:
    interview = lists.interview(actor(), interview_id) or abort(404)
    meeting = interview.meeting
    wants_look = meeting is not None and looks.wants_look(meeting)
    view = replace(_view(interview), wants_look=wants_look)
    return render_template("interviews/detail.html", **vars(view))


@interviews.get("/<int:interview_id>/deliveries")
def deliveries(interview_id: int) -> ResponseReturnValue:
    """The part of the page that updates on its own. `version` is what the page already shows."""
    interview = lists.interview(actor(), interview_id) or abort(404)
    if not htmx.is_htmx():
        return htmx.go_to(url_for("interviews.detail", interview_id=interview_id))
    view = _view(interview)
    if request.args.get("version") == view.progress.version:
        return htmx.nothing_new()
    return _parts(view)


@interviews.post("/<int:interview_id>/look")
def look(interview_id: int) -> ResponseReturnValue:
    """The page was opened: find out whether the meeting is still there. The page then shows it."""
    interview = lists.interview(actor(), interview_id) or abort(404)
    if interview.meeting is not None and looks.look_because_opened(interview.meeting):
        db.session.commit()
    if not htmx.is_htmx():
        return htmx.go_to(url_for("interviews.detail", interview_id=interview_id))
    return _parts(_view(interview))


@interviews.post("/<int:interview_id>/restore-meeting")
def restore_meeting(interview_id: int) -> ResponseReturnValue:
    """Change back what was changed on the provider's own pages."""
    interview = lists.interview(actor(), interview_id, Action.SCHEDULE) or abort(404)
    if restore(interview):
        db.session.commit()
        say("Changing the meeting back now.", "info")
    else:
        say("The meeting is at the interview's time already.", "info")
    return htmx.go_to(url_for("interviews.detail", interview_id=interview_id))


def _parts(view: InterviewView) -> ResponseReturnValue:
    """The parts of the page that bring themselves up to date."""
    pieces = [
        render_template("interviews/_deliveries.html", **vars(view)),
        render_template("interviews/_timeline.html", interview=view.interview, out_of_band=True),
        render_template("interviews/_undelivered.html", **vars(view), out_of_band=True),
    ]
    response = make_response("\n".join(pieces))
    return htmx.varies(response)


@interviews.post("/<int:interview_id>/retry")
def retry(interview_id: int) -> ResponseReturnValue:
    """Try again now, instead of when it is due."""
    interview = lists.interview(actor(), interview_id, Action.SCHEDULE) or abort(404)
    if _is_too_late(interview):
        say("The interview has started, so no meeting will be created for it.", "warning")
    else:
        try_again(actor(), interview)
        db.session.commit()
        say("Trying again now.", "info")
    return htmx.go_to(url_for("interviews.detail", interview_id=interview_id))


@interviews.post("/<int:interview_id>/send-again")
def resend(interview_id: int) -> ResponseReturnValue:
    """Send again what could not be delivered: one line of the list, or all of them."""
    interview = lists.interview(actor(), interview_id, Action.SCHEDULE) or abort(404)
    asked = frozenset(row for row in request.args.getlist("mail", type=int) if 0 < row <= LARGEST_ROW_ID)
    count = send_again(actor(), interview, asked)
    db.session.commit()
    say("Sending again now." if count else "There is nothing left to send again.", "info")
    return htmx.go_to(url_for("interviews.detail", interview_id=interview_id))


def _view(interview: Interview) -> InterviewView:
    user = actor()
    sees_contact = lists.may(user, Action.SEE_CONTACT, interview)
    sees_link = lists.may(user, Action.SEE_JOIN_LINK, interview)
    may_change = lists.may(user, Action.SCHEDULE, interview)
    progress = progress_of(interview)
    meeting = interview.meeting
    is_missing = meeting is not None and meeting.state == MeetingState.FAILED
    next_try = wanting.next_try_at(meeting) if meeting is not None and is_missing else None
    return InterviewView(
        interview=interview,
        progress=progress if sees_contact else _without_addresses(progress, interview),
        sees_contact=sees_contact,
        sees_link=sees_link,
        sees_notes=lists.may(user, Action.SEE_NOTES, interview),
        may_change=may_change,
        changing=changing_of(interview, may_change=may_change),
        cure=_cure(interview) if next_try is not None else None,
        next_try=next_try,
        is_too_late=_is_too_late(interview),
        join_label=join_label(interview.meeting.called if interview.meeting else None),
        repair_url=services().account_links.repair_page(interview),
        call=_call(interview, sees_number=sees_link),
    )


def _is_too_late(interview: Interview) -> bool:
    """Whether nothing more will be tried for its meeting."""
    return interview.meeting is not None and utc_now() >= wanting.useful_until(interview.meeting)


def _call(interview: Interview, *, sees_number: bool) -> CallView | None:
    number = interview.phone_number
    if number is None:
        return None
    is_theirs = interview.phone_caller is PhoneCaller.CANDIDATE
    words = call_words(interview.candidate.name, candidate_calls=is_theirs)
    if not sees_number:
        return CallView(f"{words} a number that your role does not show.")
    return CallView(words, number, phone_link(number))


def _without_addresses(progress: Progress, interview: Interview) -> Progress:
    """The same for a reader without contact data: mail servers repeat the address that they refuse, and an
    email may still show an address that has been corrected since.
    """
    known = {mail.address for mail in interview.mails if mail.role is ReaderRole.CANDIDATE}
    known.add(interview.candidate.email)
    hidden = re.compile("|".join(re.escape(address) for address in known), re.IGNORECASE)
    rows = (
        replace(row, detail=hidden.sub("(address not shown)", row.detail) if row.detail else None)
        for row in progress.rows
    )
    return replace(progress, rows=tuple(rows))


def _cure(interview: Interview) -> CureLink | None:
    meeting = interview.meeting
    if meeting is None or meeting.state != MeetingState.FAILED or meeting.failure is None:
        return None
    cure = failures.cure_of(meeting.failure, meeting.software)
    leads_to_apps = meeting.failure in (
        FailureReason.NOT_CONNECTED,
        FailureReason.RECONNECT_NEEDED,
        FailureReason.SCOPES_MISSING,
        FailureReason.NOT_ALLOWED,
    )
    return CureLink(cure.words, cure.action, url_for("connected_apps.index") if leads_to_apps else None)
