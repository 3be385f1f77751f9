"""One line of help."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Trouble:
    """The message when something went wrong, and what helps."""

    words: str
    cure: str
