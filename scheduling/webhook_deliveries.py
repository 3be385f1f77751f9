"""Webhook messages: which interviews have changed, and what happened to each message. Commands know nothing
about them. A chore looks at what was written since its last run, and compares what programs read about an
interview with what they were told last, so that they hear only of changes that matter to them.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from accounts import outgoing_webhook
from extensions import db
from models import DeliveryState, Interview, Lane, OutgoingWebhook, WebhookDelivery
from rows import change_rows, rows_of
from scheduling.reading import published
from timezones import utc_now
from work import outbox
from work.kinds import TaskKind

# One after the other, so that a slow address holds up at most one thread.
TELL_WEBHOOK = TaskKind("tell_webhook", Lane.PROVIDER, "Telling the webhook", subject="webhook")

CREATED, UPDATED, TEST = "interview.created", "interview.updated", "test"
AT_ONCE = 50
# The log is for finding out why something didn't arrive.
KEPT_FOR = timedelta(days=30)


# Read every few seconds in every process, so it is built once.
_LOOK = sa.select(OutgoingWebhook.looked_until, OutgoingWebhook.created_at).where(OutgoingWebhook.is_on)


def changed(now: datetime) -> list[int]:
    """The ids of interviews that the webhook may have to be told about, in the order of their changes."""
    row = next(iter(rows_of(_LOOK)), None)
    if row is None:
        return []
    return list(
        db.session.scalars(
            sa.select(Interview.id)
            .where(
                Interview.changed_at >= row.looked_until - published.OVERLAP,
                Interview.changed_at >= row.created_at,
                sa.or_(Interview.told_at.is_(None), Interview.told_at < Interview.changed_at),
                # Changes that can still be undone are not reported.
                sa.or_(Interview.undo_until.is_(None), Interview.undo_until <= now),
            )
            .order_by(Interview.changed_at, Interview.id)
            .limit(AT_ONCE)
        )
    )


def announce(interview_ids: list[int]) -> None:
    """Request a message, in the current transaction, about each of these interviews whose published form
    differs from the last message. If two processes do this at the same time, one finds nothing to do."""
    row, begun_at = outgoing_webhook.webhook(), utc_now()
    if row is None or not row.is_on:
        return
    for interview_id in interview_ids:
        interview = published.one(interview_id)
        if interview is None:
            continue
        told_as, seen, before = _hash_of(interview), interview.changed_at, interview.told_as
        is_ours = change_rows(
            sa.update(Interview)
            .where(
                Interview.id == interview_id,
                Interview.changed_at == seen,
                sa.or_(Interview.told_at.is_(None), Interview.told_at < seen),
            )
            # Not a change in itself.
            .values(told_at=seen, told_as=told_as, changed_at=Interview.changed_at)
            .execution_options(synchronize_session=False)
        )
        if is_ours and told_as != before:
            is_new = before is None and interview.created_at >= row.created_at
            _request(CREATED if is_new else UPDATED, interview_id)
    if len(interview_ids) < AT_ONCE and begun_at - row.looked_until > published.OVERLAP:
        row.looked_until = begun_at


def request_test() -> None:
    """Request an empty test message, in the current transaction."""
    _request(TEST, None)


def _request(event: str, interview_id: int | None) -> None:
    delivery = WebhookDelivery(key=f"msg_{secrets.token_hex(16)}", event=event, interview_id=interview_id)
    db.session.add(delivery)
    db.session.flush()
    payload = {"delivery_id": delivery.id}
    outbox.enqueue(TELL_WEBHOOK, 1, payload=payload, dedupe_key=TELL_WEBHOOK.key(delivery.id))


def latest(most: int) -> list[WebhookDelivery]:
    """The newest messages, for the page that shows them."""
    return list(
        db.session.scalars(sa.select(WebhookDelivery).order_by(WebhookDelivery.id.desc()).limit(most))
    )


def forget_old(before: datetime) -> int:
    """Remove messages from the log in the current transaction; returns how many, `AT_ONCE` at most."""
    old = (
        sa.select(WebhookDelivery.id)
        .where(WebhookDelivery.created_at < before, WebhookDelivery.state != DeliveryState.WAITING)
        .order_by(WebhookDelivery.id)
        .limit(AT_ONCE)
    )
    return change_rows(sa.delete(WebhookDelivery).where(WebhookDelivery.id.in_(old)))


@dataclass(frozen=True)
class Message:
    """One message about to be sent."""

    delivery_id: int
    key: str
    url: str
    body: bytes


def message_of(delivery_id: int, base_url: str) -> tuple[Message, OutgoingWebhook] | None:
    """What to send now; None if there is nothing to report, or no address anymore."""
    row = db.session.get(WebhookDelivery, delivery_id)
    hook = outgoing_webhook.webhook()
    if row is None or hook is None or not hook.is_on or row.state is not DeliveryState.WAITING:
        return None
    content: dict[str, Any] = {}
    if row.interview_id is not None:
        interview = published.one(row.interview_id)
        if interview is None:
            return None
        content = published.published(interview, base_url)
    at = row.created_at.isoformat(timespec="seconds").replace("+00:00", "Z")
    said = {"type": row.event, "timestamp": at, "data": content}
    return Message(row.id, row.key, hook.url, json.dumps(said, ensure_ascii=False).encode()), hook


def _hash_of(interview: Interview) -> str:
    said = published.published(interview, "")
    # Written about every change, whether or not it concerns programs.
    del said["updated_at"]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
