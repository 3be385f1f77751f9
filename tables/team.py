"""The organization, the people on the team, and the sessions they are signed in with."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database import ZoneName, choice
from extensions import Model
from timezones import utc_now


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    RECRUITER = "recruiter"
    HIRING_MANAGER = "hiring_manager"
    INTERVIEWER = "interviewer"
    OBSERVER = "observer"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").title()


class Organization(Model):
    """The one organization of this installation; its row exists once `/setup` is done."""

    __tablename__ = "organizations"
    __table_args__ = (
        sa.CheckConstraint("id = 1", name="only_one"),
        sa.CheckConstraint("retention_days BETWEEN 1 AND 3650", name="retention_days"),
        sa.CheckConstraint("log_days BETWEEN 30 AND 3650", name="log_days"),
        sa.CheckConstraint("mail_copy_days BETWEEN 30 AND 3650", name="mail_copy_days"),
        sa.CheckConstraint("first_weekday BETWEEN 0 AND 6", name="first_weekday"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    timezone: Mapped[str] = mapped_column(ZoneName)
    # The same id is in the instance folder. If the two differ, the database was copied.
    installation_id: Mapped[str] = mapped_column(sa.String(64))
    # The folder's id with which someone decided that background work stays paused in this copy.
    stays_paused_as: Mapped[str | None] = mapped_column(sa.String(64))
    # The day with which weeks begin: 0 is Monday, as `date.weekday` counts.
    first_weekday: Mapped[int] = mapped_column(default=0)
    # Of the last restore of a backup: a random word that the folder knew until it was whole, the moment that
    # the backup is of, and since when background work is held back. The last is empty again once someone has
    # decided about what was waiting.
    restored_as: Mapped[str | None] = mapped_column(sa.String(32))
    restored_from: Mapped[datetime | None]
    held_back_since: Mapped[datetime | None]
    # When background work last went on after it had been paused: what was due before is not late on its own.
    resumed_at: Mapped[datetime | None]
    # When someone last dropped what was waiting: the old server has asked for feedback on what was over then.
    dropped_at: Mapped[datetime | None]
    # Whether everyone who schedules or hosts may connect their own apps, or only owners and admins.
    connecting_is_open: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False)
    # Everyone who signs in after this has to set up two-step verification first; empty means that each person
    # decides. A time rather than a switch, so that no one loses what they are typing when it is turned on.
    two_step_required_since: Mapped[datetime | None]
    # Days after their last interview at which candidates are erased; empty means never.
    retention_days: Mapped[int | None]
    # Days after which entries of the activity log are deleted, and copies of sent emails with the notes of
    # finished background work; empty means never.
    log_days: Mapped[int | None]
    mail_copy_days: Mapped[int | None]
    # The organization's own text before and after the details of every invitation.
    invitation_intro: Mapped[str] = mapped_column(sa.String(1000), default="")
    invitation_closing: Mapped[str] = mapped_column(sa.String(1000), default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class User(Model):
    """A person on the team."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    # Stored in lower case, so that the unique index treats as the same address what people would.
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    # Empty for a person who cannot sign in with a password.
    password_hash: Mapped[str | None] = mapped_column(sa.String(255))
    role: Mapped[Role] = mapped_column(choice(Role, "role"))
    timezone: Mapped[str] = mapped_column(ZoneName)
    is_active: Mapped[bool] = mapped_column(default=True)
    # Since when signing in takes a code from an authenticator app as well; empty means a password is enough.
    two_step_since: Mapped[datetime | None]
    # Whether single keys lead somewhere. Off for those whose own tools press keys, as speech recognition
    # does.
    has_shortcuts: Mapped[bool] = mapped_column(default=True)
    # Whether emails about the interviews that they schedule are sent from their own mailbox, if it is
    # connected.
    sends_from_own_mailbox: Mapped[bool] = mapped_column(default=True)
    # When they take interviews, as `scheduling.availability.keeping` writes it; empty until they have said
    # so.
    availability: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class UserSession(Model):
    """One signed-in browser. The cookie holds a random token; the row holds only its hash.

    Ending a session is a write here, so a cookie saved before signing out is worthless afterwards.
    """

    __tablename__ = "user_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_seen_at: Mapped[datetime] = mapped_column(default=utc_now)
    ended_at: Mapped[datetime | None]
    user_agent: Mapped[str] = mapped_column(sa.String(200), default="")
    # What the last round trip to a provider ended with, shown on Connected Apps after the redirect;
    # kept here because a message in the address could be forged by a link.
    connect_notice: Mapped[str | None] = mapped_column(sa.String(500))
    connect_notice_at: Mapped[datetime | None]
    # It succeeded, but there is still something to know.
    connect_notice_warns: Mapped[bool] = mapped_column(default=False)

    user: Mapped[User] = relationship()
