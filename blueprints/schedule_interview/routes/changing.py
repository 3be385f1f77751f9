"""Changing anything about an interview that exists, in the dialog's own steps."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from blueprints.schedule_interview.answers import of_change, with_changes_of_others
from blueprints.schedule_interview.dialog import Dialog
from extensions import db
from hiring import queries
from models import Interview
from scheduling.commands.change import can_be_changed
from scheduling.drafts import drafts, starting
from scheduling.plans import plan_of, to_json
from scheduling.reading import lists
from web.notices import say_it_is_settled
from web.signed_in import actor


def register(blueprint: Blueprint) -> None:
    """Add the address to the blueprint."""
    blueprint.add_url_rule("/interviews/<int:interview_id>/change", view_func=change, methods=["POST"])


def change(interview_id: int) -> ResponseReturnValue:
    """Begin to change it, or go on with what was begun."""
    user = actor()
    interview = lists.interview(user, interview_id) or abort(404)
    if not lists.may(user, Action.SCHEDULE, interview):
        abort(403)
    if not can_be_changed(interview):
        say_it_is_settled(interview.status)
        return redirect(url_for("interviews.detail", interview_id=interview_id), 303)
    draft = starting.change_of(
        user,
        interview.application.candidate_id,
        interview_id,
        of_change(interview, active_user_ids=_active()),
        to_json(plan_of(interview)),
    )
    there = url_for("schedule_interview.step", draft_id=draft.id, step="setup")
    db.session.commit()
    return redirect(there, 303)


def take_over_changes_of_others(dialog: Dialog, interview: Interview) -> list[str]:
    """Let the draft begin from the interview as it is now, and keep what the person has changed. Returns what
    others did since the draft began, in the timeline's words."""
    began = dialog.draft.created_at
    before = dialog.plan_before
    assert before is not None
    merged = with_changes_of_others(dialog.draft.payload, before, interview, active_user_ids=_active())
    drafts.rebase(dialog.draft, merged, to_json(plan_of(interview)))
    return [line.words for line in interview.timeline if line.at > began and line.actor_id is not None]


def _active() -> set[int]:
    return {member.id for member in queries.team()}
