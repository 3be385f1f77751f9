"""Checking the signatures of id tokens with the issuer's own keys, which change now and then."""

from collections.abc import Callable
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from providers.answers import UnusableAnswerError, json_object
from providers.openid.metadata import issuer_for

# Only signatures with the issuer's private key count: what is signed with our own secret proves less, and an
# unsigned token nothing.
ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
)

Keys = list[dict[str, Any]]
FetchKeys = Callable[[], Keys | None]


def keys_in(answer: dict[str, Any]) -> Keys:
    """Return the keys of a JSON Web Key Set. Raises UnusableAnswerError if it is none."""
    keys = answer.get("keys")
    if not isinstance(keys, list):
        raise UnusableAnswerError("keys")
    return [key for key in keys if isinstance(key, dict) and key.get("use", "sig") == "sig"]


def proven_claims(id_token: str, keys: Keys, newer: FetchKeys) -> dict[str, Any]:
    """Return what an id token claims, its signature checked.

    newer: asks for the keys again and is called once, for a token that none of `keys` has signed: the issuer
        may have changed them since. It returns None if it was asked a moment ago.
    Raises UnusableAnswerError for anything that the issuer has not signed.
    """
    try:
        header = jws.extract_compact(id_token.encode()).headers()
    except (JoseError, ValueError, TypeError):
        raise UnusableAnswerError("id_token") from None
    key = _key_for(header, keys) or _key_for(header, newer() or [])
    if key is None:
        raise UnusableAnswerError("kid")
    claims = _verified(id_token, key)
    template = key.get("issuer")
    if isinstance(template, str) and issuer_for(template, claims) != claims.get("iss"):
        # Where one set holds the keys of several directories, each signs for its own.
        raise UnusableAnswerError("iss")
    return claims


def _key_for(header: dict[str, Any], keys: Keys) -> dict[str, Any] | None:
    wanted = header.get("kid")
    if wanted is None:
        # A set of one key needs no names.
        return keys[0] if len(keys) == 1 else None
    return next((key for key in keys if key.get("kid") == wanted), None)


def _verified(id_token: str, key: dict[str, Any]) -> dict[str, Any]:
    try:
        public = import_key(key)
        if not isinstance(public, RSAKey | ECKey | OKPKey):
            raise UnusableAnswerError("kty")
        algorithms = [key["alg"]] if key.get("alg") in ALGORITHMS else list(ALGORITHMS)
        return json_object(jws.deserialize_compact(id_token, public, algorithms=algorithms).payload)
    except (JoseError, ValueError, TypeError, KeyError):
        raise UnusableAnswerError("id_token") from None
