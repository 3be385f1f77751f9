"""What the runner and a handler exchange: a claimed task goes in, and what should happen with it comes
out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models import Lane


@dataclass(frozen=True)
class ClaimedTask:
    """A task as its handler sees it. `failures` counts the starts that failed."""

    id: int
    kind: str
    lane: Lane
    subject: str
    payload: Mapping[str, Any]
    failures: int
    starts: int
    lease: str


@dataclass(frozen=True)
class Done:
    """The task is finished."""


@dataclass(frozen=True)
class Again:
    """Start the task again at `at` (aware UTC). A failure is counted; waiting is not."""

    at: datetime
    why: str
    is_failure: bool = True


@dataclass(frozen=True)
class Dead:
    """Nothing more will be tried automatically."""

    why: str


Next = Done | Again | Dead


@dataclass(frozen=True)
class Handler:
    """How one kind of task is done.

    `load` returns what the call needs, or None when there is nothing to do; with `load_writes` its
    transaction may write. `call` returns an outcome and raises only for bugs of our own. `record` writes the
    outcome and says what happens to the task next. `gave_up` makes a crash visible to people, in the
    transaction that ends the task. `finds_out_again`: after a power outage, the task finds out what its call
    did, so its outcome need not wait for the disk.
    """

    load: Callable[[ClaimedTask], Any]
    call: Callable[[Any], Any]
    record: Callable[[Any, Any], Next]
    gave_up: Callable[[ClaimedTask, str], None]
    load_writes: bool = False
    finds_out_again: bool = False

    @classmethod
    def deciding(
        cls, record: Callable[[ClaimedTask], Next], gave_up: Callable[[ClaimedTask, str], None]
    ) -> Handler:
        """A handler that makes no outside call: it does everything in the transaction that ends the task."""
        return cls(
            load=lambda task: task,
            call=lambda task: None,
            record=lambda task, _outcome: record(task),
            gave_up=gave_up,
        )
