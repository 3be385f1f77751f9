"""The occasions of emails about an interview: the revision, and for reminders the time before the start."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FORM = re.compile(r"r(\d+)(?:-(\d+))?")


@dataclass(frozen=True)
class Occasion:
    """Written `r3`, or `r3-1440` for a reminder 1,440 minutes before the start."""

    revision: int
    minutes_before: int = 0

    def __str__(self) -> str:
        return f"r{self.revision}-{self.minutes_before}" if self.minutes_before else f"r{self.revision}"

    @classmethod
    def read(cls, text: str) -> Occasion:
        """The occasion that was written as `text`. Raises ValueError for anything else."""
        found = _FORM.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is not an occasion of an interview's email")
        return cls(int(found[1]), int(found[2] or 0))
