"""Half-typed interviews: one person's, saved at every step, spent once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from accounts.permissions import Action
from extensions import db
from hiring.queries import candidate_is_within
from models import Candidate, Draft, User
from scheduling.errors import DraftGoneError, DraftStaleError, DraftUsedError
from timezones import utc_now

LIFETIME = timedelta(days=14)

# In the order of the dialog. `preview` shows and asks nothing.
STEPS = ("setup", "date-time", "attendees", "details", "preview", "finalize")


def start(actor: User, candidate_id: int) -> Draft:
    """A new draft for one candidate; old ones of this person are cleared away on the occasion."""
    now = utc_now()
    db.session.execute(sa.delete(Draft).where(Draft.owner_id == actor.id, Draft.updated_at < now - LIFETIME))
    draft = Draft(id=secrets.token_urlsafe(18), owner_id=actor.id, candidate_id=candidate_id, payload={})
    db.session.add(draft)
    db.session.flush()
    return draft


def find(actor: User, draft_id: str) -> Draft:
    """The draft, if it is this person's and not too old. Raises `DraftGoneError` and `DraftUsedError`."""
    draft = db.session.get(Draft, draft_id)
    if draft is None or draft.owner_id != actor.id or draft.updated_at < utc_now() - LIFETIME:
        raise DraftGoneError(draft_id)
    if draft.used_at is not None:
        raise DraftUsedError(draft.interview_id)
    return draft


def save_step(draft: Draft, version: int, step: str, values: Mapping[str, Any]) -> None:
    """Keep what one step's form held. Raises `DraftStaleError` when `version` is not the newest."""
    saved = db.session.execute(
        sa.update(Draft)
        .where(Draft.id == draft.id, Draft.version == version, Draft.used_at.is_(None))
        .values(
            payload={**draft.payload, step: dict(values)}, version=Draft.version + 1, updated_at=utc_now()
        )
        .execution_options(synchronize_session=False)
    )
    if saved.rowcount != 1:  # type: ignore[attr-defined]  # the stubs give execute() a narrower result
        raise DraftStaleError(draft.id)
    db.session.refresh(draft)


def spend(actor: User, draft_id: str, version: int) -> None:
    """Mark the draft used. Of any number of submits at once exactly one returns; the others raise
    `DraftUsedError`, or `DraftStaleError` when the draft was changed since the form was opened."""
    now = utc_now()
    spent = db.session.execute(
        sa.update(Draft)
        .where(
            Draft.id == draft_id,
            Draft.owner_id == actor.id,
            Draft.used_at.is_(None),
            Draft.version == version,
        )
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    if spent.rowcount == 1:  # type: ignore[attr-defined]  # as above
        return
    draft = db.session.get(Draft, draft_id, populate_existing=True)
    if draft is None or draft.owner_id != actor.id:
        raise DraftGoneError(draft_id)
    if draft.used_at is not None:
        raise DraftUsedError(draft.interview_id)
    raise DraftStaleError(draft_id)


def point_to_interview(draft_id: str, interview_id: int) -> None:
    """Let a later submit of the same draft find what became of it."""
    db.session.execute(
        sa.update(Draft)
        .where(Draft.id == draft_id)
        .values(interview_id=interview_id)
        .execution_options(synchronize_session=False)
    )


def open_drafts(actor: User, *, limit: int = 5) -> list[Draft]:
    """This person's unfinished drafts, newest first."""
    return list(
        db.session.scalars(
            sa.select(Draft)
            .where(
                Draft.owner_id == actor.id,
                # Somebody who is out of sight by now is not shown from before.
                Draft.candidate_id.in_(
                    sa.select(Candidate.id).where(candidate_is_within(actor, Action.SCHEDULE))
                ),
                Draft.used_at.is_(None),
                Draft.updated_at > utc_now() - LIFETIME,
            )
            .options(selectinload(Draft.candidate))
            .order_by(Draft.updated_at.desc())
            .limit(limit)
        )
    )
