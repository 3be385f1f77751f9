"""Two-step verification: the secrets shared with people's authenticator apps, and their recovery codes."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from database import SealedText
from extensions import Model


class TwoStepSecret(Model):
    """The secret that one person's authenticator app and this server share, encrypted.

    A separate table, because people are read everywhere and their secrets only when they sign in.
    `User.two_step_since` says whether it is on.
    """

    __tablename__ = "two_step_secrets"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    ciphertext: Mapped[SealedText] = mapped_column(sa.String(500))
    # The 30 seconds, counted since 1970, of the newest code that was accepted. That code and older ones are
    # refused from then on, so a code that someone has looked at over a shoulder is worth nothing.
    last_period: Mapped[int]


class RecoveryCode(Model):
    """A code that replaces the authenticator app once. Only a keyed hash of it is stored."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    used_at: Mapped[datetime | None]
