"""The daily chore that deletes unfinished interviews that no one went on with, including those of people who
no longer sign in."""

from __future__ import annotations

from datetime import datetime

from scheduling.drafts.drafts import LIFETIME, forget_older_than
from work.chores import daily


def _look(now: datetime) -> datetime:
    # For as long again, people who still have the address are told that the draft has expired.
    return now - 2 * LIFETIME


def _forget(cutoff: datetime) -> bool:
    forget_older_than(cutoff)
    return True


FORGET_EXPIRED = daily("drafts", _look, _forget)
