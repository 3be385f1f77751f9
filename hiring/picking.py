"""The people to schedule an interview with, to choose from when no candidate's page is open."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa

from accounts.permissions import Action
from accounts.row_permissions import Asker, Reader, application_is_within
from hiring.matching import Kind, application_matches, kind_of, parameters
from hiring.misspelled import Among, candidates_meant
from models import Application, Candidate, Job, Role, Stage
from paging import Query
from rows import rows_of
from scheduling.reading import next_interviews
from scheduling.reading.next_interviews import NextInterview
from searching import begins_with, keys

SHOWN = 8
# Only this many of the newest are searched for people who wait for an interview; all would take too long.
_LOOKED_AT = 200


class Pick(NamedTuple):
    """A candidate on an open job. `next_interview`: for that job."""

    candidate_id: int
    candidate_name: str
    job_id: int
    job_title: str
    stage: Stage
    next_interview: NextInterview | None


class Picks(NamedTuple):
    """The first few; `is_more` says that there are others. `is_guess`: nothing was found, and these have
    names that are spelled in a similar way."""

    rows: tuple[Pick, ...]
    is_more: bool
    is_guess: bool = False


def candidates_to_schedule(actor: Reader, text: str = "") -> Picks:
    """Whom `actor` may schedule an interview with and for which open job: each candidate once for each of
    their jobs. Those whose name begins with the text come first; then those without an interview ahead, the
    newest first. One statement, unless it finds no one."""
    kind = kind_of(text)
    picks = _first(_picks(actor.role, kind), actor, parameters(text))
    if picks.rows or kind is None:
        return picks
    ids = candidates_meant(actor, text, Among.TO_SCHEDULE)
    if not ids:
        return picks
    rows = _first(_picks(actor.role, None, of_some=True), actor, {"candidate_ids": ids}).rows
    return Picks(tuple(sorted(rows, key=lambda row: ids.index(row.candidate_id))), False, bool(rows))


def _first(query: Query, actor: Reader, told: Mapping[str, object]) -> Picks:
    told = {"asker_id": actor.id, "looked_at": _LOOKED_AT, **told, **next_interviews.told()}
    # Each application comes once for each of its upcoming interviews.
    found: dict[int, tuple[tuple[int, bool, bool, int], Pick]] = {}
    for row in rows_of(query, told):
        place, application_id, candidate_id, name, job_id, title, stage = row[:7]
        upcoming = next_interviews.upcoming_in(row)
        if application_id in found:
            known = found[application_id][1].next_interview
            upcoming = next_interviews.soonest(filter(None, (known, upcoming)))
        order = (place, stage.is_decided, upcoming is not None, -application_id)
        found[application_id] = order, Pick(candidate_id, name, job_id, title, stage, upcoming)
    rows = [pick for _, pick in sorted(found.values(), key=lambda each: each[0])]
    return Picks(tuple(rows[:SHOWN]), len(rows) > SHOWN)


@cache
def _picks(role: Role, kind: Kind | None, *, of_some: bool = False) -> Query:
    """Everyone whom the text means, or with `of_some` those of `candidate_ids`."""
    asker = Asker(role)
    place = begins_with(Candidate.name_key, keys(1)[0]) if kind is not None else sa.literal(0)
    where = [
        Job.is_open,
        Candidate.erased_at.is_(None),
        application_is_within(asker, Action.SCHEDULE),
    ]
    if kind is not None:
        where.append(application_matches(asker, kind))
    if of_some:
        where.append(Candidate.id.in_(sa.bindparam("candidate_ids", expanding=True)))
    place = place.label("place")
    first = (
        sa.select(
            place,
            Application.id,
            Candidate.id.label("candidate_id"),
            Candidate.name,
            Job.id.label("job_id"),
            Job.title,
            Application.stage,
        )
        .select_from(Application)
        .join(Candidate, Candidate.id == Application.candidate_id)
        .join(Job, Job.id == Application.job_id)
        .where(*where)
        .order_by(place, Application.id.desc())
        .limit(sa.bindparam("looked_at", type_=sa.Integer()))
        .subquery()
    )
    query = sa.select(*first.c).select_from(first).join(Application, Application.id == first.c.id)
    return next_interviews.with_upcoming(query, asker)
