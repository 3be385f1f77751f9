"""Codes, grants and tokens: what people and administrators allowed, and what is still valid.

Consent adds up: what an account has ever allowed this app, and what an administrator has allowed for
everyone, is in each of its tokens. Each use of a refresh token brings a new one and leaves the old one alive.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from simulators.microsoft import scopes as names
from simulators.microsoft.people import BY_EMAIL, Account, Tenant
from simulators.microsoft.state import Microsoft, stamp
from simulators.token_endpoint import fits

CODE_LIFE = timedelta(minutes=10)
REFRESH_TOKEN_LIFE = timedelta(days=90)

REMOVED, SIGNED_OUT = "removed at Microsoft", "signed out everywhere"
# Microsoft's error numbers, with the sentence of each.
WORDS = {
    50147: "Missing or invalid code challenge parameter.",
    50173: "The provided grant has expired due to it being revoked, a fresh auth token is needed.",
    54005: "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an"
    " existing refresh token.",
    65001: "The user or administrator has not consented to use the application. Send an interactive"
    " authorization request for this user and resource.",
    70000: "The provided value for the input parameter is not valid.",
    70008: "The provided authorization code or refresh token has expired due to inactivity.",
    501481: "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
    700082: "The refresh token has expired due to inactivity.",
    500112: "The reply address does not match the reply address provided when requesting Authorization code.",
}


class InvalidGrant(Exception):
    """The code or refresh token is not valid, or no longer. `number` is Microsoft's error number."""

    def __init__(self, number: int, suberror: str = "") -> None:
        super().__init__(WORDS[number])
        self.number = number
        self.suberror = suberror


@dataclass(frozen=True)
class Consent:
    """What a person allowed, which their code can be exchanged for."""

    account: str
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str | None
    nonce: str | None


@dataclass(frozen=True)
class Tokens:
    account: Account
    access_token: str
    refresh_token: str | None
    expires_in: int
    scopes: tuple[str, ...]
    nonce: str | None = None


@dataclass(frozen=True)
class Bearer:
    """The account that an access token belongs to; none if the token is not valid."""

    account: Account | None
    scopes: frozenset[str] = frozenset()
    valid: bool = False


def needs_approval(microsoft: Microsoft, account: Account, wanted: Iterable[str]) -> bool:
    """Whether an administrator has to allow one of these scopes first."""
    if account.is_admin or account.tenant.is_personal:
        return False
    strict = not account.tenant.people_may_allow or account.email in microsoft.board["needs_approval"]
    held = allowed_for_all(microsoft, account.tenant)
    return strict and any(scope in names.FOR_ADMINISTRATORS and scope not in held for scope in wanted)


def allowed_for_all(microsoft: Microsoft, tenant: Tenant) -> frozenset[str]:
    """What an administrator has allowed for everyone in their organization."""
    with microsoft.storage.transaction() as rows:
        found = rows.execute("SELECT scope FROM admin_consents WHERE tenant = ?", (tenant.id,)).fetchall()
    return frozenset(row["scope"] for row in found)


def allow_for_all(microsoft: Microsoft, tenant: Tenant, scopes: Iterable[str]) -> None:
    with microsoft.storage.transaction() as rows:
        rows.executemany(
            "INSERT OR IGNORE INTO admin_consents VALUES (?, ?)", [(tenant.id, scope) for scope in scopes]
        )


def disallow_for_all(microsoft: Microsoft, tenant: Tenant) -> int:
    """Remove the app as an administrator does: no one in the organization may use it, no matter who allowed
    it. Return how many grants that ended."""
    with microsoft.storage.transaction() as rows:
        rows.execute("DELETE FROM admin_consents WHERE tenant = ?", (tenant.id,))
    members = [account for account in BY_EMAIL.values() if account.tenant == tenant]
    return sum(remove_app(microsoft, account.email) for account in members)


def issue_code(microsoft: Microsoft, consent: Consent) -> str:
    """A new code: ten minutes, single use, bound to the redirect address and the PKCE challenge. From now on
    the account has allowed its scopes."""
    code = f"1.MAC-CANARY-{secrets.token_urlsafe(120)}"
    with microsoft.storage.transaction() as rows:
        rows.executemany(
            "INSERT OR IGNORE INTO consents VALUES (?, ?)",
            [(consent.account, scope) for scope in consent.scopes],
        )
        rows.execute(
            "INSERT INTO codes (code, account, redirect_uri, scopes, challenge, nonce, expires_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                code,
                consent.account,
                consent.redirect_uri,
                " ".join(consent.scopes),
                consent.challenge,
                consent.nonce,
                (microsoft.now() + CODE_LIFE).timestamp(),
            ),
        )
    return code


def exchange_code(microsoft: Microsoft, code: str, redirect_uri: str, verifier: str) -> Tokens:
    """Turns a code into a grant. Raises InvalidGrant."""
    now = microsoft.now()
    with microsoft.storage.transaction() as rows:
        row = rows.execute("SELECT * FROM codes WHERE code = ?", (code,)).fetchone()
        if row is None:
            raise InvalidGrant(70000)
        if row["used"]:
            raise InvalidGrant(54005)
        if row["expires_at"] < now.timestamp():
            raise InvalidGrant(70008)
        if row["redirect_uri"] != redirect_uri:
            raise InvalidGrant(500112)
        _check_verifier(row["challenge"], verifier)
        rows.execute("UPDATE codes SET used = 1 WHERE code = ?", (code,))
        lasting = "offline_access" in row["scopes"].split()
        if lasting and microsoft.board.take("no_refresh_token"):
            lasting = False
        grant_id = rows.execute(
            "INSERT INTO grants (account, scopes, lasting, created_at) VALUES (?, ?, ?, ?)",
            (row["account"], row["scopes"], lasting, now.timestamp()),
        ).lastrowid
        assert grant_id is not None
        return _new_tokens(
            microsoft, rows, grant_id, row["account"], row["scopes"].split(), lasting, row["nonce"]
        )


def refresh(microsoft: Microsoft, refresh_token: str, wanted: list[str]) -> Tokens:
    """A new access token and a new refresh token. `wanted` are the scopes that the request names; none means
    those originally granted. Raises InvalidGrant."""
    now = microsoft.now().timestamp()
    with microsoft.storage.transaction() as rows:
        row = rows.execute(
            "SELECT grants.*, refresh_tokens.expires_at FROM refresh_tokens"
            " JOIN grants ON grants.id = refresh_tokens.grant_id WHERE token = ?",
            (refresh_token,),
        ).fetchone()
        if row is None:
            raise InvalidGrant(70000)
        if not row["alive"]:
            raise InvalidGrant(row["error_code"], "consent_required" if row["error_code"] == 65001 else "")
        if row["expires_at"] <= now:
            raise InvalidGrant(700082)
        asked = wanted or row["scopes"].split()
        if not set(asked) <= set(_held(rows, BY_EMAIL[row["account"]])) | {"offline_access"}:
            raise InvalidGrant(65001, "consent_required")
        rows.execute("UPDATE grants SET refreshes = refreshes + 1 WHERE id = ?", (row["id"],))
        return _new_tokens(microsoft, rows, row["id"], row["account"], asked, True)


def remove_app(microsoft: Microsoft, account: str) -> int:
    """Take back everything the person allowed, and return how many grants that ended."""
    with microsoft.storage.transaction() as rows:
        rows.execute("DELETE FROM consents WHERE account = ?", (account,))
        return _end(rows, account, REMOVED, 65001)


def sign_out_everywhere(microsoft: Microsoft, account: str) -> int:
    """Revoke all sessions of the account, of this app and others, and return how many grants that ended."""
    with microsoft.storage.transaction() as rows:
        return _end(rows, account, SIGNED_OUT, 50173)


def bearer(microsoft: Microsoft, token: str) -> Bearer:
    """The account that the access token of a call belongs to. A token is valid until it expires, whatever
    happens to its grant."""
    with microsoft.storage.transaction() as rows:
        row = rows.execute(
            "SELECT grants.account, access_tokens.scopes, access_tokens.expires_at, grants.ended_because"
            " FROM access_tokens JOIN grants ON grants.id = access_tokens.grant_id WHERE token = ?",
            (token,),
        ).fetchone()
    if row is None:
        return Bearer(None)
    account = BY_EMAIL[row["account"]]
    # Exchange hears about revoked sessions at once; for simplicity, here it also hears about a removed app.
    if row["expires_at"] <= microsoft.now().timestamp() or row["ended_because"]:
        return Bearer(account)
    return Bearer(account, frozenset(row["scopes"].split()) - _withheld(microsoft), valid=True)


def list_grants(microsoft: Microsoft) -> list[dict[str, Any]]:
    """All grants, oldest first, without their tokens."""
    with microsoft.storage.transaction() as rows:
        found = rows.execute("SELECT * FROM grants ORDER BY id").fetchall()
    return [
        {
            "id": row["id"],
            "account": row["account"],
            "scopes": row["scopes"].split(),
            "alive": bool(row["alive"]),
            "lasting": bool(row["lasting"]),
            "refreshes": row["refreshes"],
            "ended_because": row["ended_because"],
            "created_at": stamp(datetime.fromtimestamp(row["created_at"], UTC)),
        }
        for row in found
    ]


def _held(rows: sqlite3.Connection, account: Account) -> list[str]:
    """Everything that this app may do for the account, no matter who allowed it."""
    found = rows.execute(
        "SELECT scope FROM consents WHERE account = ?"
        " UNION SELECT scope FROM admin_consents WHERE tenant = ?",
        (account.email, account.tenant.id),
    ).fetchall()
    return [row["scope"] for row in found]


def _withheld(microsoft: Microsoft) -> frozenset[str]:
    return frozenset(names.asked_for(" ".join(microsoft.board["withheld_scopes"])))


def _end(rows: sqlite3.Connection, account: str, because: str, number: int) -> int:
    return rows.execute(
        "UPDATE grants SET alive = 0, ended_because = ?, error_code = ? WHERE account = ? AND alive = 1",
        (because, number, account),
    ).rowcount


def _new_tokens(
    microsoft: Microsoft,
    rows: sqlite3.Connection,
    grant_id: int,
    email: str,
    asked: list[str],
    lasting: bool,
    nonce: str | None = None,
) -> Tokens:
    account = BY_EMAIL[email]
    access_token = f"EwB.MAT-CANARY-{secrets.token_urlsafe(900)}"
    refresh_token = f"1.MRT-CANARY-{secrets.token_urlsafe(700)}" if lasting else None
    expires_in: int = microsoft.board["expires_in"]
    # The scopes that were asked for come first, then all others that the account has ever allowed.
    every = dict.fromkeys([*(scope for scope in asked), *sorted(_held(rows, account))])
    now = microsoft.now()
    rows.execute(
        "INSERT INTO access_tokens VALUES (?, ?, ?, ?)",
        (access_token, grant_id, " ".join(every), (now + timedelta(seconds=expires_in)).timestamp()),
    )
    if refresh_token:
        rows.execute(
            "INSERT INTO refresh_tokens VALUES (?, ?, ?)",
            (refresh_token, grant_id, (now + REFRESH_TOKEN_LIFE).timestamp()),
        )
    given = tuple(scope for scope in every if scope not in _withheld(microsoft))
    return Tokens(account, access_token, refresh_token, expires_in, given, nonce)


def _check_verifier(challenge: str | None, verifier: str) -> None:
    if challenge is None:
        if verifier:
            raise InvalidGrant(50147)
        return
    if not fits(challenge, verifier):
        raise InvalidGrant(501481)
