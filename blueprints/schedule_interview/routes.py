"""Schedule Interview: six full pages over one draft. Nothing outside is touched before Finalize."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, abort, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from blueprints.schedule_interview import preview, views
from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.forms import DateTimeStep, FinalizeStep, StepForm
from extensions import db
from hiring import queries
from scheduling import drafts
from scheduling.commands import schedule_interview as schedule
from scheduling.drafts import STEPS
from scheduling.errors import DraftGoneError, DraftStaleError, DraftUsedError, SchedulingError
from scheduling.rules import Rules
from web.notices import say
from web.signed_in import actor

schedule_interview = Blueprint("schedule_interview", __name__)


def _rules() -> Rules:
    rules = current_app.extensions["rules"]
    assert isinstance(rules, Rules)
    return rules


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
    return redirect(url_for("schedule_interview.step", draft_id=draft.id, step=STEPS[0]), 303)


def find_dialog(draft_id: str) -> Dialog:
    """The draft with all that its steps need. Raises `DraftGoneError` and `DraftUsedError`."""
    user = actor()
    draft = drafts.find(user, draft_id)
    # Held by a name, so that the draft finds its candidate in the session and asks no second time.
    candidate = queries.candidate(user, draft.candidate_id, Action.SCHEDULE)
    if candidate is None:
        # Somebody else's candidate by now; a draft from before must not show them.
        raise DraftGoneError(draft_id)
    return Dialog(user, draft, _rules())


def _with_dialog(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Find the draft and answer for those that are gone, used or stale."""

    @wraps(view)
    def found(draft_id: str, **options: Any) -> ResponseReturnValue:
        try:
            try:
                return view(find_dialog(draft_id), **options)
            except DraftStaleError:
                db.session.rollback()
                # Found anew, because what made this form stale may have used the draft up as well.
                return _stale(find_dialog(draft_id), options.get("step", STEPS[0]))
        except DraftGoneError:
            return render_template("schedule_interview/gone.html"), 404
        except DraftUsedError as error:
            db.session.rollback()
            address = (
                url_for("interviews.detail", interview_id=error.interview_id) if error.interview_id else None
            )
            if request.method == "POST" and address:
                # A second click on the same button: show what the first one made.
                return redirect(address, 303)
            return render_template("schedule_interview/used.html", interview_url=address), 200

    return found


def _stale(dialog: Dialog, step: str) -> ResponseReturnValue:
    """The draft was saved since this form was opened: go on if by the same form, else show both."""
    posted = dialog.posted(step)
    if step != "finalize" and dialog.answers(posted) == dialog.draft.payload.get(step):
        return redirect(_address(dialog, _after(step)), 303)
    return (
        render_template(
            "schedule_interview/stale.html",
            go_on_url=_address(dialog, step),
            yours=views.answers_in_words(posted),
            saved=views.answers_in_words(dialog.saved(step)),
        ),
        409,
    )


@schedule_interview.get("/schedule/<draft_id>")
@_with_dialog
def resume(dialog: Dialog) -> ResponseReturnValue:
    """Go on where it was left."""
    return redirect(_address(dialog, dialog.first_incomplete() or "preview"), 303)


@schedule_interview.route("/schedule/<draft_id>/<step>", methods=["GET", "POST"])
@_with_dialog
def step(dialog: Dialog, step: str) -> ResponseReturnValue:
    if step not in STEPS:
        abort(404)
    earlier = dialog.first_incomplete()
    if earlier is not None and STEPS.index(earlier) < STEPS.index(step):
        if earlier in dialog.draft.payload:
            say("What was chosen here is no longer possible. Please choose again.", "warning")
        return redirect(_address(dialog, earlier), 303)
    if request.method == "GET":
        return _page(dialog, step, dialog.saved(step))
    form = dialog.posted(step)
    if not form.validate():
        return _page(dialog, step, form, 422)
    if step == "finalize":
        assert isinstance(form, FinalizeStep)
        return _finalize(dialog, form)
    if isinstance(form, DateTimeStep) and dialog.clashes(form) and not form.clash_ok.data:
        form.refuse("clash_ok", "Choose another time, or tick that it is all right.")
        return _page(dialog, step, form, 422)
    drafts.save_step(dialog.draft, _version(form), step, dialog.answers(form))
    db.session.commit()
    return redirect(_address(dialog, _after(step)), 303)


def _finalize(dialog: Dialog, form: FinalizeStep) -> ResponseReturnValue:
    """One command, one commit. Everything was checked again on the way here."""
    command = dialog.command(_version(form), tuple(form.reminders.data or ()))
    try:
        interview_id = schedule(dialog.actor, command, dialog.rules).id
    except SchedulingError as error:
        db.session.rollback()
        dialog = find_dialog(dialog.draft.id)
        wrong = dialog.saved(error.step)
        wrong.refuse(error.field, error.words)
        return _page(dialog, error.step, wrong, 422)
    db.session.commit()
    return redirect(url_for("interviews.detail", interview_id=interview_id), 303)


@schedule_interview.get("/schedule/<draft_id>/letters/<int:number>")
@_with_dialog
def letter_frame(dialog: Dialog, number: int) -> ResponseReturnValue:
    """One reader's mail as its own page, shut off from the page around it."""
    if dialog.first_incomplete() is not None:
        abort(404)
    letters = preview.letters(dialog)
    if number >= len(letters):
        abort(404)
    response = make_response(letters[number].html)
    response.headers["X-Framed-Mail"] = "yes"
    return response


def _version(form: StepForm) -> int:
    text = form.version.data or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _after(step: str) -> str:
    return STEPS[STEPS.index(step) + 1]


def _address(dialog: Dialog, step: str) -> str:
    return url_for("schedule_interview.step", draft_id=dialog.draft.id, step=step)


def _page(dialog: Dialog, step: str, form: StepForm, status: int = 200) -> ResponseReturnValue:
    template = f"schedule_interview/{step.replace('-', '_')}.html"
    return render_template(template, **views.context(dialog, step, form)), status
