"""Id tokens (OpenID Connect Core 1.0), signed here: they say who gave consent, and can have faults."""

from __future__ import annotations

import hashlib
from typing import Any

from simulators.google.grants import Tokens
from simulators.google.scopes import LONG_NAME
from simulators.google.state import Google
from simulators.signing import encoded, signed

ISSUER = "https://accounts.google.com"
LIFE = 3600


def make(google: Google, tokens: Tokens) -> str | None:
    """The id token that comes with these tokens; None when `openid` was not asked for."""
    spoiled: str = google.board["id_token"]
    if "openid" not in tokens.scopes or spoiled == "missing":
        return None
    if spoiled == "garbled":
        return "not.a.token"
    now = int(google.now().timestamp())
    account = tokens.account
    claims: dict[str, Any] = {
        "iss": "https://accounts.example" if spoiled == "wrong_issuer" else ISSUER,
        "azp": google.client_id,
        "aud": "another-client" if spoiled == "wrong_audience" else google.client_id,
        "sub": account.sub,
        "iat": now - 2 * LIFE if spoiled == "expired" else now,
        "exp": now - LIFE if spoiled == "expired" else now + LIFE,
        "at_hash": encoded(hashlib.sha256(tokens.access_token.encode()).digest()[:16]),
    }
    if LONG_NAME["email"] in tokens.scopes and spoiled != "no_email":
        claims |= {"email": account.email, "email_verified": spoiled != "unverified_email"}
    if LONG_NAME["profile"] in tokens.scopes:
        first, _, last = account.name.partition(" ")
        claims |= {"name": account.name, "given_name": first, "family_name": last}
    if tokens.nonce is not None and spoiled != "no_nonce":
        claims["nonce"] = "another-nonce" if spoiled == "wrong_nonce" else tokens.nonce
    return signed(claims)
