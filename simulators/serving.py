"""HTTP servers in threads: binding, answering, dropping connections, stopping."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

DROP_CONNECTION = "simulators.drop_connection"
"""Key of the WSGI environment: a view sets it to have the connection closed instead of its answer sent."""


class _QuietHandler(WSGIRequestHandler):
    """Writes no access log: its lines would contain codes and passcodes, and the ledger says more."""

    # Werkzeug writes head and body separately; without this, the kernel may hold the body back for 40 ms.
    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


class _Droppable:
    """WSGI layer that hangs up after the view has done its work, so that the answer never arrives."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self._app(environ, start_response)
        if environ.get(DROP_CONNECTION):
            connection: socket.socket = environ["werkzeug.socket"]
            connection.shutdown(socket.SHUT_RDWR)
            raise ConnectionAbortedError("hung up on purpose")
        return answer


class _OnlyKnownHosts:
    """WSGI layer that refuses requests for another host. A website can give its own name the address of this
    machine, and would then read what is here as if it were its own."""

    def __init__(self, app: WSGIApplication, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        asked = str(environ.get("HTTP_HOST", ""))
        if (urlsplit(f"//{asked}").hostname or "") in self._hosts:
            return self._app(environ, start_response)
        body = f"This simulator is not known as {asked}. Start it with --public-host for that name.".encode()
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
        start_response("421 Misdirected Request", headers)
        return [body]


def url_host(host: str) -> str:
    """How a listening address is written in a URL that reaches it from this machine."""
    if host in ("", "0.0.0.0", "::"):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


class WebServer:
    """A threaded HTTP server. It holds its port from the start, so that the app can know its own address."""

    def __init__(self, host: str, port: int, public_host: str | None) -> None:
        """Binds; port 0 takes any free one. Raises OSError when the port is taken."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=128)
        self._host = host
        self._known_as = frozenset(
            {"localhost", "127.0.0.1", "::1", host.lower(), (public_host or host).lower()}
        )
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{url_host(host)}:{self.port}"
        self.public_url = f"http://{url_host(public_host or host)}:{self.port}"
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None

    def start(self, app: Any) -> None:
        """Answers requests with the WSGI application `app`, each in a thread of its own."""
        self._server = make_server(
            self._host,
            self.port,
            _OnlyKnownHosts(_Droppable(app), self._known_as),
            threaded=True,
            request_handler=_QuietHandler,
            fd=self._socket.fileno(),
        )
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.1},
            name=f"http-{self.port}",
            daemon=True,
        )
        self._thread.start()

    def stop(self) -> None:
        """Stops listening. Requests that are being answered are not waited for."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        self._socket.close()
