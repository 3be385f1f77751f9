"""The state of an interview at an instant, in the words that pages show.

The status says what the team decided, and an interview stays Scheduled until someone says how it went. Once
it has begun, no one would call it that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from models import InterviewStatus


class Standing(StrEnum):
    """What has become of an interview that is still Scheduled, beside its status."""

    HAPPENING = "happening"
    OVER = "over"

    @property
    def label(self) -> str:
        return "Happening now" if self is Standing.HAPPENING else "Over"


class _Interview(Protocol):
    @property
    def id(self) -> int: ...

    @property
    def status(self) -> InterviewStatus: ...

    @property
    def starts_at(self) -> datetime: ...

    @property
    def ends_at(self) -> datetime: ...


def standing_of(interview: _Interview, now: datetime) -> InterviewStatus | Standing:
    """Its state at `now` (aware UTC): its status, unless it has begun and is still Scheduled."""
    if interview.status is not InterviewStatus.SCHEDULED or now < interview.starts_at:
        return interview.status
    return Standing.HAPPENING if now < interview.ends_at else Standing.OVER


@dataclass(frozen=True)
class Begun:
    """Which interviews of a list have begun and are still Scheduled, by their ids. Equal as long as no other
    one begins or ends, so pieces of pages can be kept for it."""

    happening: frozenset[int]
    over: frozenset[int]

    def standing(self, interview: _Interview) -> InterviewStatus | Standing:
        """The state of an interview in a list."""
        if interview.id in self.happening:
            return Standing.HAPPENING
        return Standing.OVER if interview.id in self.over else interview.status


def begun_among(interviews: Iterable[_Interview], now: datetime) -> Begun:
    """Which of these have begun at `now` (aware UTC)."""
    stands = [(each.id, standing_of(each, now)) for each in interviews]
    of_each = (frozenset(number for number, how in stands if how is wanted) for wanted in Standing)
    return Begun(*of_each)
