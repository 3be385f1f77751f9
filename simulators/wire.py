"""The control of all simulators over one inherited socket, for a program that uses it so much that HTTP would
take most of its time.

A line of JSON holds requests, `[[method, address, body], …]`, where the address is the same as over HTTP and
the body is JSON or null. The line that answers it holds `[[status, text], …]`; each byte of an answer is one
character of its text.
"""

from __future__ import annotations

import io
import json
import socket
import sys
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment


def answer_on(file_descriptor: int, apps: Mapping[str, WSGIApplication]) -> None:
    """Answer in a thread of its own until the other side closes the socket. `apps` are named by the beginning
    of their addresses."""
    threading.Thread(target=_answer, args=(file_descriptor, apps), name="wire", daemon=True).start()


def _answer(file_descriptor: int, apps: Mapping[str, WSGIApplication]) -> None:
    with socket.socket(fileno=file_descriptor) as wire, wire.makefile("rw", encoding="ascii") as lines:
        for line in lines:
            answers = [_answer_one(apps, *asked) for asked in json.loads(line)]
            lines.write(json.dumps(answers) + "\n")
            lines.flush()


def _answer_one(apps: Mapping[str, WSGIApplication], method: str, address: str, body: Any) -> tuple[int, str]:
    parts = urlsplit(address)
    sent = b"" if body is None else json.dumps(body).encode()
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(parts.path, "latin-1"),
        "QUERY_STRING": parts.query,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(sent)),
        "HTTP_HOST": parts.netloc,
        "SERVER_NAME": parts.hostname,
        "SERVER_PORT": str(parts.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(sent),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    said: list[str] = []

    def start_response(status: str, headers: object, exc_info: object = None) -> Any:
        said[:] = [status]

    content = b"".join(apps[f"{parts.scheme}://{parts.netloc}"](environ, start_response))
    return int(said[0].split()[0]), content.decode("latin-1")
