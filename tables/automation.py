"""The API keys with which the organization's programs read, and the outgoing webhook."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database import SealedText, choice
from extensions import Model
from tables.team import User
from timezones import utc_now


class ApiKey(Model):
    """A key with which a program reads the API in the organization's name. Only its hash is stored."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    key_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    # The beginning of the key, for people to tell keys apart.
    beginning: Mapped[str] = mapped_column(sa.String(12))
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    # The minute that is being counted, and its number of requests so far.
    counted_since: Mapped[datetime] = mapped_column(default=utc_now)
    counted: Mapped[int] = mapped_column(default=0)

    made_by: Mapped[User] = relationship()


class OutgoingWebhook(Model):
    """The one address that is told when interviews change; its row exists once an owner has named one."""

    __tablename__ = "outgoing_webhooks"
    __table_args__ = (sa.CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(sa.String(500))
    # The secret that messages are signed with, encrypted; the receiver has it too.
    sealed_secret: Mapped[SealedText] = mapped_column(sa.String(500))
    is_on: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    # Interviews that changed before this have been looked at.
    looked_until: Mapped[datetime] = mapped_column(default=utc_now)
    # Since when no message has arrived; empty while they do.
    failing_since: Mapped[datetime | None]
    # Why the server turned it off; "" if it didn't.
    turned_off_because: Mapped[str] = mapped_column(sa.String(300), default="")


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    # The webhook was turned off before it could be told, or it was waiting when a backup was restored.
    DROPPED = "dropped"


class WebhookDelivery(Model):
    """One message to the webhook. Its content is composed when it is sent, from the data at that time, so no
    personal data is kept here."""

    __tablename__ = "webhook_deliveries"

    id: Mapped[int] = mapped_column(primary_key=True)
    # Goes along with every try, so that a receiver recognizes a message that it gets twice.
    key: Mapped[str] = mapped_column(sa.String(40), unique=True)
    event: Mapped[str] = mapped_column(sa.String(40))
    interview_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("interviews.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[DeliveryState] = mapped_column(
        choice(DeliveryState, "state"), default=DeliveryState.WAITING
    )
    tries: Mapped[int] = mapped_column(default=0)
    # The status of the last answer, if there was one, and otherwise why there was none.
    code: Mapped[int | None]
    words: Mapped[str] = mapped_column(sa.String(300), default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    last_tried_at: Mapped[datetime | None]
