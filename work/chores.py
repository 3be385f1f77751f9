"""Chores: routine work that a server does without being asked, at every tick or once a day.

A chore looks before it acts. The look is one read-only transaction, because it happens every few seconds in
every process; a writing transaction begins only when there is something to do. A chore that fails is logged
and retried at the next tick, and never holds up the others.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from flask import Flask

from database import read_only, writing
from extensions import db
from timezones import utc_now
from work.heartbeat import last_time, mark_and_commit

log = logging.getLogger("chores")

T = TypeVar("T")

_EVERY = timedelta(days=1)


@dataclass(frozen=True)
class Chore:
    """`run` needs an application context and leaves no transaction open."""

    name: str
    run: Callable[[], None]


def frequent(name: str, look: Callable[[datetime], T], do: Callable[[T], None]) -> Chore:
    """A chore for every tick. `look` gets the time (aware UTC); whatever it finds, unless that is empty, is
    passed to `do`, whose changes are committed here."""

    def run() -> None:
        with read_only():
            found = look(utc_now())
            db.session.rollback()
        if found:
            with writing():
                do(found)
                db.session.commit()

    return Chore(name, run)


def daily(name: str, look: Callable[[datetime], T], do: Callable[[T], bool]) -> Chore:
    """A chore that runs once a day in the whole installation, no matter how many processes it has.

    Whatever `look` finds is passed to `do`, even if it is empty. `do` may commit as often as it likes and
    returns whether everything is done; if not, it runs again at the next tick. `name` is stored with the time
    the chore was last done, so it must not change.
    """

    def run() -> None:
        now = utc_now()
        with read_only():
            last = last_time(name)
            is_time = last is None or now - last >= _EVERY
            found = look(now) if is_time else None
            db.session.rollback()
        if found is None:
            return
        with writing():
            if do(found):
                mark_and_commit(name, now)
            else:
                db.session.commit()

    return Chore(name, run)


def once(name: str, do: Callable[[], None]) -> Chore:
    """A chore for the start of this process: once it has succeeded, it is not run again."""
    is_done = False

    def run() -> None:
        nonlocal is_done
        if not is_done:
            do()
            is_done = True

    return Chore(name, run)


def run_all(app: Flask, chores: Sequence[Chore]) -> None:
    """Run each chore. Never raises: a failure is logged, and the next chore follows."""
    for chore in chores:
        try:
            with app.app_context():
                chore.run()
        except Exception:
            log.exception("the chore “%s” failed; the next tick retries it", chore.name)
