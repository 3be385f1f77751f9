"""Codes, grants and tokens: what people allowed, and what is still valid.

Each consent makes a grant of its own, and an account can have several at once. Revoking any token ends all of
them, and so does removing the app.
"""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from simulators.google import scopes as names
from simulators.google.people import BY_EMAIL, Account
from simulators.google.state import Google, stamp
from simulators.token_endpoint import fits

CODE_LIFE = timedelta(minutes=10)
UNUSED_LIFE = timedelta(days=180)
TESTING_LIFE = timedelta(days=7)
# "100 refresh tokens per Google Account per client id; the oldest dies without warning."
MOST_GRANTS = 100

EXPIRED = "Token has been expired or revoked."


class InvalidGrant(Exception):
    """The code or refresh token is not valid, or no longer."""

    def __init__(self, words: str, error: str = "invalid_grant") -> None:
        super().__init__(words)
        self.error = error


@dataclass(frozen=True)
class Consent:
    """What a person allowed, which their code can be exchanged for. `prompted`: the app insisted on
    asking."""

    account: str
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str | None
    nonce: str | None
    offline: bool
    prompted: bool


@dataclass(frozen=True)
class Tokens:
    account: Account
    access_token: str
    refresh_token: str | None
    expires_in: int
    scopes: tuple[str, ...]
    nonce: str | None = None
    testing: bool = False


@dataclass(frozen=True)
class Bearer:
    """The account that an access token belongs to; none if the token is not valid."""

    account: Account | None
    scopes: frozenset[str] = frozenset()
    valid: bool = False


def issue_code(google: Google, consent: Consent) -> str:
    """A new code: ten minutes, single use, bound to the redirect address and the PKCE challenge."""
    # Real codes have a slash too, so that a client that forgets to encode it is noticed.
    code = f"4/GAC-CANARY-{secrets.token_urlsafe(40)}"
    with google.storage.transaction() as rows:
        rows.execute(
            "INSERT INTO codes (code, account, redirect_uri, scopes, challenge, nonce, offline, prompted,"
            " expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                code,
                consent.account,
                consent.redirect_uri,
                " ".join(consent.scopes),
                consent.challenge,
                consent.nonce,
                consent.offline,
                consent.prompted,
                (google.now() + CODE_LIFE).timestamp(),
            ),
        )
    return code


def exchange_code(google: Google, code: str, redirect_uri: str, verifier: str) -> Tokens:
    """Turns a code into a grant. Raises InvalidGrant."""
    now = google.now()
    with google.storage.transaction() as rows:
        row = rows.execute("SELECT * FROM codes WHERE code = ?", (code,)).fetchone()
        if row is None or row["used"] or row["expires_at"] < now.timestamp():
            raise InvalidGrant("Bad Request")
        if row["redirect_uri"] != redirect_uri:
            raise InvalidGrant("Bad Request", "redirect_uri_mismatch")
        _check_verifier(row["challenge"], verifier)
        rows.execute("UPDATE codes SET used = 1 WHERE code = ?", (code,))
        account = row["account"]
        known = rows.execute("SELECT 1 FROM grants WHERE account = ? AND alive = 1", (account,)).fetchone()
        # For a person who allowed the app before, there is a refresh token only if the app insisted on asking
        # again.
        lasting = row["offline"] and (row["prompted"] or known is None)
        if lasting and google.board.take("no_refresh_token"):
            lasting = False
        testing = google.board["testing_mode"] and not names.IDENTITY.issuperset(row["scopes"].split())
        refresh_token = f"1//GRT-CANARY-{secrets.token_urlsafe(72)}" if lasting else None
        grant_id = rows.execute(
            "INSERT INTO grants (account, scopes, refresh_token, testing, created_at, used_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (account, row["scopes"], refresh_token, testing, now.timestamp(), now.timestamp()),
        ).lastrowid
        assert grant_id is not None
        _end_the_oldest(rows, account)
        return _new_tokens(
            google, rows, grant_id, account, row["scopes"], refresh_token, row["nonce"], bool(testing)
        )


def refresh(google: Google, refresh_token: str) -> Tokens:
    """A new access token; the refresh token stays the one it was. Raises InvalidGrant."""
    now = google.now().timestamp()
    with google.storage.transaction() as rows:
        row = rows.execute(
            "SELECT * FROM grants WHERE refresh_token = ? AND alive = 1", (refresh_token,)
        ).fetchone()
        because = ""
        if row is not None and row["testing"] and row["created_at"] + TESTING_LIFE.total_seconds() <= now:
            because = "7 days have passed, and the consent screen was in Testing"
        elif row is not None and row["used_at"] + UNUSED_LIFE.total_seconds() <= now:
            because = "not used for 6 months"
        if because:
            rows.execute("UPDATE grants SET alive = 0, ended_because = ? WHERE id = ?", (because, row["id"]))
        elif row is not None:
            rows.execute(
                "UPDATE grants SET refreshes = refreshes + 1, used_at = ? WHERE id = ?", (now, row["id"])
            )
            return _new_tokens(google, rows, row["id"], row["account"], row["scopes"], None)
    # Outside the transaction, so that the end of the grant is kept.
    raise InvalidGrant(EXPIRED)


def revoke(google: Google, token: str) -> str | None:
    """End all grants of the account that a token belongs to, and return that account (None: no such
    token)."""
    with google.storage.transaction() as rows:
        row = rows.execute(
            "SELECT account FROM grants WHERE alive = 1 AND (refresh_token = :token"
            " OR id IN (SELECT grant_id FROM access_tokens WHERE token = :token))",
            {"token": token},
        ).fetchone()
        if row is None:
            return None
        _end(rows, row["account"], "revoked by the app")
        return str(row["account"])


def end_grants(google: Google, account: str, because: str) -> int:
    """Remove the app as the person does at Google, and return how many grants that ended."""
    with google.storage.transaction() as rows:
        return _end(rows, account, because)


def change_password(google: Google, account: str) -> int:
    """End the account's grants that may use Gmail, as a new password does, and return how many there were."""
    ended = 0
    with google.storage.transaction() as rows:
        for row in rows.execute(
            "SELECT id, scopes FROM grants WHERE account = ? AND alive = 1", (account,)
        ).fetchall():
            if names.GMAIL.intersection(row["scopes"].split()):
                rows.execute(
                    "UPDATE grants SET alive = 0, ended_because = 'the password was changed' WHERE id = ?",
                    (row["id"],),
                )
                ended += 1
    return ended


def bearer(google: Google, token: str) -> Bearer:
    """The account that the access token of an API call belongs to."""
    with google.storage.transaction() as rows:
        row = rows.execute(
            "SELECT grants.account, access_tokens.scopes, access_tokens.expires_at FROM access_tokens"
            " JOIN grants ON grants.id = access_tokens.grant_id WHERE token = ? AND alive = 1",
            (token,),
        ).fetchone()
    if row is None:
        return Bearer(None)
    account = BY_EMAIL[row["account"]]
    if row["expires_at"] <= google.now().timestamp():
        return Bearer(account)
    return Bearer(account, frozenset(row["scopes"].split()) - _withheld(google), valid=True)


def living_scopes(google: Google, account: str) -> tuple[str, ...]:
    """All that an account has allowed this app, over all its living grants."""
    with google.storage.transaction() as rows:
        found = rows.execute(
            "SELECT scopes FROM grants WHERE account = ? AND alive = 1 ORDER BY id", (account,)
        ).fetchall()
    return tuple(dict.fromkeys(scope for row in found for scope in row["scopes"].split()))


def list_grants(google: Google) -> list[dict[str, Any]]:
    """All grants, oldest first, without their tokens."""
    with google.storage.transaction() as rows:
        found = rows.execute("SELECT * FROM grants ORDER BY id").fetchall()
    return [
        {
            "id": row["id"],
            "account": row["account"],
            "scopes": row["scopes"].split(),
            "alive": bool(row["alive"]),
            "lasting": row["refresh_token"] is not None,
            "testing": bool(row["testing"]),
            "refreshes": row["refreshes"],
            "ended_because": row["ended_because"],
            "created_at": stamp(datetime.fromtimestamp(row["created_at"], UTC)),
        }
        for row in found
    ]


def _withheld(google: Google) -> frozenset[str]:
    return frozenset(names.full(scope) for scope in google.board["withheld_scopes"])


def _end(rows: sqlite3.Connection, account: str, because: str) -> int:
    return rows.execute(
        "UPDATE grants SET alive = 0, ended_because = ? WHERE account = ? AND alive = 1", (because, account)
    ).rowcount


def _end_the_oldest(rows: sqlite3.Connection, account: str) -> None:
    rows.execute(
        "UPDATE grants SET alive = 0, ended_because = 'too many newer ones' WHERE id IN (SELECT id FROM"
        " grants WHERE account = ? AND alive = 1 AND refresh_token IS NOT NULL"
        " ORDER BY id DESC LIMIT -1 OFFSET ?)",
        (account, MOST_GRANTS),
    )


def _new_tokens(
    google: Google,
    rows: sqlite3.Connection,
    grant_id: int,
    account: str,
    scopes: str,
    refresh_token: str | None,
    nonce: str | None = None,
    testing: bool = False,
) -> Tokens:
    # Longer than usual, but Google promises nothing below 2048 bytes.
    access_token = f"ya29.GAT-CANARY-{secrets.token_urlsafe(180)}"
    expires_in: int = google.board["expires_in"]
    expires_at = (google.now() + timedelta(seconds=expires_in)).timestamp()
    rows.execute(
        "INSERT INTO access_tokens VALUES (?, ?, ?, ?)", (access_token, grant_id, scopes, expires_at)
    )
    given = tuple(scope for scope in scopes.split() if scope not in _withheld(google))
    return Tokens(BY_EMAIL[account], access_token, refresh_token, expires_in, given, nonce, testing)


def _check_verifier(challenge: str | None, verifier: str) -> None:
    if challenge is None:
        # RFC 9700: a verifier without a challenge is a downgrade and is refused.
        if verifier:
            raise InvalidGrant("code_verifier is not expected.")
        return
    if not verifier:
        raise InvalidGrant("Missing code verifier.")
    if not fits(challenge, verifier):
        raise InvalidGrant("Invalid code verifier.")
