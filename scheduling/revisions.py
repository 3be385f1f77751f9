"""The revisions of an interview: each state that people were told about, with who changed what and why."""

from __future__ import annotations

from extensions import db
from models import Interview, Revision, RevisionReason, User
from scheduling.plans import Plan, to_json


def first_revision(interview: Interview, actor: User, plan: Plan) -> Revision:
    """Record the first state of an interview. It has been flushed and has no revision yet."""
    return _write(interview, RevisionReason.SCHEDULED, actor, None, plan)


def raise_revision(
    interview: Interview,
    reason: RevisionReason,
    actor: User | None = None,
    *,
    before: Plan | None = None,
    after: Plan | None = None,
) -> Revision:
    """Count a change that everyone has to be told about, in the current transaction. Calendars accept an
    entry only with a higher number than the one they have.

    `actor` is None when nobody on the team did it. `before` and `after` stay None if the plan is unchanged,
    as with a link that comes late.
    """
    interview.revision += 1
    return _write(interview, reason, actor, before, after)


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
