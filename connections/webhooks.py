"""What providers tell this server about its users' grants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from connections import checks
from connections.service import connections
from extensions import db
from models import WebhookEvent
from providers.events import Challenge, GrantRemoved, MeetingTouched, UnreadableMessageError
from providers.protocols import WebhookReader
from timezones import utc_now

# Far longer than a signature is valid, and than providers keep repeating a message that got no answer.
_REMEMBERED = timedelta(days=7)


class UnprovenError(Exception):
    """The signature is missing or wrong, and the event is not one we accept unsigned as a hint."""


class UnreadableError(Exception):
    """The message is genuine, but makes no sense."""


def receive(
    provider: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    when_meeting_touched: Callable[[str, str], object],
) -> dict[str, str] | None:
    """Act on one message from a provider in the current transaction; return what to answer, if anything.

    Must be called with no transaction open. No message is believed: a removal, signed or not, makes a task
    ask the provider itself. `when_meeting_touched` gets the provider and its id of a meeting that was changed
    or deleted there. `headers` by their names in lower case. Raises KeyError for a provider without a webhook
    here, `UnprovenError` and `UnreadableError`.
    """
    reader, now = connections().webhooks[provider], utc_now()
    if not reader.is_genuine(body, headers, now):
        _take_as_hint(provider, reader, body)
        return None
    try:
        event = reader.read(body, now)
    except UnreadableMessageError as error:
        raise UnreadableError from error
    match event:
        case Challenge(answer):
            return answer
        case GrantRemoved(account_id, at) if _is_new(reader.digest(body)):
            checks.removed_in_provider(provider, account_id, at)
        case MeetingTouched(meeting_id) if _is_new(reader.digest(body)):
            when_meeting_touched(provider, meeting_id)
    return None


def _take_as_hint(provider: str, reader: WebhookReader, body: bytes) -> None:
    try:
        event = reader.read(body, utc_now())
    except UnreadableMessageError as error:
        raise UnprovenError from error
    if not isinstance(event, GrantRemoved):
        raise UnprovenError
    checks.maybe_removed_in_provider(provider, event.account_id, event.at)


def _is_new(digest: str) -> bool:
    """Whether these exact bytes have arrived for the first time; from now on they are known."""
    db.session.execute(sa.delete(WebhookEvent).where(WebhookEvent.received_at < utc_now() - _REMEMBERED))
    try:
        with db.session.begin_nested():
            db.session.add(WebhookEvent(digest=digest))
    except IntegrityError:
        return False
    return True
