"""The templates that an interview with one candidate can start from, as a menu shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple

import sqlalchemy as sa

from accounts.permissions import Action
from accounts.row_permissions import Asker, Reader, application_is_within
from models import (
    Application,
    Interview,
    InterviewStatus,
    InterviewTemplate,
    InterviewType,
    Job,
    MeetingSoftware,
    Role,
)
from paging import Found, Query
from rows import rows_of
from wording import short_duration


class MenuTemplate(NamedTuple):
    """A template of one of the candidate's jobs. `is_next`: the first one after the last that they had."""

    id: int
    name: str
    how: str
    is_next: bool


class PlanEntry(NamedTuple):
    """A template of a plan, in words."""

    id: int
    name: str
    how: str


def entries(templates: Iterable[InterviewTemplate]) -> tuple[PlanEntry, ...]:
    """A plan's templates in its order."""
    return tuple(
        PlanEntry(
            each.id,
            each.name,
            how(each.duration_minutes, each.interview_type, each.meeting_software, each.link_label),
        )
        for each in templates
    )


class JobMenu(NamedTuple):
    """The templates of one job, the next one first."""

    application_id: int
    job_title: str
    templates: tuple[MenuTemplate, ...]


def menus_for(actor: Reader, candidate_id: int) -> list[JobMenu]:
    """The menus of the open jobs on which `actor` may schedule interviews with this candidate; none for a job
    without a plan."""
    found = rows_of(_templates_for(actor.role), {"asker_id": actor.id, "candidate_id": candidate_id})
    return [
        JobMenu(application_id, title, _menu(list(rows)))
        for (application_id, title), rows in groupby(found, key=lambda row: (row.application_id, row.title))
    ]


def how(
    duration_minutes: int, interview_type: InterviewType, software: MeetingSoftware | None, link_label: str
) -> str:
    """What an interview is like in a few words: `30 min · Phone`, `45 min · Webex`."""
    where = interview_type.label
    if software is MeetingSoftware.OTHER:
        where = link_label or where
    elif software is not None:
        where = software.label
    return f"{short_duration(duration_minutes)} · {where}"


def _menu(rows: Sequence[Found]) -> tuple[MenuTemplate, ...]:
    had = [number for number, row in enumerate(rows) if row.was_had]
    following = had[-1] + 1 if had else 0
    templates = [
        MenuTemplate(
            row.id,
            row.name,
            how(row.duration_minutes, row.interview_type, row.meeting_software, row.link_label),
            number == following,
        )
        for number, row in enumerate(rows)
    ]
    return tuple(sorted(templates, key=lambda template: not template.is_next))


@cache
def _templates_for(role: Role) -> Query:
    was_had = sa.exists().where(
        Interview.template_id == InterviewTemplate.id,
        Interview.application_id == Application.id,
        Interview.status.not_in([InterviewStatus.CANCELLED, InterviewStatus.NO_SHOW]),
    )
    return (
        sa.select(
            Application.id.label("application_id"),
            Job.title,
            InterviewTemplate.id,
            InterviewTemplate.name,
            InterviewTemplate.duration_minutes,
            InterviewTemplate.interview_type,
            InterviewTemplate.meeting_software,
            InterviewTemplate.link_label,
            was_had.label("was_had"),
        )
        .select_from(Application)
        .join(Job, Job.id == Application.job_id)
        .join(InterviewTemplate, InterviewTemplate.job_id == Job.id)
        .where(
            Application.candidate_id == sa.bindparam("candidate_id", type_=sa.Integer()),
            Job.is_open,
            application_is_within(Asker(role), Action.SCHEDULE),
        )
        .order_by(Application.id.desc(), InterviewTemplate.position, InterviewTemplate.id)
    )
