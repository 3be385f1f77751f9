"""Saying how an interview ended, and giving feedback on it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from blueprints.interviews.forms import NOTES_LIMIT, FeedbackForm, NoShowForm
from blueprints.interviews.to_change import to_change
from extensions import db
from models import Absent, Feedback, Interview, User
from scheduling import feedback
from scheduling.commands import conclude
from scheduling.reading import lists
from timezones import utc_now
from web.notices import say
from web.signed_in import actor


@dataclass(frozen=True)
class Ending:
    """How an interview ended as its page shows it to one reader. `readable` is the feedback they may read,
    and `hidden` how many others they will be able to read once they have given their own."""

    may_conclude: bool
    should_conclude: bool
    may_reopen: bool
    may_give: bool
    own: Feedback | None
    readable: tuple[Feedback, ...]
    hidden: int
    owing: tuple[str, ...]


def ending_of(interview: Interview, *, may_change: bool, sees_notes: bool) -> Ending:
    """For the interview's page."""
    now, user = utc_now(), actor()
    readable = feedback.readable_by(interview, user.id) if sees_notes else []
    has_begun = interview.starts_at <= now and feedback.is_awaited(interview)
    return Ending(
        may_conclude=may_change and conclude.can_be_concluded(interview, now),
        should_conclude=may_change and conclude.should_be_concluded(interview, now),
        may_reopen=may_change and conclude.can_be_reopened(interview, user, now),
        may_give=sees_notes and feedback.can_give(interview, user.id, now),
        own=feedback.of(interview, user.id),
        readable=tuple(readable),
        hidden=len(interview.feedback) - len(readable) if sees_notes else 0,
        owing=tuple(each.name for each in feedback.owing(interview)) if sees_notes and has_begun else (),
    )


def confirm_completing(interview_id: int) -> ResponseReturnValue:
    interview = to_change(interview_id)
    if not conclude.can_be_concluded(interview, utc_now()):
        return _not_over(interview)
    return _completing_page(interview, FeedbackForm(formdata=None))


def complete(interview_id: int) -> ResponseReturnValue:
    """It took place. Someone who took part can give feedback on the same page."""
    interview, form, user = to_change(interview_id), FeedbackForm(), actor()
    gives = feedback.can_give(interview, user.id, utc_now()) and not form.is_empty
    if gives and not form.validate():
        return _completing_page(interview, form, 422)
    try:
        conclude.complete(user, interview)
    except conclude.NotOverError:
        db.session.rollback()
        return _not_over(interview)
    if gives:
        feedback.give(user, interview, form.given)
    db.session.commit()
    say("Interview completed.")
    return _to_page(interview_id)


def confirm_no_show(interview_id: int) -> ResponseReturnValue:
    interview = to_change(interview_id)
    if not conclude.can_be_concluded(interview, utc_now()):
        return _not_over(interview)
    return _no_show_page(interview, NoShowForm(formdata=None))


def no_show(interview_id: int) -> ResponseReturnValue:
    interview, form = to_change(interview_id), NoShowForm()
    if not form.validate():
        return _no_show_page(interview, form, 422)
    try:
        conclude.mark_no_show(actor(), interview, Absent(form.absent.data))
    except conclude.NotOverError:
        db.session.rollback()
        return _not_over(interview)
    db.session.commit()
    say("Noted as a no-show. To meet after all, take it back and reschedule.")
    return _to_page(interview_id)


def reopen(interview_id: int) -> ResponseReturnValue:
    """Take back how it ended, on the same day."""
    interview = to_change(interview_id)
    try:
        conclude.reopen(actor(), interview)
    except conclude.TooLateToReopenError:
        db.session.rollback()
        say("This can only be taken back on the same day.", "warning")
    else:
        db.session.commit()
        say("The interview is set back to Scheduled.")
    return _to_page(interview_id)


def feedback_form(interview_id: int) -> ResponseReturnValue:
    interview, user = _judged(interview_id)
    form, own = FeedbackForm(formdata=None), feedback.of(interview, user.id)
    if own is not None:
        form.verdict.data, form.notes.data = own.verdict.value, own.notes
        form.rating.data = str(own.rating) if own.rating is not None else None
    return _feedback_page(interview, form)


def give_feedback(interview_id: int) -> ResponseReturnValue:
    interview, user = _judged(interview_id)
    form = FeedbackForm()
    if not form.validate():
        return _feedback_page(interview, form, 422)
    feedback.give(user, interview, form.given)
    db.session.commit()
    say("Thanks. Your feedback is saved.")
    return _to_page(interview_id)


def _judged(interview_id: int) -> tuple[Interview, User]:
    """The interview, for someone who takes part in it and can say what they think."""
    user = actor()
    interview = lists.interview(user, interview_id, Action.SEE_NOTES) or abort(404)
    if not feedback.can_give(interview, user.id, utc_now()):
        abort(403)
    return interview, user


def _to_page(interview_id: int) -> ResponseReturnValue:
    return redirect(url_for("interviews.detail", interview_id=interview_id), 303)


def _not_over(interview: Interview) -> ResponseReturnValue:
    db.session.refresh(interview)
    if interview.starts_at > utc_now():
        say("This interview hasn't begun yet.", "info")
    else:
        say(f"This interview is {interview.status.label.lower()} already.", "info")
    return _to_page(interview.id)


def _completing_page(interview: Interview, form: FeedbackForm, status: int = 200) -> ResponseReturnValue:
    takes_part = feedback.can_give(interview, actor().id, utc_now())
    own = feedback.of(interview, actor().id)
    return render_template(
        "interviews/complete.html",
        interview=interview,
        form=form,
        notes_limit=NOTES_LIMIT,
        asks=takes_part and own is None,
    ), status


def _no_show_page(interview: Interview, form: NoShowForm, status: int = 200) -> ResponseReturnValue:
    return render_template("interviews/no_show.html", interview=interview, form=form), status


def _feedback_page(interview: Interview, form: FeedbackForm, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "interviews/feedback.html", interview=interview, form=form, notes_limit=NOTES_LIMIT
    ), status


def register(blueprint: Blueprint) -> None:
    """Add these pages to the blueprint of interviews."""
    blueprint.get("/<int:interview_id>/complete")(confirm_completing)
    blueprint.post("/<int:interview_id>/complete")(complete)
    blueprint.get("/<int:interview_id>/no-show")(confirm_no_show)
    blueprint.post("/<int:interview_id>/no-show")(no_show)
    blueprint.post("/<int:interview_id>/reopen")(reopen)
    blueprint.get("/<int:interview_id>/feedback")(feedback_form)
    blueprint.post("/<int:interview_id>/feedback")(give_feedback)
