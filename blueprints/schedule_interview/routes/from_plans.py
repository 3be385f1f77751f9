"""The actions of the buttons of interview plans: start an interview from a template, or switch to another
one."""

from __future__ import annotations

from collections.abc import Mapping

from flask import redirect, request
from flask.typing import ResponseReturnValue

from blueprints.schedule_interview import views
from blueprints.schedule_interview.chosen_time import fill_in_chosen_time
from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.forms.setup import SetupForm
from blueprints.schedule_interview.starting import start_from, template_on, use_another
from database import row_id
from extensions import db
from models import Application, User
from services import services
from web.notices import say


def start_from_plan(user: User, applications: Mapping[int, Application], here: str) -> ResponseReturnValue:
    """Start from the chosen template, for the application (by job) that it is for; else lead back `here`."""
    template = template_on(set(applications), request.form.get("template", type=row_id))
    if template is None or template.job_id is None:
        say("That template is no longer in the plan. Choose another.", "warning")
        return redirect(here, 303)
    dialog, left_out = start_from(user, applications[template.job_id], template, services().rules)
    there = views.where_to_go_on(dialog.draft, was_there=False)
    fill_in_chosen_time(dialog)
    db.session.commit()
    if left_out:
        say(left_out, "info")
    return redirect(there, 303)


def use_template(dialog: Dialog, form: SetupForm) -> ResponseReturnValue:
    """Start this interview from another template of the job's plan, and show what it makes of Setup."""
    job_ids = {dialog.job.id} if dialog.job is not None and not dialog.subject.exists else set()
    template = template_on(job_ids, request.form.get("template", type=row_id))
    # A template does not say who chooses the time.
    dialog.keep(form)
    if template is None:
        say("That template is no longer in the plan. Choose another.", "warning")
    elif left_out := use_another(dialog, form.opened_on, template):
        say(left_out, "info")
    db.session.commit()
    return redirect(dialog.address(form.key, back_to_finalize=views.came_from_finalize()), 303)
