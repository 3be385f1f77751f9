"""Scheduling an interview. Adds to the current transaction; the route commits once."""

from __future__ import annotations

import secrets
from functools import cache

import sqlalchemy as sa

from accounts.permissions import Action
from accounts.row_permissions import Asker, application_is_within
from extensions import db
from models import (
    Application,
    Candidate,
    Interview,
    InterviewStatus,
    InterviewTemplate,
    Role,
    SchedulingMethod,
    User,
)
from scheduling import venues
from scheduling.clashes import clashes_of
from scheduling.commands.ticket import Ticket
from scheduling.drafts import attachments, drafts
from scheduling.drafts.from_template import FromTemplate
from scheduling.entries import wanting as entries
from scheduling.errors import SchedulingError
from scheduling.mails.first_mails import queue_first_mails
from scheduling.meetings import wanting
from scheduling.plans import Plan, put
from scheduling.revisions import first_revision
from scheduling.rules import Rules
from scheduling.stages import move_to_interview
from scheduling.timeline import note
from scheduling.venues import OnlineMeeting, PastedLink
from timezones import utc_now


def schedule_interview(actor: User, plan: Plan, ticket: Ticket, rules: Rules) -> Interview:
    """Add the interview and request all the work that follows, mark its draft used, delete what else this
    person has started for the same application, and move an application that is still in New or Screening to
    Interview.

    Raises `SchedulingError` if something has changed since the plan was made, and `DraftUsedError` and
    `DraftStaleError` from spending the draft. Nothing outside is touched here.
    """
    candidate, manager = hold(actor, plan, ticket)
    ticket.refuse_new(clashes_of(plan, candidate, manager, actor, lock=True))
    interview = add(new_interview(plan, actor, ics_uid=new_uid(rules)), actor, ticket)
    note(interview.id, f"{actor.name} scheduled the interview", actor=actor)
    set_in_motion(interview, plan, actor, rules)
    return interview


def hold(actor: User, plan: Plan, ticket: Ticket) -> tuple[Candidate, User]:
    """Spend the draft of a new interview, and check whether the plan still holds, except for what else is on
    at its time. Returns the candidate, held for the rest of the transaction, and the hiring manager. Raises
    as `schedule_interview` does."""
    told = {"asker_id": actor.id, "application_id": plan.application_id}
    application = db.session.scalar(_application(actor.role), told)
    if application is None:
        raise SchedulingError("This candidate is no longer on a job of yours.", field="job")
    # The very first write: if one draft is submitted twice, only one gets past this line.
    drafts.spend(actor, ticket.draft_id, ticket.draft_version)
    candidate = db.session.get_one(
        Candidate, application.candidate_id, with_for_update=True, populate_existing=True
    )
    if candidate.erased_at is not None:
        raise SchedulingError("This candidate was erased in the meantime.", field="job")
    if not application.job.is_open:
        raise SchedulingError("This job was closed in the meantime.", field="job")
    if plan.when.starts_at <= utc_now():
        raise SchedulingError("This time has passed. Choose a later one.", field="date")
    venues.check(plan.venue)
    return candidate, active_manager(plan)


def active_manager(plan: Plan) -> User:
    """The hiring manager. Raises `SchedulingError` for one who has left the team."""
    manager = db.session.get(User, plan.hiring_manager_id)
    if manager is None or not manager.is_active:
        raise SchedulingError(
            "The hiring manager is no longer active. Choose someone else.", field="hiring_manager"
        )
    return manager


def new_uid(rules: Rules) -> str:
    """The permanent UID of a new interview's calendar entry."""
    return f"{secrets.token_hex(16)}@{rules.message_id_domain}"


def add(interview: Interview, actor: User, ticket: Ticket) -> Interview:
    """Add a new interview's row, and let it take over what belongs to its draft."""
    if ticket.template is not None:
        _remember(ticket.template, interview)
    db.session.add(interview)
    db.session.flush()
    drafts.point_to_interview(ticket.draft_id, interview.id)
    drafts.forget_others(actor, ticket.draft_id, interview.candidate.id, interview.application.id)
    attachments.move_to_interview(ticket.draft_id, interview.id)
    return interview


def set_in_motion(interview: Interview, plan: Plan, actor: User | None, rules: Rules) -> None:
    """Request what follows from an interview that is scheduled now, in the current transaction: its meeting,
    the invitations, and the reminders. Its row holds the plan. `actor` is None if the candidate chose."""
    first_revision(interview, actor, plan)
    move_to_interview(actor or interview.scheduler, interview, interview.application)
    due_at = utc_now()
    match plan.venue:
        case OnlineMeeting(software):
            due_at = wanting.want_meeting(interview, software, rules).grace_ends_at
        case PastedLink(url, label):
            wanting.keep_pasted_link(interview, url, label)
    entries.arrange(interview, is_new=True)
    queue_first_mails(
        interview,
        rules,
        invite_by=due_at,
        remind_minutes_before=plan.reminders.minutes,
        no_reminder_for=plan.reminders.addresses_without(interview.candidate.email),
    )


def _remember(template: FromTemplate, interview: Interview) -> None:
    """What the interview started from. Locked, so that the template is not removed at the same moment."""
    interview.template_name = template.name
    interview.template_id = db.session.scalar(
        sa.select(InterviewTemplate.id)
        .where(InterviewTemplate.id == template.template_id)
        .with_for_update(read=True, key_share=True)
    )


@cache
def _application(role: Role) -> sa.Select[Application]:
    return sa.select(Application).where(
        Application.id == sa.bindparam("application_id"), application_is_within(Asker(role), Action.SCHEDULE)
    )


def new_interview(plan: Plan, scheduler: User, *, ics_uid: str) -> Interview:
    """The interview that a plan describes, as a row that is not in the session yet. `ics_uid` is the
    permanent UID of its calendar entry."""
    interview = Interview(
        scheduler=scheduler,
        method=SchedulingMethod.DIRECT,
        status=InterviewStatus.SCHEDULED,
        ics_uid=ics_uid,
        revision=0,
    )
    put(plan, interview)
    return interview
