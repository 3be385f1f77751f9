"""The scopes that the product's Zoom app needs, and how to tell that a grant covers them.

Zoom takes the scopes from the app's registration; users may deselect optional ones. Apps made since April
2024 have granular scopes, older ones the classic ones (Zoom's guide to scopes), and each call accepts either
family (the scope lists beside each call in the Zoom API reference).
"""

# Creating, changing and deleting are three granular scopes: an app that has only the first leaves its
# meetings behind when an interview moves or is cancelled.
REQUIRED: dict[str, frozenset[str]] = {
    "user:read:user": frozenset({"user:read", "user_info:read"}),
    "meeting:write:meeting": frozenset({"meeting:write"}),
    "meeting:read:meeting": frozenset({"meeting:read"}),
    "meeting:update:meeting": frozenset({"meeting:write"}),
    "meeting:delete:meeting": frozenset({"meeting:write"}),
    "meeting:read:list_meetings": frozenset({"meeting:read"}),
}
"""Each required granular scope with the classic ones that include it."""

OPTIONAL: dict[str, frozenset[str]] = {
    "user:read:settings": frozenset({"user:read"}),
    "meeting:read:participant": frozenset({"meeting:read"}),
}
"""What switches further features on, in the same form."""


def covers(granted: frozenset[str], scope: str) -> bool:
    """Tell whether `granted` holds one of the scopes above, its classic equivalent, or the ":admin" form of
    either.
    """
    accepted = {scope} | (REQUIRED | OPTIONAL)[scope]
    return not granted.isdisjoint(accepted | {f"{name}:admin" for name in accepted})


def missing_scopes(granted: frozenset[str]) -> list[str]:
    """Return the required granular scopes that `granted` does not cover, in the order of `REQUIRED`."""
    return [scope for scope in REQUIRED if not covers(granted, scope)]
