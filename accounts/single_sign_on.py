"""Signing in with an account elsewhere: who gets in, and what is recorded about it.

It gives no one an account here. The first time, an address that the issuer vouches for finds the person who
has it; from then on only issuer and subject count, because addresses change hands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import sqlalchemy as sa

from accounts import audit, mails
from accounts.audit import Event
from accounts.joining import has_joined, invitation_of
from accounts.links import invitation_state
from extensions import db
from models import LinkedIdentity, User
from timezones import utc_now

Why = Literal["unknown", "unverified", "deactivated", "invitation_closed", "another_account"]


class NotLetInError(Exception):
    """The issuer says who someone is, but that person may not sign in here."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


def sign_in(
    label: str, *, issuer: str, subject: str, email: str, is_verified: bool, mail_domain: str
) -> User:
    """Find the person behind a proven identity, link it the first time, and record what happened, in the
    current transaction, which the caller commits.

    `email` is in lower case, and counts only if the issuer says that it `is_verified`. Someone who was
    invited and has not accepted yet accepts with this: the link in the invitation proves no more than the
    address does. Someone who was here before gets an email about what is linked, with `mail_domain` in its
    Message-ID. For someone with two-step verification it is the first step, as a password is. Raises
    `NotLetInError`, after which the transaction holds the record of the failure.
    """
    try:
        linked = _linked(issuer, subject)
        user = linked.user if linked is not None else _by_address(issuer, email, is_verified=is_verified)
        was_here = _let_in(user)
        if linked is None:
            linked = LinkedIdentity(user=user, issuer=issuer, subject=subject, email=email)
            db.session.add(linked)
            audit.record(Event.IDENTITY_LINKED, f"{user.name} now signs in with {label} too.", user)
            if was_here:
                mails.queue_identity_linked(user, label, email, mail_domain)
        linked.last_used_at = utc_now()
    except NotLetInError as refused:
        audit.record(
            Event.SIGN_IN_FAILED, f"Someone tried to sign in with {label}: {_WORDS[refused.why]}.", None
        )
        raise
    if user.two_step_since is None:
        audit.record(Event.SIGNED_IN, f"{user.name} signed in with {label}.", user)
    return user


# The address is left out: its owner may not be on the team.
_WORDS: dict[Why, str] = {
    "unknown": "no one here has that address",
    "unverified": "the address was not verified there",
    "deactivated": "that person is deactivated",
    "invitation_closed": "that person's invitation is no longer open",
    "another_account": "that person is linked with another account there",
}


def _linked(issuer: str, subject: str) -> LinkedIdentity | None:
    return db.session.scalar(
        sa.select(LinkedIdentity)
        .where(LinkedIdentity.issuer == issuer, LinkedIdentity.subject == subject)
        .with_for_update()
    )


def _by_address(issuer: str, email: str, *, is_verified: bool) -> User:
    if not email or not is_verified:
        raise NotLetInError("unverified")
    # Held until the commit: the second of two simultaneous first sign-ins finds what the first has linked.
    user = db.session.scalar(
        sa.select(User).where(User.email == email).with_for_update(),
        execution_options={"populate_existing": True},
    )
    if user is None:
        raise NotLetInError("unknown")
    known = sa.select(LinkedIdentity.id).where(
        LinkedIdentity.user_id == user.id, LinkedIdentity.issuer == issuer
    )
    if db.session.scalar(known) is not None:
        raise NotLetInError("another_account")
    return user


def _let_in(user: User) -> bool:
    """Returns whether someone has been here before; accepts their open invitation if not."""
    if has_joined(user):
        if not user.is_active:
            raise NotLetInError("deactivated")
        return True
    invitation = invitation_of(user)
    if invitation is None or invitation_state(invitation) != "open":
        raise NotLetInError("invitation_closed")
    invitation.accepted_at = utc_now()
    audit.record(Event.INVITATION_ACCEPTED, f"{user.name} accepted the invitation.", user)
    return False


def identities_of(user: User) -> list[LinkedIdentity]:
    """The accounts elsewhere with which someone signs in, oldest first."""
    query = sa.select(LinkedIdentity).where(LinkedIdentity.user_id == user.id).order_by(LinkedIdentity.id)
    return list(db.session.scalars(query))


def names_of(identities: Sequence[LinkedIdentity]) -> list[str]:
    """The names by which people know these accounts: their addresses, or else the issuer."""
    return [identity.email or identity.issuer for identity in identities]


class NoPasswordError(Exception):
    """Without this identity, the person could no longer sign in."""


def unlink(user: User, identity_id: int, label: str) -> bool:
    """Forget one of a person's own identities in the current transaction; returns whether it was there.
    Raises `NoPasswordError`."""
    identity = db.session.scalar(
        sa.select(LinkedIdentity).where(LinkedIdentity.id == identity_id, LinkedIdentity.user_id == user.id)
    )
    if identity is None:
        return False
    if user.password_hash is None:
        raise NoPasswordError
    db.session.delete(identity)
    audit.record(Event.IDENTITY_UNLINKED, f"{user.name} unlinked their account at {label}.", user)
    return True


def unlink_all(user: User) -> None:
    """Forget all of a person's identities in the current transaction, because they have proven in another way
    who they are: someone else may have linked one."""
    identities = identities_of(user)
    for identity in identities:
        db.session.delete(identity)
    if identities:
        audit.record(Event.IDENTITY_UNLINKED, f"{user.name}'s new password unlinked their accounts.", user)
