"""Starting an unfinished interview, and finding the one that was started: a person has at most one for each
application, and Schedule Interview opens it again.

Whatever starts, replaces, or moves a draft takes its person's turn first. Of several clicks at the same
moment, the later ones then find what the first has done, and the unique indexes of the table never have to
refuse anything.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from extensions import db
from models import Draft, DraftSubject, User
from scheduling.drafts.chosen import chosen_application_id, without_choice
from scheduling.drafts.drafts import LIFETIME, discard, forget_older_than
from scheduling.drafts.from_template import FromTemplate
from scheduling.errors import DraftGoneError, DraftReplacedError, DraftUsedError
from timezones import utc_now


@dataclass(frozen=True)
class Opened:
    """The draft that Schedule Interview leads to; `is_new`: nothing has been typed into it yet."""

    draft: Draft
    is_new: bool


def open_or_start(
    actor: User, candidate_id: int, application_ids: Collection[int], *, another: bool = False
) -> Opened:
    """The draft that was started for one of these applications of a candidate (the last changed one if there
    are several), or a new one.

    One application is what the draft is for from the beginning; if there are several, Setup asks which one. A
    draft that is started without naming one counts for any of them that has none. `another`: do not open what
    was started for an application, because this one is to be for another.
    """
    _take_turn_and_forget(actor)
    found = [
        draft
        for draft in _open_for(actor, candidate_id)
        if draft.application_id is None or (not another and draft.application_id in application_ids)
    ]
    found.sort(key=lambda draft: draft.application_id is None and len(application_ids) == 1)
    if not found:
        only = next(iter(application_ids)) if len(application_ids) == 1 and not another else None
        return Opened(_add(actor, candidate_id, {}, application_id=only), is_new=True)
    draft = found[0]
    if draft.application_id is None and len(application_ids) == 1:
        _let_be_for(draft, next(iter(application_ids)))
    is_new = _is_blank(draft)
    if is_new:
        draft.updated_at = utc_now()
    db.session.flush()
    return Opened(draft, is_new)


def start(
    actor: User,
    candidate_id: int,
    payload: Mapping[str, Any] | None = None,
    *,
    application_id: int | None = None,
    suggestions: Mapping[str, Any] | None = None,
    repeats_id: int | None = None,
    template: FromTemplate | None = None,
) -> Draft:
    """A new draft that begins with something: steps that are answered already, `suggestions` for those that
    are not, or what it takes from a template. What was started for the same application is set aside;
    `bring_back` undoes that."""
    _take_turn_and_forget(actor)
    payload = dict(payload or {})
    application_id = application_id or chosen_application_id(payload) or None
    replaced = _set_aside(open_for(actor, application_id)) if application_id is not None else None
    return _add(
        actor,
        candidate_id,
        payload,
        application_id=application_id,
        suggestions=None if suggestions is None else dict(suggestions),
        repeats_id=repeats_id,
        template_id=None if template is None else template.template_id,
        from_template=None if template is None else template.to_json(),
        replaces_id=replaced,
    )


def change_of(
    actor: User, candidate_id: int, interview_id: int, payload: Mapping[str, Any], plan: Mapping[str, Any]
) -> Draft:
    """This person's unfinished change of an interview; a new one begins with the answers in `payload`, from
    `plan` as JSON."""
    return _about(DraftSubject.CHANGE, actor, candidate_id, interview_id, payload, plan)


def acceptance_of(
    actor: User, candidate_id: int, interview_id: int, payload: Mapping[str, Any], plan: Mapping[str, Any]
) -> Draft:
    """The same for a last look at an interview whose time the candidate has chosen. One that began before
    they chose a different time has become useless."""
    return _about(DraftSubject.ACCEPTANCE, actor, candidate_id, interview_id, payload, plan)


def _about(
    subject: DraftSubject,
    actor: User,
    candidate_id: int,
    interview_id: int,
    payload: Mapping[str, Any],
    plan: Mapping[str, Any],
) -> Draft:
    _take_turn_and_forget(actor)
    begun = db.session.scalar(
        sa.select(Draft).where(
            Draft.owner_id == actor.id,
            Draft.about_interview_id == interview_id,
            Draft.subject != DraftSubject.NEW_INTERVIEW,
            Draft.used_at.is_(None),
        )
    )
    if begun is not None:
        is_as_it_was = subject is DraftSubject.CHANGE or begun.about_plan == plan
        if begun.subject is subject and is_as_it_was:
            return begun
        discard(begun)
    return _add(
        actor,
        candidate_id,
        payload,
        application_id=chosen_application_id(payload),
        subject=subject,
        about_interview_id=interview_id,
        about_plan=dict(plan),
    )


def start_over(actor: User, draft: Draft) -> Draft:
    """An empty draft in the place of this one, which is set aside until it is brought back or the new one is
    scheduled or discarded. An empty draft is returned unchanged. Raises what `drafts.find` raises if the
    draft has just ended."""
    take_turn(actor)
    newest = db.session.get(Draft, draft.id, populate_existing=True)
    if newest is None:
        raise DraftGoneError(draft.id)
    if newest.used_at is not None:
        raise DraftUsedError(newest.interview_id)
    if newest.set_aside_at is not None:
        raise DraftReplacedError(newest.id)
    if _is_blank(draft):
        return draft
    replaced = _set_aside(draft)
    return _add(actor, draft.candidate_id, {}, application_id=draft.application_id, replaces_id=replaced)


def bring_back(actor: User, draft: Draft) -> Draft:
    """Undo `start_over`, or bring back what `start` set aside: discard this draft, and return the one that it
    replaced. Returns this one if the other is gone, or if another one was started for its application
    since."""
    take_turn(actor)
    earlier = replaced_by(draft)
    if earlier is None:
        return draft
    if earlier.application_id is not None and open_for(actor, earlier.application_id) not in (None, draft):
        return draft
    draft.replaces_id = None
    db.session.flush()
    discard(draft)
    earlier.set_aside_at = None
    db.session.flush()
    return earlier


def replaced_by(draft: Draft) -> Draft | None:
    """The draft that this one replaced, as long as it can be brought back."""
    if draft.replaces_id is None:
        return None
    return db.session.scalar(
        sa.select(Draft).where(
            Draft.id == draft.replaces_id, Draft.owner_id == draft.owner_id, Draft.set_aside_at.is_not(None)
        )
    )


def successor_of(actor: User, draft_id: str) -> Draft | None:
    """The draft that took the place of one of this person's."""
    return db.session.scalar(sa.select(Draft).where(*_is_open(actor), Draft.replaces_id == draft_id))


def other_for(actor: User, draft: Draft, application_id: int) -> Draft | None:
    """What this person has started for an application besides this draft. Take the person's turn before
    letting the draft be for it."""
    other = open_for(actor, application_id)
    return None if other is None or other.id == draft.id else other


def open_for(actor: User, application_id: int) -> Draft | None:
    """What this person has started for an application."""
    return db.session.scalar(sa.select(Draft).where(*_is_open(actor), Draft.application_id == application_id))


def take_turn(actor: User) -> None:
    """Make one person's simultaneous clicks start drafts one after the other, so that a later click finds the
    draft of the first. Holds until the transaction ends; taking it twice does nothing. SQLite has no row
    locks; there, a request that changes something has the database for itself."""
    db.session.execute(sa.select(User.id).where(User.id == actor.id).with_for_update(key_share=True))


def _take_turn_and_forget(actor: User) -> None:
    """Take the person's turn, and delete what has expired: it must not be found again."""
    take_turn(actor)
    forget_older_than(utc_now() - LIFETIME, owner=actor)


def _is_open(actor: User) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Draft.owner_id == actor.id,
        Draft.subject == DraftSubject.NEW_INTERVIEW,
        Draft.used_at.is_(None),
        Draft.set_aside_at.is_(None),
    )


def _open_for(actor: User, candidate_id: int) -> list[Draft]:
    """What this person has started for a candidate, the last one that was changed first."""
    mine = sa.select(Draft).where(*_is_open(actor), Draft.candidate_id == candidate_id)
    return list(db.session.scalars(mine.order_by(Draft.updated_at.desc(), Draft.id)))


def _is_blank(draft: Draft) -> bool:
    """Whether nothing was ever saved or typed into it. It has no files either, because those are added after
    the first steps."""
    return not (draft.payload or draft.suggestions or draft.from_template or draft.typed)


def _let_be_for(draft: Draft, application_id: int) -> None:
    """Set the application of a draft that was started without one."""
    draft.application_id = application_id
    draft.typed = without_choice(draft.typed)


def _set_aside(draft: Draft | None) -> str | None:
    """Make room for another draft in the place of this one; returns what can be brought back. Only the last
    one can: what was set aside before is deleted, and so is a draft that nothing was typed into."""
    if draft is None:
        return None
    db.session.execute(
        sa.delete(Draft).where(
            Draft.owner_id == draft.owner_id,
            Draft.candidate_id == draft.candidate_id,
            Draft.application_id.is_not_distinct_from(draft.application_id),
            Draft.set_aside_at.is_not(None),
        )
    )
    if _is_blank(draft):
        discard(draft)
        return None
    draft.set_aside_at = utc_now()
    db.session.flush()
    return draft.id


def _add(actor: User, candidate_id: int, payload: Mapping[str, Any], **values: Any) -> Draft:
    draft = Draft(
        id=secrets.token_urlsafe(18),
        owner_id=actor.id,
        candidate_id=candidate_id,
        payload=dict(payload),
        **values,
    )
    db.session.add(draft)
    db.session.flush()
    return draft
