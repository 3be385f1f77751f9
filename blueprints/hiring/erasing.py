"""Erasing a candidate: a page that says what will be erased, and the erasing itself."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from database import clear_the_log
from extensions import db
from hiring import queries
from hiring.commands import HiringError
from hiring.erasing import coming_interviews, erase_candidate
from scheduling.reading.lists import interviews_of_candidate
from web.notices import say
from web.signed_in import actor


def confirm_erasing(candidate_id: int) -> ResponseReturnValue:
    user = actor()
    found = queries.candidate(user, candidate_id, Action.MANAGE_CANDIDATES) or abort(404)
    if found.erased_at is not None:
        return redirect(url_for("hiring.candidate", candidate_id=candidate_id), 303)
    return render_template(
        "hiring/erase.html",
        candidate=found,
        coming=coming_interviews(found),
        interview_count=len(interviews_of_candidate(user, candidate_id)),
        is_shared=queries.has_applications_beyond(user, candidate_id, Action.MANAGE_CANDIDATES),
    )


def erase(candidate_id: int) -> ResponseReturnValue:
    user = actor()
    found = queries.candidate(user, candidate_id, Action.MANAGE_CANDIDATES) or abort(404)
    if queries.has_applications_beyond(user, candidate_id, Action.MANAGE_CANDIDATES):
        abort(403)
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


def register(blueprint: Blueprint) -> None:
    """Add these pages to the blueprint of jobs and candidates."""
    blueprint.route("/candidates/<int:candidate_id>/erase", methods=["GET"])(confirm_erasing)
    blueprint.post("/candidates/<int:candidate_id>/erase")(erase)
