"""Unfinished interviews: each belongs to one person, is saved at every step, and is used once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from database import written_out
from extensions import db
from models import Application, Attachment, Draft, DraftSubject, User
from rows import change_rows
from scheduling.drafts.chosen import chosen_application_id, is_chosen_on
from scheduling.drafts.from_template import FromTemplate, from_template_of
from scheduling.errors import (
    DraftExpiredError,
    DraftGoneError,
    DraftReplacedError,
    DraftStaleError,
    DraftUsedError,
)
from scheduling.files.removing import give_up
from timezones import utc_now

LIFETIME = timedelta(days=14)

# Loads what every page of the dialog needs; built once.
_FIND = (
    sa.select(Draft)
    .where(Draft.id == sa.bindparam("draft_id", type_=sa.String()))
    .options(joinedload(Draft.candidate), joinedload(Draft.files))
)


def find(actor: User, draft_id: str) -> Draft:
    """The draft, if it is this person's. Raises `DraftGoneError` (or its subclasses `DraftExpiredError` and
    `DraftReplacedError`) and `DraftUsedError`."""
    draft = db.session.scalars(_FIND, {"draft_id": draft_id}).unique().one_or_none()
    if draft is None or draft.owner_id != actor.id:
        raise DraftGoneError(draft_id)
    if draft.used_at is not None:
        raise DraftUsedError(draft.interview_id)
    if draft.set_aside_at is not None:
        raise DraftReplacedError(draft.id)
    if draft.updated_at < utc_now() - LIFETIME:
        raise DraftExpiredError(draft.candidate_id)
    return draft


def discard(draft: Draft) -> None:
    """Discard a draft, and the one that was set aside for it. Their files then have no owner, and the sweep
    removes them."""
    set_aside = sa.and_(Draft.id == draft.replaces_id, Draft.set_aside_at.is_not(None))
    db.session.execute(
        sa.delete(Draft).where(sa.or_(Draft.id == draft.id, set_aside), Draft.used_at.is_(None))
    )


def forget_older_than(cutoff: datetime, owner: User | None = None) -> None:
    """Delete the drafts, of one person or of everyone, that were last changed before `cutoff`, even those
    that became an interview. Their files then have no owner, and the sweep removes them."""
    old = sa.delete(Draft).where(Draft.updated_at < cutoff)
    db.session.execute(old if owner is None else old.where(Draft.owner_id == owner.id))


_FORGET_OTHERS = sa.delete(Draft).where(
    Draft.owner_id == sa.bindparam("spender_id"),
    Draft.candidate_id == sa.bindparam("of_candidate"),
    Draft.id != sa.bindparam("draft_id"),
    Draft.subject == written_out(DraftSubject.NEW_INTERVIEW),
    Draft.used_at.is_(None),
    sa.or_(Draft.application_id == sa.bindparam("application"), Draft.set_aside_at.is_not(None)),
)


def forget_others(actor: User, draft_id: str, candidate_id: int, application_id: int) -> None:
    """Delete what this person has started for the same application besides this draft, which has just become
    an interview, and what they have set aside for this candidate."""
    told = {
        "spender_id": actor.id,
        "of_candidate": candidate_id,
        "draft_id": draft_id,
        "application": application_id,
    }
    change_rows(_FORGET_OTHERS, told)


def save_step(draft: Draft, version: int, step: str, values: Mapping[str, Any]) -> None:
    """Save the content of one step's form, in place of what was kept of it. Raises `DraftStaleError` if
    `version` is not the newest. A person has one draft for an application, so before saving another choice on
    Setup, look whether there is one (`starting.other_for`)."""
    typed = {name: kept for name, kept in draft.typed.items() if name != step}
    payload = {**draft.payload, step: dict(values)}
    if not is_chosen_on(step):
        _renew(draft, version, payload=payload, typed=typed)
        return
    application_id, left = _chosen_application(draft, payload), from_template_of(draft)
    if left is None or left.application_id == chosen_application_id(payload):
        _renew(draft, version, payload=payload, typed=typed, application_id=application_id)
        return
    # The template is not one of the job that is chosen now: what it brought goes, unless it was changed.
    payload = {
        name: kept for name, kept in payload.items() if name == step or kept != left.answered.get(name)
    }
    values = {"payload": payload, "typed": typed, "application_id": application_id}
    _renew(draft, version, **values, template_id=None, from_template=None)
    give_up(Attachment.draft_id == draft.id, Attachment.id.in_(left.file_ids))


def _chosen_application(draft: Draft, payload: Mapping[str, Any]) -> sa.ScalarSelect[int]:
    """What was chosen on Setup, if it is one of the candidate's."""
    chosen = chosen_application_id(payload)
    which = (Application.id == chosen, Application.candidate_id == draft.candidate_id)
    return sa.select(Application.id).where(*which).scalar_subquery()


def keep_typed(
    draft: Draft, version: int, step: str, values: Mapping[str, Any], *, but_for: Collection[str] = ()
) -> None:
    """Keep what was typed into a step that is left without continuing; typing nothing clears what was kept.
    The fields `but_for` stay as they are kept, because something else keeps those.

    Forms that are open stay valid, because nothing is saved that another form could overwrite. Raises
    `DraftStaleError` if `version` is not the newest, because then newer answers are saved than these, and
    `DraftGoneError` if the draft was just discarded.
    """
    # Two tabs may leave two steps at the same moment, and each rewrites the whole column.
    if db.session.get(Draft, draft.id, populate_existing=True, with_for_update=True) is None:
        raise DraftGoneError(draft.id)
    typed = {name: kept for name, kept in draft.typed.items() if name != step}
    if but_for:
        stays = {name: kept for name, kept in draft.typed.get(step, {}).items() if name in but_for}
        values = {name: value for name, value in values.items() if name not in but_for} | stays
    if values:
        typed[step] = dict(values)
    if typed == draft.typed and version == draft.version:
        return
    kept = db.session.execute(
        sa.update(Draft)
        .where(
            Draft.id == draft.id,
            Draft.version == version,
            Draft.used_at.is_(None),
            Draft.set_aside_at.is_(None),
        )
        .values(typed=typed, updated_at=utc_now())
        .execution_options(synchronize_session=False)
    )
    if kept.rowcount != 1:  # type: ignore[attr-defined]  # the stubs give execute() a narrower result
        raise DraftStaleError(draft.id)
    db.session.refresh(draft)


def rebase(draft: Draft, payload: Mapping[str, Any], plan: Mapping[str, Any]) -> None:
    """Restart a change from the interview as someone else has changed it, with this person's answers kept in
    `payload`. Forms that are open are stale from now on."""
    _renew(draft, draft.version, payload=dict(payload), about_plan=dict(plan))


def use_template(
    draft: Draft,
    version: int,
    template: FromTemplate,
    payload: Mapping[str, Any],
    typed: Mapping[str, Any],
) -> None:
    """Let a draft start from another template, with its answers so far and what was typed since. Forms that
    are open are stale from now on. Raises `DraftStaleError` if `version` is not the newest."""
    _renew(
        draft,
        version,
        payload=dict(payload),
        typed=dict(typed),
        template_id=template.template_id,
        from_template=template.to_json(),
    )


def take(draft: Draft, version: int) -> None:
    """Begin to change something that belongs to a draft outside of its payload, such as its files. Until the
    transaction ends, no one else can save or use the draft, and forms opened before are stale from now on.
    Raises `DraftStaleError` if `version` is not the newest."""
    _renew(draft, version)


def _renew(draft: Draft, version: int, **values: Any) -> None:
    renewed = db.session.execute(
        sa.update(Draft)
        .where(
            Draft.id == draft.id,
            Draft.version == version,
            Draft.used_at.is_(None),
            Draft.set_aside_at.is_(None),
        )
        .values(version=Draft.version + 1, updated_at=utc_now(), **values)
        .execution_options(synchronize_session=False)
    )
    if renewed.rowcount != 1:  # type: ignore[attr-defined]  # the stubs give execute() a narrower result
        raise DraftStaleError(draft.id)
    db.session.refresh(draft)


_SPEND = (
    sa.update(Draft)
    .where(
        Draft.id == sa.bindparam("draft_id"),
        Draft.owner_id == sa.bindparam("spender_id"),
        Draft.used_at.is_(None),
        Draft.set_aside_at.is_(None),
        Draft.version == sa.bindparam("seen_version"),
    )
    .values(used_at=sa.bindparam("now"))
)


def spend(actor: User, draft_id: str, version: int) -> None:
    """Mark the draft used. Of any number of simultaneous submits, exactly one returns; the others raise
    `DraftUsedError`, or `DraftStaleError` if the draft was changed since the form was opened."""
    told = {"draft_id": draft_id, "spender_id": actor.id, "seen_version": version, "now": utc_now()}
    if change_rows(_SPEND, told):
        return
    draft = db.session.get(Draft, draft_id, populate_existing=True)
    if draft is None or draft.owner_id != actor.id:
        raise DraftGoneError(draft_id)
    if draft.used_at is not None:
        raise DraftUsedError(draft.interview_id)
    if draft.set_aside_at is not None:
        raise DraftReplacedError(draft.id)
    raise DraftStaleError(draft_id)


_POINT_TO_INTERVIEW = (
    sa.update(Draft)
    .where(Draft.id == sa.bindparam("draft_id"))
    .values(interview_id=sa.bindparam("interview"))
)


def point_to_interview(draft_id: str, interview_id: int) -> None:
    """Let a later submit of the same draft find the interview it became."""
    change_rows(_POINT_TO_INTERVIEW, {"draft_id": draft_id, "interview": interview_id})
