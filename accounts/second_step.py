"""The second step of signing in: a code from the authenticator app, or a recovery code.

Between the steps a browser is not signed in. All it has is a proof that the first one, a password or
an account elsewhere, was right a moment ago.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from accounts import audit, mails
from accounts.audit import Event
from accounts.throttling import SECOND_STEP, Throttling
from accounts.two_step import Change, TwoStep, recovery_codes_left
from extensions import db
from models import User
from security import KeyedHash, SealBrokenError
from timezones import utc_now

# Long enough to find the phone.
TIME_FOR_IT = timedelta(minutes=10)

Kind = Literal["app", "recovery"]


@dataclass(frozen=True)
class FirstStep:
    """Who took the first step, when (in seconds since 1970), and the proof of both."""

    user_id: int
    at: int
    proof: str


class FirstStepGoneError(Exception):
    """The first step was too long ago, or the account has changed since: sign in from the beginning."""


class UnreadableSecretError(Exception):
    """The server's keys do not open the secret of this person's authenticator app."""


class FirstSteps:
    """Makes and checks the proofs of the first step.

    A proof depends on the password's hash and on when two-step verification was turned on, so it is worth
    nothing once either has changed, or in another database where the row's id belongs to someone else.
    """

    def __init__(self, keyed_hash: KeyedHash) -> None:
        self._hash = keyed_hash

    def taken_by(self, user: User) -> FirstStep:
        """The first step of this person, taken now."""
        at = int(utc_now().timestamp())
        return FirstStep(user.id, at, self._proof(user, at))

    def person_behind(self, step: FirstStep, *, lock: bool = False) -> User:
        """The person who took this step, with `lock` held until the end of the transaction. Raises
        `FirstStepGoneError`."""
        user = db.session.get(User, step.user_id, with_for_update=lock, populate_existing=True)
        if user is None or not user.is_active or user.two_step_since is None:
            raise FirstStepGoneError
        if not hmac.compare_digest(self._proof(user, step.at).encode(), step.proof.encode()):
            raise FirstStepGoneError
        if utc_now().timestamp() - step.at > TIME_FOR_IT.total_seconds():
            raise FirstStepGoneError
        return user

    def _proof(self, user: User, at: int) -> str:
        return self._hash(f"{user.id}|{user.email}|{user.password_hash}|{user.two_step_since}|{at}")


@dataclass(frozen=True)
class SecondStep:
    """What checking codes needs, and the domain of the Message-ID of a notice."""

    first_steps: FirstSteps
    two_step: TwoStep
    throttling: Throttling
    mail_domain: str

    def try_code(
        self, step: FirstStep, kind: Kind, code: str, *, address: str, browser: str | None
    ) -> User | None:
        """The person, if the code is right; None if it is wrong. `address` and `browser` are those of
        `accounts.sign_in.try_password`.

        Commits on its own, because a try is counted before the check. On success, the current transaction
        holds the record of it, and the caller commits that with the session. Raises `TooManyTriesError`,
        `FirstStepGoneError`, and `UnreadableSecretError`.
        """
        account = self.first_steps.person_behind(step).email
        db.session.rollback()
        self.throttling.take(SECOND_STEP, account, address, browser)
        db.session.commit()
        user = self.first_steps.person_behind(step, lock=True)
        if not self._is_right(user, kind, code):
            words = f"Someone who passed the first step as {user.name} entered a wrong code as the second."
            audit.record(Event.SIGN_IN_FAILED, words, None)
            db.session.commit()
            return None
        self.throttling.forgive(SECOND_STEP, account, address, browser)
        if kind == "recovery":
            left = recovery_codes_left(user)
            words = f"{user.name} signed in with a recovery code; {left} left."
            audit.record(Event.RECOVERY_CODE_USED, words, user)
            mails.queue_two_step_changed(user, Change.CODE_USED.value, self.mail_domain)
        audit.record(Event.SIGNED_IN, f"{user.name} signed in.", user)
        return user

    def _is_right(self, user: User, kind: Kind, code: str) -> bool:
        if kind == "recovery":
            return self.two_step.take_recovery_code(user, code)
        try:
            return self.two_step.take_code(user, code)
        except SealBrokenError:
            db.session.rollback()
            raise UnreadableSecretError from None
