"""Schedule Interview: six full pages that fill in one draft. Nothing outside is touched before Finalize."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import htmx
from accounts.permissions import Action
from blueprints.schedule_interview import views
from blueprints.schedule_interview.chosen_time import chosen_time, fill_in_chosen_time
from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.filling_in import save_the_rest
from blueprints.schedule_interview.forms.base import StepForm
from blueprints.schedule_interview.forms.finalize import FinalizeForm
from blueprints.schedule_interview.forms.preview import PreviewForm
from blueprints.schedule_interview.forms.setup import SetupForm
from blueprints.schedule_interview.open_draft import open_dialog, with_dialog
from blueprints.schedule_interview.pages import BY_KEY
from blueprints.schedule_interview.pages.base import Page
from blueprints.schedule_interview.pages.setup import SETUP
from blueprints.schedule_interview.routes import staying
from blueprints.schedule_interview.routes.changing import take_over_changes_of_others
from blueprints.schedule_interview.routes.from_plans import start_from_plan, use_template
from blueprints.schedule_interview.subjects import Decided
from database import row_id
from extensions import db
from hiring import queries
from models import Draft
from scheduling.commands.change import ChangedMeanwhileError, NothingChangedError, NotScheduledError
from scheduling.commands.time_slots import NotRequestedError
from scheduling.drafts import drafts, starting
from scheduling.drafts.unfinished import open_drafts
from scheduling.errors import DraftStaleError, SchedulingError
from services import services
from web.notices import say
from web.signed_in import actor
from wording import first_name


def register(blueprint: Blueprint) -> None:
    """Add the pages to the blueprint."""
    both = ["GET", "POST"]
    blueprint.add_url_rule("/candidates/<int:candidate_id>/schedule", view_func=start, methods=both)
    blueprint.add_url_rule("/schedule/<draft_id>", view_func=resume)
    blueprint.add_url_rule("/schedule/<draft_id>/discard", view_func=discard, methods=both)
    blueprint.add_url_rule("/schedule/<draft_id>/<step>", view_func=step, methods=both)
    blueprint.add_url_rule("/schedule/<draft_id>/<step>/typed", view_func=keep_typed, methods=["POST"])


def start(candidate_id: int) -> ResponseReturnValue:
    """Open the interview that this person has started, or start one: for the `job` that the button names,
    else for any of the candidate's. If the address brings a time (`chosen_time.py`), it is filled in. A GET
    leads to the candidate, whose page has the button, because reading changes nothing.
    """
    user = actor()
    candidate = queries.candidate(user, candidate_id, Action.SCHEDULE) or abort(404)
    chosen = chosen_time()
    here = url_for("hiring.candidate", candidate_id=candidate_id, at=chosen.at if chosen else None)
    if request.method == "GET":
        return redirect(here, 303)
    applications = {
        application.job_id: application
        for application in queries.applications_to_schedule(user, candidate_id)
        if application.job.is_open
    }
    if not applications:
        say("Add the candidate to an open job first.", "warning")
        return redirect(here, 303)
    if "template" in request.form:
        return start_from_plan(user, applications, here)
    wanted = applications.get(request.form.get("job", 0, type=row_id))
    among = [wanted] if wanted is not None else applications.values()
    opened = starting.open_or_start(user, candidate.id, [application.id for application in among])
    there = views.where_to_go_on(opened.draft, was_there=not opened.is_new)
    fill_in_chosen_time(Dialog(user, opened.draft, services().rules))
    db.session.commit()
    return redirect(there, 303)


@with_dialog
def resume(dialog: Dialog) -> ResponseReturnValue:
    """Continue where it was left."""
    last = FinalizeForm.key if dialog.is_saved(PreviewForm) else PreviewForm.key
    unfinished = next((step.key for step in dialog.unfinished), None)
    there = dialog.first_incomplete() or unfinished or last
    return redirect(views.with_what_was_there(dialog.address(there)), 303)


@with_dialog
def discard(dialog: Dialog) -> ResponseReturnValue:
    """Ask, on a page that needs no script, and discard the draft. Leads back to the candidate's page if the
    person came from there, and otherwise to the dashboard."""
    back_url = url_for("dashboard.home")
    if request.args.get("from") == "candidate":
        back_url = url_for("hiring.candidate", candidate_id=dialog.draft.candidate_id)
    if request.method == "GET":
        return render_template("schedule_interview/discard.html", dialog=dialog, back_url=back_url)
    name = dialog.candidate.name
    kept = "The interview stays as it is." if dialog.subject.exists else "No one had been invited."
    drafts.discard(dialog.draft)
    db.session.commit()
    say(f"Your draft for {name} is gone. {kept}", "info")
    return redirect(back_url, 303)


@with_dialog
def step(dialog: Dialog, step: str) -> ResponseReturnValue:
    here = BY_KEY.get(step) or abort(404)
    earlier = _earlier(dialog, here)
    if request.method == "GET":
        if earlier is not None:
            return _first(dialog, earlier, then=here)
        if not dialog.applications:
            return render_template("schedule_interview/no_job.html", dialog=dialog)
        return _page(dialog, here, dialog.shown(here.form_class))
    form = dialog.posted(here.form_class)
    if "go" in request.form:
        return _leave(dialog, here, form, BY_KEY.get(request.form["go"]), has_earlier=earlier is not None)
    if "template" in request.form and isinstance(form, SetupForm):
        return use_template(dialog, form)
    if (stays := staying.button_in(request.form)) is not None:
        if not stays(dialog, form):
            return _refused(dialog, here, form)
        db.session.commit()
        return redirect(dialog.address(step, back_to_finalize=views.came_from_finalize()), 303)
    if (opens := _OPENING.get(request.form.get("direction", ""))) is not None and not dialog.subject.exists:
        with suppress(DraftStaleError):
            dialog.keep(form)
        draft = opens(dialog)
        address = views.where_to_go_on(draft, was_there=bool(draft.payload or draft.typed))
        db.session.commit()
        return redirect(address, 303)
    if earlier is not None:
        return _keep_for_later(dialog, here, form, earlier)
    if request.form.get("direction") == "show":
        # Without a script: the page again, updated for its current values. Nothing is saved.
        return _page(dialog, here, form, 200 if form.validate() else 422)
    if here.is_filled_by_button(form, request.form):
        return _page(dialog, here, form)
    there = BY_KEY.get(request.form.get("change", ""))
    if isinstance(form, FinalizeForm) and there is not None:
        drafts.save_step(dialog.draft, form.opened_on, step, form.answers())
        db.session.commit()
        return redirect(dialog.address(there.key, back_to_finalize=True), 303)
    if request.form.get("direction") == "keep-this":
        _discard_other(dialog, form)
    if not here.check(dialog, form):
        return _refused(dialog, here, form)
    if isinstance(form, FinalizeForm):
        return _finalize(dialog, form)
    drafts.save_step(dialog.draft, form.opened_on, step, form.answers())
    if form.stays:
        db.session.commit()
        return redirect(dialog.address(step, back_to_finalize=views.came_from_finalize()), 303)
    if views.came_from_finalize() or request.form.get("direction") == FinalizeForm.key:
        return _go_to_the_end(dialog)
    db.session.commit()
    return redirect(dialog.address(views.next_step(dialog, here)), 303)


@with_dialog
def keep_typed(dialog: Dialog, step: str) -> ResponseReturnValue:
    """Keep what is being typed, for a page that is reloaded or closed. The page itself stays as it is, so
    the answer is empty, also when another tab was faster: Continue will say so."""
    here = BY_KEY.get(step) or abort(404)
    with suppress(DraftStaleError):
        dialog.keep(dialog.posted(here.form_class), but_for=here.form_class.kept_by_buttons)
    db.session.commit()
    return htmx.nothing_new()


def _start_over(dialog: Dialog) -> Draft:
    """What was typed is set aside with the rest, and Undo brings both back."""
    return starting.start_over(dialog.actor, dialog.draft)


def _bring_back(dialog: Dialog) -> Draft:
    back = starting.bring_back(dialog.actor, dialog.draft)
    if back is dialog.draft:
        say("What you started before can't be brought back anymore.", "info")
    return back


def _schedule_for_another_job(dialog: Dialog) -> Draft:
    """Leave this one as it is."""
    possible = {application.id for application in dialog.applications}
    return starting.open_or_start(dialog.actor, dialog.candidate.id, possible, another=True).draft


# Buttons that lead to another draft for the same candidate.
_OPENING: Mapping[str, Callable[[Dialog], Draft]] = {
    "start-over": _start_over,
    "bring-back": _bring_back,
    "another-job": _schedule_for_another_job,
}


def _discard_other(dialog: Dialog, form: StepForm) -> None:
    """Of two drafts that would be for the same job, keep this one."""
    starting.take_turn(dialog.actor)
    other = SETUP.other_draft(dialog, form) if isinstance(form, SetupForm) else None
    if other is not None:
        drafts.discard(other)


def _leave(
    dialog: Dialog, here: Page[Any], form: StepForm, there: Page[Any] | None, *, has_earlier: bool
) -> ResponseReturnValue:
    """Go to another step, or, without one, back. What was typed is kept as it is; on the way to a later step
    it has to hold, as with Continue, because that step builds on it."""
    keys = [step.key for step in dialog.steps]
    address = views.way_back(dialog, here) if there is None else dialog.address(there.key)
    is_later = there is not None and keys.index(there.key) > keys.index(here.key)
    if is_later and here.asks and not has_earlier:
        if form.changes_from(dialog.saved(here.form_class)) or here.differences(dialog, form):
            if not here.check(dialog, form):
                return _refused(dialog, here, form)
            drafts.save_step(dialog.draft, form.opened_on, here.key, form.answers())
    else:
        for words in here.keep_rest(dialog, form):
            say(words, "warning")
        dialog.keep(form)
    db.session.commit()
    return redirect(address, 303)


def _go_to_the_end(dialog: Dialog) -> ResponseReturnValue:
    """Finalize, saving every unopened step with its initial values; or the first step that is not valid."""
    wrong = save_the_rest(dialog)
    db.session.commit()
    if wrong is None:
        return redirect(dialog.address(FinalizeForm.key), 303)
    page, form = wrong
    return _page(open_dialog(dialog.draft.id), page, form, 422, goes_back=True)


def _refused(dialog: Dialog, here: Page[Any], form: StepForm) -> ResponseReturnValue:
    """The page again, with errors beside their fields. What was typed is kept with it, and so are the files
    that came along, because the browser cannot send them again on its own."""
    # Where newer answers are saved than these, sending them once they are right will show both.
    with suppress(DraftStaleError):
        dialog.keep(form)
    db.session.commit()
    return _page(dialog, here, form, 422)


def _earlier(dialog: Dialog, here: Page[Any]) -> Page[Any] | None:
    """The page that has to be filled in before this one, if there is one."""
    incomplete, keys = dialog.first_incomplete(), [step.key for step in dialog.steps]
    if incomplete is None or keys.index(incomplete) >= keys.index(here.key):
        return None
    return BY_KEY[incomplete]


def _first(dialog: Dialog, earlier: Page[Any], *, then: Page[Any]) -> ResponseReturnValue:
    """Lead to a step that has to be filled in first, and from there straight back to the end if that is
    where the person was going."""
    goes_back = (
        then.form_class is FinalizeForm
        and dialog.is_remembered
        and dialog.may_finish_from(earlier.form_class)
    )
    return redirect(dialog.address(earlier.key, back_to_finalize=goes_back), 303)


def _keep_for_later(
    dialog: Dialog, here: Page[Any], form: StepForm, earlier: Page[Any]
) -> ResponseReturnValue:
    """An earlier step became invalid while this one was being typed: keep this one, and ask for the other to
    be fixed.
    """
    if dialog.is_wrong(earlier.form_class):
        # Valid or not, it is kept as it is, and checked again when it is reached.
        here.check(dialog, form)
        drafts.save_step(dialog.draft, form.opened_on, here.key, form.answers())
        db.session.commit()
        kept = f"What you typed on {here.label} is kept." if here.asks else dialog.subject.nothing_done
        say(f"{kept} Check {earlier.label} first.", "info")
    return _first(dialog, earlier, then=here)


def _finalize(dialog: Dialog, form: FinalizeForm) -> ResponseReturnValue:
    """One command, one commit. Everything was already checked again on the way here."""
    plan = dialog.plan(form.chosen(dialog.candidate.email))
    ticket = dialog.ticket(form.opened_on, form.reason)
    stage_before = dialog.application.stage if dialog.application else None
    try:
        decided = Decided(plan, ticket, dialog.offer(at_once=form.schedules_at_once))
        interview = dialog.subject.command(dialog.actor, decided, dialog.rules)
    except ChangedMeanwhileError:
        db.session.rollback()
        return _changed_meanwhile(dialog.draft.id, form)
    except NothingChangedError:
        db.session.rollback()
        form.words.errors = ["Nothing is different yet. Change something first."]
        return _page(dialog, BY_KEY[form.key], form, 422)
    except (NotScheduledError, NotRequestedError) as error:
        db.session.rollback()
        words = "was cancelled or has taken place, so it can't be changed anymore."
        if isinstance(error, NotRequestedError):
            words = "was scheduled or withdrawn meanwhile, or other times were offered."
        say(f"The interview {words}", "warning")
        return redirect(url_for("interviews.detail", interview_id=dialog.draft.about_interview_id), 303)
    except SchedulingError as error:
        db.session.rollback()
        dialog = open_dialog(dialog.draft.id)
        drafts.save_step(dialog.draft, ticket.draft_version, form.key, form.answers())
        db.session.commit()
        there = BY_KEY[dialog.asking_for(error.field).key]
        wrong = dialog.saved(there.form_class)
        if not wrong.errors:
            wrong.refuse(error.field, error.words)
        return _page(dialog, there, wrong, 422, goes_back=True)
    interview_id, stage = interview.id, interview.application.stage
    others = open_drafts(dialog.actor, candidate_id=dialog.candidate.id) if not dialog.subject.exists else []
    db.session.commit()
    if dialog.subject.done:
        name = first_name(dialog.candidate.name)
        moved = "" if stage is stage_before else f" {name} moved to {stage.label}."
        done = dialog.subject.done.format(name=name)
        say(f"{done}{moved}")
    # The page then offers to discard them.
    told: dict[str, Any] = {"unfinished": 1} if others else {}
    return redirect(url_for("interviews.detail", interview_id=interview_id, **told), 303)


def _changed_meanwhile(draft_id: str, form: FinalizeForm) -> ResponseReturnValue:
    """Someone else has changed the interview since: the draft takes their changes over where this person has
    changed nothing, and shows what they did before anything is saved."""
    dialog = open_dialog(draft_id)
    assert dialog.changed is not None
    drafts.save_step(dialog.draft, dialog.draft.version, form.key, form.answers())
    done = take_over_changes_of_others(dialog, dialog.changed)
    db.session.commit()
    what = ": " + "; ".join(done) if done else ""
    say(
        f"Someone else changed this interview meanwhile{what}. Check what changes now, and save again.",
        "warning",
    )
    dialog = open_dialog(draft_id)
    first = dialog.first_incomplete()
    there = BY_KEY[first or FinalizeForm.key]
    return _page(dialog, there, dialog.saved(there.form_class), 409, goes_back=first is not None)


def _page(
    dialog: Dialog, page: Page[Any], form: StepForm, status: int = 200, *, goes_back: bool | None = None
) -> ResponseReturnValue:
    """`goes_back`: whether the step leads straight back to Finalize; by default, if one came from there."""
    goes_back = views.came_from_finalize() if goes_back is None else goes_back
    return render_template(page.template, **views.context(dialog, page, form, goes_back=goes_back)), status
