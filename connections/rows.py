"""Writing a connection's row: its tokens, sealed, and its problems, in words."""

from __future__ import annotations

from connections.setup import connections
from models import Connection, ConnectionState
from providers.base import Grant, TokenSet
from security import SealBrokenError
from timezones import utc_now


def owner_of_seal(row: Connection) -> str:
    """What a ciphertext is bound to: moved to another user, app or account it does not open."""
    return f"connection:{row.user_id}:{row.app.value}:{row.account_id}"


def read_tokens(row: Connection) -> tuple[Grant, str] | None:
    """The credential and the refresh token of a row, or None when no key of this server opens them."""
    try:
        tokens = connections().vault.open(row.ciphertext, belongs_to=owner_of_seal(row))
    except SealBrokenError:
        return None
    access_token, refresh_token = tokens["access_token"], tokens["refresh_token"]
    if not access_token or not refresh_token:
        return None
    return Grant(access_token, row.api_url), refresh_token


def write_tokens(row: Connection, tokens: TokenSet) -> None:
    """Put a new pair of tokens into a row and end whatever refresh was going on."""
    row.ciphertext = connections().vault.seal(
        {"access_token": tokens.access_token, "refresh_token": tokens.refresh_token},
        belongs_to=owner_of_seal(row),
    )
    row.scopes = " ".join(sorted(tokens.scopes))
    row.api_url = tokens.api_url
    row.expires_at = tokens.expires_at
    row.token_version += 1
    row.refresh_claim = row.refresh_claimed_until = row.refresh_after = None
    row.refresh_failures = 0


def need_reconnect(row: Connection, words: str) -> None:
    """Mark a grant unusable until its user reconnects, saying why in one sentence."""
    row.state = ConnectionState.RECONNECT_NEEDED
    row.problem, row.problem_since = words[:500], utc_now()
    row.refresh_claim = row.refresh_claimed_until = None
