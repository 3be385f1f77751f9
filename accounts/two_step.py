"""Two-step verification: turning it on and off, and the recovery codes. Signing in with it is in
`accounts.second_step`.

Before someone turns anything on or off, the routes have them prove that they know the password.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from accounts import audit, mails
from accounts.audit import Event
from accounts.first_run import organization
from accounts.sessions import end_all_sessions
from accounts.team_rules import TeamError, require_may_manage
from database import SealedText
from extensions import db
from models import Invitation, RecoveryCode, TwoStepSecret, User
from security import (
    KeyedHash,
    SealBrokenError,
    TokenVault,
    code_address,
    code_period,
    new_code_secret,
    new_recovery_code,
)
from timezones import utc_now

RECOVERY_CODES = 10
# At this number or fewer, people are told to make new ones.
FEW_RECOVERY_CODES = 3


class Change(StrEnum):
    """What happened to someone's two-step verification, as the notice about it is queued."""

    TURNED_ON = "turned_on"
    APP_REPLACED = "app_replaced"
    TURNED_OFF = "turned_off"
    RESET = "reset"
    CODES_RENEWED = "codes_renewed"
    CODE_USED = "code_used"


@dataclass(frozen=True)
class Offer:
    """What someone enters into their authenticator app: `address` by scanning, or `secret` by typing."""

    secret: str
    address: str


class WrongCodeError(Exception):
    """The code is not the one that the authenticator app shows now, or was used before."""


class OfferExpiredError(Exception):
    """The secret that was shown cannot be read anymore; another one has to be shown."""


class RequiredError(Exception):
    """The organization requires two-step verification, so no one can turn it off."""


class TwoStep:
    """The two-step verification of an installation. `issuer` is the name that authenticator apps show."""

    def __init__(self, vault: TokenVault, keyed_hash: KeyedHash, issuer: str) -> None:
        self._vault = vault
        self._hash = keyed_hash
        self._issuer = issuer

    def new_offer(self, user: User) -> str:
        """A new secret, sealed for this person. Nothing is stored: it is kept where only their browser finds
        it until they have shown that their app has it."""
        return self._vault.seal({"secret": new_code_secret()}, belongs_to=_offered_to(user))

    def offer(self, user: User, sealed: str) -> Offer:
        """The parts of a sealed secret to show. Raises `OfferExpiredError`."""
        try:
            secret = self._vault.open(SealedText(sealed), belongs_to=_offered_to(user))["secret"]
        except SealBrokenError:
            raise OfferExpiredError from None
        assert secret is not None
        here = organization()
        # People may have accounts at several installations, which their app has to tell apart.
        issuer = f"{self._issuer} {here.name}" if here is not None else self._issuer
        return Offer(secret, code_address(secret, account=user.email, issuer=issuer))

    def turn_on(self, user: User, sealed: str, code: str, mail_domain: str) -> list[str]:
        """Turn it on in the current transaction, or replace the app, and return the new recovery codes, which
        are not stored in a readable form.

        Ends every session, including this browser's; the caller begins a new one. Raises `WrongCodeError` and
        `OfferExpiredError`, and then nothing has changed.
        """
        secret, now = self.offer(user, sealed).secret, utc_now()
        period = code_period(secret, code, now)
        if period is None:
            raise WrongCodeError
        _lock(user)
        was_on = user.two_step_since is not None
        _forget_secret(user)
        ciphertext = self._vault.seal({"secret": secret}, belongs_to=_belonging_to(user))
        db.session.add(TwoStepSecret(user_id=user.id, ciphertext=ciphertext, last_period=period))
        user.two_step_since = now
        codes = self._new_recovery_codes(user)
        end_all_sessions(user)
        if was_on:
            words = f"{user.name} replaced their authenticator app."
        else:
            words = f"{user.name} turned on two-step verification."
        audit.record(Event.TWO_STEP_TURNED_ON, words, user)
        change = Change.APP_REPLACED if was_on else Change.TURNED_ON
        mails.queue_two_step_changed(user, change.value, mail_domain)
        return codes

    def renew_recovery_codes(self, user: User, mail_domain: str) -> list[str]:
        """Replace someone's recovery codes in the current transaction, and return the new ones. It must be
        on."""
        _lock(user)
        codes = self._new_recovery_codes(user)
        audit.record(Event.RECOVERY_CODES_RENEWED, f"{user.name} made new recovery codes.", user)
        mails.queue_two_step_changed(user, Change.CODES_RENEWED.value, mail_domain)
        return codes

    def take_code(self, user: User, code: str) -> bool:
        """Whether a code is right; if so, it is used up in the current transaction, which has to hold the
        person's lock. Raises `SealBrokenError` when the server's keys do not open the secret."""
        row = db.session.get(TwoStepSecret, user.id, populate_existing=True)
        if row is None:
            return False
        secret = self._vault.open(row.ciphertext, belongs_to=_belonging_to(user))["secret"]
        assert secret is not None
        period = code_period(secret, code, utc_now(), after=row.last_period)
        if period is None:
            return False
        row.last_period = period
        return True

    def take_recovery_code(self, user: User, typed: str) -> bool:
        """Whether one of the person's recovery codes was typed that is not used yet; if so, it is used up in
        the current transaction. Case, spaces, and hyphens do not matter."""
        used = db.session.execute(
            sa.update(RecoveryCode)
            .where(
                RecoveryCode.user_id == user.id,
                RecoveryCode.code_hash == self._hashed(user, typed),
                RecoveryCode.used_at.is_(None),
            )
            .values(used_at=utc_now())
        )
        return bool(used.rowcount)  # type: ignore[attr-defined]  # the stubs give execute() a narrower result

    def _new_recovery_codes(self, user: User) -> list[str]:
        db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
        codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
        db.session.add_all(
            RecoveryCode(user_id=user.id, code_hash=self._hashed(user, code)) for code in codes
        )
        return codes

    def _hashed(self, user: User, typed: str) -> str:
        code = "".join(character for character in typed.lower() if character.isalnum())
        return self._hash(f"{user.id}|{user.email}|{code}")


def turn_off(user: User, mail_domain: str) -> None:
    """Turn someone's own two-step verification off in the current transaction. Raises `RequiredError`."""
    here = organization()
    if here is not None and here.two_step_required_since is not None:
        raise RequiredError
    _lock(user)
    _forget(user)
    audit.record(Event.TWO_STEP_TURNED_OFF, f"{user.name} turned off two-step verification.", user)
    mails.queue_two_step_changed(user, Change.TURNED_OFF.value, mail_domain)


def reset(actor: User | None, user: User, mail_domain: str) -> None:
    """Remove the two-step verification of someone who has lost their phone and their recovery codes, in the
    current transaction; `actor` is None for the command line. Their sessions end.

    Raises `TeamError` when it is not on, and `NotAllowedError` when the actor may not manage this person.
    """
    if actor is not None:
        require_may_manage(actor, user)
    _lock(user)
    if user.two_step_since is None:
        raise TeamError("", f"{user.name} has no two-step verification.")
    _forget(user)
    end_all_sessions(user)
    by = "from the command line" if actor is None else f"by {actor.name}"
    audit.record(Event.TWO_STEP_RESET, f"The two-step verification of {user.name} was reset {by}.", actor)
    mails.queue_two_step_changed(user, Change.RESET.value, mail_domain)


def recovery_codes_left(user: User) -> int:
    """How many recovery codes someone can still use."""
    left = db.session.scalar(
        sa.select(sa.func.count(RecoveryCode.id)).where(
            RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None)
        )
    )
    return left or 0


def how_many_have_it() -> tuple[int, int]:
    """How many people who can sign in have it turned on, and how many there are."""
    accepted = sa.exists().where(Invitation.user_id == User.id, Invitation.accepted_at.is_not(None))
    having, everyone = db.session.execute(
        sa.select(sa.func.count(User.two_step_since), sa.func.count(User.id)).where(
            User.is_active.is_(True), sa.or_(User.password_hash.is_not(None), accepted)
        )
    ).one()
    return having, everyone


def reseal_secrets(vault: TokenVault) -> tuple[int, int]:
    """Seal the secrets of all authenticator apps with the newest key of `vault`, in the current transaction;
    returns how many are now, and how many no key opens. Those stay as they are."""
    resealed = broken = 0
    for row in db.session.scalars(sa.select(TwoStepSecret).with_for_update()):
        try:
            row.ciphertext = vault.reseal(row.ciphertext)
            resealed += 1
        except SealBrokenError:
            broken += 1
    return resealed, broken


def _lock(user: User) -> None:
    """Lock the person's row, so that simultaneous changes come one after the other."""
    db.session.refresh(user, with_for_update=True)


def _forget(user: User) -> None:
    user.two_step_since = None
    _forget_secret(user)
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def _forget_secret(user: User) -> None:
    db.session.execute(sa.delete(TwoStepSecret).where(TwoStepSecret.user_id == user.id))


def _offered_to(user: User) -> str:
    return f"two-step-offer:{user.id}:{user.email}"


def _belonging_to(user: User) -> str:
    return f"two-step:{user.id}:{user.email}"
