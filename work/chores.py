"""Chores: routine work that a server does without being asked, at every tick or once a day.

A chore looks before it acts. The looks share a read-only transaction, because they happen every few seconds
in every process; a writing transaction begins only when there is something to do. A chore that fails is
logged and retried at the next tick, and never holds up the others.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import TypeVar

from flask import Flask

from database import read_only, writing
from extensions import db
from timezones import utc_now
from work.heartbeat import last_times, mark_and_commit

log = logging.getLogger("chores")

T = TypeVar("T")
Work = Callable[[], None]

_EVERY = timedelta(days=1)
_FAILED = "the chore “%s” failed; the next tick retries it"


@dataclass(frozen=True)
class Glance:
    """What chores look at in the current transaction: the time (aware UTC), and when each daily chore was
    last done, which is read once for all of them."""

    now: datetime = field(default_factory=utc_now)

    @cached_property
    def last_times(self) -> Mapping[str, datetime]:
        return last_times()


@dataclass(frozen=True)
class Chore:
    """`look` reads in a transaction that it may share with others, and returns the work that has to be done
    now, or None. The work needs an application context without a transaction, and leaves none open."""

    name: str
    look: Callable[[Glance], Work | None]

    def run(self) -> None:
        """Look, and do what was found, in the current application context, which must have no transaction
        open. Raises what the chore raises."""
        with read_only():
            work = self.look(Glance())
            db.session.rollback()
        if work is not None:
            work()


def frequent(name: str, look: Callable[[datetime], T], do: Callable[[T], None]) -> Chore:
    """A chore for every tick. `look` gets the time (aware UTC); whatever it finds, unless that is empty, is
    passed to `do`, whose changes are committed here."""

    def work(found: T) -> None:
        with writing():
            do(found)
            db.session.commit()

    def at_tick(glance: Glance) -> Work | None:
        found = look(glance.now)
        return partial(work, found) if found else None

    return Chore(name, at_tick)


def daily(name: str, look: Callable[[datetime], T], do: Callable[[T], bool]) -> Chore:
    """A chore that runs once a day in the whole installation, no matter how many processes it has.

    Whatever `look` finds is passed to `do`, even if it is empty. `do` may commit as often as it likes and
    returns whether everything is done; if not, it runs again at the next tick. `name` is stored with the time
    the chore was last done, so it must not change.
    """

    def work(found: T, now: datetime) -> None:
        with writing():
            if do(found):
                mark_and_commit(name, now)
            else:
                db.session.commit()

    def at_tick(glance: Glance) -> Work | None:
        last = glance.last_times.get(name)
        if last is not None and glance.now - last < _EVERY:
            return None
        return partial(work, look(glance.now), glance.now)

    return Chore(name, at_tick)


def once(name: str, do: Work) -> Chore:
    """A chore for the start of this process: once it has succeeded, it is not run again."""
    is_done = False

    def work() -> None:
        nonlocal is_done
        do()
        is_done = True

    return Chore(name, lambda glance: None if is_done else work)


def run_all(app: Flask, chores: Sequence[Chore]) -> None:
    """Run each chore. Never raises: a failure is logged, and the next chore follows."""
    left = iter(chores)
    while (found := _next_found(app, left)) is not None:
        chore, work = found
        try:
            with app.app_context():
                work()
        except Exception:
            log.exception(_FAILED, chore.name)


def _next_found(app: Flask, left: Iterator[Chore]) -> tuple[Chore, Work] | None:
    """The next of these chores with something to do, and that; None if there is none."""
    with app.app_context(), read_only():
        glance = Glance()
        for chore in left:
            try:
                work = chore.look(glance)
            except Exception:
                log.exception(_FAILED, chore.name)
                # Its failure has ended the transaction, so the next look begins another one.
                return chore, _nothing
            if work is not None:
                return chore, work
    return None


def _nothing() -> None:
    pass
