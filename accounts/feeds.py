"""The feed of one's own interviews: made, renewed and turned off, each in the current transaction."""

from __future__ import annotations

import sqlalchemy as sa

from accounts import audit
from accounts.audit import Event
from extensions import db
from models import CalendarFeed, User
from rows import change_rows


def feed_of(user: User) -> CalendarFeed | None:
    """A person's feed, if they have one."""
    return db.session.scalar(sa.select(CalendarFeed).where(CalendarFeed.user_id == user.id))


def renew(user: User) -> CalendarFeed:
    """Give a person a feed with a new address; an earlier one stops working."""
    # Serializes simultaneous clicks, so that neither finds the other's row in its way.
    db.session.scalar(sa.select(User.id).where(User.id == user.id).with_for_update(key_share=True))
    had_one = _end(user)
    feed = CalendarFeed(user_id=user.id)
    db.session.add(feed)
    db.session.flush()
    words = "renewed the address of" if had_one else "turned on"
    audit.record(Event.CALENDAR_FEED, f"{user.name} {words} their calendar feed.", user)
    return feed


def turn_off(user: User) -> bool:
    """End a person's feed. Returns whether there was one."""
    had_one = _end(user)
    if had_one:
        audit.record(Event.CALENDAR_FEED, f"{user.name} turned off their calendar feed.", user)
    return had_one


def _end(user: User) -> bool:
    return bool(change_rows(sa.delete(CalendarFeed).where(CalendarFeed.user_id == user.id)))
