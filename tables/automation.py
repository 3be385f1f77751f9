"""What programs of the organization read and hear: the keys of the API, and the outgoing webhook."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import Model
from tables.team import User
from timezones import utc_now


class ApiKey(Model):
    """A key with which a program reads the API in the organization's name. Only its hash is stored."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    key_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    # How it begins, for people to tell keys apart.
    beginning: Mapped[str] = mapped_column(sa.String(12))
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    # The minute that is being counted, and how many requests there were in it.
    counted_since: Mapped[datetime] = mapped_column(default=utc_now)
    counted: Mapped[int] = mapped_column(default=0)

    made_by: Mapped[User] = relationship()
