"""Changing a password, and getting a new one without knowing the old one.

Asking for a reset does the same work for everybody: the request is counted and handed to the background,
which finds out whether there is anybody to write to. So neither the answer nor its time tells who is here.
"""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from accounts import audit, mails
from accounts.audit import Event
from accounts.links import invitation_state, reset_state
from accounts.sessions import end_all_sessions
from accounts.throttling import ASK_FOR_RESET, SIGN_IN, Throttling
from extensions import db
from models import Invitation, Lane, PasswordReset, User
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
    """The hash to store of a new password. Gives up the current transaction first, whatever it holds, because
    hashing is slow on purpose and on SQLite everybody else would wait for it."""
    db.session.rollback()
    return _slow_hash(password)


def change_password(user: User, password_hash: str, mail_domain: str) -> None:
    """Store a new password in the current transaction. Ends every session, this browser's too: the caller
    begins a new one, so that whatever was saved of the old one is worth nothing."""
    store_password(user, password_hash, mail_domain)
    audit.record(Event.PASSWORD_CHANGED, f"{user.name} changed their password.", user)


def store_password(user: User, password_hash: str, mail_domain: str) -> None:
    """Put a new password into the current transaction, with all that goes with it: every session ends, links
    to reset it are void, and the person gets a notice by mail."""
    user.password_hash = password_hash
    end_all_sessions(user)
    # A link that was asked for earlier, by whomever, must not undo this.
    db.session.execute(
        sa.update(PasswordReset)
        .where(PasswordReset.user_id == user.id, PasswordReset.used_at.is_(None))
        .values(used_at=utc_now())
    )
    mails.queue_password_changed(user, mail_domain)


class ResetRequests:
    """Takes requests for a new password, and answers them later.

    What waits in between is a keyed hash of the address that was typed: enough to recognize a member by, and
    nothing to be read in a copy of the database.
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
    """Give someone a link, in the current transaction; their invitation again, if they never accepted."""
    if user.password_hash is None:
        invitation = db.session.scalar(sa.select(Invitation).where(Invitation.user_id == user.id))
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
    """Store the new password that a reset's link was used for; once. The row has to be held by this
    transaction. Nobody is signed in by it. Raises `ResetClosedError`."""
    if reset_state(reset) != "open":
        raise ResetClosedError
    user = reset.user
    store_password(user, password_hash, mail_domain)
    throttling.forget(SIGN_IN, user.email)
    audit.record(Event.PASSWORD_RESET, f"{user.name} chose a new password through a mailed link.", user)
    return user
