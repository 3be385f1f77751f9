"""How the server runs: two processes of four threads, each with its own metronome and runner."""

from __future__ import annotations

import gc
import re
import sys
from importlib import import_module
from itertools import count
from typing import Any

from gunicorn.glogging import Logger

from config import SettingError, load_settings
from instance_folder import UnfinishedRestoreError, in_words
from schema import USELESS_TO_REPEAT, NewerDatabaseError, NoAnswerError
from whole_requests import WholeRequestWorker

try:
    settings = load_settings()
except SettingError as error:
    sys.stderr.write(f"A setting is wrong. {error}\n")
    sys.exit(USELESS_TO_REPEAT)

bind = f"{settings['HOST']}:{settings['PORT']}"
workers = 2
worker_class = WholeRequestWorker
threads = 4
graceful_timeout = 30
# Its socket would be in the home folder, accept shutdown commands, and fail on read-only systems.
control_socket_disable = True

_QUERY = re.compile(r"\?[^\s\"]*")
# A path without its first part, for addresses that are not pages: they may contain a mistyped key.
_BELOW_THE_FIRST = re.compile(r"((?:^|\s)/[^/\s?\"]*/)[^\s?\"]+")
# Addresses that contain keys; `on_starting` asks the application for them.
_key_paths = re.compile(r"(?!)")


class DiscreetLogger(Logger):
    """Gunicorn's access log without anything that would let its reader in: no queries, no keys in paths."""

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        # Gunicorn itself would first collect every header of request and response for a format to name.
        status = str(resp.status).partition(" ")[0]
        line = (
            f'{environ.get("REMOTE_ADDR", "-")} "{environ["REQUEST_METHOD"]} {environ["RAW_URI"]} '
            f'{environ["SERVER_PROTOCOL"]}" {status} {resp.sent} {request_time.total_seconds() * 1000:.0f}ms'
        )
        self.access_log.info(discreet(line, is_no_page=status == "404"))


def discreet(text: str, *, is_no_page: bool) -> str:
    """The text without queries and without the part of a path that is, or could have been, a key."""
    text = _QUERY.sub("?…", _key_paths.sub(r"\1…", text))
    return _BELOW_THE_FIRST.sub(r"\1…", text) if is_no_page else text


logger_class = DiscreetLogger
accesslog = "-"


def on_starting(server: Any) -> None:
    """Once, before the workers: make the keys, tables, and compressed files, so that no two workers make
    them; and load the application itself, whose code and templates the workers then share.

    Gunicorn's own `preload_app` would load it before this, when its keys and tables do not exist yet. As with
    `preload_app`, new code and new settings need a restart: a HUP only replaces the workers.
    """
    # Objects that are collected leave holes in memory pages. The workers would fill them, and a page that was
    # written to is no longer shared.
    gc.disable()
    import first_start
    from backups.errors import BackupError
    from web.access import key_prefixes

    try:
        first_start.prepare_files(settings)
    except UnfinishedRestoreError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(USELESS_TO_REPEAT)
    except OSError as error:
        # The next start may find the folder, or the room on the disk, that this one missed.
        sys.stderr.write(f"{in_words(error)}\n")
        sys.exit(1)
    app = server.app.wsgi()
    try:
        first_start.prepare(app)
    except NewerDatabaseError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(USELESS_TO_REPEAT)
    except (BackupError, NoAnswerError) as error:
        # The next start may find the database, or the disk for the backup of an upgrade.
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
    global _key_paths
    # Only used in the workers, but loading it there would copy 8 MB of what they share.
    import_module("background")
    prefixes = "|".join(sorted(map(re.escape, key_prefixes(app.url_map))))
    _key_paths = re.compile(rf"({prefixes})[^\s?\"]+")
    first_start.warm_up(app)
    # The collector writes to the objects that it visits, so it ignores these from now on.
    gc.freeze()
    first_start.return_large_blocks()


def pre_fork(server: Any, worker: Any) -> None:
    """Before each worker: give it a place to count requests in that no living one has."""
    taken = {getattr(other, "place", None) for other in server.WORKERS.values()}
    worker.place = next(place for place in count() if place not in taken)


def post_worker_init(worker: Any) -> None:
    """In each worker, after the fork: threads do not survive it."""
    import background
    from web.request_counts import request_counts

    gc.enable()
    request_counts(worker.app.wsgi()).use_place(worker.place)
    worker.background = background.start(worker.app.wsgi())


def worker_exit(server: Any, worker: Any) -> None:
    running = getattr(worker, "background", None)
    if running is not None:
        running.stop()
