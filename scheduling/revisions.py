"""The revisions of an interview: each state that people were told about, with who changed what and why."""

from __future__ import annotations

import sqlalchemy as sa

from extensions import db
from models import Interview, Revision, RevisionReason, User
from scheduling.plans import Plan, from_json, to_json
from scheduling.undoing import PutBack


def first_revision(interview: Interview, actor: User | None, plan: Plan) -> Revision:
    """Record the first state of an interview that people are told about. The interview was flushed and has no
    revision yet. `actor` is None if the candidate chose the time."""
    return _write(interview, RevisionReason.SCHEDULED, actor, None, plan)


def raise_revision(
    interview: Interview,
    reason: RevisionReason,
    actor: User | None = None,
    *,
    before: Plan | None = None,
    after: Plan | None = None,
    words: str = "",
    tells_candidate: bool = True,
    is_by_candidate: bool = False,
    undo: PutBack | None = None,
) -> Revision:
    """Record a change that everyone has to be told about, in the current transaction. Calendars accept an
    entry only with a higher number than the one they have.

    `actor` is None when no one on the team did it. `before` and `after` stay None if the plan is unchanged,
    as with a link that comes late. `words` are the actor's, or the candidate's if they did it, for everyone
    who is told; `undo` is set while it can be undone.
    """
    interview.revision += 1
    # A change that could be undone until now no longer can.
    interview.undo_until = None
    revision = _write(interview, reason, actor, before, after)
    revision.words, revision.tells_candidate = words, tells_candidate
    revision.is_by_candidate = is_by_candidate
    revision.undo = undo.to_json() if undo is not None else None
    return revision


def revision_of(interview: Interview) -> Revision | None:
    """The newest revision of an interview; None for an interview without revisions, which only tests
    create."""
    return db.session.scalar(
        sa.select(Revision).where(
            Revision.interview_id == interview.id, Revision.number == interview.revision
        )
    )


def plan_at(interview_id: int, number: int) -> Plan | None:
    """What was decided as of one revision; None once it has been erased."""
    kept = db.session.scalar(
        sa.select(Revision.after)
        .where(
            Revision.interview_id == interview_id,
            Revision.number <= number,
            Revision.after.is_not(None),
        )
        .order_by(Revision.number.desc())
        .limit(1)
    )
    return from_json(kept) if kept is not None else None


def _write(
    interview: Interview,
    reason: RevisionReason,
    actor: User | None,
    before: Plan | None,
    after: Plan | None,
) -> Revision:
    revision = Revision(
        interview_id=interview.id,
        number=interview.revision,
        reason=reason,
        actor_id=actor.id if actor is not None else None,
        before=to_json(before) if before is not None else None,
        after=to_json(after) if after is not None else None,
    )
    db.session.add(revision)
    return revision
