"""The search in the top bar: candidates, jobs, and people on the team, as far as the person may see them."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from accounts.permissions import Action
from accounts.row_permissions import application_is_within, candidate_is_within, job_is_within
from extensions import db
from hiring.lists import candidate_matches, job_matches
from hiring.queries import team
from models import Application, Candidate, Job, User, search_key
from searching import spellings

SHOWN = 8


@dataclass(frozen=True)
class Found:
    """The first few of each; `more_…` says that there are more."""

    candidates: list[Candidate]
    more_candidates: bool
    jobs: list[Job]
    more_jobs: bool
    people: list[User]

    @property
    def is_empty(self) -> bool:
        return not (self.candidates or self.jobs or self.people)


def find(actor: User, text: str) -> Found:
    """Everything whose name contains the text. The team is no secret to its members; jobs and candidates are
    limited to what `actor` may see."""
    candidates = list(
        db.session.scalars(
            sa.select(Candidate)
            .where(
                Candidate.erased_at.is_(None),
                candidate_is_within(actor, Action.SEE),
                candidate_matches(actor, text),
            )
            .order_by(Candidate.name_key, Candidate.id)
            .limit(SHOWN + 1)
        )
    )
    jobs = list(
        db.session.scalars(
            sa.select(Job)
            .where(job_is_within(actor, Action.SEE), job_matches(text))
            .order_by(Job.is_open.desc(), Job.title_key, Job.id)
            .limit(SHOWN + 1)
        )
    )
    keys = spellings(text)
    people = [user for user in team() if _is_meant(user, keys)]
    return Found(
        candidates[:SHOWN],
        len(candidates) > SHOWN,
        jobs[:SHOWN],
        len(jobs) > SHOWN,
        people[:SHOWN],
    )


def _is_meant(user: User, keys: tuple[str, str]) -> bool:
    name = search_key(user.name)
    return any(key in name for key in keys) or keys[0] in user.email


def jobs_of(actor: User, candidates: list[Candidate]) -> dict[int, str]:
    """The jobs of these candidates that `actor` sees: their titles in one line, by the candidate's id."""
    rows = db.session.execute(
        sa.select(Application.candidate_id, Job.title)
        .join(Application.job)
        .where(
            Application.candidate_id.in_([candidate.id for candidate in candidates]),
            application_is_within(actor, Action.SEE),
        )
        .order_by(Application.id.desc())
    )
    titles: dict[int, list[str]] = {}
    for candidate_id, title in rows:
        titles.setdefault(candidate_id, []).append(title)
    return {candidate_id: ", ".join(names) for candidate_id, names in titles.items()}
