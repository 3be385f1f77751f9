"""The connections under `providers.http`: a total deadline per call, and a record of whether anything was
sent.

The time-outs of requests and urllib3 start over with every byte that arrives, so a server that sends one byte
a second holds its caller for hours. Here every read of a call, status line and headers included, is given no
more than what is left of that call's deadline. Looking up the host's name and connecting are inside that
deadline too, over all its addresses together.
"""

import http.client
import io
import socket
import time
from contextvars import ContextVar
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from host_names import addresses_of
from public_address import is_public_number


class Call:
    """One exchange on the wire. `sent` turns true with the first byte that leaves, `is_kept_in` where it was
    not let out: with `only_public`, nothing but the public internet is connected to."""

    __slots__ = ("deadline", "is_kept_in", "only_public", "sent")

    def __init__(self, deadline_seconds: float, *, only_public: bool = False) -> None:
        self.deadline = time.monotonic() + deadline_seconds
        self.only_public = only_public
        self.is_kept_in = False
        self.sent = False

    def remaining_seconds(self) -> float:
        """Return what is left of the deadline; raise TimeoutError when nothing is."""
        remaining = self.deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("the deadline of the call has passed")
        return remaining


current_call: ContextVar[Call] = ContextVar("current_call")


class _DeadlineReader(io.RawIOBase):
    """Reads from a socket, each time for no longer than its own time-out and the call's deadline allow."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase, call: Call) -> None:
        self._sock = sock
        self._raw = raw
        self._call = call
        self._read_timeout = sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        remaining = self._call.remaining_seconds()
        self._sock.settimeout(remaining if self._read_timeout is None else min(self._read_timeout, remaining))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _DeadlineResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        raw = self.fp.detach()
        self.fp = io.BufferedReader(_DeadlineReader(sock, raw, current_call.get()))


class _WatchedConnection(HTTPConnection):
    response_class = _DeadlineResponse

    def _new_conn(self) -> socket.socket:
        """Look the host up and try its addresses in turn: each for no longer than the connect time-out, and
        all together for no longer than the call may take. Raises OSError and its kinds.
        """
        call, failure = current_call.get(), None
        for family, kind, protocol, _, address in addresses_of(
            self._dns_host, self.port, seconds=self._patience(call)
        ):
            # Looked at here and not when the name is typed in: what a name means can change in between.
            if call.only_public and not is_public_number(str(address[0])):
                call.is_kept_in = True
                continue
            sock = socket.socket(family, kind, protocol)
            try:
                for option in self.socket_options or ():
                    sock.setsockopt(*option)
                sock.settimeout(self._patience(call))
                sock.connect(address)
            except OSError as error:
                sock.close()
                failure = error
                continue
            return sock
        raise failure or OSError("the name has no address")

    def _patience(self, call: Call) -> float:
        """Seconds that the next step of connecting may take."""
        remaining = call.remaining_seconds()
        return min(self.timeout, remaining) if isinstance(self.timeout, int | float) else remaining

    def send(self, data: Any) -> None:
        # Connecting is done here instead of inside the inherited method, so that a failure to connect leaves
        # `sent` false: only then may a create be repeated without looking whether it took effect.
        if self.sock is None:
            self.connect()
        call = current_call.get()
        call.remaining_seconds()
        call.sent = True
        super().send(data)


class _WatchedSecureConnection(_WatchedConnection, HTTPSConnection):
    pass


class _WatchedPool(HTTPConnectionPool):
    ConnectionCls = _WatchedConnection


class _WatchedSecurePool(HTTPSConnectionPool):
    ConnectionCls = _WatchedSecureConnection


class DeadlineAdapter(HTTPAdapter):
    """A requests adapter whose calls obey `current_call`, which must be set around every use.

    It never repeats a call on its own: only the caller knows whether that is safe.
    """

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _WatchedPool, "https": _WatchedSecurePool}
