"""Erasing a candidate: a page that says what will be erased, and the erasing itself."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from blueprints.hiring.calling_off_forms import CancelAllForm
from database import clear_the_log
from extensions import db
from hiring import queries
from hiring.calling_off import cancel_and_erase
from hiring.commands import HiringError
from hiring.erasing import coming_interviews, erase_candidate
from models import Candidate, User
from scheduling.reading.lists import interviews_of_candidate
from services import services
from web.notices import say
from web.signed_in import actor


def confirm_erasing(candidate_id: int) -> ResponseReturnValue:
    user = actor()
    found = queries.candidate(user, candidate_id, Action.MANAGE_CANDIDATES) or abort(404)
    if found.erased_at is not None:
        return redirect(url_for("hiring.candidate", candidate_id=candidate_id), 303)
    return _page(user, found, CancelAllForm(formdata=None))


def _page(user: User, found: Candidate, form: CancelAllForm, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "hiring/erase.html",
        candidate=found,
        form=form,
        coming=coming_interviews(found),
        interview_count=len(interviews_of_candidate(user, found.id)),
        is_shared=queries.has_applications_beyond(user, found.id, Action.MANAGE_CANDIDATES),
    ), status


def erase(candidate_id: int) -> ResponseReturnValue:
    user = actor()
    found = queries.candidate(user, candidate_id, Action.MANAGE_CANDIDATES) or abort(404)
    if queries.has_applications_beyond(user, candidate_id, Action.MANAGE_CANDIDATES):
        abort(403)
    if coming_interviews(found):
        return _cancel_and_erase(user, found)
    try:
        erase_candidate(user, found)
        db.session.commit()
        clear_the_log(db.engine)
    except HiringError as error:
        db.session.rollback()
        say(error.words, "danger")
        return redirect(url_for("hiring.confirm_erasing", candidate_id=candidate_id), 303)
    say("The candidate was erased.")
    return redirect(url_for("hiring.candidates"), 303)


def _cancel_and_erase(user: User, found: Candidate) -> ResponseReturnValue:
    """What is still to take place is cancelled first, and everyone is told, which takes a moment."""
    form = CancelAllForm()
    if not form.is_asked:
        return redirect(url_for("hiring.confirm_erasing", candidate_id=found.id), 303)
    if not form.validate():
        return _page(user, found, form, 422)
    cancel_and_erase(user, found, form.cancellation(), services().rules)
    db.session.commit()
    say(f"The interviews are cancelled. {found.name} is erased as soon as everyone has been told.")
    return redirect(url_for("hiring.candidate", candidate_id=found.id), 303)


def register(blueprint: Blueprint) -> None:
    """Add these pages to the blueprint of jobs and candidates."""
    blueprint.route("/candidates/<int:candidate_id>/erase", methods=["GET"])(confirm_erasing)
    blueprint.post("/candidates/<int:candidate_id>/erase")(erase)
