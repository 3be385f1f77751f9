"""Signing tokens as OpenID Connect wants them, with a key of this process."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256


@cache
def _key() -> rsa.RSAPrivateKey:
    """A key of this process; its first use takes a moment."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_keys() -> dict[str, Any]:
    """The key that id tokens are checked with, as a JSON Web Key Set (RFC 7517)."""
    numbers = _key().public_key().public_numbers()
    key = {
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "n": encoded(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")),
        "e": encoded(numbers.e.to_bytes(3, "big")),
    }
    return {"keys": [{**key, "kid": _key_id()}]}


def signed(claims: dict[str, Any]) -> str:
    """These claims as a signed token (RFC 7519)."""
    header = {"alg": "RS256", "kid": _key_id(), "typ": "JWT"}
    content = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
    signature = _key().sign(content.encode(), padding.PKCS1v15(), SHA256())
    return f"{content}.{encoded(signature)}"


def _key_id() -> str:
    return hashlib.sha256(str(_key().public_key().public_numbers().n).encode()).hexdigest()[:40]


def encoded(value: bytes) -> str:
    """Base64 for URLs, without padding."""
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
