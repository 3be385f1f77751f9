"""Inviting someone to the team, and accepting.

An invited person is a user from that moment, so a job can have them as its hiring manager before they have
read the email. They cannot sign in until they have chosen a password.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from accounts import audit, mails
from accounts.audit import Event
from accounts.links import invitation_state
from accounts.team_rules import TeamError, require_may_grant, require_may_manage
from extensions import db
from models import Invitation, Role, User
from timezones import utc_now

LIFETIME = timedelta(days=7)
# Resending takes one click, and each click is an email to someone who cannot make it stop.
RESEND_AFTER = timedelta(minutes=1)


@dataclass(frozen=True)
class NewMember:
    """Whom to invite. `email` is in its normal form, `timezone` an IANA name."""

    name: str
    email: str
    role: Role
    timezone: str


def invite(actor: User, command: NewMember, mail_domain: str) -> Invitation:
    """Add the person, their invitation, and its email to the current transaction. Raises `TeamError`."""
    require_may_grant(actor, command.role)
    known = db.session.scalar(sa.select(User).where(User.email == command.email))
    if known is not None:
        raise TeamError("email", _why_not_again(known))
    user = User(name=command.name, email=command.email, role=command.role, timezone=command.timezone)
    now = utc_now()
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError:
        # PostgreSQL only: someone else invited the same address at the same moment.
        raise TeamError("email", "Someone has just invited this address.") from None
    invitation = Invitation(
        user=user, invited_by=actor, generation=0, created_at=now, expires_at=now + LIFETIME
    )
    db.session.add(invitation)
    db.session.flush()
    mails.queue_invitation(invitation, mail_domain)
    audit.record(Event.INVITED, f"{user.name} was invited as {user.role.label}.", actor)
    return invitation


def _why_not_again(known: User) -> str:
    if known.is_active:
        return f"{known.name} is already on the team with this address."
    return f"{known.name} was on the team with this address. Open their page and reactivate them."


def resend(actor: User, invitation: Invitation, mail_domain: str) -> None:
    """Send the invitation again with a new link, which invalidates the older one; also after it was withdrawn
    or has expired. Raises `TeamError` if it was accepted, or was sent a moment ago."""
    require_may_manage(actor, invitation.user)
    db.session.refresh(invitation, with_for_update=True)
    now = utc_now()
    if invitation.accepted_at is not None:
        raise TeamError("", f"{invitation.user.name} has already accepted.")
    last = mails.latest_invitation_mail(invitation)
    if last is not None and now - last.created_at < RESEND_AFTER:
        raise TeamError("", "It was sent less than a minute ago. Give it a moment to arrive.")
    invitation.user.is_active = True
    invitation.withdrawn_at = None
    invitation.invited_by = actor
    invitation.generation += 1
    invitation.expires_at = now + LIFETIME
    mails.queue_invitation(invitation, mail_domain)
    audit.record(Event.INVITATION_RESENT, f"{invitation.user.name} was invited again.", actor)


def withdraw(actor: User, invitation: Invitation) -> None:
    """Withdraw an invitation: its link stops working, and the person can no longer be chosen for anything.

    Raises `TeamError` if it was accepted.
    """
    require_may_manage(actor, invitation.user)
    db.session.refresh(invitation, with_for_update=True)
    if invitation.accepted_at is not None:
        raise TeamError("", f"{invitation.user.name} has already accepted. Deactivate them instead.")
    invitation.withdrawn_at = utc_now()
    invitation.user.is_active = False
    audit.record(
        Event.INVITATION_WITHDRAWN, f"The invitation of {invitation.user.name} was withdrawn.", actor
    )


class InvitationClosedError(Exception):
    """It was accepted, withdrawn, or has expired."""


def accept(invitation: Invitation, *, name: str, password_hash: str, timezone: str) -> User:
    """Make the invited person a member who can sign in; works once. This transaction has to hold the row.

    Raises `InvitationClosedError`.
    """
    if invitation_state(invitation) != "open":
        raise InvitationClosedError
    user = invitation.user
    invitation.accepted_at = utc_now()
    user.name, user.password_hash, user.timezone = name, password_hash, timezone
    audit.record(Event.INVITATION_ACCEPTED, f"{user.name} accepted the invitation.", user)
    return user
