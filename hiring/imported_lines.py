"""The lines of an imported list as they were read, with all that is wrong with each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a line. `column` is the field of the line that it is about, called as in
    `Correction`, or the jobs; "" for the line as a whole. `words` are one or more sentences."""

    words: str
    column: str = ""

    @property
    def label(self) -> str:
        return _COLUMN_LABELS.get(self.column, "")

    @property
    def place(self) -> int:
        """Where it belongs among the problems of a line: in the order of the fields."""
        return list(_COLUMN_LABELS).index(self.column) if self.column else -1


_COLUMN_LABELS = {"name": "Name", "email": "Email", "phone": "Phone", "timezone": "Time zone", "jobs": "Job"}


@dataclass(frozen=True)
class Line:
    """One line of the list. `problems` are all that is wrong with it; then the rest is what was readable.

    `timezone` is an IANA name or None. `unclear_zone` is what the line says instead if that could be several,
    and `is_zone_open` as long as the sender hasn't said which. `jobs` are the titles that the line names, if
    any. `is_skipped`: the sender left it out.
    """

    number: int
    name: str
    email: str
    phone: str = ""
    timezone: str | None = None
    problems: tuple[Problem, ...] = ()
    jobs: tuple[str, ...] = ()
    is_skipped: bool = False
    unclear_zone: str = ""
    is_zone_open: bool = False
