"""Cancelling an interview, and taking back the last change of one while nothing of it has left."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.interviews.forms import WORDS_LIMIT, CancelForm
from blueprints.interviews.to_change import to_change
from extensions import db
from models import Interview, InterviewStatus, RevisionReason
from scheduling.commands.cancel import (
    Cancellation,
    NothingToCancelError,
    can_be_cancelled,
    cancel_interview,
)
from scheduling.commands.change import can_be_changed
from scheduling.commands.undo import TooLateError, undo
from scheduling.reading.moved_often import moved_often
from scheduling.undoing import can_be_undone
from services import services
from timezones import utc_now
from web.notices import say
from web.signed_in import actor

_UNDONE = {
    RevisionReason.CANCELLED: "The interview is on again. No one was told that it was cancelled.",
    RevisionReason.RESCHEDULED: "The interview is at its old time again. No one was told of the change.",
    RevisionReason.CHANGED: "The interview is as it was. No one was told of the change.",
}


@dataclass(frozen=True)
class Changing:
    """What a reader may do with an interview besides looking at it. `undo` is the number of the revision that
    can still be undone, if there is one."""

    may_cancel: bool
    may_reschedule: bool
    may_repeat: bool
    undo: int | None
    # A warning that it was moved too often, or "".
    moved_often: str


def changing_of(interview: Interview, *, may_change: bool) -> Changing:
    """For the interview's page."""
    is_fresh = may_change and can_be_undone(interview, utc_now())
    return Changing(
        may_cancel=may_change and can_be_cancelled(interview),
        may_reschedule=may_change and can_be_changed(interview),
        may_repeat=may_change and interview.application.job.is_open and interview.candidate.erased_at is None,
        undo=interview.revision if is_fresh else None,
        moved_often=moved_often(interview.times_moved),
    )


def confirm_cancelling(interview_id: int) -> ResponseReturnValue:
    interview = to_change(interview_id)
    if not can_be_cancelled(interview):
        return _nothing_to_cancel(interview)
    return _page(interview, CancelForm(formdata=None))


def cancel(interview_id: int) -> ResponseReturnValue:
    """`status` in the address is the one that the page showed, so someone who meant to withdraw a request
    never cancels a scheduled interview."""
    interview, form = to_change(interview_id), CancelForm()
    if can_be_cancelled(interview) and request.args.get("status", interview.status) != interview.status:
        say(f"This interview is {interview.status.label.lower()} by now. Please look again.", "info")
        return redirect(url_for("interviews.confirm_cancelling", interview_id=interview_id), 303)
    if not form.validate():
        return _page(interview, form, 422)
    is_request = interview.status is not InterviewStatus.SCHEDULED
    wanted = Cancellation(form.words.data or "", tells_candidate=form.tells_candidate.data)
    try:
        cancel_interview(actor(), interview, wanted, services().rules)
    except NothingToCancelError:
        db.session.rollback()
        return _nothing_to_cancel(interview)
    if is_request:
        # Unlike a cancellation, it has no Undo message on the page, so it is said here.
        say("The request is withdrawn.")
    db.session.commit()
    return redirect(url_for("interviews.detail", interview_id=interview_id), 303)


def undo_change(interview_id: int) -> ResponseReturnValue:
    """`revision` in the address says which change is meant: a later one is never undone by mistake."""
    interview = to_change(interview_id)
    try:
        what = undo(actor(), interview, request.args.get("revision", 0, type=int), services().rules)
    except TooLateError:
        db.session.rollback()
        say("It's too late to undo this: people are being told already.", "warning")
    else:
        db.session.commit()
        say(_UNDONE[what])
    return redirect(url_for("interviews.detail", interview_id=interview_id), 303)


def _nothing_to_cancel(interview: Interview) -> ResponseReturnValue:
    db.session.refresh(interview)
    say(f"This interview is {interview.status.label.lower()} already.", "info")
    return redirect(url_for("interviews.detail", interview_id=interview.id), 303)


def _page(interview: Interview, form: CancelForm, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "interviews/cancel.html", interview=interview, form=form, words_limit=WORDS_LIMIT
    ), status


def register(blueprint: Blueprint) -> None:
    """Add these pages to the blueprint of interviews."""
    blueprint.get("/<int:interview_id>/cancel")(confirm_cancelling)
    blueprint.post("/<int:interview_id>/cancel")(cancel)
    blueprint.post("/<int:interview_id>/undo")(undo_change)
