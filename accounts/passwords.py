"""Changing a password, and getting a new one without knowing the old one.

Requesting a reset does the same work for everyone: the request is counted and handed to the background, which
finds out whether there is anyone to write to. So neither the response nor its timing reveals who has an
account here.
"""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from accounts import audit, mails
from accounts.audit import Event
from accounts.joining import has_joined, invitation_of
from accounts.links import invitation_state, reset_state
from accounts.sessions import end_all_sessions
from accounts.single_sign_on import unlink_all
from accounts.throttling import ASK_FOR_RESET, SIGN_IN, Throttling
from extensions import db
from models import Lane, PasswordReset, User
from security import KeyedHash
from security import hash_password as _slow_hash
from timezones import utc_now
from work import outbox
from work.kinds import TaskKind

RESET_LIFETIME = timedelta(hours=1)
ANSWER_RESET_REQUEST = TaskKind(
    "answer_reset_request", Lane.MAIL, "Answering a request for a new password", subject="reset"
)


def new_hash(password: str) -> str:
    """The hash to store for a new password. Rolls back the current transaction first, whatever it holds,
    because hashing is slow on purpose, and on SQLite everyone else would wait for it."""
    db.session.rollback()
    return _slow_hash(password)


def change_password(user: User, password_hash: str, mail_domain: str) -> None:
    """Store a new password in the current transaction. Ends every session, including this browser's; the
    caller begins a new one, so that a saved copy of the old cookie is worthless."""
    store_password(user, password_hash, mail_domain)
    audit.record(Event.PASSWORD_CHANGED, f"{user.name} changed their password.", user)


def store_password(user: User, password_hash: str, mail_domain: str) -> None:
    """Store a new password in the current transaction, with all its consequences: every session ends, reset
    links become invalid, and the person gets a notice by email."""
    user.password_hash = password_hash
    end_all_sessions(user)
    # A link that anyone requested earlier must not undo this.
    db.session.execute(
        sa.update(PasswordReset)
        .where(PasswordReset.user_id == user.id, PasswordReset.used_at.is_(None))
        .values(used_at=utc_now())
    )
    mails.queue_password_changed(user, mail_domain)


class ResetRequests:
    """Takes requests for a new password, and answers them later.

    In between, only a keyed hash of the typed address is stored: enough to recognize a member, but unreadable
    in a copy of the database.
    """

    def __init__(self, keyed_hash: KeyedHash) -> None:
        self._hash = keyed_hash

    def take(self, throttling: Throttling, *, email: str, address: str, browser: str | None) -> None:
        """Count and queue one request in the current transaction. Raises `TooManyTriesError`."""
        account = email.strip().lower()
        throttling.take(ASK_FOR_RESET, account, address, browser)
        who = self._hash(account)
        outbox.enqueue(
            ANSWER_RESET_REQUEST,
            who[:32],
            payload={"who": who},
        )

    def person_behind(self, who: str) -> User | None:
        """The active member whose address a request named, or None."""
        everybody = db.session.scalars(sa.select(User).where(User.is_active.is_(True)))
        return next((user for user in everybody if self._hash(user.email) == who), None)


def answer_reset_request(user: User, mail_domain: str) -> None:
    """Queue an email with a link, in the current transaction; or the invitation again, if it was never
    accepted."""
    if not has_joined(user):
        invitation = invitation_of(user)
        if invitation is not None and invitation_state(invitation) == "open":
            mails.queue_invitation(invitation, mail_domain)
        return
    now = utc_now()
    reset = PasswordReset(user=user, created_at=now, expires_at=now + RESET_LIFETIME)
    db.session.add(reset)
    db.session.flush()
    mails.queue_password_reset(reset, mail_domain)


class ResetClosedError(Exception):
    """The link was used, or its hour is over."""


def redeem(reset: PasswordReset, password_hash: str, throttling: Throttling, mail_domain: str) -> User:
    """Store the new password that someone chose through a reset link, and unlink their accounts elsewhere, so
    that no one keeps another way in. Works once. This transaction has to hold the row's lock. It signs no one
    in. Raises `ResetClosedError`."""
    if reset_state(reset) != "open":
        raise ResetClosedError
    user = reset.user
    store_password(user, password_hash, mail_domain)
    throttling.forget(SIGN_IN, user.email)
    audit.record(Event.PASSWORD_RESET, f"{user.name} chose a new password through a mailed link.", user)
    unlink_all(user)
    return user
