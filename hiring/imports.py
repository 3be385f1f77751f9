"""Importing many candidates at once: computing what a list would do, and doing exactly that."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import sqlalchemy as sa

from accounts.audit import Event, record
from accounts.permissions import Action
from accounts.row_permissions import candidate_is_within, job_is_within
from extensions import db
from models import Application, Candidate, CandidateImport, Job, User
from timezones import utc_now

_LIFETIME = timedelta(days=1)
# Databases take a limited number of values in one statement.
_VALUES_AT_ONCE = 500


@dataclass(frozen=True)
class Line:
    """One line of the list. `error` says what is wrong with it; in that case, the rest is what was readable.

    `timezone` is an IANA name or None.
    """

    number: int
    name: str
    email: str
    phone: str = ""
    timezone: str | None = None
    error: str | None = None


class Effect(StrEnum):
    NEW = "new"
    JOB_ADDED = "job_added"
    NOTHING = "nothing"
    ERROR = "error"


@dataclass(frozen=True)
class PlannedLine:
    line: Line
    effect: Effect
    words: str
    candidate_id: int | None = None


@dataclass(frozen=True)
class Plan:
    """What a list would do if it were confirmed now. `fingerprint` changes whenever that changes."""

    lines: list[PlannedLine]
    fingerprint: str

    def count(self, effect: Effect) -> int:
        return sum(1 for planned in self.lines if planned.effect is effect)

    @property
    def does_something(self) -> bool:
        return any(planned.effect in (Effect.NEW, Effect.JOB_ADDED) for planned in self.lines)


class ImportChangedError(Exception):
    """What the list would do is no longer what the person saw."""


def start_import(actor: User, job_id: int, text: str) -> CandidateImport:
    """Keep a list until the person who uploaded it confirms it; their earlier one is dropped."""
    forget_old_imports()
    db.session.execute(sa.delete(CandidateImport).where(CandidateImport.owner_id == actor.id))
    row = CandidateImport(id=secrets.token_urlsafe(18), owner_id=actor.id, job_id=job_id, text=text)
    db.session.add(row)
    db.session.flush()
    return row


def find_import(actor: User, import_id: str) -> tuple[CandidateImport, Job] | None:
    """A list that `actor` uploaded, with its job; None if it is gone, too old, or no longer allowed."""
    row = db.session.get(CandidateImport, import_id)
    if row is None or row.owner_id != actor.id or row.created_at < utc_now() - _LIFETIME:
        return None
    job = db.session.scalar(
        sa.select(Job).where(
            Job.id == row.job_id, Job.is_open.is_(True), job_is_within(actor, Action.MANAGE_CANDIDATES)
        )
    )
    return (row, job) if job is not None else None


def forget_old_imports() -> None:
    """Delete lists that were not confirmed soon enough: they are full of personal data."""
    db.session.execute(sa.delete(CandidateImport).where(CandidateImport.created_at < utc_now() - _LIFETIME))


def plan_import(actor: User, job: Job, lines: Sequence[Line]) -> Plan:
    """Compare a list with the existing candidates. Changes nothing."""
    known = _known(actor, job, [line.email for line in lines if line.error is None])
    seen: dict[str, int] = {}
    planned = []
    for line in lines:
        first = seen.setdefault(line.email, line.number) if line.error is None else line.number
        if line.error is not None:
            planned.append(PlannedLine(line, Effect.ERROR, line.error))
        elif first != line.number:
            words = f"Line {first} already has this email address."
            planned.append(PlannedLine(line, Effect.ERROR, words))
        else:
            planned.append(_planned(line, job, known.get(line.email)))
    said = repr([(p.line, p.effect, p.candidate_id) for p in planned] + [job.id])
    return Plan(planned, hashlib.sha256(said.encode()).hexdigest())


def apply_import(actor: User, row: CandidateImport, job: Job, plan: Plan, seen_fingerprint: str) -> None:
    """Carry out the whole plan, and drop the list.

    Raises `ImportChangedError` if the person confirmed another plan, or someone else was faster; an
    IntegrityError from the database means the same. In either case, nothing may be committed.
    """
    if not secrets.compare_digest(plan.fingerprint.encode(), seen_fingerprint.encode()):
        raise ImportChangedError
    gone = db.session.execute(sa.delete(CandidateImport).where(CandidateImport.id == row.id))
    if gone.rowcount != 1:  # type: ignore[attr-defined]  # the stubs give execute() a narrower result
        raise ImportChangedError
    added = [planned for planned in plan.lines if planned.effect is Effect.NEW]
    candidates = [
        Candidate(
            name=planned.line.name,
            email=planned.line.email,
            phone=planned.line.phone,
            timezone=planned.line.timezone,
        )
        for planned in added
    ]
    db.session.add_all(candidates)
    db.session.flush()
    ids = [candidate.id for candidate in candidates]
    ids += [p.candidate_id for p in plan.lines if p.effect is Effect.JOB_ADDED and p.candidate_id is not None]
    db.session.add_all(Application(candidate_id=candidate_id, job_id=job.id) for candidate_id in ids)
    db.session.flush()
    record(
        Event.CANDIDATES_IMPORTED,
        f"Imported candidates for {job.title}: {len(candidates)} new, {len(ids) - len(candidates)} known.",
        actor,
    )


@dataclass(frozen=True)
class _Known:
    candidate_id: int
    name: str
    is_within: bool
    is_on_job: bool


def _known(actor: User, job: Job, addresses: list[str]) -> dict[str, _Known]:
    found: dict[str, _Known] = {}
    on_job = (
        sa.select(Application.id)
        .where(Application.candidate_id == Candidate.id, Application.job_id == job.id)
        .exists()
    )
    within = candidate_is_within(actor, Action.MANAGE_CANDIDATES)
    for start in range(0, len(addresses), _VALUES_AT_ONCE):
        portion = addresses[start : start + _VALUES_AT_ONCE]
        rows = db.session.execute(
            sa.select(
                Candidate.email,
                Candidate.id,
                Candidate.name,
                sa.case((within, True), else_=False),
                sa.case((on_job, True), else_=False),
            ).where(Candidate.email.in_(portion))
        )
        for email, candidate_id, name, is_within, is_on_job in rows:
            found[email] = _Known(candidate_id, name, bool(is_within), bool(is_on_job))
    return found


def _planned(line: Line, job: Job, known: _Known | None) -> PlannedLine:
    if known is None:
        return PlannedLine(line, Effect.NEW, "New candidate")
    if not known.is_within:
        # Adding a candidate to a job of one's own would reveal someone whom this person may not see.
        words = "Someone with this address is a candidate for a job that isn't yours. Ask a recruiter."
        return PlannedLine(line, Effect.ERROR, words)
    if known.is_on_job:
        return PlannedLine(line, Effect.NOTHING, f"{known.name} is already on this job", known.candidate_id)
    words = f"Existing: {known.name} is added to {job.title}; nothing else changes"
    return PlannedLine(line, Effect.JOB_ADDED, words, known.candidate_id)
