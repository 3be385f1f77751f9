"""Schedule Interview: six full pages over one draft. Nothing outside is touched before Finalize."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import htmx
from accounts.permissions import Action
from blueprints.schedule_interview import views
from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.open_draft import open_dialog, with_dialog
from blueprints.schedule_interview.preview import Preview
from blueprints.schedule_interview.steps import ASKING, BY_KEY, asking_for
from blueprints.schedule_interview.steps.base import Step, StepForm
from blueprints.schedule_interview.steps.date_time import DATE_TIME
from blueprints.schedule_interview.steps.finalize import FINALIZE, FinalizeForm
from blueprints.schedule_interview.steps.preview import PREVIEW
from extensions import db
from hiring import queries
from scheduling.commands.schedule import schedule_interview as schedule
from scheduling.drafts import drafts
from scheduling.errors import SchedulingError
from web.notices import say
from web.signed_in import actor

schedule_interview = Blueprint("schedule_interview", __name__)


@schedule_interview.route("/candidates/<int:candidate_id>/schedule", methods=["GET", "POST"])
def start(candidate_id: int) -> ResponseReturnValue:
    """Begin a draft. A GET leads to the candidate, whose page has the button: reading changes nothing."""
    user = actor()
    candidate = queries.candidate(user, candidate_id, Action.SCHEDULE) or abort(404)
    here = url_for("hiring.candidate", candidate_id=candidate_id)
    if request.method == "GET":
        return redirect(here, 303)
    if not any(a.job.is_open for a in queries.applications_of(user, candidate_id, Action.SCHEDULE)):
        say("Put the candidate on an open job first.", "warning")
        return redirect(here, 303)
    draft = drafts.start(user, candidate.id)
    db.session.commit()
    return redirect(url_for("schedule_interview.step", draft_id=draft.id, step=views.STEPS[0]), 303)


@schedule_interview.get("/schedule/<draft_id>")
@with_dialog
def resume(dialog: Dialog) -> ResponseReturnValue:
    """Go on where it was left."""
    last = FINALIZE.key if PREVIEW.key in dialog.draft.payload else PREVIEW.key
    return redirect(dialog.address(dialog.first_incomplete() or last), 303)


@schedule_interview.route("/schedule/<draft_id>/discard", methods=["GET", "POST"])
@with_dialog
def discard(dialog: Dialog) -> ResponseReturnValue:
    """Ask, on a page that needs no script, and throw the draft away."""
    if request.method == "GET":
        return render_template("schedule_interview/discard.html", dialog=dialog)
    name = dialog.candidate.name
    drafts.discard(dialog.draft)
    db.session.commit()
    say(f"The half-finished interview with {name} is gone. Nobody had been invited.", "info")
    return redirect(url_for("dashboard.home"), 303)


@schedule_interview.route("/schedule/<draft_id>/<step>", methods=["GET", "POST"])
@with_dialog
def step(dialog: Dialog, step: str) -> ResponseReturnValue:
    here = BY_KEY.get(step) or abort(404)
    earlier = dialog.first_incomplete()
    is_too_early = earlier is not None and views.STEPS.index(earlier) < views.STEPS.index(step)
    if request.method == "GET":
        if is_too_early:
            return _first(dialog, BY_KEY[earlier or ""], then=here)
        if not dialog.applications:
            return render_template("schedule_interview/no_job.html", dialog=dialog)
        return _page(dialog, here, dialog.saved(here))
    form = dialog.posted(here)
    if is_too_early:
        return _keep_for_later(dialog, here, form, BY_KEY[earlier or ""])
    if request.form.get("direction") == "show":
        # Without a script: the page again with what goes with the values as they stand. Nothing is saved.
        return _page(dialog, here, form, 200 if form.validate() else 422)
    there = BY_KEY.get(request.form.get("change", ""))
    if here is FINALIZE and there is not None:
        drafts.save_step(dialog.draft, form.opened_on, step, here.answers(dialog, form))
        db.session.commit()
        return redirect(dialog.address(there.key, back_to_finalize=True), 303)
    if not here.check(dialog, form):
        # Files that came with it stay, because the browser cannot send them again by itself.
        db.session.commit()
        return _page(dialog, here, form, 422)
    if isinstance(form, FinalizeForm):
        return _finalize(dialog, form)
    drafts.save_step(dialog.draft, form.opened_on, step, here.answers(dialog, form))
    db.session.commit()
    if here.stays(form):
        return redirect(dialog.address(step, back_to_finalize=views.came_from_finalize()), 303)
    to_the_end = views.came_from_finalize() or request.form.get("direction") == FINALIZE.key
    return redirect(dialog.address(FINALIZE.key if to_the_end else views.next_step(step)), 303)


def _first(dialog: Dialog, earlier: Step[Any], *, then: Step[Any]) -> ResponseReturnValue:
    """Lead to a step that has to be filled in first, and from there straight back to the end if that is
    where somebody was going."""
    goes_back = then is FINALIZE and dialog.may_finish_from(earlier)
    return redirect(dialog.address(earlier.key, back_to_finalize=goes_back), 303)


def _keep_for_later(
    dialog: Dialog, here: Step[Any], form: StepForm, earlier: Step[Any]
) -> ResponseReturnValue:
    """The world changed under an earlier step while this one was typed: keep it, and have that mended."""
    if dialog.is_wrong(earlier):
        # Right or wrong, it is kept as it stands, and checked again when it is reached.
        here.check(dialog, form)
        drafts.save_step(dialog.draft, form.opened_on, here.key, here.answers(dialog, form))
        db.session.commit()
        typed = f"What you typed on {here.label} is kept."
        kept = typed if here in ASKING else "Nothing has been scheduled yet."
        say(f"{kept} First, {earlier.label} needs another look.", "info")
    return _first(dialog, earlier, then=here)


def _finalize(dialog: Dialog, form: FinalizeForm) -> ResponseReturnValue:
    """One command, one commit. Everything was checked again on the way here."""
    version = form.opened_on
    plan, ticket = dialog.plan(form.chosen(dialog.candidate.email)), dialog.ticket(version)
    try:
        interview_id = schedule(dialog.actor, plan, ticket, dialog.rules).id
    except SchedulingError as error:
        db.session.rollback()
        dialog, there = open_dialog(dialog.draft.id), asking_for(error.field)
        drafts.save_step(dialog.draft, version, FINALIZE.key, FINALIZE.answers(dialog, form))
        db.session.commit()
        wrong = dialog.saved(there)
        if not wrong.errors:
            wrong.refuse(error.field, error.words)
        return _page(dialog, there, wrong, 422, goes_back=True)
    db.session.commit()
    return redirect(url_for("interviews.detail", interview_id=interview_id), 303)


@schedule_interview.get("/schedule/<draft_id>/date-time/look")
@with_dialog
def look_at_time(dialog: Dialog) -> ResponseReturnValue:
    """What stands beside Date & Time, for the time that is being typed."""
    if not htmx.is_htmx():
        return htmx.go_to(dialog.address(DATE_TIME.key))
    context = DATE_TIME.look(dialog, request.args)
    return htmx.varies(make_response(render_template("schedule_interview/_at_that_time.html", **context)))


@schedule_interview.get("/schedule/<draft_id>/letters/<int:number>")
@with_dialog
def letter_frame(dialog: Dialog, number: int) -> ResponseReturnValue:
    """One reader's mail as its own page, shut off from the page around it."""
    if dialog.first_incomplete() is not None:
        abort(404)
    letter = Preview(dialog).letter(number) or abort(404)
    response = make_response(letter.html)
    response.headers["X-Framed-Mail"] = "yes"
    return response


def _page(
    dialog: Dialog, step: Step[Any], form: StepForm, status: int = 200, *, goes_back: bool | None = None
) -> ResponseReturnValue:
    """`goes_back`: whether the step leads straight back to Finalize; by default, if one came from there."""
    goes_back = views.came_from_finalize() if goes_back is None else goes_back
    return render_template(step.template, **views.context(dialog, step, form, goes_back=goes_back)), status
