"""Signs tokens as OpenID Connect requires, with keys that this process makes."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256


@cache
def _key(number: int) -> rsa.RSAPrivateKey:
    """A key that this process makes; the first use of each takes a moment."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_keys(number: int = 0) -> dict[str, Any]:
    """The key that id tokens are checked with, as a JSON Web Key Set (RFC 7517). Another `number` is another
    key."""
    numbers = _key(number).public_key().public_numbers()
    key = {
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "n": encoded(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")),
        "e": encoded(numbers.e.to_bytes(3, "big")),
    }
    return {"keys": [{**key, "kid": _key_id(number)}]}


def signed(claims: dict[str, Any], number: int = 0, *, named_as: int | None = None) -> str:
    """These claims as a token (RFC 7519) signed with that key. `named_as` is the key that it claims to be
    signed with."""
    header = {"alg": "RS256", "kid": _key_id(number if named_as is None else named_as), "typ": "JWT"}
    content = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
    signature = _key(number).sign(content.encode(), padding.PKCS1v15(), SHA256())
    return f"{content}.{encoded(signature)}"


def _key_id(number: int) -> str:
    return hashlib.sha256(str(_key(number).public_key().public_numbers().n).encode()).hexdigest()[:40]


def encoded(value: bytes) -> str:
    """Base64 for URLs, without padding."""
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
