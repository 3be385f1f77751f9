"""Gmail and its simulator, for the contract suite."""

from tests.providers.subjects.google_calendar import simulator

__all__ = ["simulator"]
