"""A resolver that does not answer."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


class SilentResolver:
    """Counts the lookups it was asked for, and leaves them unanswered until the end."""

    def __init__(self) -> None:
        self.asked = 0
        self._is_over = threading.Event()
        self._real = socket.getaddrinfo

    def look_up(self, host: Any, port: Any, type: int = 0, flags: int = 0) -> Any:
        if flags & socket.AI_NUMERICHOST:
            return self._real(host, port, type=type, flags=flags)
        self.asked += 1
        self._is_over.wait(30)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    def end(self) -> None:
        self._is_over.set()


@contextmanager
def silent_resolver() -> Iterator[SilentResolver]:
    """Leave every name that this process looks up unanswered."""
    resolver = SilentResolver()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", resolver.look_up)
        try:
            yield resolver
        finally:
            resolver.end()
