"""Signing in with a password: delays, the check, and what is recorded about it."""

from __future__ import annotations

import sqlalchemy as sa

from accounts import audit
from accounts.audit import Event
from accounts.sessions import check_password
from accounts.throttling import CHANGE_PASSWORD, SIGN_IN, Throttling
from extensions import db
from models import User
from security import hash_password, password_is_outdated


def try_password(
    throttling: Throttling, *, email: str, password: str, address: str, browser: str | None
) -> User | None:
    """The person with this address and password, or None, both for unknown people and for wrong passwords.

    `address` is where the request came from, and `browser` names one that has signed in to this account
    before. This function commits on its own, because a try is counted before the slow check, and no one
    should wait for that. On success, the current transaction holds the record of it, and the caller commits
    that with the session. For someone with two-step verification this was the first step, and the second one
    records that they signed in. Raises `TooManyTriesError`.
    """
    account = email.strip().lower()
    db.session.rollback()
    throttling.take(SIGN_IN, account, address, browser)
    db.session.commit()
    checked = check_password(account, password)
    user = _unchanged(*checked) if checked is not None else None
    if user is None:
        _note_failure(account)
        db.session.commit()
        return None
    throttling.forgive(SIGN_IN, account, address, browser)
    if user.password_hash is not None and password_is_outdated(user.password_hash):
        user.password_hash = hash_password(password)
    if user.two_step_since is None:
        audit.record(Event.SIGNED_IN, f"{user.name} signed in.", user)
    return user


def _unchanged(user_id: int, checked_hash: str) -> User | None:
    """The person, locked, unless they were deactivated or got another password during the check."""
    user = db.session.get(User, user_id, with_for_update=True, populate_existing=True)
    return user if user is not None and user.is_active and user.password_hash == checked_hash else None


def is_own_password(throttling: Throttling, user: User, password: str, session_token: str) -> bool:
    """Whether a signed-in person knows their password. Counted, since an unattended browser could otherwise
    be used to guess it, and for this session alone, so strangers cannot delay it. Commits on its own. Raises
    `TooManyTriesError`."""
    email = user.email
    db.session.rollback()
    throttling.take(CHANGE_PASSWORD, email, "", session_token)
    db.session.commit()
    if check_password(email, password) is None:
        return False
    throttling.forgive(CHANGE_PASSWORD, email, "", session_token)
    db.session.commit()
    return True


def _note_failure(account: str) -> None:
    known = db.session.scalar(sa.select(User).where(User.email == account))
    if known is None:
        # The text may be a password typed into the wrong field, so it must not be recorded.
        words = "Someone tried to sign in with an address that no one here has."
    elif not known.is_active:
        words = f"Someone tried to sign in as {known.name}, who is deactivated."
    else:
        words = f"Someone tried to sign in as {known.name} with a wrong password."
    audit.record(Event.SIGN_IN_FAILED, words, None)
