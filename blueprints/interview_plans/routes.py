"""Interview plans: the templates of a job, and the organization's, which new jobs copy.

Both are the same pages. Their addresses differ, and so does who may change them: `job_id` is None for the
organization's plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from blueprints.interview_plans.forms import LIMITS, TemplateForm
from blueprints.interview_plans.rows import plan_rows
from extensions import db
from hiring import interview_plans as plans
from hiring import queries, template_files
from hiring.commands import HiringError
from hiring.copied_plans import templates_of
from models import Attachment, InterviewTemplate, Job
from scheduling.drafts.attachments import MOST_FILES
from scheduling.files.keeping import MOST_BYTES, FileError
from scheduling.files.kinds_of_files import KINDS
from scheduling.software import usual
from services import services
from web.file_answers import as_download
from web.notices import say
from web.received_files import NOTHING, Received, drop_all, receive, sent_files
from web.signed_in import actor
from wording import counted

interview_plans = Blueprint("interview_plans", __name__)


@dataclass(frozen=True)
class _Plan:
    """Whose plan it is, and where its pages are."""

    job: Job | None

    @property
    def job_id(self) -> int | None:
        return self.job.id if self.job is not None else None

    @property
    def url(self) -> str:
        """The page that shows the plan."""
        if self.job is not None:
            return url_for("hiring.job", job_id=self.job.id, _anchor="plan")
        return url_for("interview_plans.defaults")

    def address(self, what: str, template: InterviewTemplate | None = None, **told: Any) -> str:
        """The address of one of the plan's other routes, such as `new`."""
        of_what = "default" if self.job is None else "template"
        if self.job is not None:
            told["job_id"] = self.job.id
        if template is not None:
            told[f"{of_what}_id"] = template.id
        return url_for(f"interview_plans.{what}_{of_what}", **told)


def _plan(job_id: int | None) -> _Plan:
    if job_id is None:
        return _Plan(None)
    return _Plan(queries.job(actor(), job_id, Action.MANAGE_JOBS) or abort(404))


def _found(plan: _Plan, template_id: int) -> InterviewTemplate:
    return plans.find(plan.job_id, template_id) or abort(404)


def defaults() -> str:
    """The organization's plan."""
    return render_template("interview_plans/defaults.html", templates=plan_rows(templates_of(None)))


def new(job_id: int | None = None) -> ResponseReturnValue:
    plan, form = _plan(job_id), TemplateForm()
    form.offer(queries.team(), None)
    if form.is_submitted():
        return _save(plan, None, form)
    form.meeting_software.data = usual(services().connections.clients).value
    return _form_page(plan, form, None)


def edit(template_id: int, job_id: int | None = None) -> ResponseReturnValue:
    plan, form = _plan(job_id), TemplateForm()
    template = _found(plan, template_id)
    form.offer(queries.team(), template)
    if form.is_submitted():
        return _save(plan, template, form)
    form.fill_from(template)
    return _form_page(plan, form, template)


def _save(plan: _Plan, template: InterviewTemplate | None, form: TemplateForm) -> ResponseReturnValue:
    """Save what was sent with its files, all of it or nothing: a page that is shown again has no files
    anymore, so none of them may have been added already."""
    received = NOTHING
    if sent_files():
        # The disk may be slow, and no one else can write to SQLite while a transaction is open.
        template_id = template.id if template is not None else None
        db.session.rollback()
        received = receive(MOST_FILES)
        plan = _plan(plan.job_id)
        template = _found(plan, template_id) if template_id is not None else None
        form.offer(queries.team(), template)
    if form.validate():
        try:
            _write(plan, template, form, received)
            db.session.commit()
            say("Saved." if template is not None else f"{form.name.data} is in the plan.")
            return redirect(plan.url, 303)
        except HiringError as error:
            db.session.rollback()
            form.refuse(error.field, error.words)
        except FileError as error:
            db.session.rollback()
            form.files.errors = [error.words]
    if sent_files():
        drop_all(received)
        form.files.errors = [*form.files.errors, "No file was added. Choose them again."]
    return _form_page(plan, form, template), 422


def _write(plan: _Plan, template: InterviewTemplate | None, form: TemplateForm, received: Received) -> None:
    if template is None:
        template = plans.add_template(actor(), plan.job, form.values)
    else:
        plans.edit_template(actor(), template, form.values)
    template_files.delete(template, form.delete_files.data or ())
    if received.refused:
        raise FileError(" ".join(received.refused))
    for kept in received.kept:
        template_files.add(actor(), template, kept, is_for_team_only=form.new_files_for_team_only.data)


def move(template_id: int, job_id: int | None = None) -> ResponseReturnValue:
    plan = _plan(job_id)
    plans.move_template(actor(), _found(plan, template_id), up=request.form.get("direction") == "up")
    db.session.commit()
    return redirect(plan.url, 303)


def remove(template_id: int, job_id: int | None = None) -> ResponseReturnValue:
    """Asks first, because what the template holds cannot be brought back."""
    plan = _plan(job_id)
    template = _found(plan, template_id)
    if request.method == "GET":
        return render_template("interview_plans/remove.html", plan=plan, template=template)
    name = template.name
    plans.remove_template(actor(), template)
    db.session.commit()
    say(f"{name} is no longer in the plan.")
    return redirect(plan.url, 303)


def file(template_id: int, file_id: int, job_id: int | None = None) -> ResponseReturnValue:
    return as_download(_found_file(_found(_plan(job_id), template_id), file_id))


def _found_file(template: InterviewTemplate, file_id: int) -> Attachment:
    rows = template_files.of_template(template)
    return next((row for row in rows if row.id == file_id), None) or abort(404)


def default_file(default_id: int, file_id: int) -> ResponseReturnValue:
    return file(default_id, file_id)


def edit_default(default_id: int) -> ResponseReturnValue:
    return edit(default_id)


def move_default(default_id: int) -> ResponseReturnValue:
    return move(default_id)


def remove_default(default_id: int) -> ResponseReturnValue:
    return remove(default_id)


def confirm_copying(job_id: int) -> str:
    plan = _plan(job_id)
    return render_template(
        "interview_plans/copy.html",
        job=plan.job,
        templates=templates_of(job_id),
        defaults=plan_rows(templates_of(None)),
    )


def copy_defaults(job_id: int) -> ResponseReturnValue:
    plan = _plan(job_id)
    assert plan.job is not None
    count = plans.replace_with_defaults(plan.job)
    db.session.commit()
    say(f"{plan.job.title} has the organization's plan: {counted(count, 'template')}.")
    return redirect(plan.url, 303)


def _form_page(plan: _Plan, form: TemplateForm, template: InterviewTemplate | None) -> str:
    return render_template(
        "interview_plans/template.html",
        plan=plan,
        form=form,
        template=template,
        limits=LIMITS,
        files=template_files.of_template(template) if template is not None else [],
        accept=",".join(f".{ending}" for ending in KINDS),
        largest_file=MOST_BYTES,
    )


def _register() -> None:
    both, post = ["GET", "POST"], ["POST"]
    of_job, of_all = "/jobs/<int:job_id>/plan", "/settings/organization/interview-plan"
    template, default = f"{of_job}/<int:template_id>", f"{of_all}/<int:default_id>"
    add = interview_plans.add_url_rule
    add(f"{of_job}/new", "new_template", new, methods=both)
    add(template, "edit_template", edit, methods=both)
    add(f"{template}/move", "move_template", move, methods=post)
    add(f"{template}/remove", "remove_template", remove, methods=both)
    add(f"{template}/files/<int:file_id>", "file_of_template", file)
    add(f"{of_job}/copy", view_func=confirm_copying)
    add(f"{of_job}/copy", view_func=copy_defaults, methods=post)
    add(of_all, view_func=defaults)
    add(f"{of_all}/new", "new_default", new, methods=both)
    add(default, view_func=edit_default, methods=both)
    add(f"{default}/files/<int:file_id>", "file_of_default", default_file)
    add(f"{default}/move", view_func=move_default, methods=post)
    add(f"{default}/remove", view_func=remove_default, methods=both)


_register()
