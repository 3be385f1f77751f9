"""What every command of the dialog brings: the draft, its version, and the accepted clashes."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

from scheduling.clashes import Clash, in_words
from scheduling.drafts.from_template import FromTemplate
from scheduling.errors import SchedulingError


@dataclass(frozen=True)
class Ticket:
    """`draft_version` is the one that the last page showed. `accepted_clashes` are the keys of the clashes
    that were shown and accepted. `words` are the reason for a change, for everyone who is told. `template` is
    what a new interview started from, if anything."""

    draft_id: str
    draft_version: int
    accepted_clashes: frozenset[str] = frozenset()
    words: str = ""
    template: FromTemplate | None = None

    def refuse_new(self, clashes: Iterable[Clash]) -> None:
        """Raises `SchedulingError` when one of the clashes was never shown to the person."""
        refuse_new(clashes, self.accepted_clashes)


def refuse_new(clashes: Iterable[Clash], accepted: Container[str]) -> None:
    """Raises `SchedulingError` when one of the clashes is not `accepted`, by its key."""
    new = [clash for clash in clashes if clash.key not in accepted]
    if new:
        raise SchedulingError(
            f"{in_words(new)} Choose another time, or check “Schedule anyway”.",
            field="accepted_clashes",
        )
