"""The kinds of background work. Each is declared once, next to the code that requests it; the outbox, the
handlers, and the System log all read that declaration."""

from __future__ import annotations

from dataclasses import dataclass

from models import Lane

_declared: dict[str, TaskKind] = {}


@dataclass(frozen=True)
class TaskKind:
    """One kind of background work.

    `name` is stored with every task, so it must not change while tasks of this kind may be waiting. `words`
    are what the System log calls the work ("Making the online meeting"). `subject` says what such work is
    about ("interview"): for each subject, at most one task per lane runs at a time. It is empty for work that
    can be about different sorts of things, which then names its subject in full.

    Raises ValueError for a kind without words, and for a name that is already taken.
    """

    name: str
    lane: Lane
    words: str
    subject: str

    def __post_init__(self) -> None:
        if not self.words.strip():
            raise ValueError(f"{self.name} needs words for the System log")
        if _declared.setdefault(self.name, self) != self:
            raise ValueError(f"{self.name} is declared twice")

    def about(self, which: int | str) -> str:
        """The subject of a task about one particular thing, for example `interview:42`."""
        return f"{self.subject}:{which}" if self.subject else str(which)

    def key(self, which: int | str) -> str:
        """A dedupe key that lets at most one task of this kind wait for each subject."""
        return f"{self.name}:{which}"


def words_of(name: str) -> str:
    """What the System log calls work of a stored kind. A row can have a kind that this version does not know,
    because a newer version requested it; then the bare name is better than nothing."""
    kind = _declared.get(name)
    return kind.words if kind is not None else name.replace("_", " ").capitalize()
