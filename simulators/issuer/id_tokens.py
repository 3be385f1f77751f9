"""Id tokens (OpenID Connect Core 1.0, section 2), and what can be wrong with them."""

from __future__ import annotations

import json
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from simulators.issuer.state import Issuer
from simulators.office.people import Account
from simulators.signing import encoded, signed

LIFE = 3600
DIRECTORY = "0e4a1b52-7a3c-4d6e-8f10-2b3c4d5e6f70"
"""The directory that everyone is in, where the issuer serves several."""
FORGERS_KEY = 999_999


def make(issuer: Issuer, account: Account, nonce: str, base: str) -> str | None:
    """The id token about a person; None if there is to be none. `base` is the path of the issuer that was
    asked, "" for the one whose name is the address itself."""
    spoiled: str = issuer.board["id_token"]
    if spoiled == "missing":
        return None
    if spoiled == "garbled":
        return "not.a.token"
    now = int(issuer.now().timestamp())
    claims: dict[str, Any] = {
        "iss": "https://accounts.example" if spoiled == "wrong_issuer" else _name(issuer, base),
        "aud": issuer.client_id,
        "sub": issuer.subject_of(account),
        "iat": now,
        "exp": now - LIFE if spoiled == "expired" else now + LIFE,
        "name": account.name,
        "email": account.email,
        "nonce": nonce,
    }
    if base:
        # As with directories that say nothing about their people's addresses.
        claims["tid"] = DIRECTORY
    else:
        claims["email_verified"] = spoiled != "unverified_email"
    match spoiled:
        case "wrong_audience":
            claims["aud"] = "another-client"
        case "others_too":
            claims |= {"aud": [issuer.client_id, "another-client"], "azp": "another-client"}
        case "wrong_nonce":
            claims["nonce"] = "another-nonce"
        case "no_nonce" | "no_email" | "no_subject":
            del claims[{"no_nonce": "nonce", "no_email": "email", "no_subject": "sub"}[spoiled]]
    return _signed(issuer, claims, spoiled)


def _name(issuer: Issuer, base: str) -> str:
    return issuer.public_url + base.replace("common", DIRECTORY)


def _signed(issuer: Issuer, claims: dict[str, Any], spoiled: str) -> str:
    number: int = issuer.board["key_number"]
    if spoiled == "forged":
        return signed(claims, FORGERS_KEY, named_as=number)
    if spoiled in ("unsigned", "own_secret"):
        algorithm = "none" if spoiled == "unsigned" else "HS256"
        content = ".".join(encoded(json.dumps(part).encode()) for part in ({"alg": algorithm}, claims))
        if spoiled == "unsigned":
            return f"{content}."
        signature = HMAC(issuer.client_secret.encode(), SHA256())
        signature.update(content.encode())
        return f"{content}.{encoded(signature.finalize())}"
    return signed(claims, number)
