"""Which browsers someone has signed in with before, so that strangers cannot keep their owner out.

Wrong tries delay everyone who tries the same account, and a stranger can go on trying. A browser that has
signed in has a cookie that proves it, and its tries are counted on their own.
"""

from __future__ import annotations

import hmac

from security import KeyedHash, new_token


class KnownBrowsers:
    """Makes and checks the marks of known browsers.

    A mark is bound to the address of an account rather than to its row: the ids of rows are reused when a
    backup is restored. It signs no one in; all it gets is a counter of its own.
    """

    def __init__(self, keyed_hash: KeyedHash) -> None:
        self._hash = keyed_hash

    def name_for(self, account: str) -> str:
        """What the cookie for this account is called. Several people may use one browser."""
        return f"known_{self._hash(f'name|{_normal(account)}')[:16]}"

    def new_mark(self, account: str) -> str:
        """A new value for the cookie of a browser that has just signed in to this account."""
        browser = new_token()
        return f"{browser}.{self._proof(account, browser)}"

    def browser_of(self, account: str, mark: str | None) -> str | None:
        """What to count this browser under, or None when the mark proves nothing for this account."""
        browser, _, proof = (mark or "").partition(".")
        known = hmac.compare_digest(proof.encode(), self._proof(account, browser).encode())
        return browser if known else None

    def _proof(self, account: str, browser: str) -> str:
        return self._hash(f"proof|{browser}|{_normal(account)}")


def _normal(account: str) -> str:
    return account.strip().lower()
