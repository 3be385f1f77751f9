"""Checking stored secrets against this server's keys, and sealing them again when the keys change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from connections import wording
from connections.revocation import REVOKE_GRANT, is_superseded
from connections.rows import begin_storing, held, mark_unreadable, read_tokens, reopen
from database import SealedText, read_only, writing
from extensions import db
from models import Connection, ConnectionState, OAuthAttempt, Task
from security import SealBrokenError, TokenVault


def check_keys(when_reopened: Callable[[int], object]) -> None:
    """Find the grants that no key opens: they now need a reconnect, and stay sealed as they are. Those whose
    key has come back are connected again, unless someone else has connected the account in the meantime;
    `when_reopened` is then called with their user's id, in the same transaction.

    Must be called with no transaction open; commits for itself, and writes only if there is something to.
    """
    with read_only():
        sealed = db.session.scalars(
            sa.select(Connection).where(Connection.ciphertext != "").order_by(Connection.id)
        ).all()
        changed = [row.id for row in sealed if _is_living(row) != (read_tokens(row) is not None)]
        db.session.rollback()
    for connection_id in changed:
        with writing():
            _settle(connection_id, when_reopened)
            db.session.commit()


def _settle(connection_id: int, when_reopened: Callable[[int], object]) -> None:
    # A row that opens again reclaims its account, unless another grant is being stored for that account right
    # now.
    begin_storing()
    row = held(connection_id)
    # Another process of this server has the same keys and may have done this first.
    if row is None or not row.ciphertext:
        return
    if read_tokens(row) is None:
        mark_unreadable(row, wording.unreadable(row.app))
    elif not _is_living(row) and not is_superseded(row.app, row.account_id, row.user_id):
        reopen(row)
        when_reopened(row.user_id)


def _is_living(row: Connection) -> bool:
    return row.state == ConnectionState.CONNECTED


@dataclass(frozen=True)
class Resealed:
    """How many connections are now sealed with the newest key, and how many sealed values of any kind no key
    opens.
    """

    connections: int
    broken: int


def reseal_everything(vault: TokenVault) -> Resealed:
    """Reseal all stored secrets with the newest key of `vault`, in the current transaction: grants, those
    waiting to be revoked, and the verifiers of people who are on a provider's consent page right now. Values
    that no key opens stay unchanged.
    """
    # Rows whose grant has ended are empty; one that no key opens is sealed and waits for its key.
    grants = list(
        db.session.scalars(sa.select(Connection).where(Connection.ciphertext != "").with_for_update())
    )
    broken = 0
    for row in grants:
        resealed = _resealed(vault, row.ciphertext)
        row.ciphertext, broken = resealed or row.ciphertext, broken + (resealed is None)
    connections = len(grants) - broken
    for task in db.session.scalars(sa.select(Task).where(Task.kind == REVOKE_GRANT.name).with_for_update()):
        # Finished ones hold nothing anymore.
        if "sealed" in task.payload:
            resealed = _resealed(vault, SealedText(task.payload["sealed"]))
            task.payload = {**task.payload, "sealed": resealed or task.payload["sealed"]}
            broken += resealed is None
    for attempt in db.session.scalars(
        sa.select(OAuthAttempt).where(OAuthAttempt.spent_at.is_(None)).with_for_update()
    ):
        # If one does not open, its person is told when they come back; it is of no use to anyone else.
        attempt.verifier_ciphertext = (
            _resealed(vault, attempt.verifier_ciphertext) or attempt.verifier_ciphertext
        )
    return Resealed(connections, broken)


def _resealed(vault: TokenVault, sealed: SealedText) -> SealedText | None:
    try:
        return vault.reseal(sealed)
    except SealBrokenError:
        return None
