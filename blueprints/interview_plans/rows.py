"""A plan's templates as its pages and menus show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from hiring.plan_menus import entries
from models import Interviewers, InterviewTemplate
from wording import counted, listed


class PlanRow(NamedTuple):
    """One template: what it is like, and who takes part besides the hiring manager, both in words."""

    id: int
    name: str
    how: str
    who: str


def plan_rows(templates: Iterable[InterviewTemplate]) -> tuple[PlanRow, ...]:
    """The rows of a plan, in its order."""
    rows = list(templates)
    return tuple(
        PlanRow(*entry, _with_whom(template)) for entry, template in zip(entries(rows), rows, strict=True)
    )


def _with_whom(template: InterviewTemplate) -> str:
    """`Everyone on the job's team`, `2 people from the job's team`, `Ada Berg and Ben Frei (deactivated)`."""
    match template.interviewers:
        case Interviewers.JOB_TEAM:
            return "Everyone on the job's team"
        case Interviewers.SOME_OF_TEAM:
            return f"{counted(template.team_count or 1, 'person', 'people')} from the job's team"
        case Interviewers.CHOSEN:
            names = [
                user.name if user.is_active else f"{user.name} (deactivated)" for user in template.people
            ]
            return listed(names) or "Only the hiring manager"
