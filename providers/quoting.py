"""Quoting what a provider said, for pages and logs."""

import re
from collections.abc import Iterable

MAX_WORDS = 300


def readable(text: str, secrets: Iterable[str]) -> str:
    """Return what a provider said, on one line, at most `MAX_WORDS` long, without secrets, addresses and long
    tokens.

    Providers echo input in some messages, the authorization code among it.
    """
    for secret in secrets:
        if secret:
            text = text.replace(secret, "[…]")
    text = re.sub(r"\w+://\S+", "[link]", text)
    text = re.sub(r"\S+@\S+", "[address]", text)
    text = re.sub(r"[\w.~+/=-]{32,}", "[…]", text)
    text = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", text).split())
    return text if len(text) <= MAX_WORDS else text[: MAX_WORDS - 1] + "…"
