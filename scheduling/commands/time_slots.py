"""Asking a candidate to choose a time, and what becomes of it. Each command adds to the current transaction;
the route commits once.

An interview is Requested while the candidate is asked. Once they have chosen, it is scheduled right away, or
is Accepted until someone on the team has taken a last look.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from accounts.permissions import Action
from accounts.row_permissions import interview_is_within
from extensions import db
from models import (
    Draft,
    Interview,
    InterviewStatus,
    RequestState,
    SchedulingMethod,
    Slot,
    SlotRequest,
    User,
)
from scheduling import answers, venues
from scheduling.clashes import Clash, clashes_of_change, needs_of_change, needs_of_new
from scheduling.commands.locking import locked_with_candidate
from scheduling.commands.requested_times import AnsweredMeanwhileError, when_in_plan
from scheduling.commands.schedule import active_manager, add, hold, new_interview, new_uid, set_in_motion
from scheduling.commands.ticket import Ticket, refuse_new
from scheduling.drafts import drafts
from scheduling.errors import DraftGoneError, SchedulingError
from scheduling.mails import slots as mails
from scheduling.occupied import Needs
from scheduling.plans import Plan, When, plan_of, put, venue_to_json
from scheduling.rules import Rules
from scheduling.slots import (
    MOST_SLOTS,
    Offer,
    clashes_at,
    earliest,
    in_plan,
    is_open,
    not_accepted_with,
    offered,
    open_until,
    without_doubles,
)
from scheduling.timeline import note
from timezones import local_moment, utc_now
from wording import counted, listed


class NotRequestedError(Exception):
    """The candidate is not asked, or not anymore: they have chosen, or the team withdrew the request."""


class LinkExpiredError(Exception):
    """The candidate was asked too long ago."""


class SlotTakenError(Exception):
    """The slot has begun, was replaced by others, or someone who is needed has something else then."""


def request_slots(actor: User, plan: Plan, offer: Offer, ticket: Ticket, rules: Rules) -> Interview:
    """Add an interview whose time the candidate chooses, and ask them. `plan` has any one of the times.
    Calendar events at one of them that are accepted with the `ticket` do not keep the candidate from choosing
    it. Nothing outside is touched, and no one else is told. Raises as `schedule_interview` does."""
    slots = without_doubles(offer.slots)
    _check_number(slots)
    plan = replace(plan, when=earliest(slots))
    candidate, manager = hold(actor, plan, ticket)
    accepted = _refuse_busy(
        actor, slots, needs_of_new(plan, candidate, manager, actor), ticket.accepted_clashes
    )
    interview = new_interview(plan, actor, ics_uid=new_uid(rules))
    interview.method, interview.status = SchedulingMethod.TIME_SLOTS, InterviewStatus.REQUESTED
    now = utc_now()
    interview.slot_request = SlotRequest(
        round=1,
        asked_at=now,
        expires_at=open_until(slots, now),
        schedules_at_once=offer.schedules_at_once,
        venue=venue_to_json(plan.venue),
    )
    add(interview, actor, ticket)
    _offer(interview, slots, accepted)
    note(
        interview.id,
        f"{actor.name} asked {candidate.name} to choose from {counted(len(slots), 'time')}",
        actor=actor,
    )
    mails.ask(interview, rules)
    return interview


def offer_others(
    actor: User,
    interview: Interview,
    slots: Sequence[When],
    rules: Rules,
    *,
    accepted_clashes: Container[str] = (),
) -> None:
    """Replace the times that the candidate can choose from, and ask again. It answers a candidate for whom
    none worked, and takes back a time that was chosen but is not scheduled yet. `accepted_clashes` are the
    keys of what is in people's calendars then and is to keep no one from choosing. Raises `NotRequestedError`
    and `SchedulingError`."""
    interview = _held(interview)
    if not interview.status.is_being_arranged:
        raise NotRequestedError
    request = _request_of(interview)
    slots = without_doubles(slots)
    _check_number(slots)
    plan, now = plan_of(interview), utc_now()
    if earliest(slots).starts_at <= now:
        raise SchedulingError("This time has passed. Choose a later one.", field="date")
    needs = needs_of_change(plan, interview, active_manager(plan))
    accepted = _refuse_busy(actor, slots, needs, accepted_clashes)
    request.round += 1
    request.asked_at, request.expires_at = now, open_until(slots, now)
    request.picked_at = request.picked_id = None
    interview.status = InterviewStatus.REQUESTED
    put(replace(plan, when=earliest(slots)), interview)
    _offer(interview, slots, accepted)
    answers.settle_by_offering(actor, interview)
    note(interview.id, f"{actor.name} offered {counted(len(slots), 'other time')}", actor=actor)
    mails.ask(interview, rules)


def renew(actor: User, interview: Interview, rules: Rules) -> None:
    """Let the candidate choose for longer, and send them the request again. Raises `NotRequestedError`, and
    `SlotTakenError` when there is nothing left to choose from."""
    interview = _held(interview)
    if interview.status is not InterviewStatus.REQUESTED:
        raise NotRequestedError
    request, now = _request_of(interview), utc_now()
    left = [in_plan(slot) for slot in offered(interview) if slot.starts_at > now]
    if not left:
        raise SlotTakenError
    request.expires_at = open_until(left, now)
    note(interview.id, f"{actor.name} sent the request again", actor=actor)
    mails.ask_again(interview, rules)


def choose(interview: Interview, slot_id: int, rules: Rules) -> None:
    """The candidate chooses one of the times. If several candidates want the same people at the same time,
    exactly one gets them. Raises `NotRequestedError`, `LinkExpiredError` and `SlotTakenError`."""
    interview = _held(interview)
    now = utc_now()
    if interview.status is not InterviewStatus.REQUESTED:
        raise NotRequestedError
    request = _request_of(interview)
    if not is_open(interview, now):
        raise LinkExpiredError
    slot = next((slot for slot in offered(interview) if slot.id == slot_id), None)
    if slot is None or slot.starts_at <= now:
        raise SlotTakenError
    plan = replace(plan_of(interview), when=in_plan(slot))
    manager = db.session.get_one(User, plan.hiring_manager_id)
    found = clashes_of_change(plan, interview, manager, interview.scheduler, lock=True)
    if not_accepted_with(slot, found):
        raise SlotTakenError
    request.picked_id, request.picked_at = slot.id, now
    put(plan, interview)
    answers.withdraw_request(interview.id)
    candidate = interview.candidate
    note(interview.id, f"{candidate.name} chose {local_moment(slot.starts_at, interview.timezone).short}")
    if request.schedules_at_once and _can_be_scheduled(plan, interview):
        _schedule(interview, plan, None, rules)
    else:
        interview.status = InterviewStatus.ACCEPTED
    mails.tell_of_choice(interview, rules)


def take_named_time(
    actor: User,
    interview: Interview,
    starts_at: datetime,
    rules: Rules,
    *,
    accepted_clashes: Container[str] = frozenset(),
) -> None:
    """Schedule the interview at a time (aware UTC) that the candidate named because none of those offered
    suited. Raises `AnsweredMeanwhileError` and `SchedulingError`."""
    interview = _held(interview)
    answer = answers.what_candidate_says(interview).request
    is_named = answer is not None and starts_at in [time.starts_at for time in answer.times]
    if interview.status is not InterviewStatus.REQUESTED or answer is None or not is_named:
        raise AnsweredMeanwhileError
    plan = plan_of(interview)
    plan = replace(plan, when=when_in_plan(plan.when, starts_at))
    request = _request_of(interview)
    request.picked_at = utc_now()
    _finish(actor, interview, plan, rules, accepted_clashes)
    answers.settle(answer, RequestState.TAKEN, actor)


def schedule_accepted(
    actor: User, interview: Interview, rules: Rules, *, accepted_clashes: Container[str] = frozenset()
) -> None:
    """Schedule the interview at the time that the candidate chose, without further changes. Raises
    `NotRequestedError` and `SchedulingError`."""
    interview = _held(interview)
    if interview.status is not InterviewStatus.ACCEPTED:
        raise NotRequestedError
    _finish(actor, interview, plan_of(interview), rules, accepted_clashes)


def finish_acceptance(actor: User, plan: Plan, ticket: Ticket, rules: Rules) -> Interview:
    """Schedule an accepted interview after a last look in the dialog, which may have changed anything about
    it, and mark the draft used. Raises `DraftUsedError`, `DraftStaleError`, `DraftGoneError`,
    `NotRequestedError` and `SchedulingError`."""
    drafts.spend(actor, ticket.draft_id, ticket.draft_version)
    draft = db.session.get_one(Draft, ticket.draft_id, populate_existing=True)
    interview = db.session.scalar(
        sa.select(Interview).where(
            Interview.id == draft.about_interview_id, interview_is_within(actor, Action.SCHEDULE)
        )
    )
    if interview is None:
        raise DraftGoneError(ticket.draft_id)
    interview = _held(interview)
    if interview.status is not InterviewStatus.ACCEPTED:
        raise NotRequestedError
    if plan.application_id != interview.application_id:
        raise SchedulingError("An interview stays with its candidate and job.", field="job")
    venues.check(plan.venue)
    _finish(actor, interview, plan, rules, ticket.accepted_clashes)
    drafts.point_to_interview(draft.id, interview.id)
    return interview


def _finish(
    actor: User, interview: Interview, plan: Plan, rules: Rules, accepted_clashes: Container[str]
) -> None:
    if plan.when.starts_at <= utc_now():
        raise SchedulingError("This time has passed. Choose a later one.", field="date")
    manager = active_manager(plan)
    found = clashes_of_change(plan, interview, manager, actor, lock=True)
    picked = _request_of(interview).picked
    refuse_new(not_accepted_with(picked, found) if picked is not None else found, accepted_clashes)
    put(plan, interview)
    _schedule(interview, plan, actor, rules)


def _schedule(interview: Interview, plan: Plan, actor: User | None, rules: Rules) -> None:
    interview.status = InterviewStatus.SCHEDULED
    # New attendees get the numbers that their links name.
    db.session.flush()
    if actor is not None:
        note(interview.id, f"{actor.name} scheduled the interview", actor=actor)
    set_in_motion(interview, plan, actor, rules)
    db.session.refresh(interview, ["meeting", "meetings"])


def _can_be_scheduled(plan: Plan, interview: Interview) -> bool:
    """Whether nothing has happened since the request that the team should look at first."""
    return (
        interview.hiring_manager.is_active
        and interview.application.job.is_open
        and not venues.problems_of(plan.venue)
    )


def _held(interview: Interview) -> Interview:
    """The interview as it is now, held for the rest of the transaction."""
    interview, _ = locked_with_candidate(interview)
    if interview.slot_request is not None:
        db.session.refresh(interview.slot_request)
    db.session.refresh(interview, ["slots", "answers"])
    return interview


def _request_of(interview: Interview) -> SlotRequest:
    if interview.slot_request is None:
        raise NotRequestedError
    return interview.slot_request


def _offer(interview: Interview, slots: Sequence[When], accepted: Sequence[Sequence[Clash]]) -> None:
    """`accepted`: the clashes in spite of which each of the times was offered."""
    number = _request_of(interview).round
    db.session.add_all(
        Slot(
            interview_id=interview.id,
            round=number,
            accepted_clashes=list(dict.fromkeys(clash.key for clash in clashes)),
            **vars(slot),
        )
        for slot, clashes in zip(slots, accepted, strict=True)
    )
    db.session.flush()
    db.session.refresh(interview, ["slots"])


def _check_number(slots: Sequence[When]) -> None:
    if not slots:
        raise SchedulingError("Add at least one time.", field="slots")
    if len(slots) > MOST_SLOTS:
        raise SchedulingError(f"At most {MOST_SLOTS} times can be offered.", field="slots")


def _refuse_busy(
    actor: User, slots: Sequence[When], needs: Needs, accepted: Container[str]
) -> list[tuple[Clash, ...]]:
    """No one can choose a time at which someone has another interview, so none is offered. What else is on at
    each of them, by their calendars, has to be `accepted`, and is returned."""
    found = clashes_at(slots, needs, seen_by=actor)
    taken, busy = [], []
    for slot, clashes in zip(slots, found, strict=True):
        when = local_moment(slot.starts_at, actor.timezone).short
        if any(clash.is_interview for clash in clashes):
            taken.append(when)
        elif any(clash.key not in accepted for clash in clashes):
            busy.append(when)
    if taken:
        raise SchedulingError(
            f"Someone just got another interview on {listed(taken)}. Remove that time, or choose another.",
            field="slots",
        )
    if busy:
        raise SchedulingError(
            f"Someone is busy with something else on {listed(busy)}. Remove that time, or choose another.",
            field="slots",
        )
    return found
