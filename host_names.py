"""Looking up host names within a time of our own.

The system's resolver waits for its name servers as long as its own settings say, often half a minute, and
cannot be interrupted. So it is asked in a separate thread, and the caller goes on when the time is up.
At most one look-up of a name is under way at a time, however many wait for it, so that a resolver that hangs
holds one thread for each name and not one for each try.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence
from typing import Any

# Family, kind, protocol, canonical name, and address, as `socket.getaddrinfo` returns them.
AddressInfo = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]

_lock = threading.Lock()
_under_way: dict[tuple[str, int], _LookUp] = {}


class LookUpTimeoutError(TimeoutError):
    """The resolver did not answer in the time it was given."""


def addresses_of(host: str, port: int, *, seconds: float) -> Sequence[AddressInfo]:
    """The TCP addresses of a host, in the order in which to try them.

    Raises `LookUpTimeoutError` after `seconds`, and what the resolver raises: `socket.gaierror` for a name
    that is not known, `UnicodeError` for one that cannot be a name.
    """
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        # Not an address but a name.
        pass
    with _lock:
        look_up = _under_way.get((host, port))
        if look_up is None:
            look_up = _under_way[host, port] = _LookUp(host, port)
            look_up.start()
    return look_up.answer(seconds)


class _LookUp:
    """One question to the resolver, and everyone who waits for its answer."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._is_over = threading.Event()
        self._found: Sequence[AddressInfo] = ()
        self._failure: Exception | None = None

    def start(self) -> None:
        threading.Thread(target=self._ask, name="host-names", daemon=True).start()

    def answer(self, seconds: float) -> Sequence[AddressInfo]:
        if not self._is_over.wait(seconds):
            raise LookUpTimeoutError("the name of the host could not be looked up in time")
        if self._failure is not None:
            raise self._failure
        return self._found

    def _ask(self) -> None:
        try:
            self._found = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
        except Exception as failure:
            # The caller has to handle it, not this thread.
            self._failure = failure
        finally:
            with _lock:
                _under_way.pop((self._host, self._port), None)
            self._is_over.set()
