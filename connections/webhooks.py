"""What providers tell this server about its users' grants."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from connections import checks
from connections.service import connections
from connections.zoom_webhooks import Challenge, Deauthorised, UnreadableMessageError, ZoomWebhooks
from extensions import db
from models import App, WebhookEvent
from security import message_code
from timezones import utc_now

# Longer than a signature holds and than Zoom repeats what it got no answer to, both by far.
_REMEMBERED = timedelta(days=7)


class UnprovenError(Exception):
    """Nobody vouches for the message, and it is not one that may be taken as a mere hint."""


def take_from_zoom(body: bytes, *, timestamp: str, signature: str) -> dict[str, str] | None:
    """Act upon one message of Zoom's in the current transaction; returns what is to be answered, if anything.

    Must be called with no transaction open. Nothing is believed: a removal, signed or not, makes a task ask
    Zoom itself. Raises `UnprovenError`, and `UnreadableMessageError` for what is signed and makes no sense.
    Only for a server that has the secret.
    """
    zoom, now = connections().zoom_webhooks, utc_now()
    assert zoom is not None
    if not zoom.is_genuine(body, timestamp=timestamp, signature=signature, now=now):
        _take_as_hint(zoom, body)
        return None
    event = zoom.read(body, now)
    match event:
        case Challenge():
            return zoom.answer(event)
        case Deauthorised() if _is_new(message_code(zoom.secret, body)):
            checks.removed_in_provider(App.ZOOM, event.zoom_user_id, event.at)
    return None


def _take_as_hint(zoom: ZoomWebhooks, body: bytes) -> None:
    try:
        event = zoom.read(body, utc_now())
    except UnreadableMessageError as error:
        raise UnprovenError from error
    if not isinstance(event, Deauthorised):
        raise UnprovenError
    checks.maybe_removed_in_provider(App.ZOOM, event.zoom_user_id, event.at)


def _is_new(digest: str) -> bool:
    """Whether these very bytes come for the first time; from now on they are known."""
    db.session.execute(sa.delete(WebhookEvent).where(WebhookEvent.received_at < utc_now() - _REMEMBERED))
    try:
        with db.session.begin_nested():
            db.session.add(WebhookEvent(digest=digest))
    except IntegrityError:
        return False
    return True
