"""Accounts elsewhere that people sign in with."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import Model
from tables.team import User
from timezones import utc_now


class LinkedIdentity(Model):
    """A person's account at the issuer that this server lets people sign in with.

    Issuer and subject name it for good: an email address may change hands, and a subject is given to no one
    else. A person has at most one at an issuer, so that a second one cannot be slipped in beside it.
    """

    __tablename__ = "linked_identities"
    __table_args__ = (sa.UniqueConstraint("issuer", "subject"), sa.UniqueConstraint("user_id", "issuer"))

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    issuer: Mapped[str] = mapped_column(sa.String(255))
    subject: Mapped[str] = mapped_column(sa.String(255))
    # As the issuer said when it was linked, for people to recognize it by.
    email: Mapped[str] = mapped_column(sa.String(254))
    linked_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_used_at: Mapped[datetime] = mapped_column(default=utc_now)

    user: Mapped[User] = relationship()
