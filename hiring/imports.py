"""Importing many candidates at once: computing what a list would do, and doing exactly that."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from enum import StrEnum

import sqlalchemy as sa

from accounts.audit import Event, record
from accounts.permissions import Action
from accounts.row_permissions import candidate_is_within, job_is_within
from extensions import db
from hiring import queries
from hiring.imported_lines import Line, Problem
from models import Application, Candidate, CandidateImport, Job, User, search_key
from timezones import utc_now
from wording import in_a_row

_LIFETIME = timedelta(days=1)
# Databases take a limited number of values in one statement.
_VALUES_AT_ONCE = 500


class OtherJobs(StrEnum):
    """Where rows go that name a job other than the one that was chosen for the list."""

    CHOSEN = "chosen"
    NAMED = "named"
    LEFT_OUT = "left-out"


@dataclass(frozen=True)
class Correction:
    """What someone put in place of a row's values. `timezone` is text as it was typed, or None."""

    name: str
    email: str
    phone: str = ""
    timezone: str | None = None


@dataclass(frozen=True)
class Answers:
    """What the sender of a list said about it.

    `columns` are the meanings of its columns in order and `heading` the number of the line with their names,
    0 for none; both are None until they are asked for. `skipped` and `corrected` go by line numbers.
    `zones` has what texts mean that could be several time zones, by the texts in small letters; an empty one
    is left out.
    """

    columns: tuple[str, ...] | None = None
    heading: int | None = None
    other_jobs: OtherJobs | None = None
    zones: Mapping[str, str] = field(default_factory=dict)
    skipped: frozenset[int] = frozenset()
    corrected: Mapping[int, Correction] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(
            {
                "columns": self.columns,
                "heading": self.heading,
                "other_jobs": self.other_jobs,
                "zones": dict(self.zones),
                "skipped": sorted(self.skipped),
                "corrected": {str(number): asdict(each) for number, each in self.corrected.items()},
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> Answers:
        """The answers that `to_json` wrote; none at all for an empty text."""
        if not text:
            return cls()
        said = json.loads(text)
        return cls(
            columns=None if said["columns"] is None else tuple(said["columns"]),
            heading=said["heading"],
            other_jobs=OtherJobs(said["other_jobs"]) if said["other_jobs"] else None,
            zones=said["zones"],
            skipped=frozenset(said["skipped"]),
            corrected={int(number): Correction(**each) for number, each in said["corrected"].items()},
        )


class Effect(StrEnum):
    NEW = "new"
    JOB_ADDED = "job_added"
    NOTHING = "nothing"
    SKIPPED = "skipped"
    ERROR = "error"


@dataclass(frozen=True)
class PlannedLine:
    """What a line would do: `job_ids` are the jobs that the candidate would be added to. `problems` are all
    that keep it from doing anything, those among the other lines included; then there are no other words."""

    line: Line
    effect: Effect
    words: str
    candidate_id: int | None = None
    job_ids: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What a list would do if it were confirmed now. `fingerprint` changes whenever that changes.

    `other_titles` are the jobs other than the chosen one that lines name, with how many lines do, and
    `unclear_zones` the time zones of new candidates that could be several, in small letters, with their
    lines. Until someone has said what these mean (`is_undecided`), nothing can be imported.
    """

    lines: list[PlannedLine]
    fingerprint: str
    other_titles: dict[str, int]
    lines_with_other_jobs: int
    unclear_zones: dict[str, list[Line]]
    are_jobs_undecided: bool

    def count(self, effect: Effect) -> int:
        return sum(1 for planned in self.lines if planned.effect is effect)

    @property
    def are_zones_undecided(self) -> bool:
        return any(line.is_zone_open for lines in self.unclear_zones.values() for line in lines)

    @property
    def is_undecided(self) -> bool:
        return self.are_jobs_undecided or self.are_zones_undecided

    @property
    def does_something(self) -> bool:
        return any(planned.effect in (Effect.NEW, Effect.JOB_ADDED) for planned in self.lines)


class ImportChangedError(Exception):
    """The effect of the list is no longer what the person saw."""


def start_import(
    actor: User, job_id: int, text: str, *, reading: str = "", content: bytes | None = None
) -> CandidateImport:
    """Keep a list until the person who uploaded it confirms it; their earlier one is dropped. `reading` and
    `content` are given where the file's encoding was guessed."""
    forget_old_imports()
    db.session.execute(sa.delete(CandidateImport).where(CandidateImport.owner_id == actor.id))
    row = CandidateImport(
        id=secrets.token_urlsafe(18),
        owner_id=actor.id,
        job_id=job_id,
        text=text,
        reading=reading,
        content=content,
    )
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


def answer(row: CandidateImport, answers: Answers) -> None:
    """Keep what the sender said about the list."""
    row.answers = answers.to_json()


def read_differently(row: CandidateImport, reading: str, text: str) -> None:
    """Keep the text of the list in another encoding. Earlier answers are dropped, because they were about
    different text."""
    row.reading, row.text, row.answers = reading, text, ""


def forget_old_imports() -> None:
    """Delete lists that were not confirmed soon enough: they are full of personal data."""
    db.session.execute(sa.delete(CandidateImport).where(CandidateImport.created_at < utc_now() - _LIFETIME))


def plan_import(actor: User, job: Job, lines: Sequence[Line], other_jobs: OtherJobs | None = None) -> Plan:
    """Compare a list with the existing candidates. Changes nothing."""
    chosen_key = search_key(job.title)
    other_titles: dict[str, int] = {}
    named_elsewhere = 0
    for line in lines:
        others = [title for title in line.jobs if search_key(title) != chosen_key]
        if others and not line.problems and not line.is_skipped:
            named_elsewhere += 1
            for title in others:
                other_titles[title] = other_titles.get(title, 0) + 1
    usable = [line for line in lines if not line.problems and not line.is_skipped]
    known = _known(actor, [line.email for line in usable])
    by_title = _jobs_by_title(actor) if other_jobs is OtherJobs.NAMED else {}
    seen: dict[str, int] = {}
    planned = []
    for line in lines:
        if line.is_skipped:
            planned.append(PlannedLine(line, Effect.SKIPPED, "You skipped this row."))
            continue
        is_elsewhere = any(search_key(title) != chosen_key for title in line.jobs)
        if is_elsewhere and other_jobs is OtherJobs.LEFT_OUT and not line.problems:
            words = f"Left out: this row is for {in_a_row(line.jobs)}."
            planned.append(PlannedLine(line, Effect.SKIPPED, words))
            continue
        problems = list(line.problems)
        # A line with a problem of its own takes its address from no line after it.
        first = seen.get(line.email) if problems else seen.setdefault(line.email, line.number)
        if first is not None and first != line.number:
            problems.append(Problem(f"Line {first} already has this email address.", "email"))
        titles = line.jobs if other_jobs is OtherJobs.NAMED else ()
        problems += [
            Problem(f"There is no open job called “{title[:80]}” that you can add candidates to.", "jobs")
            for title in titles
            if search_key(title) not in by_title
        ]
        if problems:
            problems.sort(key=lambda problem: problem.place)
            planned.append(PlannedLine(line, Effect.ERROR, "", problems=tuple(problems)))
            continue
        jobs = [by_title[search_key(title)] for title in titles] or [job]
        planned.append(_planned(line, jobs, known.get(line.email), job))
    unclear: dict[str, list[Line]] = {}
    for each in planned:
        # Known candidates keep the zone that they have.
        if each.line.unclear_zone and each.effect is Effect.NEW:
            unclear.setdefault(each.line.unclear_zone.casefold(), []).append(each.line)
    said = repr([(p.line, p.effect, p.candidate_id, p.job_ids) for p in planned] + [job.id, other_jobs])
    return Plan(
        planned,
        hashlib.sha256(said.encode()).hexdigest(),
        other_titles,
        named_elsewhere,
        unclear,
        are_jobs_undecided=bool(other_titles) and other_jobs is None,
    )


def apply_import(actor: User, row: CandidateImport, job: Job, plan: Plan, seen_fingerprint: str) -> None:
    """Carry out the whole plan, and drop the list.

    Raises `ImportChangedError` if the person confirmed another plan, has not decided about rows for other
    jobs or about unclear time zones, or someone else was faster; an IntegrityError from the database means
    the last. In either case, nothing may be committed.
    """
    is_seen = secrets.compare_digest(plan.fingerprint.encode(), seen_fingerprint.encode())
    if not is_seen or plan.is_undecided:
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
    known = [planned for planned in plan.lines if planned.effect is Effect.JOB_ADDED]
    pairs = [
        (candidate.id, job_id)
        for candidate, planned in zip(candidates, added, strict=True)
        for job_id in planned.job_ids
    ]
    pairs += [
        (planned.candidate_id, job_id)
        for planned in known
        for job_id in planned.job_ids
        if planned.candidate_id is not None
    ]
    db.session.add_all(
        Application(candidate_id=candidate_id, job_id=job_id) for candidate_id, job_id in pairs
    )
    db.session.flush()
    beyond = " and the jobs in the list" if any(job_id != job.id for _, job_id in pairs) else ""
    record(
        Event.CANDIDATES_IMPORTED,
        f"Imported candidates for {job.title}{beyond}: {len(candidates)} new, {len(known)} known.",
        actor,
    )


@dataclass(frozen=True)
class _Known:
    candidate_id: int
    name: str
    is_within: bool
    job_ids: frozenset[int]


def _known(actor: User, addresses: list[str]) -> dict[str, _Known]:
    found: dict[str, _Known] = {}
    within = candidate_is_within(actor, Action.MANAGE_CANDIDATES)
    for start in range(0, len(addresses), _VALUES_AT_ONCE):
        portion = addresses[start : start + _VALUES_AT_ONCE]
        rows = db.session.execute(
            sa.select(
                Candidate.email, Candidate.id, Candidate.name, sa.case((within, True), else_=False)
            ).where(Candidate.email.in_(portion))
        ).all()
        on_jobs: dict[int, set[int]] = {}
        for candidate_id, job_id in db.session.execute(
            sa.select(Application.candidate_id, Application.job_id).where(
                Application.candidate_id.in_([row[1] for row in rows])
            )
        ):
            on_jobs.setdefault(candidate_id, set()).add(job_id)
        for email, candidate_id, name, is_within in rows:
            job_ids = frozenset(on_jobs.get(candidate_id, ()))
            found[email] = _Known(candidate_id, name, bool(is_within), job_ids)
    return found


def _jobs_by_title(actor: User) -> dict[str, Job]:
    """The open jobs that `actor` may add candidates to; a title that two of them have means neither."""
    found: dict[str, Job] = {}
    twice = set()
    for job in queries.open_jobs(actor, Action.MANAGE_CANDIDATES):
        key = search_key(job.title)
        if key in found:
            twice.add(key)
        found[key] = job
    return {key: job for key, job in found.items() if key not in twice}


def _planned(line: Line, jobs: Sequence[Job], known: _Known | None, chosen: Job) -> PlannedLine:
    jobs = list({job.id: job for job in jobs}.values())
    titles = in_a_row(job.title for job in jobs)
    if known is None:
        words = "New candidate" if [job.id for job in jobs] == [chosen.id] else f"New candidate for {titles}"
        return PlannedLine(line, Effect.NEW, words, job_ids=tuple(job.id for job in jobs))
    if not known.is_within:
        # Adding a candidate to a job of one's own would reveal someone whom this person may not see.
        words = "Someone with this address is a candidate for a job that isn't yours. Ask a recruiter."
        return PlannedLine(line, Effect.ERROR, words)
    added = [job for job in jobs if job.id not in known.job_ids]
    if not added:
        on = "this job" if [job.id for job in jobs] == [chosen.id] else titles
        return PlannedLine(line, Effect.NOTHING, f"{known.name} is already on {on}", known.candidate_id)
    titles = in_a_row(job.title for job in added)
    words = f"Existing: {known.name} is added to {titles}; nothing else changes"
    return PlannedLine(line, Effect.JOB_ADDED, words, known.candidate_id, tuple(job.id for job in added))
