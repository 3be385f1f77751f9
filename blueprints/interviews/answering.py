"""Answering a candidate who asked for another time on their own page."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from blueprints.interviews.forms import WORDS_LIMIT, KeepTimeForm
from blueprints.interviews.to_change import to_change
from extensions import db
from models import AnswerKind, Interview
from scheduling.answers import what_candidate_says
from scheduling.commands.change import ChangedMeanwhileError, NotScheduledError
from scheduling.commands.requested_times import AnsweredMeanwhileError, keep_time, take_time
from scheduling.errors import SchedulingError
from services import services
from web.lists import asked_instant
from web.notices import say
from web.signed_in import actor
from web.times import instant_as_text


def take(interview_id: int) -> ResponseReturnValue:
    """Move the interview to the time in the address, which is one that the candidate named. If something else
    is on then, the page for moving it shows what."""
    interview, starts_at = to_change(interview_id), asked_instant("at")
    if starts_at is None:
        return _answered(interview_id)
    try:
        take_time(actor(), interview, starts_at, services().rules)
    except (AnsweredMeanwhileError, NotScheduledError, ChangedMeanwhileError):
        db.session.rollback()
        return _answered(interview_id)
    except SchedulingError as error:
        db.session.rollback()
        say(error.words, "warning")
        asked = instant_as_text(starts_at)
        return redirect(url_for("interviews.reschedule", interview_id=interview_id, at=asked), 303)
    db.session.commit()
    return _to_page(interview_id)


def confirm_keeping(interview_id: int) -> ResponseReturnValue:
    interview = to_change(interview_id)
    request_now = what_candidate_says(interview).request
    if request_now is None or request_now.kind is not AnswerKind.MOVE:
        return _answered(interview_id)
    return _page(interview, KeepTimeForm(formdata=None, data={"answer": str(request_now.id)}))


def keep(interview_id: int) -> ResponseReturnValue:
    """Leave it where it is, and tell the candidate."""
    interview, form = to_change(interview_id), KeepTimeForm()
    if not form.validate():
        return _page(interview, form, 422)
    try:
        keep_time(actor(), interview, form.number, form.words.data or "", services().rules)
    except AnsweredMeanwhileError:
        db.session.rollback()
        return _answered(interview_id)
    db.session.commit()
    say("The interview stays at its time. The candidate is told by email.")
    return _to_page(interview_id)


def _page(interview: Interview, form: KeepTimeForm, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "interviews/keep_time.html", interview=interview, form=form, words_limit=WORDS_LIMIT
    ), status


def _answered(interview_id: int) -> ResponseReturnValue:
    say("This request has been answered already.", "info")
    return _to_page(interview_id)


def _to_page(interview_id: int) -> ResponseReturnValue:
    return redirect(url_for("interviews.detail", interview_id=interview_id), 303)


def register(blueprint: Blueprint) -> None:
    """Add these pages to the blueprint of interviews."""
    blueprint.post("/<int:interview_id>/take-requested-time")(take)
    blueprint.get("/<int:interview_id>/keep-time")(confirm_keeping)
    blueprint.post("/<int:interview_id>/keep-time")(keep)
