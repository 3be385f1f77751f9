"""What OpenID Connect's id tokens prove, no matter who issued them."""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwt import JWTClaimsRegistry

from providers.answers import UnusableAnswerError, json_object

# How far this server's clock may be off.
CLOCK_DIFFERENCE = 300

# What is kept of an account.
MAX_ACCOUNT_ID = 128
MAX_EMAIL = 254
MAX_NAME = 160


def nonce_of(code_verifier: str) -> str:
    """Return the nonce that ties an id token to one trip to the consent page.

    It is derived from the PKCE verifier, which is kept for the trip anyway, and reveals nothing about it.
    """
    digest = hmac.digest(code_verifier.encode(), b"nonce", hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def claims_in(id_token: str) -> dict[str, Any]:
    """Return what an id token claims, not proven yet. Raises UnusableAnswerError if it is none.

    The signature is not checked. The token came straight from the token endpoint over TLS, which OpenID
    Connect Core 3.1.3.7 accepts in place of the signature; it must never be taken from anywhere else.
    """
    try:
        return json_object(jws.extract_compact(id_token.encode()).payload)
    except (JoseError, ValueError, TypeError):
        raise UnusableAnswerError("id_token") from None


def check_claims(
    claims: dict[str, Any], *, issuers: list[str], client_id: str, nonce: str, now: datetime
) -> None:
    """Raise UnusableAnswerError for claims of another issuer, for another app or another trip, or that have
    expired."""
    try:
        JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=CLOCK_DIFFERENCE,
            iss={"essential": True, "values": issuers},
            aud={"essential": True, "value": client_id},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
    except (JoseError, ValueError, TypeError):
        raise UnusableAnswerError("id_token") from None
