"""Changing an interview that is scheduled: another time, other people, another place, other words.

Adds to the current transaction; the route commits once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from accounts.permissions import Action
from accounts.row_permissions import interview_is_within
from extensions import db
from models import Draft, Interview, InterviewStatus, Meeting, RevisionReason, User
from scheduling import answers, venues
from scheduling.clashes import clashes_of_change
from scheduling.commands.locking import locked_with_candidate
from scheduling.commands.ticket import Ticket, refuse_new
from scheduling.drafts import drafts
from scheduling.entries import wanting as entries
from scheduling.errors import DraftGoneError, SchedulingError
from scheduling.mails import changes, queue, reminders
from scheduling.meetings import looks, wanting
from scheduling.plans import (
    Difference,
    NewAttendees,
    NewHiringManager,
    NewReminders,
    NewText,
    NewTime,
    NewVenue,
    Plan,
    Text,
    differences,
    distinct,
    plan_of,
    put,
    to_json,
)
from scheduling.revisions import raise_revision
from scheduling.rules import Rules
from scheduling.timeline import note
from scheduling.undoing import UNDO_FOR, PutBack, takes_effect_at
from scheduling.venues import OnlineMeeting, PastedLink
from timezones import local_moment, utc_now
from wording import listed
from work import mail as mails
from work import unsent


class NotScheduledError(Exception):
    """The interview was cancelled or has taken place, so there is nothing to change."""


class ChangedMeanwhileError(Exception):
    """Someone else changed the interview after the person who asks had looked at it."""


class NothingChangedError(Exception):
    """The plan is the same as before."""


@dataclass(frozen=True)
class Change:
    """A change that someone asks for. `seen` is the mark of the interview as they saw it when they decided
    (`mark_of`), `words` their reason, for everyone who is told, and `accepted_clashes` the keys of the
    clashes that they were shown and accepted."""

    plan: Plan
    seen: str
    words: str = ""
    accepted_clashes: Container[str] = frozenset()


def mark_of(interview: Interview) -> str:
    """Changes whenever anything about an interview is decided, so that a form that was opened before is
    recognized."""
    return _mark(to_json(plan_of(interview)), interview.status)


def _mark(plan: Mapping[str, Any], status: InterviewStatus) -> str:
    decided = json.dumps([plan, status.value], sort_keys=True)
    return hashlib.sha256(decided.encode()).hexdigest()[:16]


def can_be_changed(interview: Interview) -> bool:
    """Whether it is still expected to take place."""
    return interview.status is InterviewStatus.SCHEDULED


def finish_change(actor: User, plan: Plan, ticket: Ticket, rules: Rules) -> Interview:
    """Change the interview that a draft is about, and mark the draft used. Also raises `DraftUsedError` and
    `DraftStaleError`, and `DraftGoneError` when this person may no longer change the interview."""
    drafts.spend(actor, ticket.draft_id, ticket.draft_version)
    draft = db.session.get_one(Draft, ticket.draft_id, populate_existing=True)
    interview = db.session.scalar(
        sa.select(Interview).where(
            Interview.id == draft.about_interview_id, interview_is_within(actor, Action.SCHEDULE)
        )
    )
    if interview is None or draft.about_plan is None:
        raise DraftGoneError(ticket.draft_id)
    seen = _mark(draft.about_plan, InterviewStatus.SCHEDULED)
    change_interview(actor, interview, Change(plan, seen, ticket.words, ticket.accepted_clashes), rules)
    drafts.point_to_interview(draft.id, interview.id)
    return interview


def change_interview(actor: User, interview: Interview, change: Change, rules: Rules) -> None:
    """Change an interview, and request everything that follows: its meeting is changed or replaced, those who
    take part get an updated invitation, those who were taken off a cancellation, and reminders move.

    Until it can no longer be undone, none of that begins. What only the team sees (notes, who is reminded and
    when) changes right away, and no one is told. Raises `NotScheduledError`, `ChangedMeanwhileError`,
    `NothingChangedError`, and `SchedulingError` for what the dialog would not have accepted.
    """
    interview, meeting = locked_with_candidate(interview)
    if not can_be_changed(interview):
        raise NotScheduledError
    if mark_of(interview) != change.seen:
        raise ChangedMeanwhileError
    before, after = plan_of(interview), _without_repetition(change.plan, interview)
    found = differences(before, after)
    if not found:
        raise NothingChangedError
    _refuse(actor, interview, after, found, change.accepted_clashes)
    if _concern_the_team_alone(found):
        put(after, interview)
        reminders.rearrange(interview, rules)
        entries.request_if_any(interview.id)
    else:
        _change_for_everyone(actor, interview, meeting, before, after, change.words, rules)
    note(interview.id, f"{actor.name} {listed(list(_in_words(found)))}", actor=actor)


def _change_for_everyone(
    actor: User,
    interview: Interview,
    meeting: Meeting | None,
    before: Plan,
    after: Plan,
    words: str,
    rules: Rules,
) -> None:
    now = utc_now()
    undo_until = now + UNDO_FOR
    due_at = takes_effect_at(undo_until, now)
    is_moved = before.when.starts_at != after.when.starts_at
    knowing = unsent.may_have_arrived(mails.about_interview(interview.id))
    people = queue.recipients_of(interview)
    back = PutBack(
        interview.status,
        meeting.id if meeting is not None else None,
        interview.times_moved,
        attendees={each.email.lower(): each.id for each in interview.attendees},
    )
    put(after, interview)
    # New attendees get the numbers that their links name.
    db.session.flush()
    interview.times_moved += is_moved
    reason = RevisionReason.RESCHEDULED if is_moved else RevisionReason.CHANGED
    revision = raise_revision(interview, reason, actor, before=before, after=after, words=words)
    interview.undo_until = undo_until
    if is_moved:
        answers.settle_by_moving(actor, interview)
    revision.undo = replace(back, dropped_mails=tuple(changes.drop_older(interview))).to_json()
    _change_meeting(before, after, interview, meeting, rules, due_at)
    entries.arrange(interview, at=due_at)
    changes.tell_everyone(interview, people, rules, knowing=knowing, due_at=due_at)
    reminders.rearrange(interview, rules)
    wanting.enqueue_sync(interview.id, at=due_at)
    db.session.refresh(interview, ["meeting"])
    if interview.meeting is not None:
        looks.look_in_turn(interview.meeting)


def _without_repetition(plan: Plan, interview: Interview) -> Plan:
    """The plan with each person once: someone who already takes part in another role is not new."""
    manager = db.session.get(User, plan.hiring_manager_id)
    known = {interview.candidate.email, manager.email if manager is not None else ""}
    return replace(plan, attendees=tuple(distinct(plan.attendees, known)))


def _concern_the_team_alone(found: Sequence[Difference]) -> bool:
    return all(
        isinstance(one, NewReminders) or (isinstance(one, NewText) and one.which is Text.NOTES)
        for one in found
    )


def _refuse(
    actor: User,
    interview: Interview,
    plan: Plan,
    found: Sequence[Difference],
    accepted: Container[str],
) -> None:
    if plan.application_id != interview.application_id:
        raise SchedulingError("An interview stays with its candidate and job.", field="job")
    if interview.candidate.erased_at is not None:
        raise SchedulingError("This candidate was erased in the meantime.", field="job")
    now, kinds = utc_now(), {type(one) for one in found}
    if NewTime in kinds and plan.when.starts_at <= now:
        raise SchedulingError("This time has passed. Choose a later one.", field="date")
    if plan.when.ends_at <= now and not _concern_the_team_alone(found):
        raise SchedulingError("This interview is over. Choose a new time for it.", field="date")
    if NewVenue in kinds:
        venues.check(plan.venue)
    manager = db.session.get(User, plan.hiring_manager_id)
    if manager is None or (NewHiringManager in kinds and not manager.is_active):
        raise SchedulingError(
            "The hiring manager is no longer active. Choose someone else.", field="hiring_manager"
        )
    if not kinds <= {NewText, NewReminders}:
        refuse_new(clashes_of_change(plan, interview, manager, actor, lock=True), accepted)


def _change_meeting(
    before: Plan, after: Plan, interview: Interview, meeting: Meeting | None, rules: Rules, due_at: datetime
) -> None:
    """Request another meeting if the old one cannot be changed into it. The old one is removed."""
    old, new = before.venue, after.venue
    if old == new:
        return
    if isinstance(old, OnlineMeeting) and isinstance(new, OnlineMeeting) and old.software is new.software:
        if meeting is not None:
            # Another password may be accepted where the last one was not.
            meeting.passcode_was_refused = False
        return
    if meeting is not None:
        meeting.is_wanted = False
        # At most one may be wanted at any time, even between two statements.
        db.session.flush()
    match new:
        case OnlineMeeting(software):
            wanting.want_meeting(interview, software, rules, at=due_at)
        case PastedLink(url, label):
            wanting.keep_pasted_link(interview, url, label)
    db.session.flush()


_TEXTS = {
    Text.AGENDA: "changed the agenda",
    Text.TITLE: "changed the title",
    Text.MESSAGE: "changed the message to the candidate",
    Text.NOTES: "changed the internal notes",
}


def _in_words(found: Sequence[Difference]) -> Iterator[str]:
    """What someone did, for the timeline, each as what follows their name."""
    for one in found:
        match one:
            case NewTime(old, new) if old.starts_at != new.starts_at:
                was, now = (local_moment(when.starts_at, new.timezone).short for when in (old, new))
                yield f"moved the interview from {was} to {now}"
            case NewTime(old, new) if old.duration_minutes != new.duration_minutes:
                yield "changed how long the interview takes"
            case NewTime():
                yield "changed the time zone"
            case NewVenue():
                yield "changed how the interview takes place"
            case NewHiringManager():
                yield "changed the hiring manager"
            case NewAttendees(added, removed):
                if added:
                    yield f"added {listed([person.name for person in added])}"
                if removed:
                    yield f"took off {listed([person.name for person in removed])}"
            case NewText(which):
                yield _TEXTS[which]
            case NewReminders():
                yield "changed the reminders"
