"""Scopes: what a token may do, in the granular family and in the classic one of older apps."""

from __future__ import annotations

# Scope of each call, granular → classic (Zoom API reference, "scopes" of each operation).
CLASSIC_FOR = {
    "user:read:user": "user:read",
    "user:read:settings": "user:read",
    "meeting:write:meeting": "meeting:write",
    "meeting:update:meeting": "meeting:write",
    "meeting:delete:meeting": "meeting:write",
    "meeting:read:meeting": "meeting:read",
    "meeting:read:list_meetings": "meeting:read",
    "meeting:read:participant": "meeting:read",
}

GRANULAR = tuple(CLASSIC_FOR)
CLASSIC = ("meeting:read", "meeting:write", "user:read")


def covers(granted: frozenset[str], needed: str) -> bool:
    """Whether the scopes `granted` to a token cover the granular scope `needed`."""
    return needed in granted or CLASSIC_FOR[needed] in granted
