"""The steps that make one entry what it should be, one class each. A step is planned in one transaction,
calls the calendar with none open, and is recorded in another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from providers.base import CalendarEntry as WantedEntry
from providers.base import EntryChange, Grant, PlacedEntry
from providers.errors import EntryGoneError, ProviderError, RetryableError
from providers.protocols import CalendarProvider
from scheduling.calendars import recording
from scheduling.entries.content import Content
from scheduling.rules import Rules

Answer = PlacedEntry | None
Outcome = Answer | ProviderError


class Step(Protocol):
    """One step on the entry with this id, in the calendar of this connection to an app."""

    @property
    def entry_id(self) -> int: ...

    @property
    def app(self) -> str: ...

    @property
    def connection_id(self) -> int: ...

    def call(self, calendar: CalendarProvider, grant: Grant) -> Answer:
        """Make the call. May raise any `ProviderError`."""
        ...

    def record(self, outcome: Outcome, rules: Rules) -> None:
        """Write the outcome into the current transaction."""
        ...


@dataclass(frozen=True)
class Wait:
    """There is nothing to do before `at` (aware UTC)."""

    at: datetime


@dataclass(frozen=True)
class Create:
    """Make the entry. If it is there already, it is updated, so after a lost answer the step can simply be
    repeated. `is_repeated`: it was asked for before."""

    entry_id: int
    app: str
    connection_id: int
    key: str
    content: Content
    is_repeated: bool

    def call(self, calendar: CalendarProvider, grant: Grant) -> Answer:
        return calendar.create_entry(grant, self.content.under(self.key, may_exist=self.is_repeated))

    def record(self, outcome: Outcome, rules: Rules) -> None:
        _record_placed(self.entry_id, outcome, self.content, rules)


@dataclass(frozen=True)
class Change:
    """Change what is different in the interview now. `asked`: what the calendar had been asked for before."""

    entry_id: int
    app: str
    connection_id: int
    provider_entry_id: str
    change: EntryChange
    content: Content
    asked: Mapping[str, Any]

    def call(self, calendar: CalendarProvider, grant: Grant) -> Answer:
        return calendar.change_entry(grant, self.provider_entry_id, self.change)

    def record(self, outcome: Outcome, rules: Rules) -> None:
        maybe_applied = isinstance(outcome, RetryableError) and outcome.maybe_applied
        if isinstance(outcome, ProviderError) and not maybe_applied:
            recording.note_not_changed(self.entry_id, self.content, self.asked)
        _record_placed(self.entry_id, outcome, self.content, rules)


@dataclass(frozen=True)
class Look:
    """Look whether its owner has changed or deleted it."""

    entry_id: int
    app: str
    connection_id: int
    provider_entry_id: str

    def call(self, calendar: CalendarProvider, grant: Grant) -> Answer:
        return calendar.read_entry(grant, self.provider_entry_id)

    def record(self, outcome: Outcome, rules: Rules) -> None:
        match outcome:
            case PlacedEntry() as placed:
                recording.record_seen(self.entry_id, placed, rules)
            case EntryGoneError() as error:
                recording.record_gone(self.entry_id, error)
            case ProviderError() as error:
                recording.record_not_seen(self.entry_id, error)
            case _:
                raise TypeError(type(outcome).__name__)


@dataclass(frozen=True)
class Remove:
    """Remove an entry that is not wanted anymore, or that may have been made although no answer said so."""

    entry_id: int
    app: str
    connection_id: int
    provider_entry_id: str | None
    wanted: WantedEntry

    def call(self, calendar: CalendarProvider, grant: Grant) -> Answer:
        known = self.provider_entry_id or calendar.entry_id(self.wanted.key)
        if known is None:
            # Only making it again tells which one it is.
            try:
                known = calendar.create_entry(grant, self.wanted).id
            except EntryGoneError:
                return None
        calendar.delete_entry(grant, known)
        return None

    def record(self, outcome: Outcome, rules: Rules) -> None:
        match outcome:
            case None:
                recording.record_removed(self.entry_id)
            case ProviderError() as error:
                recording.record_failed(self.entry_id, error, rules)
            case _:
                raise TypeError(type(outcome).__name__)


def _record_placed(entry_id: int, outcome: Outcome, content: Content, rules: Rules) -> None:
    match outcome:
        case PlacedEntry() as placed:
            recording.record_placed(entry_id, placed, content, rules)
        case EntryGoneError() as error:
            recording.record_gone(entry_id, error)
        case ProviderError() as error:
            recording.record_failed(entry_id, error, rules)
        case _:
            raise TypeError(type(outcome).__name__)
