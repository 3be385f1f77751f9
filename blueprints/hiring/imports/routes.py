"""Bringing in candidates from a spreadsheet: upload a list, say what its columns mean, review, confirm."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from accounts.permissions import Action
from blueprints.hiring.forms import CandidateDetailsForm
from blueprints.hiring.imports.columns import Meaning
from blueprints.hiring.imports.files import (
    MOST_BYTES,
    ReadFile,
    UnreadableListError,
    read_as,
    read_file,
    telling_words,
)
from blueprints.hiring.imports.forms import ColumnError, ColumnsForm, ImportForm, OtherJobsForm, ReadingForm
from blueprints.hiring.imports.lines import CandidateList, is_usable, people_as_table, read_list
from blueprints.hiring.imports.table import MOST_LINES
from blueprints.hiring.imports.zones import ZonesForm, zones_form
from database import row_id
from extensions import db
from hiring import imports, queries
from hiring.imported_lines import Line, Problem
from hiring.imports import Answers, Correction, Effect, ImportChangedError, OtherJobs, Plan
from models import CandidateImport, Job
from text import CONTROLS, INVISIBLE, LINE_SEPARATORS
from web.notices import say
from web.signed_in import actor

# Rows with errors are all shown; of everything else, as many as anyone will read.
_LINES_SHOWN = 100
_SAMPLES_SHOWN = 3
_UNSEEN = re.compile(f"(?![\t\r\n])[{CONTROLS}{INVISIBLE}{LINE_SEPARATORS}]")
_SAMPLE_ROWS = (
    ("name", "email", "phone", "timezone", "job"),
    ("Jane Doe", "jane.doe@mail.example", "+44 20 7946 0018", "Europe/London", ""),
    ("José García", "jose.garcia@mail.example", "", "", ""),
)


def import_candidates() -> ResponseReturnValue:
    user, form = actor(), ImportForm()
    form.job.offer(queries.open_jobs_to_choose(user, Action.MANAGE_CANDIDATES))
    if not form.is_submitted():
        form.job.data = request.args.get("job", type=row_id) or form.job.only_one
        return _form_page(form)
    upload = form.file.data
    if not form.validate():
        if upload and upload.filename:
            # A browser puts no file into a form on its own.
            form.refuse("file", "Choose the file again; it isn't kept.")
        return _form_page(form), 422
    form.text.data = _pasted(form)
    content = upload.read(MOST_BYTES + 1) if upload and upload.filename else None
    try:
        sent = read_file(content) if content is not None else ReadFile(people_as_table(form.text.data or ""))
        found = read_list(sent.text, Answers())
    except UnreadableListError as error:
        form.refuse("text" if content is None else "file", error.words)
        return _form_page(form), 422
    row = imports.start_import(
        user, form.job.data, sent.text, reading=sent.reading, content=content if sent.reading else None
    )
    db.session.commit()
    is_asked = bool(sent.reading) or not found.columns.is_sure
    page = "hiring.import_columns" if is_asked else "hiring.import_preview"
    return redirect(url_for(page, import_id=row.id), 303)


def import_sample() -> ResponseReturnValue:
    """A list as it could be, to be filled in."""
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\r\n").writerows(_SAMPLE_ROWS)
    # Without the mark Excel would save the names that are typed into it in the machine's own code page.
    response = Response("\ufeff" + file.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="candidates-sample.csv"'
    return response


def import_columns(import_id: str) -> ResponseReturnValue:
    """Ask what the columns hold, with the first rows, and how the letters are read."""
    row, job = _found(import_id)
    answers = Answers.from_json(row.answers)
    found = read_list(row.text, answers)
    columns = found.columns
    form = ColumnsForm.showing(columns.meanings, has_heading=bool(columns.heading))
    # The row that is, or would be, the one with the names.
    heading = columns.heading or found.rows[0].number
    form.has_heading.label.text = f"Line {heading} holds the names of the columns"
    if not form.is_submitted():
        return _columns_page(row, job, found, form)
    if form.validate():
        said = replace(
            answers,
            columns=tuple(each.value for each in form.meanings),
            heading=heading if form.has_heading.data else 0,
        )
        problems = _problems(form.meanings)
        try:
            if not is_usable(read_list(row.text, said)):
                problems.append("Choose the column with the names, or those with first and last names.")
        except UnreadableListError as error:
            problems.append(error.words)
        if not problems:
            imports.answer(row, said)
            db.session.commit()
            return redirect(url_for("hiring.import_preview", import_id=row.id), 303)
        form.columns.errors = [ColumnError(words) for words in problems]
    return _columns_page(row, job, found, form), 422


def read_import(import_id: str) -> ResponseReturnValue:
    """Read a file whose encoding no one knows in another one."""
    row, _ = _found(import_id)
    form = ReadingForm()
    if row.content is None:
        abort(404)
    if form.validate():
        text = read_as(row.content, form.reading.data)
        try:
            read_list(text, Answers())
            imports.read_differently(row, form.reading.data, text)
            db.session.commit()
        except UnreadableListError as error:
            say(f"Read like that, the file can't be used. {error.words}", "danger")
    else:
        say("Choose one of these.", "danger")
    return redirect(url_for("hiring.import_columns", import_id=row.id), 303)


def import_preview(import_id: str) -> ResponseReturnValue:
    row, job = _found(import_id)
    found = read_list(row.text, Answers.from_json(row.answers))
    if Meaning.EMAIL not in found.columns.meanings or not is_usable(found):
        return redirect(url_for("hiring.import_columns", import_id=row.id), 303)
    return _preview_page(row, job, found)


def answer_other_jobs(import_id: str) -> ResponseReturnValue:
    """Say where rows go that name another job."""
    row, job = _found(import_id)
    form = OtherJobsForm()
    form.offer(job.title)
    if not form.validate():
        form.other_jobs.errors = ["Choose one of these."]
        return _preview_page(row, job, read_list(row.text, Answers.from_json(row.answers)), form), 422
    answers = Answers.from_json(row.answers)
    imports.answer(row, replace(answers, other_jobs=OtherJobs(form.other_jobs.data)))
    db.session.commit()
    return redirect(url_for("hiring.import_preview", import_id=row.id), 303)


def answer_zones(import_id: str) -> ResponseReturnValue:
    """Say which time zones are meant where the list has something that could be several."""
    row, job = _found(import_id)
    answers = Answers.from_json(row.answers)
    form = zones_form(_plan(row, job), answers.zones, is_sent=True)
    if form is not None:
        if not form.validate():
            return _preview_page(row, job, read_list(row.text, answers), sent_zones=form), 422
        imports.answer(row, replace(answers, zones={**answers.zones, **form.answers}))
        db.session.commit()
    return redirect(url_for("hiring.import_preview", import_id=row.id), 303)


def import_row(import_id: str, number: int) -> ResponseReturnValue:
    """Correct one row, as it would be corrected in the file."""
    row, job = _found(import_id)
    answers = Answers.from_json(row.answers)
    line = _line_of(row, answers, number)
    form = CandidateDetailsForm()
    if not form.is_submitted():
        form.name.data, form.email.data = line.name, line.email
        form.phone.data = line.phone
        form.timezone.data = line.timezone or (line.unclear_zone if line.is_zone_open else "")
        return _row_page(row, job, line, form, _shown_beside(form, _problems_of(row, job, number)))
    if not form.validate():
        return _row_page(row, job, line, form), 422
    right = Correction(form.name.data, form.email.data, form.phone.data or "", form.timezone.data or None)
    imports.answer(
        row,
        replace(
            answers,
            corrected={**answers.corrected, number: right},
            skipped=answers.skipped - {number},
        ),
    )
    db.session.commit()
    return redirect(url_for("hiring.import_preview", import_id=row.id), 303)


def skip_import_row(import_id: str, number: int) -> ResponseReturnValue:
    return _set_skipped(import_id, number, is_skipped=True)


def restore_import_row(import_id: str, number: int) -> ResponseReturnValue:
    return _set_skipped(import_id, number, is_skipped=False)


def confirm_import(import_id: str) -> ResponseReturnValue:
    """Do what was shown, or show what would happen now."""
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
        row, job = _found(import_id)
        listed = read_list(row.text, Answers.from_json(row.answers))
        return _preview_page(row, job, listed, has_changed=True), 409
    say(_done(plan, job))
    return redirect(url_for("hiring.candidates", job=_shown_job(plan, job), sort="newest"), 303)


def _pasted(form: ImportForm) -> str:
    """The list as it was pasted. Text fields are cleaned of tabs, and here they are between the cells."""
    sent = (form.text.raw_data or [""])[0]
    return _UNSEEN.sub("", sent).strip("\r\n")


def _found(import_id: str) -> tuple[CandidateImport, Job]:
    return imports.find_import(actor(), import_id) or abort(404)


def _line_of(row: CandidateImport, answers: Answers, number: int) -> Line:
    lines = read_list(row.text, answers).lines
    return next((line for line in lines if line.number == number), None) or abort(404)


def _set_skipped(import_id: str, number: int, *, is_skipped: bool) -> ResponseReturnValue:
    row, _ = _found(import_id)
    answers = Answers.from_json(row.answers)
    _line_of(row, answers, number)
    skipped = answers.skipped | {number} if is_skipped else answers.skipped - {number}
    imports.answer(row, replace(answers, skipped=skipped))
    db.session.commit()
    return redirect(url_for("hiring.import_preview", import_id=row.id), 303)


def _problems(meanings: Sequence[Meaning]) -> list[str]:
    """What the columns cannot mean together."""
    twice = [meaning.label for meaning in Meaning if meaning and meanings.count(meaning) > 1]
    problems = [f"“{label}” is chosen for two columns. Choose one of them." for label in twice]
    if Meaning.EMAIL not in meanings:
        problems.append("Choose the column with the email addresses.")
    return problems


def _plan(row: CandidateImport, job: Job) -> Plan:
    """Everything is read and checked again: all that is kept is the text that was sent, and the answers."""
    answers = Answers.from_json(row.answers)
    return imports.plan_import(actor(), job, read_list(row.text, answers).lines, answers.other_jobs)


def _form_page(form: ImportForm) -> str:
    return render_template(
        "hiring/import.html", form=form, most_lines=MOST_LINES, most_megabytes=MOST_BYTES // 1024**2
    )


def _columns_page(row: CandidateImport, job: Job, found: CandidateList, form: ColumnsForm) -> str:
    below = [each for each in found.rows if each.number > found.columns.heading]
    samples = []
    for place, name in enumerate(found.columns.names):
        cells = [" ".join(each.cells[place].split()) for each in below if place < len(each.cells)]
        samples.append((name, [cell[:60] for cell in cells if cell][:_SAMPLES_SHOWN]))
    reading_form = None
    if row.content is not None:
        reading_form = ReadingForm(formdata=None, reading=row.reading)
    return render_template(
        "hiring/import_columns.html",
        row=row,
        job=job,
        form=form,
        samples=samples,
        reading_form=reading_form,
        telling_words=telling_words(row.text),
    )


def _problems_of(row: CandidateImport, job: Job, number: int) -> tuple[Problem, ...]:
    """All that keeps a row from being imported, the other rows included."""
    return next(planned.problems for planned in _plan(row, job).lines if planned.line.number == number)


def _shown_beside(form: CandidateDetailsForm, problems: Sequence[Problem]) -> list[str]:
    """Put each problem beside its field; return the words of those that have none here."""
    without_field = []
    for problem in problems:
        if problem.column in form:
            form.refuse(problem.column, problem.words)
        else:
            without_field.append(problem.words)
    return without_field


def _row_page(
    row: CandidateImport, job: Job, line: Line, form: CandidateDetailsForm, without_field: Sequence[str] = ()
) -> str:
    return render_template(
        "hiring/import_row.html", row=row, job=job, line=line, form=form, without_field=without_field
    )


def _preview_page(
    row: CandidateImport,
    job: Job,
    found: CandidateList,
    other_jobs_form: OtherJobsForm | None = None,
    *,
    sent_zones: ZonesForm | None = None,
    has_changed: bool = False,
) -> str:
    answers = Answers.from_json(row.answers)
    plan = imports.plan_import(actor(), job, found.lines, answers.other_jobs)
    if other_jobs_form is None:
        other_jobs_form = OtherJobsForm(formdata=None, other_jobs=answers.other_jobs or "")
        other_jobs_form.offer(job.title)
    wrong = [planned for planned in plan.lines if planned.effect is Effect.ERROR]
    skipped = [planned for planned in plan.lines if planned.effect is Effect.SKIPPED]
    right = [planned for planned in plan.lines if planned.effect not in (Effect.ERROR, Effect.SKIPPED)]
    return render_template(
        "hiring/import_preview.html",
        row=row,
        job=job,
        plan=plan,
        wrong=wrong,
        skipped=skipped[:_LINES_SHOWN],
        right=right[:_LINES_SHOWN],
        not_shown=max(0, len(right) - _LINES_SHOWN),
        skipped_not_shown=max(0, len(skipped) - _LINES_SHOWN),
        ignored=found.ignored,
        new=plan.count(Effect.NEW),
        known=plan.count(Effect.JOB_ADDED),
        nothing=plan.count(Effect.NOTHING),
        other_jobs_form=other_jobs_form,
        zones_form=sent_zones or zones_form(plan, answers.zones, is_sent=False),
        has_changed=has_changed,
    )


def _shown_job(plan: Plan, job: Job) -> int | None:
    """The job whose candidates are shown afterwards; none where they are on several."""
    job_ids = {job_id for planned in plan.lines for job_id in planned.job_ids}
    return job.id if job_ids == {job.id} else None


def _done(plan: Plan, job: Job) -> str:
    new, known = plan.count(Effect.NEW), plan.count(Effect.JOB_ADDED)
    parts = [f"{new} new {_candidates(new)}"] if new else []
    parts += [f"{known} known {_candidates(known)}"] if known else []
    where = f" for {job.title}" if _shown_job(plan, job) else ""
    return f"Imported{where}: {' and '.join(parts)}."


def _candidates(number: int) -> str:
    return "candidate" if number == 1 else "candidates"


def register(blueprint: Blueprint) -> None:
    """Add these pages to the blueprint of jobs and candidates."""
    blueprint.route("/candidates/import", methods=["GET", "POST"])(import_candidates)
    blueprint.get("/candidates/import/sample")(import_sample)
    one = "/candidates/imports/<import_id>"
    blueprint.get(one)(import_preview)
    blueprint.post(one)(confirm_import)
    blueprint.route(f"{one}/columns", methods=["GET", "POST"])(import_columns)
    blueprint.post(f"{one}/reading")(read_import)
    blueprint.post(f"{one}/other-jobs")(answer_other_jobs)
    blueprint.post(f"{one}/time-zones")(answer_zones)
    blueprint.route(f"{one}/rows/<int:number>", methods=["GET", "POST"])(import_row)
    blueprint.post(f"{one}/rows/<int:number>/skip")(skip_import_row)
    blueprint.post(f"{one}/rows/<int:number>/restore")(restore_import_row)
