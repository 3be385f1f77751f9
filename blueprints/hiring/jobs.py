"""The list of jobs, the page of each, and changing them."""

from __future__ import annotations

from flask import Blueprint, abort, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields import SelectChoice

import htmx
from accounts.permissions import Action
from accounts.team import has_connected
from blueprints.hiring.calling_off_forms import CloseJobForm
from blueprints.hiring.forms import JobForm
from blueprints.interview_plans.rows import plan_rows
from connections import catalogue
from extensions import db
from hiring import calling_off, commands, lists, queries
from hiring.copied_plans import templates_of
from hiring.lists import JobFilter, JobState, NameSort
from hiring.misspelled import jobs_meant
from hiring.on_a_job import newest_applications
from models import Job, Stage, User
from scheduling.reading.days import day_in
from services import services
from timezones import utc_now
from web.lists import ListAddress, asked_choice, asked_text, asked_turn
from web.notices import say
from web.signed_in import actor, person
from wording import counted, first_name

_CANDIDATES_SHOWN = 10


def jobs() -> ResponseReturnValue:
    user = person()
    wanted = JobFilter(
        text=asked_text(),
        state=asked_choice("state", JobState) or JobState.OPEN,
        only_mine=asked_text("mine") == "yes",
        sort=asked_choice("sort", NameSort) or NameSort.NAME,
    )
    page = lists.jobs(user, wanted, asked_turn())
    address = ListAddress(
        "hiring.jobs",
        {
            "q": wanted.text,
            "state": wanted.state.value if wanted.state is not JobState.OPEN else "",
            "mine": "yes" if wanted.only_mine else "",
            "sort": wanted.sort.value if wanted.sort is not NameSort.NAME else "",
        },
    )
    counts = lists.application_counts(user, [job.id for job in page.rows])
    rows = tuple((job, counts.get(job.id, 0)) for job in page.rows)
    html = render_template(
        "hiring/jobs.html",
        page=page,
        meant=[] if rows else list(dict.fromkeys(jobs_meant(user, wanted.text).values())),
        rows=rows,
        today=day_in(utc_now(), user.timezone),
        wanted=wanted,
        address=address,
    )
    return htmx.at_address(make_response(html), address.with_())


def job(job_id: int) -> ResponseReturnValue:
    user = actor()
    found = queries.job(user, job_id) or abort(404)
    manages = queries.job(user, job_id, Action.MANAGE_CANDIDATES) is not None
    newest = newest_applications(user, job_id, limit=_CANDIDATES_SHOWN + 1)
    return render_template(
        "hiring/job.html",
        job=found,
        applications=newest[:_CANDIDATES_SHOWN],
        today=day_in(utc_now(), user.timezone),
        has_more=len(newest) > _CANDIDATES_SHOWN,
        not_connected=_not_connected(found) if manages else None,
        templates=plan_rows(templates_of(job_id)),
        may_manage=queries.job(user, job_id, Action.MANAGE_JOBS) is not None,
        may_add=found.is_open and manages,
        may_set_stages=manages,
        stages=list(Stage),
    )


def _not_connected(job: Job) -> str | None:
    """That the job's hiring manager has not connected the app on which this server makes meetings, in words;
    None when there is nothing to say."""
    manager = job.hiring_manager
    set_up = [spec for spec in catalogue.available() if spec.key in services().connections.clients]
    if not job.is_open or not manager.is_active or not set_up:
        return None
    if any(has_connected(manager, spec.key) for spec in set_up):
        return None
    hasnt = "You haven't" if manager.id == actor().id else f"{first_name(manager.name)} hasn't"
    return f"{hasnt} connected {set_up[0].label}."


def new_job() -> ResponseReturnValue:
    form = _form()
    if not form.is_submitted():
        form.hiring_manager.data = actor().id
        return render_template("hiring/job_form.html", form=form, job=None)
    if form.validate():
        try:
            made = commands.add_job(_typed(form))
            db.session.commit()
            say(f"{made.title} is open. Add its first candidate.")
            return redirect(url_for("hiring.job", job_id=made.id), 303)
        except commands.HiringError as error:
            form.refuse(error.field, error.words)
    return render_template("hiring/job_form.html", form=form, job=None), 422


def edit_job(job_id: int) -> ResponseReturnValue:
    found = queries.job(actor(), job_id, Action.MANAGE_JOBS) or abort(404)
    form = _form(found)
    if not form.is_submitted():
        form.title.data, form.department.data = found.title, found.department
        form.location.data, form.hiring_manager.data = found.location, found.hiring_manager_id
        form.team.data = [user.id for user in found.team]
        return render_template("hiring/job_form.html", form=form, job=found)
    if form.validate():
        try:
            commands.edit_job(found, _typed(form))
            db.session.commit()
            say("Saved.")
            return redirect(url_for("hiring.job", job_id=job_id), 303)
        except commands.HiringError as error:
            db.session.rollback()
            form.refuse(error.field, error.words)
    return render_template("hiring/job_form.html", form=form, job=found), 422


def confirm_closing(job_id: int) -> ResponseReturnValue:
    found = queries.job(actor(), job_id, Action.MANAGE_JOBS) or abort(404)
    return _closing_page(found, CloseJobForm(formdata=None))


def close_job(job_id: int) -> ResponseReturnValue:
    """Close the job. What becomes of interviews that are still to take place is asked first."""
    found, form = queries.job(actor(), job_id, Action.MANAGE_JOBS) or abort(404), CloseJobForm()
    if calling_off.coming_on_job(found):
        if not form.is_asked:
            return redirect(url_for("hiring.confirm_closing", job_id=job_id), 303)
        if not form.validate():
            return _closing_page(found, form, 422)
    cancellation = form.cancellation() if form.cancels else None
    count = calling_off.close_job(actor(), found, cancellation, services().rules)
    db.session.commit()
    kept = "Its candidates and interviews are kept."
    cancelled = f"{counted(count, 'interview')} cancelled, and everyone is told. Its candidates are kept."
    say(f"{found.title} is closed. {cancelled if count else kept}")
    return redirect(url_for("hiring.job", job_id=job_id), 303)


def reopen_job(job_id: int) -> ResponseReturnValue:
    found = queries.job(actor(), job_id, Action.MANAGE_JOBS) or abort(404)
    commands.reopen_job(found)
    db.session.commit()
    say(f"{found.title} is open again.")
    return redirect(url_for("hiring.job", job_id=job_id), 303)


def _closing_page(found: Job, form: CloseJobForm, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "hiring/close_job.html", job=found, form=form, coming=calling_off.coming_on_job(found)
    ), status


def _form(job: Job | None = None) -> JobForm:
    """The form with the people who may be chosen: everyone active, and everyone already on the job."""
    people = {user.id: user for user in queries.team()}
    on_it = [job.hiring_manager, *job.team] if job is not None else []
    people |= {user.id: user for user in on_it}
    form = JobForm()
    form.hiring_manager.choices = [SelectChoice(user.id, _name(user)) for user in people.values()]
    form.team.choices = [
        SelectChoice(user.id, f"{_name(user)}, {user.role.label}") for user in people.values()
    ]
    return form


def _name(user: User) -> str:
    return user.name if user.is_active else f"{user.name} (deactivated)"


def _typed(form: JobForm) -> commands.NewJob:
    return commands.NewJob(
        title=form.title.data,
        department=form.department.data or "",
        location=form.location.data or "",
        hiring_manager_id=form.hiring_manager.data,
        team_ids=tuple(form.team.data or ()),
    )


def register(blueprint: Blueprint) -> None:
    """Add these pages to the blueprint of jobs and candidates."""
    blueprint.get("/jobs")(jobs)
    blueprint.get("/jobs/<int:job_id>")(job)
    blueprint.route("/jobs/new", methods=["GET", "POST"])(new_job)
    blueprint.route("/jobs/<int:job_id>/edit", methods=["GET", "POST"])(edit_job)
    blueprint.get("/jobs/<int:job_id>/close")(confirm_closing)
    blueprint.post("/jobs/<int:job_id>/close")(close_job)
    blueprint.post("/jobs/<int:job_id>/reopen")(reopen_job)
