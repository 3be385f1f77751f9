"""The list: the same as the agenda."""

from __future__ import annotations

from blueprints.calendar_page.agenda import draw

__all__ = ["draw"]
