"""Who and what a search that finds nothing may mean, limited to what the person may see (`spelling.py`).

Only for a search that has found nothing: it reads many names, and no page that found something pays for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import cache

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement

from accounts.permissions import Action
from accounts.row_permissions import (
    Asker,
    Reader,
    application_is_within,
    candidate_is_within,
    interview_is_within,
    job_is_within,
)
from hiring.queries import team
from models import Application, Candidate, Interview, Job, Role, User, search_key
from paging import Found, Query, literally
from rows import rows_of
from searching import spellings, words_of
from spelling import has_whole, may_be_a_name, nearest, one_letter_away

# Only this many of the newest names are looked at, so that more names take no longer.
_LOOKED_AT = 20_000


class Among(StrEnum):
    """Where to look: among all candidates that the person sees, those with whom they may schedule an
    interview, or those with an interview that the person sees."""

    SEEN = "seen"
    TO_SCHEDULE = "to_schedule"
    INTERVIEWED = "interviewed"


def candidates_meant(actor: Reader, text: str, among: Among = Among.SEEN) -> list[int]:
    """The ids of a few candidates who may be meant, the most similar name first."""
    if not may_be_a_name(text):
        return []
    return nearest(text, {row[0]: row[1] for row in _rows(_candidate_keys(actor.role, among), actor)})


def candidate_names_meant(actor: Reader, text: str, among: Among = Among.SEEN) -> list[str]:
    """Their names, each once."""
    found = candidates_meant(actor, text, among)
    if not found:
        return []
    names = {row[0]: row[1] for row in rows_of(_NAMES, {"candidate_ids": found})}
    return list(dict.fromkeys(names[each] for each in found if each in names))


def others_meant(
    actor: Reader, text: str, found: Iterable[str], among: Among = Among.SEEN, team: Sequence[User] = ()
) -> list[str]:
    """The names of a few candidates, and of people of this team, who may be meant beside those that were
    found, each once. `found`: what those are called. None if one of them is called just so."""
    names = [search_key(name) for name in found]
    if not names or not may_be_a_name(text) or has_whole(text, names):
        return []
    words = [spellings(word)[0] for word in words_of(text)]
    if not all(words):
        return []
    told = {f"begins_{place}": literally(word[0]) for place, word in enumerate(words)}
    query = _candidate_names(actor.role, among, len(words))
    rows = rows_of(query, {"asker_id": actor.id, "looked_at": _LOOKED_AT, **told})
    known = {row[0]: row[1] for row in rows} | {user.name: search_key(user.name) for user in team}
    return one_letter_away(text, known)


@cache
def _candidate_names(role: Role, among: Among, words: int) -> Query:
    """Those of whose name some words begin as these do."""

    def begins(place: int) -> ColumnElement[bool]:
        letter = sa.bindparam(f"begins_{place}", type_=sa.String()) + "%"
        starts = (sa.literal(before) + letter for before in ("", "% ", "%-"))
        return sa.or_(*(Candidate.name_key.like(start, escape="/") for start in starts))

    return (
        sa.select(Candidate.name, Candidate.name_key)
        .where(
            Candidate.erased_at.is_(None),
            _is_among(Asker(role), among),
            *(begins(place) for place in range(words)),
        )
        .order_by(Candidate.id.desc())
        .limit(sa.bindparam("looked_at", type_=sa.Integer()))
    )


def jobs_meant(actor: Reader, text: str) -> dict[int, str]:
    """The ids and titles of a few jobs that may be meant, the most similar first."""
    if not may_be_a_name(text):
        return {}
    rows = _rows(_job_keys(actor.role), actor)
    titles = {row[0]: row[1] for row in rows}
    return {each: titles[each] for each in nearest(text, {row[0]: row[2] for row in rows})}


def teammates_meant(text: str) -> list[str]:
    """The names of a few people on the team who may be meant, each once."""
    return list(dict.fromkeys(user.name for user in people_meant(team(), text)))


def people_meant(users: list[User], text: str) -> list[User]:
    """A few of these people who may be meant, the most similar name first."""
    by_id = {user.id: user for user in users}
    return [by_id[each] for each in nearest(text, {user.id: search_key(user.name) for user in users})]


def _rows(query: Query, actor: Reader) -> Sequence[Found]:
    return rows_of(query, {"asker_id": actor.id, "looked_at": _LOOKED_AT})


@cache
def _candidate_keys(role: Role, among: Among) -> Query:
    return (
        sa.select(Candidate.id, Candidate.name_key)
        .where(Candidate.erased_at.is_(None), _is_among(Asker(role), among))
        .order_by(Candidate.id.desc())
        .limit(sa.bindparam("looked_at", type_=sa.Integer()))
    )


def _is_among(asker: Asker, among: Among) -> ColumnElement[bool]:
    of_applications = sa.select(Application.candidate_id)
    match among:
        case Among.SEEN:
            return candidate_is_within(asker, Action.SEE)
        case Among.TO_SCHEDULE:
            may = sa.and_(Job.is_open, application_is_within(asker, Action.SCHEDULE))
            return Candidate.id.in_(of_applications.join(Job, Job.id == Application.job_id).where(may))
        case Among.INTERVIEWED:
            has_one = of_applications.join(Interview, Interview.application_id == Application.id)
            return Candidate.id.in_(has_one.where(interview_is_within(asker, Action.SEE)))


@cache
def _job_keys(role: Role) -> Query:
    return (
        sa.select(Job.id, Job.title, Job.title_key)
        .where(job_is_within(Asker(role), Action.SEE))
        .order_by(Job.id.desc())
        .limit(sa.bindparam("looked_at", type_=sa.Integer()))
    )


_NAMES = sa.select(Candidate.id, Candidate.name).where(
    Candidate.id.in_(sa.bindparam("candidate_ids", expanding=True))
)
