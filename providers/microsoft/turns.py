"""Taking turns at a mailbox: Microsoft serves four simultaneous calls to one and refuses the rest."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakValueDictionary

AT_ONCE = 4


class _Turns:
    """The turns at one mailbox. It lives as long as someone has one or waits for one."""

    def __init__(self) -> None:
        self.free = threading.BoundedSemaphore(AT_ONCE)


class Turns:
    """Lets at most `AT_ONCE` threads call one mailbox at a time. Threads share it.

    Other processes have turns of their own, so that Microsoft may still refuse a call, which is then tried
    again like any other.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_mailbox: WeakValueDictionary[bytes, _Turns] = WeakValueDictionary()

    @contextmanager
    def one(self, access_token: str, *, seconds: float) -> Iterator[bool]:
        """Wait for a turn, at most `seconds`; whether there is one. A mailbox is known by a digest of the
        token for it: the token itself is not kept."""
        mailbox = hashlib.sha256(access_token.encode()).digest()
        with self._lock:
            turns = self._by_mailbox.get(mailbox)
            if turns is None:
                turns = self._by_mailbox[mailbox] = _Turns()
        has_turn = turns.free.acquire(timeout=seconds)
        try:
            yield has_turn
        finally:
            if has_turn:
                turns.free.release()
