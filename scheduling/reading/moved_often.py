"""Interviews that were moved so often that someone should look: a warning is shown everywhere they appear."""

from __future__ import annotations

_STILL_FINE = 3


def moved_often(times_moved: int) -> str:
    """The warning for an interview that was moved this often; "" if that is nothing unusual."""
    return f"Rescheduled {times_moved} times" if times_moved > _STILL_FINE else ""
