"""How people get in and what they did: invitations, password resets, throttling, and the audit log."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import Model
from tables.link_nonce import HasLinkNonce
from tables.team import User
from timezones import utc_now


class Invitation(HasLinkNonce, Model):
    """A person invited to join. They are already a user, who can be a hiring manager or an attendee, and can
    sign in once they accept.

    The link is derived from the row and its generation, so a later email can contain it again and nothing
    usable is stored; resending raises the generation, which invalidates the older link.
    """

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    invited_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    generation: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    invited_by: Mapped[User] = relationship(foreign_keys=[invited_by_id])


class PasswordReset(HasLinkNonce, Model):
    """One request for a new password. Its link works once and for an hour."""

    __tablename__ = "password_resets"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class Throttle(Model):
    """How often something was tried and failed, and how long the next try has to wait.

    Kept in the database because all server processes share it. The key is a hash: addresses of people who are
    not users do not belong in a table.
    """

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_failure_at: Mapped[datetime] = mapped_column(default=utc_now)
    blocked_until: Mapped[datetime | None]


class AuditEntry(Model):
    """One thing that someone did to access, to settings, or to data as a whole. Rows are only ever added."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    # Empty for the command line and for a person who is not signed in.
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    # A stable word such as `signed_in` or `role_changed`, for filtering.
    event: Mapped[str] = mapped_column(sa.String(40), index=True)
    words: Mapped[str] = mapped_column(sa.String(500))
    address: Mapped[str] = mapped_column(sa.String(64), default="")

    actor: Mapped[User | None] = relationship()
