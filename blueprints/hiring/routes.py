"""Jobs and candidates."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields import SelectChoice

from accounts.permissions import Action
from blueprints.hiring.forms import ApplicationForm, CandidateForm, JobForm
from extensions import db
from hiring import commands, queries
from models import Job
from scheduling.queries import interviews_of_candidate
from web.notices import say
from web.signed_in import actor

hiring = Blueprint("hiring", __name__)


@hiring.get("/jobs")
def jobs() -> ResponseReturnValue:
    return render_template("hiring/jobs.html", jobs=queries.jobs(actor()))


@hiring.get("/jobs/<int:job_id>")
def job(job_id: int) -> ResponseReturnValue:
    found = queries.job(actor(), job_id) or abort(404)
    return render_template(
        "hiring/job.html", job=found, applications=queries.applications_on(actor(), job_id)
    )


@hiring.route("/jobs/new", methods=["GET", "POST"])
def new_job() -> ResponseReturnValue:
    form = JobForm()
    form.hiring_manager.choices = [SelectChoice(user.id, user.name) for user in queries.team()]
    if not form.is_submitted():
        form.hiring_manager.data = actor().id
        return render_template("hiring/job_form.html", form=form)
    if form.validate():
        try:
            made = commands.add_job(
                commands.NewJob(
                    title=form.title.data,
                    department=form.department.data,
                    location=form.location.data,
                    hiring_manager_id=form.hiring_manager.data,
                )
            )
            db.session.commit()
            say(f"{made.title} is open. Add its first candidate.")
            return redirect(url_for("hiring.job", job_id=made.id), 303)
        except commands.HiringError as error:
            form.refuse(error.field, error.words)
    return render_template("hiring/job_form.html", form=form), 422


@hiring.get("/candidates")
def candidates() -> ResponseReturnValue:
    return render_template("hiring/candidates.html", candidates=queries.candidates(actor()))


@hiring.get("/candidates/<int:candidate_id>")
def candidate(candidate_id: int) -> ResponseReturnValue:
    user = actor()
    found = queries.candidate(user, candidate_id) or abort(404)
    applications = queries.applications_of(user, candidate_id)
    form = ApplicationForm(formdata=None)
    known = {application.job_id for application in applications}
    form.job.choices = _choices(
        job for job in queries.open_jobs(user, Action.MANAGE_CANDIDATES) if job.id not in known
    )
    manages = queries.candidate(user, candidate_id, Action.MANAGE_CANDIDATES) is not None
    return render_template(
        "hiring/candidate.html",
        candidate=found,
        applications=applications,
        interviews=interviews_of_candidate(user, candidate_id),
        sees_contact=queries.candidate(user, candidate_id, Action.SEE_CONTACT) is not None,
        may_schedule=any(
            application.job.is_open
            for application in queries.applications_of(user, candidate_id, Action.SCHEDULE)
        ),
        application_form=form if manages and form.job.choices else None,
    )


@hiring.route("/candidates/new", methods=["GET", "POST"])
def new_candidate() -> ResponseReturnValue:
    form = CandidateForm()
    form.job.choices = _choices(queries.open_jobs(actor(), Action.MANAGE_CANDIDATES))
    if not form.is_submitted():
        # Reached from a job's page, where it is clear which one is meant.
        form.job.data = request.args.get("job", type=int)
        return render_template("hiring/candidate_form.html", form=form)
    if form.validate():
        try:
            made = commands.add_candidate(
                commands.NewCandidate(
                    name=form.name.data,
                    email=form.email.data,
                    phone=form.phone.data or "",
                    timezone=form.timezone.data or None,
                    job_id=form.job.data,
                )
            )
            db.session.commit()
            return redirect(url_for("hiring.candidate", candidate_id=made.id), 303)
        except commands.HiringError as error:
            db.session.rollback()
            form.refuse(error.field, error.words)
    return render_template("hiring/candidate_form.html", form=form), 422


@hiring.post("/candidates/<int:candidate_id>/applications")
def add_application(candidate_id: int) -> ResponseReturnValue:
    user = actor()
    found = queries.candidate(user, candidate_id, Action.MANAGE_CANDIDATES) or abort(404)
    form = ApplicationForm()
    form.job.choices = _choices(queries.open_jobs(user, Action.MANAGE_CANDIDATES))
    if not form.validate():
        say("Choose an open job.", "danger")
    else:
        try:
            commands.add_application(found, form.job.data)
            db.session.commit()
        except commands.HiringError as error:
            say(error.words, "danger")
    return redirect(url_for("hiring.candidate", candidate_id=candidate_id), 303)


def _choices(jobs: Iterable[Job]) -> list[SelectChoice]:
    return [SelectChoice(job.id, job.title) for job in jobs]
