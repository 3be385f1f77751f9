"""Id tokens: who gave consent, and what can be wrong with them. Source: "ID token claims reference"."""

from __future__ import annotations

from typing import Any

from simulators.microsoft.grants import Tokens
from simulators.microsoft.state import Microsoft
from simulators.signing import signed

LIFE = 3600
# The issuer named in the service's metadata where accounts of any directory may sign in.
TEMPLATE = "{tenantid}"


def issuer(origin: str, tenant_id: str) -> str:
    return f"{origin}/{tenant_id}/v2.0"


def make(microsoft: Microsoft, tokens: Tokens, origin: str) -> str | None:
    """The id token that comes with these tokens; None when `openid` was not asked for. `origin` is that of
    the sign-in service."""
    spoiled: str = microsoft.board["id_token"]
    if "openid" not in tokens.scopes or spoiled == "missing":
        return None
    if spoiled == "garbled":
        return "not.a.token"
    now, account = int(microsoft.now().timestamp()), tokens.account
    issuers = {
        "wrong_issuer": "https://accounts.example/v2.0",
        "template_issuer": issuer(origin, TEMPLATE),
    }
    claims: dict[str, Any] = {
        "ver": "2.0",
        "iss": issuers.get(spoiled, issuer(origin, account.tenant.id)),
        "aud": "another-client" if spoiled == "wrong_audience" else microsoft.client_id,
        "sub": account.sub,
        "oid": account.oid,
        "tid": account.tenant.id,
        "iat": now - 2 * LIFE if spoiled == "expired" else now,
        "nbf": now - 2 * LIFE if spoiled == "expired" else now,
        "exp": now - LIFE if spoiled == "expired" else now + LIFE,
    }
    if "profile" in tokens.scopes:
        claims |= {"name": account.name, "preferred_username": account.email}
    if "email" in tokens.scopes and spoiled != "no_email":
        claims["email"] = account.email
    if spoiled == "no_email":
        claims.pop("preferred_username", None)
    if tokens.nonce is not None and spoiled != "no_nonce":
        claims["nonce"] = "another-nonce" if spoiled == "wrong_nonce" else tokens.nonce
    for name in ("tid", "oid"):
        if spoiled == f"no_{name}":
            del claims[name]
    return signed(claims)
