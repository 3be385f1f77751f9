"""A valid API call, as its handler gets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulators.google.people import Account
from simulators.google.state import Google


@dataclass(frozen=True)
class Call:
    """`parameters` are those in the path, `query` those after it, each with all its values."""

    google: Google
    account: Account
    parameters: Mapping[str, str]
    query: Mapping[str, list[str]]
    body: Mapping[str, Any]
    if_match: str | None

    def text(self, name: str) -> str | None:
        """A query parameter that is given at most once."""
        values = self.query.get(name)
        return values[0] if values else None
