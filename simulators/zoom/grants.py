"""Codes, grants and tokens: what people allowed, and what is still valid."""

from __future__ import annotations

import hmac
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from simulators.token_endpoint import fits
from simulators.zoom.people import BY_EMAIL, Person
from simulators.zoom.state import Zoom, stamp

CODE_LIFE = timedelta(minutes=5)


class InvalidGrant(Exception):
    """The code or refresh token is not valid, or no longer."""


@dataclass(frozen=True)
class Tokens:
    account: str
    access_token: str
    refresh_token: str
    expires_in: int
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Bearer:
    """The user that an access token belongs to. `problem` is Zoom's sentence if the token is not valid."""

    person: Person | None
    scopes: frozenset[str] = frozenset()
    problem: str = ""


def issue_code(
    zoom: Zoom, person: Person, redirect_uri: str, challenge: str | None, method: str | None
) -> str:
    """A new code: five minutes, single use, bound to the redirect address and the PKCE challenge."""
    code = f"ZAC-CANARY-{secrets.token_urlsafe(24)}"
    with zoom.storage.transaction() as rows:
        rows.execute(
            "INSERT INTO codes (code, account, redirect_uri, challenge, challenge_method, expires_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (code, person.email, redirect_uri, challenge, method, (zoom.now() + CODE_LIFE).timestamp()),
        )
    return code


def exchange_code(zoom: Zoom, code: str, redirect_uri: str, verifier: str) -> Tokens:
    """Turns a code into a grant; earlier grants of that person end. Raises InvalidGrant."""
    now = zoom.now()
    with zoom.storage.transaction() as rows:
        row = rows.execute("SELECT * FROM codes WHERE code = ?", (code,)).fetchone()
        if row is None or row["used"] or row["expires_at"] < now.timestamp():
            raise InvalidGrant("Invalid authorization code")
        if row["redirect_uri"] != redirect_uri:
            raise InvalidGrant("Redirect URI mismatch")
        if not _verifier_fits(row["challenge"], row["challenge_method"], verifier):
            raise InvalidGrant("Code verifier mismatch")
        rows.execute("UPDATE codes SET used = 1 WHERE code = ?", (code,))
        person = BY_EMAIL[row["account"]]
        _end(rows, person.email, "authorised again")
        refresh_token = _new_refresh_token()
        grant_id = rows.execute(
            "INSERT INTO grants (account, scopes, refresh_token, created_at) VALUES (?,?,?,?)",
            (person.email, " ".join(person.scopes), refresh_token, stamp(now)),
        ).lastrowid
        assert grant_id is not None
        return _new_tokens(zoom, rows, grant_id, person.email, refresh_token, person.scopes)


def refresh(zoom: Zoom, refresh_token: str) -> Tokens:
    """Issue new tokens, the refresh token included; the given one is used up. Raises InvalidGrant.

    A used token that is sent again ends the whole grant (RFC 9700, refresh token replay). Zoom documents only
    that the newest token works; ending the grant is the stricter reading, and exposes a client that refreshes
    twice.
    """
    with zoom.storage.transaction() as rows:
        spent = rows.execute(
            "SELECT grant_id FROM spent_refresh_tokens WHERE token = ?", (refresh_token,)
        ).fetchone()
        if spent is not None:
            rows.execute(
                "UPDATE grants SET alive = 0, ended_because = 'a spent refresh token was used again'"
                " WHERE id = ? AND alive = 1",
                (spent["grant_id"],),
            )
        row = rows.execute(
            "SELECT * FROM grants WHERE refresh_token = ? AND alive = 1", (refresh_token,)
        ).fetchone()
        if row is not None:
            fresh = _new_refresh_token()
            rows.execute("INSERT INTO spent_refresh_tokens VALUES (?, ?)", (refresh_token, row["id"]))
            rows.execute(
                "UPDATE grants SET refresh_token = ?, refreshes = refreshes + 1 WHERE id = ?",
                (fresh, row["id"]),
            )
            return _new_tokens(zoom, rows, row["id"], row["account"], fresh, tuple(row["scopes"].split()))
    raise InvalidGrant("Invalid Token!")


def revoke(zoom: Zoom, token: str) -> str | None:
    """End the grant that an access or refresh token belongs to, and return whose it was (None: no such
    token).

    Whether Zoom's revoke of an access token also kills the refresh token is not documented; here it does.
    """
    with zoom.storage.transaction() as rows:
        row = rows.execute(
            "SELECT account FROM grants WHERE alive = 1 AND (refresh_token = :token"
            " OR id IN (SELECT grant_id FROM access_tokens WHERE token = :token))",
            {"token": token},
        ).fetchone()
        if row is None:
            return None
        _end(rows, row["account"], "revoked by the app")
        return str(row["account"])


def end_grant(zoom: Zoom, account: str, because: str) -> bool:
    """Remove the app as the user does in Zoom. False when there was nothing to remove."""
    with zoom.storage.transaction() as rows:
        return _end(rows, account, because)


def bearer(zoom: Zoom, token: str) -> Bearer:
    """The user that the access token of an API call belongs to."""
    with zoom.storage.transaction() as rows:
        row = rows.execute(
            "SELECT grants.account, grants.scopes, access_tokens.expires_at FROM access_tokens"
            " JOIN grants ON grants.id = access_tokens.grant_id WHERE token = ? AND alive = 1",
            (token,),
        ).fetchone()
    if row is None:
        return Bearer(None, problem="Invalid access token.")
    person = BY_EMAIL[row["account"]]
    if row["expires_at"] <= zoom.now().timestamp():
        return Bearer(person, problem="Access token is expired.")
    withheld = frozenset(zoom.board["withheld_scopes"])
    return Bearer(person, frozenset(row["scopes"].split()) - withheld)


def list_grants(zoom: Zoom) -> list[dict[str, Any]]:
    """All grants, oldest first, without their tokens."""
    with zoom.storage.transaction() as rows:
        found = rows.execute("SELECT * FROM grants ORDER BY id").fetchall()
    return [
        {
            "account": row["account"],
            "alive": bool(row["alive"]),
            "refreshes": row["refreshes"],
            "ended_because": row["ended_because"],
            "created_at": row["created_at"],
        }
        for row in found
    ]


def _end(rows: sqlite3.Connection, account: str, because: str) -> bool:
    ended = rows.execute(
        "UPDATE grants SET alive = 0, ended_because = ? WHERE account = ? AND alive = 1", (because, account)
    )
    return ended.rowcount > 0


def _new_refresh_token() -> str:
    return f"ZRT-CANARY-{secrets.token_urlsafe(420)}"


def _new_tokens(
    zoom: Zoom,
    rows: sqlite3.Connection,
    grant_id: int,
    account: str,
    refresh_token: str,
    scopes: tuple[str, ...],
) -> Tokens:
    """Issue new tokens. Earlier access tokens stay valid until they expire, as with Zoom; only refresh tokens
    rotate."""
    # As long as the real ones (600 to 800 characters), so that a column that is too short is noticed.
    access_token = f"ZAT-CANARY-{secrets.token_urlsafe(480)}"
    expires_in: int = zoom.board["expires_in"]
    expires_at = (zoom.now() + timedelta(seconds=expires_in)).timestamp()
    rows.execute("INSERT INTO access_tokens VALUES (?, ?, ?)", (access_token, grant_id, expires_at))
    return Tokens(account, access_token, refresh_token, expires_in, scopes)


def _verifier_fits(challenge: str | None, method: str | None, verifier: str) -> bool:
    if challenge is None:
        # RFC 9700: a verifier without a challenge is a downgrade and is refused.
        return verifier == ""
    if method == "S256":
        return fits(challenge, verifier)
    return hmac.compare_digest(verifier.encode(), challenge.encode())
