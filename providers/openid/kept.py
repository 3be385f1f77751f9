"""What an issuer publishes about itself, kept for a while, so that it isn't asked for every sign-in.

Anyone who opens the sign-in link makes this server ask, signed in or not. So neither a slow issuer nor one
that fails may keep more than one of the server's threads busy for long.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from providers.answers import UnusableAnswerError
from providers.clock import Clock
from providers.errors import ProviderError

T = TypeVar("T")

# Issuers change endpoints and keys rarely, and announce new keys before they sign with them.
KEPT_FOR = timedelta(hours=1)
# A failure answers everyone who comes within this time, without the issuer being asked again.
FAILED_FOR = timedelta(seconds=10)
# Long enough for an issuer that answers as usual.
WAIT_SECONDS = 1.0


class Kept(Generic[T]):
    """One thing that an issuer publishes. Threads may share it: one of them asks, outside of any lock that
    readers need, and the others wait for it briefly.

    ask: gets it from the issuer. busy: the error for those who have waited long enough.
    """

    def __init__(
        self, clock: Clock, busy: Callable[[], ProviderError], *, wait_seconds: float = WAIT_SECONDS
    ) -> None:
        self._clock = clock
        self._busy = busy
        self._wait_seconds = wait_seconds
        self._asking = threading.Lock()
        self._value: tuple[T, datetime] | None = None
        self._failure: tuple[Exception, datetime] | None = None

    def current(self, ask: Callable[[], T]) -> T:
        """Return it, at most an hour old. Raises what `ask` does, now or a moment ago, and `busy`."""
        return self._within(KEPT_FOR, ask)

    def newer(self, ask: Callable[[], T], *, again_after: timedelta) -> T | None:
        """Fetch it again, because the kept one doesn't fit; None if that was got less than `again_after` ago.
        Raises as `current` does."""
        if self._value_within(again_after) is not None:
            return None
        return self._within(again_after, ask)

    def _within(self, age: timedelta, ask: Callable[[], T]) -> T:
        kept = self._value_within(age)
        if kept is not None:
            return kept[0]
        if not self._asking.acquire(timeout=self._wait_seconds):
            raise self._busy()
        try:
            # Another thread may have asked meanwhile.
            kept = self._value_within(age) or self._asked(ask)
        finally:
            self._asking.release()
        return kept[0]

    def _asked(self, ask: Callable[[], T]) -> tuple[T, datetime]:
        if self._failure is not None and self._clock() - self._failure[1] < FAILED_FOR:
            raise self._failure[0].with_traceback(None)
        try:
            kept = ask(), self._clock()
        except (ProviderError, UnusableAnswerError) as failure:
            self._failure = failure, self._clock()
            raise
        self._value, self._failure = kept, None
        return kept

    def _value_within(self, age: timedelta) -> tuple[T, datetime] | None:
        kept = self._value
        return kept if kept is not None and self._clock() - kept[1] < age else None
