"""The tests' remote control for a simulated Google or Microsoft: what both have."""

from __future__ import annotations

from typing import Any, cast

from tests.machines.remote import Remote

# An address where nothing listens, for tests that need none.
NOWHERE = "http://127.0.0.1:9"


class SimulatedOffice:
    """Address of the running simulator, and calls that change or read its state."""

    def __init__(self, url: str, remote: Remote) -> None:
        self.url = url
        self._remote = remote

    @property
    def reset_addresses(self) -> list[str]:
        """Where it is told to forget everything, if it is there."""
        return [] if self.url == NOWHERE else [f"{self.url}/_control/reset"]

    def reset(self) -> None:
        """Forget every grant, event, message and switch."""
        self._remote.ask([("POST", address, {}) for address in self.reset_addresses])

    def switches(self, **switches: object) -> dict[str, Any]:
        """Set the named switches and return all of them."""
        return self._post("switches", switches)

    def ledger(self) -> dict[str, Any]:
        """Return what it was asked and holds: calls, violations, consents, events, sent, grants …"""
        [answer] = self._remote.ask([("GET", f"{self.url}/_control/ledger", None)])
        return cast(dict[str, Any], answer.json())

    def calls(self, operation: str | None = None) -> list[dict[str, Any]]:
        """Return the API calls so far, or only those of one operation."""
        return [call for call in self.ledger()["calls"] if operation in (None, call["operation"])]

    def events(self, account: str, *, deleted: bool = False) -> list[dict[str, Any]]:
        """Return the events in an account's calendar by when they were made, or those that were deleted."""
        return [event for event in self.ledger()["events"].get(account, []) if event["deleted"] is deleted]

    def sent(self, account: str | None = None) -> list[dict[str, Any]]:
        """Return the messages that were sent from its accounts, oldest first."""
        return [mail for mail in self.ledger()["sent"] if account in (None, mail["account"])]

    def assert_no_violation(self) -> None:
        """Fail if a request or an answer so far does not keep to the provider's documents."""
        ledger = self.ledger()
        assert ledger["violations"] == []
        assert ledger["bad_answers"] == []

    def revoke(self, account: str) -> None:
        """The person removes the app on the provider's pages: all grants of the account end."""
        self._post("revoke", {"account": account})

    def add_event(self, account: str, start: str, end: str, **fields: object) -> dict[str, Any]:
        """Something that the owner of a calendar has on that day, which the app knows nothing of."""
        return self._post(f"events/{account}", {"start": start, "end": end, **fields})

    def change_event(self, account: str, event_id: str, **changes: object) -> None:
        """What the owner does in the calendar: any field, `move_minutes`, `remove_meet` or `remove_teams`."""
        self._post(f"events/{account}/{event_id}/change", changes)

    def delete_event(self, account: str, event_id: str, *, forever: bool = False) -> None:
        """Delete an event as its owner would; `forever`: from the bin too."""
        self._post(f"events/{account}/{event_id}/delete", {"forever": forever})

    def restore_event(self, account: str, event_id: str) -> None:
        """Take a deleted event out of the bin as its owner would."""
        self._post(f"events/{account}/{event_id}/restore")

    def _post(self, path: str, body: dict[str, object] | None = None) -> dict[str, Any]:
        [answer] = self._remote.ask([("POST", f"{self.url}/_control/{path}", body or {})])
        return cast(dict[str, Any], answer.json())
