"""Keeps the tests' own process on this machine: connecting to any other address raises, and is remembered.

Programs that the tests start are not covered; they are told where to connect by their settings, and Chromium
by its flags.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class OutsideNetworkError(RuntimeError):
    """Something tried to leave this machine. Not an OSError, which product code would take for an outage."""


class NetworkGuard:
    """Remembers what was refused, in case the code under test swallowed the error."""

    def __init__(self) -> None:
        self.refused: list[str] = []

    def check(self, host: object) -> None:
        """Raise OutsideNetworkError unless ``host`` is loopback; a name under .invalid is simply unknown."""
        name = host.decode() if isinstance(host, bytes) else str(host or "")
        if name.endswith(".invalid"):
            # Reserved for names that never resolve: tests use it for a provider whose address is not found.
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if not is_loopback(name):
            self.refused.append(name)
            raise OutsideNetworkError(
                f"A test tried to reach {name!r}. Tests talk to this machine only: start a simulator, or use "
                "a name under .invalid for an address that must not be found."
            )


def is_loopback(name: str) -> bool:
    if name in ("", "localhost", "0.0.0.0", "::") or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return name == socket.gethostname()


@contextmanager
def guarded_network() -> Iterator[NetworkGuard]:
    """Refuse connections and name lookups beyond loopback as long as the block lasts."""
    guard = NetworkGuard()
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    sendto, getaddrinfo = socket.socket.sendto, socket.getaddrinfo

    def checked(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(self: socket.socket, *arguments: Any) -> Any:
            address = arguments[-1]
            if self.family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple):
                guard.check(address[0])
            return method(self, *arguments)

        return call

    def checked_getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        guard.check(host)
        return getaddrinfo(host, *arguments, **options)

    replacements: list[tuple[Any, str, Any]] = [
        (socket.socket, "connect", checked(connect)),
        (socket.socket, "connect_ex", checked(connect_ex)),
        (socket.socket, "sendto", checked(sendto)),
        (socket, "getaddrinfo", checked_getaddrinfo),
    ]
    for owner, name, replacement in replacements:
        setattr(owner, name, replacement)
    try:
        yield guard
    finally:
        for owner, name, original in [
            (socket.socket, "connect", connect),
            (socket.socket, "connect_ex", connect_ex),
            (socket.socket, "sendto", sendto),
            (socket, "getaddrinfo", getaddrinfo),
        ]:
            setattr(owner, name, original)
