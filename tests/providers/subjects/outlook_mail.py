"""Outlook Mail and its simulator, for the contract suite."""

from tests.providers.subjects.outlook_calendar import simulator

__all__ = ["simulator"]
