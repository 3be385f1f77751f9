"""Scheduling another interview like an existing one: for whom, and the draft that starts from it."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField
from wtforms.fields import SelectChoice

from accounts.permissions import Action
from blueprints.schedule_interview import views
from blueprints.schedule_interview.answers import repeated
from blueprints.schedule_interview.forms.setup import SetupForm
from database import row_id
from extensions import db
from hiring import queries
from models import Application, Interview
from scheduling.drafts import starting
from scheduling.drafts.again import people_for_another
from scheduling.drafts.from_template import FromTemplate
from scheduling.reading import lists
from web.forms import Form
from web.notices import say
from web.signed_in import actor


class ForWhomForm(Form):
    # Its values are applications to the interview's job.
    application = SelectField("Candidate", coerce=row_id, render_kw={"data-searchable": "true"})


def register(blueprint: Blueprint) -> None:
    """Add the page to the blueprint."""
    blueprint.add_url_rule(
        "/interviews/<int:interview_id>/another", view_func=another, methods=["GET", "POST"]
    )


def another(interview_id: int) -> ResponseReturnValue:
    user = actor()
    interview = lists.interview(user, interview_id, Action.SCHEDULE) or abort(404)
    if interview.candidate.erased_at is not None:
        say("This interview can't be repeated, because its details were erased with its candidate.", "info")
        return redirect(url_for("interviews.detail", interview_id=interview_id), 303)
    people = {application.id: application for application in people_for_another(user, interview)}
    form = ForWhomForm()
    form.application.choices = [
        SelectChoice(application.id, application.candidate.name) for application in people.values()
    ]
    if not form.is_submitted():
        form.application.data = interview.application_id
        return _page(interview, form)
    if not form.validate():
        return _page(interview, form), 422
    application = people[form.application.data]
    active = {member.id for member in queries.team()}
    answered, suggested = repeated(interview, application, active_user_ids=active)
    draft = starting.start(
        user,
        application.candidate_id,
        answered,
        application_id=application.id,
        suggestions=suggested,
        repeats_id=interview_id,
        template=_same_template(interview, application),
    )
    there = views.where_to_go_on(draft, was_there=False)
    db.session.commit()
    return redirect(there, 303)


def _same_template(interview: Interview, application: Application) -> FromTemplate | None:
    """What the repeated interview started from: the same kind of interview, whose answers are copied."""
    if not interview.template_name:
        return None
    return FromTemplate(
        interview.template_id,
        application.job_id,
        interview.template_name,
        interview.duration_minutes,
        {SetupForm.key: {"job": [str(application.id)]}},
    )


def _page(interview: Interview, form: ForWhomForm) -> str:
    return render_template("schedule_interview/another.html", interview=interview, form=form)
