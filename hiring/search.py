"""The search in the top bar: candidates, interviews, jobs, and people on the team, as far as the person may
see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement

from accounts.permissions import Action
from accounts.row_permissions import Asker, Reader, application_is_within, candidate_is_within, job_is_within
from hiring.lists import CandidateRow, JobRow, gathered, of_application
from hiring.matching import Kind, candidate_matches, job_matches, kind_of, parameters
from hiring.misspelled import candidates_meant, jobs_meant, others_meant, people_meant
from hiring.queries import team
from models import Application, Candidate, Job, Role, User, search_key
from paging import Query
from rows import rows_of
from scheduling.reading import next_interviews
from scheduling.reading.interview_rows import InterviewRow
from scheduling.reading.search import first_interviews
from searching import begins_with, keys, spellings, words_of

# How many of each group, on the page of results and while someone is typing.
SHOWN, SUGGESTED = 8, 5
_OF_INTERVIEWS = frozenset({"interview", "interviews"})

# Of a candidate in `CandidateRow`, before what is gathered.
_COLUMNS = 4

Row = TypeVar("Row")


@dataclass(frozen=True)
class Group(Generic[Row]):
    """The first few of what was found; `is_more` says that there are others."""

    rows: tuple[Row, ...]
    is_more: bool

    @classmethod
    def of(cls, rows: Sequence[Row], most: int) -> Group[Row]:
        return cls(tuple(rows[:most]), len(rows) > most)


@dataclass(frozen=True)
class Found:
    """`text`: what was searched for in the lists, where the words of `interviews_first` are no help.
    `interviews_first`: the text asks for interviews. `is_guess`: nothing was found, and these have names that
    are spelled in a similar way."""

    text: str
    interviews_first: bool
    candidates: Group[CandidateRow]
    interviews: Group[InterviewRow]
    jobs: Group[JobRow]
    people: Group[User]
    is_guess: bool = False
    also_meant: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """The names of the candidates, jobs and people, each once."""
        names = [*(each.name for each in self.candidates.rows), *(each.title for each in self.jobs.rows)]
        return list(dict.fromkeys([*names, *(each.name for each in self.people.rows)]))

    @property
    def number(self) -> int:
        return sum(len(each.rows) for each in (self.candidates, self.interviews, self.jobs, self.people))


def is_too_short(text: str) -> bool:
    """Whether it is not worth searching yet while someone is typing: one letter is in nearly every name. One
    sign of a script such as Chinese is a name."""
    return not text or (len(text) == 1 and text.isascii())


def find(
    actor: Reader, text: str, *, most: int = SHOWN, with_people: bool = True, may_guess: bool = True
) -> Found:
    """The first few of each kind that have every word of the text. "interview dina" means Dina, and her
    interviews first; "interview" alone means those to come. The team is no secret to its members; all
    else is limited to what `actor` may see. `may_guess`: whether it is worth looking for similar names if
    nothing is found."""
    words = words_of(text)
    rest = " ".join(word for word in words if word.casefold() not in _OF_INTERVIEWS)
    kind = kind_of(rest)
    told = {"asker_id": actor.id, "most": most + 1, **parameters(rest)}
    candidates = _candidates(actor, kind, told) if kind is not None else ()
    jobs = rows_of(_jobs(actor.role, kind), told) if kind is not None else ()
    people = team() if with_people and kind is not None else []
    found = Found(
        text=rest,
        interviews_first=rest != " ".join(words),
        candidates=Group.of(candidates, most),
        interviews=Group.of(first_interviews(actor, text, most + 1), most),
        jobs=Group.of(list(map(JobRow._make, jobs)), most),
        people=Group.of(_people(people, rest), most),
    )
    if found.names and may_guess:
        return replace(found, also_meant=tuple(others_meant(actor, rest, found.names, team=people)))
    return found if found.number or kind is None or not may_guess else _guessed(actor, found, people)


def _guessed(actor: Reader, found: Found, team: list[User]) -> Found:
    """The people and jobs that a text without results may mean."""
    ids, titles = candidates_meant(actor, found.text), jobs_meant(actor, found.text)
    told = {"asker_id": actor.id, "most": len(ids), "candidate_ids": ids}
    candidates = {row.id: row for row in _candidates(actor, None, told)} if ids else {}
    told = {"asker_id": actor.id, "most": len(titles), "job_ids": list(titles)}
    jobs = {row[0]: JobRow._make(row) for row in rows_of(_jobs(actor.role, None), told)} if titles else {}
    guessed = replace(
        found,
        candidates=Group(tuple(candidates[each] for each in ids if each in candidates), is_more=False),
        jobs=Group(tuple(jobs[each] for each in titles if each in jobs), is_more=False),
        people=Group(tuple(people_meant(team, found.text)), is_more=False),
    )
    return replace(guessed, is_guess=guessed.number > 0)


def _candidates(actor: Reader, kind: Kind | None, told: dict[str, object]) -> tuple[CandidateRow, ...]:
    found = rows_of(_first_candidates(actor.role, kind), {**told, **next_interviews.told()})
    # Each candidate comes once for each application, and with nothing behind it for those without any.
    rows = {row[0]: CandidateRow(*row[:_COLUMNS]) for row in found}
    return gathered(rows.values(), [row[_COLUMNS:] for row in found if row[_COLUMNS] is not None])


@cache
def _first_candidates(role: Role, kind: Kind | None) -> Query:
    """Those whose name begins with the first word come first. They are found and sorted first, and only then
    joined with what they applied for. Without a text, those of `candidate_ids`."""
    asker = Asker(role)
    is_meant: ColumnElement[bool]
    place: ColumnElement[int]
    if kind is None:
        is_meant, place = Candidate.id.in_(sa.bindparam("candidate_ids", expanding=True)), sa.literal(0)
    else:
        is_meant, place = candidate_matches(asker, kind), begins_with(Candidate.name_key, keys(1)[0])
    place = place.label("place")
    first = (
        sa.select(Candidate.id, Candidate.name, Candidate.name_key, Candidate.created_at, place)
        .where(
            Candidate.erased_at.is_(None),
            candidate_is_within(asker, Action.SEE),
            is_meant,
        )
        .order_by(place, Candidate.name_key, Candidate.id)
        .limit(sa.bindparam("most", type_=sa.Integer()))
        .subquery()
    )
    of_candidate = Application.candidate_id == first.c.id
    query = (
        sa.select(first.c.id, first.c.name, first.c.name_key, first.c.created_at, *of_application(role))
        .select_from(first)
        .outerjoin(Application, sa.and_(of_candidate, application_is_within(asker, Action.SEE)))
        .outerjoin(Job, Job.id == Application.job_id)
        .order_by(first.c.place, first.c.name_key, first.c.id, Application.id)
    )
    return next_interviews.with_upcoming(query, asker)


@cache
def _jobs(role: Role, kind: Kind | None) -> Query:
    """Those that the text means; without one, those of `job_ids`."""
    is_meant: ColumnElement[bool]
    place: ColumnElement[int]
    if kind is None:
        is_meant, place = Job.id.in_(sa.bindparam("job_ids", expanding=True)), sa.literal(0)
    else:
        is_meant, place = job_matches(kind), begins_with(Job.title_key, keys(1)[0])
    of_job = (Job.id, Job.title, Job.title_key, Job.department, Job.location, Job.is_open, Job.created_at)
    return (
        sa.select(*of_job, User.name)
        .join(User, User.id == Job.hiring_manager_id)
        .where(job_is_within(Asker(role), Action.SEE), is_meant)
        .order_by(Job.is_open.desc(), place, Job.title_key, Job.id)
        .limit(sa.bindparam("most", type_=sa.Integer()))
    )


def _people(team: list[User], text: str) -> list[User]:
    words = [spellings(word) for word in words_of(text)]

    def is_meant(user: User) -> bool:
        name = search_key(user.name)
        return all(any(key in name for key in word) or word[0] in user.email for word in words)

    return [user for user in team if is_meant(user)]
