"""Bringing in candidates from a spreadsheet: send a list, look at what it would do, confirm."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError
from wtforms.fields import SelectChoice

from accounts.permissions import Action
from blueprints.hiring.forms import ImportForm
from blueprints.hiring.import_file import MOST_BYTES, MOST_LINES, UnreadableListError, decoded, read_list
from extensions import db
from hiring import imports, queries
from hiring.imports import Effect, ImportChangedError, Plan
from models import CandidateImport, Job
from web.notices import say
from web.signed_in import actor

# Errors are all shown; of everything else, as many lines as anyone will read.
_LINES_SHOWN = 100


def import_candidates() -> ResponseReturnValue:
    user, form = actor(), ImportForm()
    form.job.choices = [
        SelectChoice(job.id, job.title) for job in queries.open_jobs(user, Action.MANAGE_CANDIDATES)
    ]
    if not form.is_submitted():
        form.job.data = request.args.get("job", type=int)
        return _form_page(form)
    if not form.validate():
        return _form_page(form), 422
    upload = form.file.data
    try:
        text = decoded(upload.read(MOST_BYTES + 1)) if upload and upload.filename else form.text.data or ""
        read_list(text)
    except UnreadableListError as error:
        form.refuse("file" if upload and upload.filename else "text", error.words)
        return _form_page(form), 422
    row = imports.start_import(user, form.job.data, text)
    db.session.commit()
    return redirect(url_for("hiring.import_preview", import_id=row.id), 303)


def import_preview(import_id: str) -> ResponseReturnValue:
    row, job = imports.find_import(actor(), import_id) or abort(404)
    return _preview_page(row, job, _plan(row, job))


def confirm_import(import_id: str) -> ResponseReturnValue:
    """Do what was shown, or show what it would be now."""
    found = imports.find_import(actor(), import_id)
    if found is None:
        say("This list was already imported, or it's too old. Nothing was imported.", "warning")
        return redirect(url_for("hiring.candidates"), 303)
    row, job = found
    plan = _plan(row, job)
    try:
        imports.apply_import(actor(), row, job, plan, request.form.get("seen", ""))
        db.session.commit()
    except (ImportChangedError, IntegrityError):
        db.session.rollback()
        row, job = imports.find_import(actor(), import_id) or abort(404)
        return _preview_page(row, job, _plan(row, job), has_changed=True), 409
    say(_done(plan, job))
    return redirect(url_for("hiring.candidates", job=job.id, sort="newest"), 303)


def _plan(row: CandidateImport, job: Job) -> Plan:
    """Everything is read and checked again: what is stored is nothing but the text that was sent."""
    return imports.plan_import(actor(), job, read_list(row.text).lines)


def _form_page(form: ImportForm) -> str:
    return render_template(
        "hiring/import.html", form=form, most_lines=MOST_LINES, most_megabytes=MOST_BYTES // 1024**2
    )


def _preview_page(row: CandidateImport, job: Job, plan: Plan, *, has_changed: bool = False) -> str:
    wrong = [planned for planned in plan.lines if planned.effect is Effect.ERROR]
    right = [planned for planned in plan.lines if planned.effect is not Effect.ERROR]
    return render_template(
        "hiring/import_preview.html",
        row=row,
        job=job,
        plan=plan,
        wrong=wrong,
        right=right[:_LINES_SHOWN],
        not_shown=max(0, len(right) - _LINES_SHOWN),
        ignored=read_list(row.text).ignored,
        new=plan.count(Effect.NEW),
        known=plan.count(Effect.JOB_ADDED),
        nothing=plan.count(Effect.NOTHING),
        has_changed=has_changed,
    )


def _done(plan: Plan, job: Job) -> str:
    new, known = plan.count(Effect.NEW), plan.count(Effect.JOB_ADDED)
    parts = [f"{new} new {_candidates(new)}"] if new else []
    parts += [f"{known} known {_candidates(known)}"] if known else []
    return f"Imported for {job.title}: {' and '.join(parts)}."


def _candidates(number: int) -> str:
    return "candidate" if number == 1 else "candidates"


def register(blueprint: Blueprint) -> None:
    """Put these pages on the blueprint of jobs and candidates."""
    blueprint.route("/candidates/import", methods=["GET", "POST"])(import_candidates)
    blueprint.get("/candidates/imports/<import_id>")(import_preview)
    blueprint.post("/candidates/imports/<import_id>")(confirm_import)
