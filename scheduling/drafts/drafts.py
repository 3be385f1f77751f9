"""Unfinished interviews: each belongs to one person, is saved at every step, and is used once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from accounts.permissions import Action
from accounts.row_permissions import Asker, Reader, application_is_within, candidate_is_within
from extensions import db
from models import Application, Candidate, Draft, DraftSubject, Job, Role, User
from rows import change_rows, rows_of
from scheduling.drafts.from_template import FromTemplate
from scheduling.errors import DraftExpiredError, DraftGoneError, DraftStaleError, DraftUsedError
from timezones import utc_now

LIFETIME = timedelta(days=14)


@dataclass(frozen=True)
class OpenDraft:
    """An unfinished interview as lists show it. `job_title` is None until the job is chosen; `is_change`: it
    changes an interview that exists."""

    id: str
    candidate_name: str
    job_title: str | None
    steps_done: int
    is_change: bool
    updated_at: datetime


def start(
    actor: User,
    candidate_id: int,
    payload: Mapping[str, Any] | None = None,
    *,
    suggestions: Mapping[str, Any] | None = None,
    repeats_id: int | None = None,
    changes: tuple[int, Mapping[str, Any]] | None = None,
    template: FromTemplate | None = None,
) -> Draft:
    """A draft for one candidate, filled in or empty; an empty one may be left over from an earlier click.
    `suggestions` are what its unsaved steps start with; `changes` is the interview that it changes, with its
    plan as JSON; `template` is what it takes from an interview template. This also deletes the person's old
    drafts."""
    now = utc_now()
    take_turn(actor)
    db.session.execute(sa.delete(Draft).where(Draft.owner_id == actor.id, Draft.updated_at < now - LIFETIME))
    is_plain = not payload and suggestions is None and template is None
    if is_plain and (untouched := _untouched(actor, candidate_id)) is not None:
        untouched.updated_at = now
        return untouched
    draft = Draft(
        id=secrets.token_urlsafe(18),
        owner_id=actor.id,
        candidate_id=candidate_id,
        payload=dict(payload or {}),
        suggestions=None if suggestions is None else dict(suggestions),
        repeats_id=repeats_id,
    )
    if template is not None:
        draft.template_id, draft.from_template = template.template_id, template.to_json()
    if changes is not None:
        draft.subject, (draft.about_interview_id, plan) = DraftSubject.CHANGE, changes
        draft.about_plan = dict(plan)
    db.session.add(draft)
    db.session.flush()
    return draft


def take_turn(actor: User) -> None:
    """Let clicks of one person at the same moment begin drafts one after the other, so that a later one finds
    the draft of the first. Until the transaction ends; taking it twice does nothing. SQLite has no row locks;
    there, a request that changes something has the database for itself."""
    db.session.execute(sa.select(User.id).where(User.id == actor.id).with_for_update(key_share=True))


def _untouched(actor: User, candidate_id: int) -> Draft | None:
    """This person's draft for that candidate in which nothing was ever saved. It has no files either, because
    those are added after the first steps."""
    mine = sa.select(Draft).where(
        Draft.owner_id == actor.id,
        Draft.candidate_id == candidate_id,
        Draft.subject == DraftSubject.NEW_INTERVIEW,
        Draft.used_at.is_(None),
    )
    untouched = (
        draft
        for draft in db.session.scalars(mine)
        if not draft.payload and not draft.suggestions and not draft.typed and not draft.from_template
    )
    return next(untouched, None)


# With what every page of the dialog needs; built once.
_FIND = (
    sa.select(Draft)
    .where(Draft.id == sa.bindparam("draft_id", type_=sa.String()))
    .options(joinedload(Draft.candidate), joinedload(Draft.files))
)


def find(actor: User, draft_id: str) -> Draft:
    """The draft, if it is this person's. Raises `DraftGoneError` (or its subclass `DraftExpiredError`) and
    `DraftUsedError`."""
    draft = db.session.scalars(_FIND, {"draft_id": draft_id}).unique().one_or_none()
    if draft is None or draft.owner_id != actor.id:
        raise DraftGoneError(draft_id)
    if draft.used_at is not None:
        raise DraftUsedError(draft.interview_id)
    if draft.updated_at < utc_now() - LIFETIME:
        raise DraftExpiredError(draft.candidate_id)
    return draft


def discard(draft: Draft) -> None:
    """Discard a draft. Its files then have no owner, and the sweep removes them."""
    db.session.execute(sa.delete(Draft).where(Draft.id == draft.id, Draft.used_at.is_(None)))


def save_step(draft: Draft, version: int, step: str, values: Mapping[str, Any]) -> None:
    """Save the content of one step's form, in place of what was kept of it. Raises `DraftStaleError` if
    `version` is not the newest."""
    typed = {name: kept for name, kept in draft.typed.items() if name != step}
    _renew(draft, version, payload={**draft.payload, step: dict(values)}, typed=typed)


def keep_typed(draft: Draft, version: int, step: str, values: Mapping[str, Any]) -> None:
    """Keep what was typed into a step that is left without continuing; nothing typed forgets what was kept.

    Forms that are open stay valid, because nothing is saved that another form could overwrite. Raises
    `DraftStaleError` if `version` is not the newest, because then newer answers are saved than these, and
    `DraftGoneError` if the draft was just discarded.
    """
    # Two tabs may leave two steps at the same moment, and each rewrites the whole column.
    if db.session.get(Draft, draft.id, populate_existing=True, with_for_update=True) is None:
        raise DraftGoneError(draft.id)
    typed = {name: kept for name, kept in draft.typed.items() if name != step}
    if values:
        typed[step] = dict(values)
    if typed == draft.typed and version == draft.version:
        return
    kept = db.session.execute(
        sa.update(Draft)
        .where(Draft.id == draft.id, Draft.version == version, Draft.used_at.is_(None))
        .values(typed=typed, updated_at=utc_now())
        .execution_options(synchronize_session=False)
    )
    if kept.rowcount != 1:  # type: ignore[attr-defined]  # the stubs give execute() a narrower result
        raise DraftStaleError(draft.id)
    db.session.refresh(draft)


def open_change(actor: User, interview_id: int) -> Draft | None:
    """This person's unfinished change of that interview, if there is one."""
    return db.session.scalar(
        sa.select(Draft)
        .where(
            Draft.owner_id == actor.id,
            Draft.about_interview_id == interview_id,
            Draft.subject == DraftSubject.CHANGE,
            Draft.used_at.is_(None),
            Draft.updated_at > utc_now() - LIFETIME,
        )
        .order_by(Draft.updated_at.desc())
        .limit(1)
    )


def rebase(draft: Draft, payload: Mapping[str, Any], plan: Mapping[str, Any]) -> None:
    """Begin a change again from what someone else has made of the interview meanwhile, with what this person
    has answered kept in `payload`. Forms that are open are stale from now on."""
    _renew(draft, draft.version, payload=dict(payload), about_plan=dict(plan))


def use_template(
    draft: Draft,
    version: int,
    template: FromTemplate,
    payload: Mapping[str, Any],
    typed: Mapping[str, Any],
) -> None:
    """Let a draft start from another template, with what it has answered and what was typed besides. Forms
    that are open are stale from now on. Raises `DraftStaleError` if `version` is not the newest."""
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
    transaction ends, nobody else can save or use the draft, and forms opened before are stale from now on.
    Raises `DraftStaleError` if `version` is not the newest."""
    _renew(draft, version)


def _renew(draft: Draft, version: int, **values: Any) -> None:
    renewed = db.session.execute(
        sa.update(Draft)
        .where(Draft.id == draft.id, Draft.version == version, Draft.used_at.is_(None))
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
    raise DraftStaleError(draft_id)


_POINT_TO_INTERVIEW = (
    sa.update(Draft)
    .where(Draft.id == sa.bindparam("draft_id"))
    .values(interview_id=sa.bindparam("interview"))
)


def point_to_interview(draft_id: str, interview_id: int) -> None:
    """Let a later submit of the same draft find the interview it became."""
    change_rows(_POINT_TO_INTERVIEW, {"draft_id": draft_id, "interview": interview_id})


def open_drafts(actor: Reader, *, candidate_id: int | None = None, limit: int = 10) -> list[OpenDraft]:
    """This person's unfinished drafts, or those for one candidate, newest first."""
    told = {
        "asker_id": actor.id,
        "candidate_id": candidate_id,
        "changed_after": utc_now() - LIFETIME,
        "most": limit,
    }
    found = rows_of(_open_drafts(actor.role, candidate_id is not None), told)
    chosen = {draft.id: chosen_application_id(draft.payload) for draft in found}
    titles = _job_titles(actor, set(chosen.values()) - {0})
    return [
        OpenDraft(
            id=draft.id,
            candidate_name=draft.name,
            job_title=titles.get(chosen[draft.id]),
            steps_done=len(draft.payload),
            is_change=draft.subject is DraftSubject.CHANGE,
            updated_at=draft.updated_at,
        )
        for draft in found
    ]


@cache
def _open_drafts(
    role: Role, of_candidate: bool
) -> sa.Select[str, str, DraftSubject, dict[str, Any], datetime]:
    asker = Asker(role)
    query = (
        sa.select(Draft.id, Candidate.name, Draft.subject, Draft.payload, Draft.updated_at)
        .join(Candidate, Candidate.id == Draft.candidate_id)
        .where(
            Draft.owner_id == asker.id,
            # A candidate whom this person can no longer see is not shown here either.
            candidate_is_within(asker, Action.SCHEDULE),
            Draft.used_at.is_(None),
            Draft.updated_at > sa.bindparam("changed_after", type_=Draft.updated_at.type),
        )
        .order_by(Draft.updated_at.desc())
        .limit(sa.bindparam("most", type_=sa.Integer()))
    )
    if of_candidate:
        query = query.where(Draft.candidate_id == sa.bindparam("candidate_id", type_=sa.Integer()))
    return query


def chosen_application_id(payload: Mapping[str, Any]) -> int:
    """The application that was chosen in a draft's payload; 0, which is nobody's, before and for what is no
    number."""
    text = (payload.get("setup", {}).get("job") or ["0"])[0]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _job_titles(actor: Reader, chosen: set[int]) -> dict[int, str]:
    if not chosen:
        return {}
    rows = db.session.execute(
        sa.select(Application.id, Job.title)
        .join(Application.job)
        .where(Application.id.in_(chosen), application_is_within(actor, Action.SCHEDULE))
    )
    return {row.id: row.title for row in rows}
