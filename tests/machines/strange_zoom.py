"""A proxy in front of the simulated Zoom that makes its answers strange."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests


@dataclass
class Answer:
    """An answer to send: a status, headers, and bytes."""

    status: int
    headers: dict[str, str]
    body: bytes

    def change(self, **fields: Any) -> None:
        """Put other values into a JSON object; None removes a field."""
        value = {**json.loads(self.body), **fields}
        self.body = json.dumps({name: it for name, it in value.items() if it is not None}).encode()


Strange = Callable[[Answer], object]


def _as_it_came(_: Answer) -> None:
    """Change nothing."""


@dataclass
class StrangeZoom:
    """`strange` spoils the next `times` answers to requests whose "METHOD /path" begins with `only`; with
    `instead`, those requests do not reach the simulator at all."""

    url: str
    only: str = ""
    strange: Strange = _as_it_came
    times: int = 0
    instead: bool = False
    seen: list[str] = field(default_factory=list)

    def spoil(self, only: str, strange: Strange, times: int = 1, *, instead: bool = False) -> None:
        self.only, self.strange, self.times, self.instead = only, strange, times, instead

    def reset(self) -> None:
        """Spoil nothing, and forget the requests so far."""
        self.spoil("", _as_it_came, times=0)
        self.seen.clear()

    def take(self, what: str) -> Strange | None:
        """How to spoil the answer to this request, if at all."""
        self.seen.append(what)
        if not self.times or not what.startswith(self.only):
            return None
        self.times -= 1
        return self.strange


@contextmanager
def strange_zoom(zoom_url: str) -> Iterator[StrangeZoom]:
    """A proxy in front of the simulator at `zoom_url`."""
    zoom = StrangeZoom("")
    # Connections to the simulator that are kept open; only one thread at a time uses each.
    session = requests.Session()
    session.trust_env = False

    class Handler(BaseHTTPRequestHandler):
        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {
                name: value
                for name, value in self.headers.items()
                if name.lower() in ("authorization", "content-type", "accept")
            }
            strange = zoom.take(f"{self.command} {self.path}")
            answer = Answer(200, {}, b"{}")
            if strange is None or not zoom.instead:
                url = zoom_url + self.path
                came = session.request(
                    self.command, url, data=body, headers=headers, allow_redirects=False, timeout=10
                )
                kept = {key: came.headers[key] for key in ("Content-Type", "Location") if key in came.headers}
                answer = Answer(came.status_code, kept, came.content)
            if strange is not None:
                strange(answer)
            self.send_response_only(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_PATCH = do_DELETE = _pass_on

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    zoom.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with session:
            yield zoom
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
