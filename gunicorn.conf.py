"""How the server runs: two processes of four threads, each with its own metronome and runner."""

from __future__ import annotations

import re
import sys
from typing import Any

from gunicorn.glogging import Logger

from config import SettingError, load_settings

try:
    settings = load_settings()
except SettingError as error:
    sys.exit(f"A setting is wrong. {error}")

bind = f"{settings['HOST']}:{settings['PORT']}"
workers = 2
worker_class = "gthread"
threads = 4
graceful_timeout = 30
# Its socket would lie in the home folder, accept shutdown commands, and fail on read-only systems.
control_socket_disable = True

# Addresses that are keys, or carry one: join links, candidates' links, invitations, codes in a query.
_SECRET_PATHS = re.compile(r"(/(?:s|j|repair|invitations|password-reset)/)[^\s?\"]+")
_QUERY = re.compile(r"\?[^\s\"]*")


class DiscreetLogger(Logger):
    """Gunicorn's access log without anything that opens a door."""

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> Any:
        atoms = super().atoms(resp, req, environ, request_time)
        return {name: discreet(value) if isinstance(value, str) else value for name, value in atoms.items()}


def discreet(text: str) -> str:
    """The text without queries and without the part of a path that is a key."""
    return _QUERY.sub("?…", _SECRET_PATHS.sub(r"\1…", text))


logger_class = DiscreetLogger
accesslog = "-"
access_log_format = '%(h)s "%(r)s" %(s)s %(b)s %(M)sms'


def on_starting(server: Any) -> None:
    """Once, before the workers: keys, tables and compressed files, so that no two workers make them."""
    import first_start

    first_start.prepare(settings)


def post_worker_init(worker: Any) -> None:
    """In each worker, after the fork: threads do not survive it."""
    import background

    worker.background = background.start(worker.wsgi)


def worker_exit(server: Any, worker: Any) -> None:
    running = getattr(worker, "background", None)
    if running is not None:
        running.stop()
