"""Emails: each is one message to one person, requested in the transaction that needs it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database import SealedBytes, choice
from extensions import Model
from tables.team import User
from timezones import utc_now


class MailState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class MailTrouble(StrEnum):
    """Who the last answer of a mail server, or its silence, was about."""

    # Us, the sender: our settings, our account at the mail server, our network address.
    OURS = "ours"
    # The mailbox of the person in whose name it is sent. Other people's emails are sent.
    MAILBOX = "mailbox"
    # The address, which takes nothing from us. An email that is still queued waits until that changes.
    ADDRESS = "address"


class ReaderRole(StrEnum):
    CANDIDATE = "candidate"
    HIRING_MANAGER = "hiring_manager"
    ATTENDEE = "attendee"
    TEAM = "team"


class Mail(Model):
    """One message to one recipient. Its body is composed when it is sent, from what is true by then."""

    __tablename__ = "mails"
    __table_args__ = (
        # Never two of the same kind, about the same thing, on the same occasion, to the same person.
        sa.UniqueConstraint("about", "kind", "occasion", "address"),
        sa.Index("ix_mails_state_due_at", "state", "due_at"),
        # Nearly always empty: every page looks for emails that need fixing.
        sa.Index("ix_mails_trouble", "trouble", "address"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # What the mail is about, in the form of a task's subject: `interview:42`, `connection:7`, `user:3`.
    about: Mapped[str] = mapped_column(sa.String(60))
    # The same interview again, if it is one: the email is listed with it and deleted with it.
    interview_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("interviews.id", ondelete="CASCADE"), index=True
    )
    # The name of a kind in `tasks/mails/kinds/`. Plain text checked by code, so that a new kind changes no
    # table.
    kind: Mapped[str] = mapped_column(sa.String(40))
    # Distinguishes emails of this kind about the same thing: `r3` for the third revision, `r3-1440` for a
    # reminder.
    occasion: Mapped[str] = mapped_column(sa.String(60))
    role: Mapped[ReaderRole] = mapped_column(choice(ReaderRole, "role"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(sa.String(120))
    address: Mapped[str] = mapped_column(sa.String(254))
    # Whose join link this copy contains. Kept with the email, because the reader may be taken off the
    # interview before it is sent.
    join_reader: Mapped[str | None] = mapped_column(sa.String(40))
    # Created once, with the row, so that a repeated delivery is recognizable as the same message.
    message_id: Mapped[str] = mapped_column(sa.String(120), unique=True)
    due_at: Mapped[datetime]
    state: Mapped[MailState] = mapped_column(choice(MailState, "state"), default=MailState.QUEUED)
    sent_at: Mapped[datetime | None]
    # The server's answer in its own words, or our reason for dropping it.
    words: Mapped[str | None] = mapped_column(sa.String(500))
    # The number that began the server's last answer, as in `550`; None while it has given none.
    code: Mapped[int | None]
    # None while nothing is wrong, or when what is wrong is about this one mail.
    trouble: Mapped[MailTrouble | None] = mapped_column(choice(MailTrouble, "trouble"))
    # A delivery was cut off after the text had been handed over: the server may have accepted it.
    may_be_double: Mapped[bool] = mapped_column(default=False)
    # The attachments are left out: with them, the email was too large for the server or the connection to
    # it, or they could not be read. An invitation without them is better than none.
    leaves_files_out: Mapped[bool] = mapped_column(default=False)
    # The app of a person's own mailbox through which it was sent, by its key, and the address it was sent
    # from; empty for the server's own. Also set if it is not known whether the mailbox sent it.
    sent_with: Mapped[str | None] = mapped_column(sa.String(32))
    sent_from: Mapped[str | None] = mapped_column(sa.String(254))
    # Written before that mailbox is asked to send it, and empty again once there is an outcome. If the
    # process dies, it stays, and then it means that the mailbox may have sent the email.
    handing_over_since: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    # What it said when it was last handed to a mail server, if it is about an interview: `messaging.copies`
    # reads it. Read only where an email is shown, and the last column, so that lists need not pass over it.
    sealed_copy: Mapped[SealedBytes | None] = mapped_column(sa.LargeBinary, deferred=True)

    user: Mapped[User | None] = relationship()

    @property
    def may_have_left(self) -> bool:
        """Whether a person's own mailbox was asked to send it, and no one knows whether it did. It is not
        sent again unless someone asks for it."""
        return self.state is MailState.FAILED and self.may_be_double and self.sent_with is not None
