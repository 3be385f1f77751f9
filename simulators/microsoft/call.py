"""A valid Graph call, as its handler gets it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulators.microsoft.people import Account
from simulators.microsoft.state import Microsoft

_BODY_TYPE = re.compile(r'outlook\.body-content-type\s*=\s*"?(\w+)"?', re.IGNORECASE)
_ZONE = re.compile(r'outlook\.timezone\s*=\s*"([^"]*)"', re.IGNORECASE)
_PAGE = re.compile(r"odata\.maxpagesize\s*=\s*(\d+)", re.IGNORECASE)
_IMMUTABLE = re.compile(r'IdType\s*=\s*"?ImmutableId"?', re.IGNORECASE)


@dataclass(frozen=True)
class Call:
    """`base` is the address that was called, without its query. `item` is the id in its path."""

    microsoft: Microsoft
    account: Account
    base: str
    item: str
    query: Mapping[str, str]
    body: Any
    prefer: str
    content_type: str
    if_match: str | None

    @property
    def zone(self) -> str:
        """The zone in which times are wanted."""
        found = _ZONE.search(self.prefer)
        return found[1] if found else "UTC"

    @property
    def wants_text(self) -> bool:
        found = _BODY_TYPE.search(self.prefer)
        return found is not None and found[1].lower() == "text"

    @property
    def wants_immutable_ids(self) -> bool:
        return _IMMUTABLE.search(self.prefer) is not None

    @property
    def page_size(self) -> int | None:
        found = _PAGE.search(self.prefer)
        return int(found[1]) if found else None
