"""The list of candidates as a file for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from flask import Blueprint, Response, stream_with_context
from flask.typing import ResponseReturnValue

from accounts.audit import Event, record
from accounts.permissions import Action, may_anywhere
from blueprints.hiring.candidates import asked_candidates
from blueprints.hiring.formulas import guarded
from database import read_only
from extensions import db
from hiring import lists
from hiring.lists import CandidateFilter
from models import Candidate, User
from timezones import utc_now
from web.signed_in import actor


def export_candidates() -> ResponseReturnValue:
    """A POST, because it is written down who took the list out of the house."""
    user, wanted = actor(), asked_candidates()
    record(Event.CANDIDATES_EXPORTED, f"Exported {_in_words(wanted)}.", user)
    db.session.commit()
    response = Response(stream_with_context(_file(user.id, wanted)), mimetype="text/csv")
    name = f"candidates-{utc_now():%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _file(user_id: int, wanted: CandidateFilter) -> Iterator[str]:
    with read_only():
        user = db.session.get_one(User, user_id)
        sees_contact = may_anywhere(user.role, Action.SEE_CONTACT)
        portions = lists.all_candidates(user, wanted)
        db.session.rollback()
    # Without the mark Excel takes the file for one in an encoding of the last century.
    contact = ["email", "phone", "timezone"] if sees_contact else []
    yield "\ufeff" + _lines([["name", *contact, "jobs", "stages"]])
    while True:
        with read_only():
            # Each portion is a transaction of its own: a slow reader keeps no old state alive.
            portion = next(portions, [])
            shown = lists.with_contact(user, portion) if sees_contact else frozenset()
            text = _lines(_row(each, sees_contact, shows=each.id in shown) for each in portion)
            db.session.rollback()
        if not text:
            return
        yield text


def _row(candidate: Candidate, sees_contact: bool, *, shows: bool) -> list[str]:
    """`sees_contact`: whether the file has these columns at all; `shows`: whether this person may see them
    of this candidate, whom they may only be interviewing."""
    contact = [candidate.email, candidate.phone, candidate.timezone or ""]
    contact = [cell if shows else "" for cell in contact] if sees_contact else []
    jobs = "; ".join(application.job.title for application in candidate.applications)
    stages = "; ".join(application.stage.label for application in candidate.applications)
    return [candidate.name, *contact, jobs, stages]


def _lines(rows: Iterator[list[str]] | list[list[str]]) -> str:
    file = io.StringIO(newline="")
    # Everything in quotes: where the list separator is a semicolon, a bare one inside a name would begin a
    # new cell, and that one nobody has guarded.
    csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_ALL).writerows(
        [guarded(cell) for cell in row] for row in rows
    )
    return file.getvalue()


def _in_words(wanted: CandidateFilter) -> str:
    """Which part of the list; what was searched for may be a name, so that is not repeated."""
    parts = [
        "searched for" if wanted.text else "",
        f"on job {wanted.job_id}" if wanted.job_id else "",
        f"at stage {wanted.stage.label}" if wanted.stage else "",
    ]
    said = ", ".join(part for part in parts if part)
    return f"the candidates {said}" if said else "all candidates"


def register(blueprint: Blueprint) -> None:
    """Put these pages on the blueprint of jobs and candidates."""
    blueprint.post("/candidates/export")(export_candidates)
