"""The list of candidates as a file for spreadsheets."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import IO

from flask import Blueprint, Response, render_template, stream_with_context
from flask.typing import ResponseReturnValue
from wtforms import RadioField
from wtforms.fields import SelectChoice

from accounts.audit import Event, record
from accounts.permissions import Action, may_anywhere
from blueprints.hiring.candidates import asked_candidates, candidates_address
from blueprints.hiring.formulas import guarded
from database import read_only
from extensions import db
from hiring import lists
from hiring.lists import CandidateFilter, InterviewState
from models import Candidate, User
from timezones import utc_now
from web.forms import Form
from web.signed_in import actor

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# How much of a finished workbook is kept in memory, and how much is sent at a time.
_KEPT_IN_MEMORY = 4 * 1024 * 1024
_SENT_AT_ONCE = 64 * 1024


class Format(StrEnum):
    """How the list is written. Where the comma is part of numbers, spreadsheets expect semicolons in a CSV
    file and show one with commas as a single column."""

    XLSX = "xlsx"
    COMMAS = "commas"
    SEMICOLONS = "semicolons"
    TABS = "tabs"


_DELIMITERS = {Format.COMMAS: ",", Format.SEMICOLONS: ";", Format.TABS: "\t"}


class ExportForm(Form):
    format = RadioField(
        "Format",
        choices=[
            SelectChoice(Format.XLSX.value, "Excel workbook (.xlsx)"),
            SelectChoice(Format.COMMAS.value, "CSV with commas"),
            SelectChoice(Format.SEMICOLONS.value, "CSV with semicolons"),
            SelectChoice(Format.TABS.value, "Text with tabs"),
        ],
        default=Format.XLSX.value,
    )


def choose_export() -> ResponseReturnValue:
    return _page(ExportForm(formdata=None), asked_candidates())


def export_candidates() -> ResponseReturnValue:
    """A POST, because the log records who exported the list."""
    user, wanted, form = actor(), asked_candidates(), ExportForm()
    if not form.validate():
        form.format.errors = ["Choose one of these."]
        return _page(form, wanted), 422
    written = Format(form.format.data)
    record(Event.CANDIDATES_EXPORTED, f"Exported {_in_words(wanted)}.", user)
    db.session.commit()
    rows = _rows(user.id, wanted)
    name = f"candidates-{utc_now():%Y-%m-%d}"
    if written is Format.XLSX:
        response = Response(stream_with_context(_workbook(rows)), mimetype=_WORKBOOK)
        name = f"{name}.xlsx"
    else:
        is_text = written is Format.TABS
        response = Response(
            stream_with_context(_text(rows, _DELIMITERS[written])),
            mimetype="text/tab-separated-values" if is_text else "text/csv",
        )
        name = f"{name}.{'txt' if is_text else 'csv'}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _page(form: ExportForm, wanted: CandidateFilter) -> str:
    found = lists.candidates(actor(), wanted)
    return render_template(
        "hiring/export.html",
        form=form,
        address=candidates_address(wanted),
        total=found.total,
        is_more=found.is_more,
    )


def _rows(user_id: int, wanted: CandidateFilter) -> Iterator[list[list[str]]]:
    """The headings, then the candidates in portions. Each portion is a transaction of its own: a slow reader
    keeps no old state alive."""
    with read_only():
        user = db.session.get_one(User, user_id)
        sees_contact = may_anywhere(user.role, Action.SEE_CONTACT)
        portions = lists.all_candidates(user, wanted)
        db.session.rollback()
    contact = ["email", "phone", "timezone"] if sees_contact else []
    yield [["name", *contact, "jobs", "stages"]]
    while True:
        with read_only():
            portion = next(portions, [])
            shown = lists.with_contact(user, portion) if sees_contact else frozenset()
            rows = [_row(each, sees_contact, shows=each.id in shown) for each in portion]
            db.session.rollback()
        if not rows:
            return
        yield rows


def _row(candidate: Candidate, sees_contact: bool, *, shows: bool) -> list[str]:
    """`sees_contact`: whether the file has these columns at all; `shows`: whether this person may see them
    of this candidate, whom they may only be interviewing."""
    contact = [candidate.email, candidate.phone, candidate.timezone or ""]
    contact = [cell if shows else "" for cell in contact] if sees_contact else []
    jobs = "; ".join(application.job.title for application in candidate.applications)
    stages = "; ".join(application.stage.label for application in candidate.applications)
    return [candidate.name, *contact, jobs, stages]


def _text(portions: Iterable[list[list[str]]], delimiter: str) -> Iterator[str]:
    # Without the byte order mark, Excel assumes an old code page.
    mark = "\ufeff"
    for rows in portions:
        file = io.StringIO(newline="")
        # Everything in quotes: where the list separator is another one, a bare one inside a name would begin
        # a new cell, which would not be guarded.
        csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_ALL, delimiter=delimiter).writerows(
            [guarded(cell) for cell in row] for row in rows
        )
        yield mark + file.getvalue()
        mark = ""


def _workbook(portions: Iterable[list[list[str]]]) -> Iterator[bytes]:
    """A workbook of one sheet. Its cells are text, whatever they begin with, and stay text when someone edits
    them: no formula needs an apostrophe in front."""
    # Imported on first use: most processes never need it.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Candidates")
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEF", (28, 34, 22, 22, 40, 24), strict=True):
        sheet.column_dimensions[letter].width = width
    bold: Font | None = Font(bold=True)
    for rows in portions:
        for row in rows:
            cells = []
            for text in row:
                cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
                cell.data_type = "s"
                cell.quotePrefix = True
                if bold is not None:
                    cell.font = bold
                cells.append(cell)
            sheet.append(cells)
            bold = None
    with tempfile.SpooledTemporaryFile(max_size=_KEPT_IN_MEMORY) as file:
        book.save(file)
        file.seek(0)
        yield from _pieces(file)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_SENT_AT_ONCE):
        yield piece


def _in_words(wanted: CandidateFilter) -> str:
    """Which part of the list; the search text may be a name, so it is not repeated."""
    parts = [
        "searched for" if wanted.text else "",
        f"on job {wanted.job_id}" if wanted.job_id else "",
        f"at stage {wanted.stage.label}" if wanted.stage else "",
        "with no interview scheduled" if wanted.interview is InterviewState.NONE else "",
        "with an interview scheduled" if wanted.interview is InterviewState.SCHEDULED else "",
    ]
    said = ", ".join(part for part in parts if part)
    return f"the candidates {said}" if said else "all candidates"


def register(blueprint: Blueprint) -> None:
    """Add these pages to the blueprint of jobs and candidates."""
    blueprint.get("/candidates/export")(choose_export)
    blueprint.post("/candidates/export")(export_candidates)
