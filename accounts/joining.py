"""Whether someone has joined the team, or was only invited so far."""

from __future__ import annotations

import sqlalchemy as sa

from extensions import db
from models import Invitation, User


def invitation_of(user: User) -> Invitation | None:
    """The invitation with which someone was brought here; None for the person who set up the installation."""
    return db.session.scalar(sa.select(Invitation).where(Invitation.user_id == user.id))


def has_joined(user: User) -> bool:
    """Whether someone has chosen a password, or accepted their invitation without one."""
    if user.password_hash is not None:
        return True
    invitation = invitation_of(user)
    return invitation is not None and invitation.accepted_at is not None
