"""The address from which a person's calendar app reads their interviews."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import Model
from tables.link_nonce import HasLinkNonce
from tables.team import User
from timezones import utc_now


class CalendarFeed(HasLinkNonce, Model):
    """A person's feed, of which there is at most one. A new address is a new row, so the old one opens
    nothing."""

    __tablename__ = "calendar_feeds"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    user: Mapped[User] = relationship()
