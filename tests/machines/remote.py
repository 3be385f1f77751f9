"""How the tests' remote control reaches the simulators: over a socket of its own, or over HTTP.

Tests ask for the state of the simulators far more often than the product calls them. Over HTTP each such
request takes six times as long.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import requests

# Method, address, and what is sent as JSON.
Request = tuple[str, str, object]
_PATIENCE_SECONDS = 15.0


@dataclass(frozen=True)
class Answer:
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)


class Remote(Protocol):
    def ask(self, asked: Sequence[Request]) -> list[Answer]:
        """Return the answers to requests that are made one after the other; each has to succeed."""

    def close(self) -> None:
        """Close the connections."""


class OverHttp:
    """For simulators that were started as people start them."""

    def __init__(self) -> None:
        self._http = requests.Session()
        self._http.trust_env = False

    def ask(self, asked: Sequence[Request]) -> list[Answer]:
        answers = [
            self._http.request(method, address, json=body, timeout=_PATIENCE_SECONDS)
            for method, address, body in asked
        ]
        for answer in answers:
            answer.raise_for_status()
        return [Answer(answer.content) for answer in answers]

    def close(self) -> None:
        self._http.close()


class OverWire:
    """For simulators that were started with ``--wire``; see `simulators/wire.py`."""

    def __init__(self, wire: socket.socket) -> None:
        wire.settimeout(_PATIENCE_SECONDS)
        self._wire = wire
        self._lines = wire.makefile("rw", encoding="ascii")
        self._lock = threading.Lock()

    def ask(self, asked: Sequence[Request]) -> list[Answer]:
        with self._lock:
            self._lines.write(json.dumps(asked) + "\n")
            self._lines.flush()
            line = self._lines.readline()
        if not line:
            raise ConnectionError("The simulators are gone.")
        answers = json.loads(line)
        for (method, address, _), (status, text) in zip(asked, answers, strict=True):
            if status >= 400:
                raise requests.HTTPError(f"{status} for {method} {address}: {text[:500]}")
        return [Answer(text.encode("latin-1")) for _, text in answers]

    def close(self) -> None:
        self._lines.close()
        self._wire.close()
