"""The page of each interview."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

import htmx
from accounts.permissions import Action
from blueprints.interviews import (
    answering,
    attachments,
    calendars,
    cancelling,
    concluding,
    emails,
    glance,
    listing,
    rescheduling,
    time_requests,
)
from blueprints.interviews.views import InterviewView, is_too_late, view_of
from database import row_id
from extensions import db
from hiring import files
from scheduling.calendars import reading
from scheduling.commands.send_again import send_again
from scheduling.commands.try_again import try_again
from scheduling.drafts.unfinished import open_drafts
from scheduling.meetings import looks
from scheduling.meetings.restoring import restore
from scheduling.reading import lists
from scheduling.reading.stamp import stamp_of
from web.notices import say
from web.signed_in import actor, person

interviews = Blueprint("interviews", __name__, url_prefix="/interviews")
for _part in (
    *(answering, attachments, calendars, cancelling, concluding, emails, glance, listing, rescheduling),
    time_requests,
):
    _part.register(interviews)


@interviews.get("/<int:interview_id>")
def detail(interview_id: int) -> ResponseReturnValue:
    interview = lists.interview(actor(), interview_id) or abort(404)
    meeting = interview.meeting
    wants_look = (meeting is not None and looks.wants_look(meeting)) or reading.wants_look(interview)
    view = replace(view_of(interview), wants_look=wants_look)
    if view.is_watched and not wants_look:
        view = replace(view, stamp=stamp_of(person(), interview_id))
    # The candidate's own, beside what was sent with the invitation, so that interviewers look in one place.
    found = files.of_interview(interview) if view.sees_notes else files.NO_FILES
    # Where scheduling has led here: what else was started for the same candidate, to discard it.
    also_started = (
        open_drafts(actor(), candidate_id=interview.candidate.id) if "unfinished" in request.args else []
    )
    return render_template("interviews/detail.html", **vars(view), files=found, also_started=also_started)


@interviews.get("/<int:interview_id>/deliveries")
def deliveries(interview_id: int) -> ResponseReturnValue:
    """The part of the page that updates on its own. `version` is what the page already shows, and `stamp`
    that of the rows it was made from, if the page knows it."""
    stamp = stamp_of(person(), interview_id) or abort(404)
    if not htmx.is_htmx():
        return htmx.go_to(url_for("interviews.detail", interview_id=interview_id))
    if request.args.get("stamp") == stamp:
        return htmx.nothing_new()
    interview = lists.interview(actor(), interview_id) or abort(404)
    if request.args.get("status", interview.status.value) != interview.status.value:
        # The candidate has chosen, or someone has scheduled it: nearly everything on the page changes.
        return htmx.go_to(url_for("interviews.detail", interview_id=interview_id))
    view = replace(view_of(interview), stamp=stamp)
    if request.args.get("version") == view.version:
        return htmx.nothing_new()
    return _parts(view, shown=request.args.get("standing"))


@interviews.post("/<int:interview_id>/look")
def look(interview_id: int) -> ResponseReturnValue:
    """The page was opened: find out whether the meeting and the entries are still there. The page then shows
    it."""
    interview = lists.interview(actor(), interview_id) or abort(404)
    looks_at_meeting = interview.meeting is not None and looks.look_because_opened(interview.meeting)
    if reading.look_because_opened(interview) or looks_at_meeting:
        db.session.commit()
    if not htmx.is_htmx():
        return htmx.go_to(url_for("interviews.detail", interview_id=interview_id))
    # First, so that what changes while the rest is read is noticed at the next poll.
    stamp = stamp_of(person(), interview_id)
    return _parts(replace(view_of(interview), stamp=stamp))


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


def _parts(view: InterviewView, *, shown: str | None = None) -> ResponseReturnValue:
    """The parts of the page that bring themselves up to date. `shown`: the interview's state on the page.
    What can be done is another only once that has changed; until then someone may be about to do it."""
    pieces = [
        render_template("interviews/_deliveries.html", **vars(view)),
        render_template("interviews/_meeting.html", **vars(view), out_of_band=True),
        render_template("interviews/_calendars.html", **vars(view), out_of_band=True),
        render_template("interviews/_candidate_says.html", **vars(view), out_of_band=True),
        render_template("interviews/_asked_for_time.html", **vars(view), out_of_band=True),
        render_template("interviews/_timeline.html", **vars(view), out_of_band=True),
        render_template("interviews/_emails.html", **vars(view), out_of_band=True),
    ]
    if shown is not None and shown != view.standing.value:
        pieces.append(render_template("interviews/_actions.html", **vars(view), out_of_band=True))
    response = make_response("\n".join(pieces))
    return htmx.varies(response)


@interviews.post("/<int:interview_id>/retry")
def retry(interview_id: int) -> ResponseReturnValue:
    """Try again now, instead of when it is due."""
    interview = lists.interview(actor(), interview_id, Action.SCHEDULE) or abort(404)
    if is_too_late(interview):
        say("The interview has started, so no meeting will be created for it.", "warning")
    else:
        try_again(actor(), interview)
        db.session.commit()
        say("Trying again now.", "info")
    return _back_from(interview_id)


@interviews.post("/<int:interview_id>/send-again")
def resend(interview_id: int) -> ResponseReturnValue:
    """Send again what could not be delivered: one line of the list, or all of them."""
    interview = lists.interview(actor(), interview_id, Action.SCHEDULE) or abort(404)
    asked = frozenset(request.args.getlist("mail", type=row_id))
    count = send_again(actor(), interview, asked)
    db.session.commit()
    say("Sending again now." if count else "There is nothing left to send again.", "info")
    return _back_from(interview_id)


def _back_from(interview_id: int) -> ResponseReturnValue:
    """To the page on which the button was: the interview's, unless the address says otherwise."""
    back = request.args.get("back", "")
    if back == "system-log":
        return htmx.go_to(url_for("settings.system_log"))
    if back == "email" and (shown := request.args.get("mail", type=row_id)) is not None:
        return htmx.go_to(url_for("interviews.email", interview_id=interview_id, mail_id=shown))
    return htmx.go_to(url_for("interviews.detail", interview_id=interview_id))
