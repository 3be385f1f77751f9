"""Interview plans: what people do with the templates of a job, and with the organization's for new jobs.

Each command adds to the current transaction; the route commits. A `job` of None is the organization's plan,
which is a setting: its changes are recorded in the System log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from accounts import audit
from accounts.audit import Event
from extensions import db
from hiring.commands import HiringError
from hiring.copied_plans import copy_to, templates_of
from hiring.queries import interviewers_of
from models import (
    Attachment,
    Attendee,
    Interview,
    Interviewers,
    InterviewStatus,
    InterviewTemplate,
    InterviewType,
    Job,
    MeetingSoftware,
    PhoneCaller,
    User,
)
from scheduling.files.removing import give_up
from timezones import utc_now

NAME_LIMIT = 80
# They are a menu; no one finds anything in a longer one.
MOST_TEMPLATES = 20
MOST_OF_TEAM = 20


@dataclass(frozen=True)
class TemplateValues:
    """What a template holds. Of the places, only what its type needs is kept; `people_ids` only count if the
    interviewers are chosen by name, and `team_count` only if they are some of the job's team."""

    name: str
    duration_minutes: int
    interview_type: InterviewType
    meeting_software: MeetingSoftware
    phone_caller: PhoneCaller
    interviewers: Interviewers
    link_label: str = ""
    number_to_call: str = ""
    address: str = ""
    directions: str = ""
    agenda: str = ""
    message: str = ""
    notes: str = ""
    team_count: int | None = None
    people_ids: tuple[int, ...] = ()


def find(job_id: int | None, template_id: int) -> InterviewTemplate | None:
    """One template of that plan; None if it is not on it."""
    found = db.session.get(InterviewTemplate, template_id)
    return found if found is not None and found.job_id == job_id else None


def add_template(actor: User, job: Job | None, values: TemplateValues) -> InterviewTemplate:
    """Put a template at the end of a plan. Raises `HiringError` for a name that the plan has already, for a
    full plan, and for people who are not active."""
    present = templates_of(_id_of(job))
    if len(present) >= MOST_TEMPLATES:
        raise HiringError(f"At most {MOST_TEMPLATES} templates. Remove one first.", "name")
    template = InterviewTemplate(
        job_id=_id_of(job), position=max((each.position for each in present), default=0) + 1
    )
    _write(template, values, present)
    db.session.add(template)
    _record(actor, template, "added to")
    return template


def edit_template(actor: User, template: InterviewTemplate, values: TemplateValues) -> None:
    """Change a template; interviews that started from it stay as they are. Raises `HiringError` as
    `add_template` does. People who were on it and have been deactivated since may stay."""
    _write(template, values, templates_of(template.job_id))
    _record(actor, template, "changed in")


def move_template(actor: User, template: InterviewTemplate, *, up: bool) -> None:
    """Swap a template with the one before or after it; at either end it stays where it is."""
    plan = templates_of(template.job_id)
    here = plan.index(template)
    there = here + (-1 if up else 1)
    if not 0 <= there < len(plan):
        return
    plan[here], plan[there] = plan[there], plan[here]
    for number, each in enumerate(plan, start=1):
        each.position = number
    _record(actor, template, "moved in")


def remove_template(actor: User, template: InterviewTemplate) -> None:
    """Take a template off its plan. Interviews and drafts that started from it stay as they are."""
    _record(actor, template, "removed from")
    give_up(Attachment.template_id == template.id)
    db.session.delete(template)


def replace_with_defaults(job: Job) -> int:
    """Make a job's plan a copy of the organization's again; returns how many templates it then has."""
    of_job = sa.select(InterviewTemplate.id).where(InterviewTemplate.job_id == job.id)
    give_up(Attachment.template_id.in_(of_job))
    db.session.execute(sa.delete(InterviewTemplate).where(InterviewTemplate.job_id == job.id))
    return copy_to(job)


@dataclass(frozen=True)
class Brought:
    """The people that a template brings into an interview besides the hiring manager, and those it names who
    cannot take part."""

    people: tuple[User, ...]
    left_out: tuple[User, ...] = ()


def people_of(template: InterviewTemplate, job: Job, team: Sequence[User]) -> Brought:
    """Who takes part in an interview on `job` that starts from this template, among the active `team`.

    Some of the job's team are those who have the fewest interviews ahead of them.
    """
    if template.interviewers is Interviewers.CHOSEN:
        active = {user.id for user in team}
        return Brought(
            tuple(user for user in template.people if user.id in active),
            tuple(user for user in template.people if user.id not in active),
        )
    possible = interviewers_of(job, team)
    if template.interviewers is Interviewers.SOME_OF_TEAM:
        load = _interviews_ahead([user.id for user in possible])
        free_first = sorted(possible, key=lambda user: load.get(user.id, 0))
        chosen = {user.id for user in free_first[: template.team_count]}
        possible = [user for user in possible if user.id in chosen]
    return Brought(tuple(possible))


def _interviews_ahead(user_ids: list[int]) -> dict[int, int]:
    """How many interviews each of these people attends from now on; those without one are left out."""
    rows = db.session.execute(
        sa.select(Attendee.user_id, sa.func.count())
        .join(Interview, Interview.id == Attendee.interview_id)
        .where(
            Attendee.user_id.in_(user_ids),
            Interview.status.in_([InterviewStatus.ACCEPTED, InterviewStatus.SCHEDULED]),
            Interview.ends_at > utc_now(),
        )
        .group_by(Attendee.user_id)
    )
    return {user_id: number for user_id, number in rows if user_id is not None}


def _write(template: InterviewTemplate, values: TemplateValues, plan: Sequence[InterviewTemplate]) -> None:
    name = values.name
    if any(each is not template and each.name.casefold() == name.casefold() for each in plan):
        raise HiringError("This plan already has a template with this name.", "name")
    template.people = _people(values, keeping={user.id for user in template.people})
    is_video = values.interview_type is InterviewType.VIDEO
    is_call = values.interview_type is InterviewType.PHONE
    is_on_site = values.interview_type is InterviewType.IN_PERSON
    is_link = is_video and values.meeting_software is MeetingSoftware.OTHER
    is_their_call = is_call and values.phone_caller is PhoneCaller.CANDIDATE
    template.name, template.duration_minutes = name, values.duration_minutes
    template.interview_type = values.interview_type
    template.meeting_software = values.meeting_software if is_video else None
    template.link_label = values.link_label if is_link else ""
    template.phone_caller = values.phone_caller if is_call else None
    template.number_to_call = values.number_to_call if is_their_call else ""
    template.address = values.address if is_on_site else ""
    template.directions = values.directions if is_on_site else ""
    template.agenda, template.message, template.notes = values.agenda, values.message, values.notes
    template.interviewers = values.interviewers
    template.team_count = values.team_count if values.interviewers is Interviewers.SOME_OF_TEAM else None


def _people(values: TemplateValues, keeping: set[int]) -> list[User]:
    if values.interviewers is not Interviewers.CHOSEN:
        return []
    wanted = set(values.people_ids)
    found = list(db.session.scalars(sa.select(User).where(User.id.in_(wanted)).order_by(User.name, User.id)))
    if len(found) < len(wanted) or any(not user.is_active and user.id not in keeping for user in found):
        raise HiringError("Choose people on the team.", "people")
    return found


def _id_of(job: Job | None) -> int | None:
    return job.id if job is not None else None


def _record(actor: User, template: InterviewTemplate, what: str) -> None:
    if template.job_id is None:
        words = f"“{template.name}” was {what} the interview plan of new jobs."
        audit.record(Event.SETTINGS_CHANGED, words, actor)
