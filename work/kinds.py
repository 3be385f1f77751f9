"""The kinds of background work. Each is declared once, beside the code that asks for it; the outbox, the
handlers and the System log all read that declaration."""

from __future__ import annotations

from dataclasses import dataclass

from models import Lane

_declared: dict[str, TaskKind] = {}


@dataclass(frozen=True)
class TaskKind:
    """One kind of background work.

    `name` is stored with every task, so it must not change while tasks of this kind may be waiting. `words`
    are what the System log calls the work ("Making the online meeting"). `subject` says what such work is
    about ("interview"): of one subject, at most one task per lane runs at a time. It is empty for work that
    can be about things of many sorts, which then names its subject in full.

    Raises ValueError for a kind without words, and for a second kind under a name that is taken.
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
        """The subject of a task about one of them, for example `interview:42`."""
        return f"{self.subject}:{which}" if self.subject else str(which)

    def key(self, which: int | str) -> str:
        """A dedupe key that lets one task of this kind wait for each of them."""
        return f"{self.name}:{which}"


def words_of(name: str) -> str:
    """What the System log calls work of a stored kind. A row may outlive its kind, when a newer version of
    the product asked for it; its bare name is better than nothing then."""
    kind = _declared.get(name)
    return kind.words if kind is not None else name.replace("_", " ").capitalize()
