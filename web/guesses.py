"""Records who tries addresses that are keys: mailed links, join links.

A guess never succeeds, and a limit would hit people instead: a whole company that follows its join links
through one network, or everyone behind a proxy that was not set up. So someone who tries many of them is
answered like everyone else, and the System log says so.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

from flask import Flask, Response, request

from accounts import audit
from accounts.audit import Event
from accounts.throttling import network_of
from extensions import db
from timezones import utc_now
from web.access import leads_to_a_key

# Someone whose link lost its end tries a few times; no one does so this often.
WORTH_NOTING = 20
_WINDOW = timedelta(hours=1)
# How many networks a process remembers; the least recent are forgotten first.
_REMEMBERED = 1000


class Guesses:
    """Counts in this process alone: it does not matter that another process counts on its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tries: OrderedDict[str, tuple[datetime, int]] = OrderedDict()

    def count(self, network: str, now: datetime) -> int | None:
        """Count a guess at `now` (aware); returns this hour's number when it is worth noting: 20, then 200,
        and so on."""
        with self._lock:
            since, tries = self._tries.pop(network, (now, 0))
            if now - since > _WINDOW:
                since, tries = now, 0
            self._tries[network] = (since, tries + 1)
            while len(self._tries) > _REMEMBERED:
                self._tries.popitem(last=False)
        return tries + 1 if _is_worth_noting(tries + 1) else None


def _is_worth_noting(tries: int) -> bool:
    while tries > WORTH_NOTING and tries % 10 == 0:
        tries //= 10
    return tries == WORTH_NOTING


def init_app(app: Flask) -> None:
    guesses = Guesses()

    @app.after_request
    def notice(response: Response) -> Response:
        if response.status_code == 404 and leads_to_a_key(request.endpoint):
            address = request.remote_addr or ""
            tries = guesses.count(network_of(address), utc_now())
            if tries is not None:
                # The request's own transaction is over; this is another, and a rare one.
                db.session.rollback()
                words = f"Someone has tried {tries} links that open nothing within an hour."
                audit.record_apart(Event.LINKS_GUESSED, words, address)
        return response
