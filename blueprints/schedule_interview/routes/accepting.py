"""A last look at an interview whose time the candidate has chosen, in the dialog's own steps."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from blueprints.schedule_interview.answers import of_change
from extensions import db
from hiring import queries
from models import InterviewStatus
from scheduling.drafts import starting
from scheduling.plans import plan_of, to_json
from scheduling.reading import lists
from web.notices import say
from web.signed_in import actor


def register(blueprint: Blueprint) -> None:
    """Add the address to the blueprint."""
    blueprint.add_url_rule("/interviews/<int:interview_id>/accept", view_func=accept, methods=["POST"])


def accept(interview_id: int) -> ResponseReturnValue:
    """Begin with everything that was decided when the candidate was asked, and the time they chose, or go on
    with what was begun. Everything is answered, so it opens at the end."""
    user = actor()
    interview = lists.interview(user, interview_id) or abort(404)
    if not lists.may(user, Action.SCHEDULE, interview):
        abort(403)
    if interview.status is not InterviewStatus.ACCEPTED:
        say(
            f"This interview is {interview.status.label.lower()}, so there's no chosen time to schedule.",
            "info",
        )
        return redirect(url_for("interviews.detail", interview_id=interview_id), 303)
    draft = starting.acceptance_of(
        user,
        interview.application.candidate_id,
        interview_id,
        of_change(interview, active_user_ids={member.id for member in queries.team()}),
        to_json(plan_of(interview)),
    )
    there = url_for("schedule_interview.resume", draft_id=draft.id)
    db.session.commit()
    return redirect(there, 303)
