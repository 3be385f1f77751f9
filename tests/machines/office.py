"""The tests' remote control for a simulated Google or Microsoft: what both have in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from tests.machines.remote import Remote

# An address where nothing listens, for tests that need none.
NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True)
class OwnSeries:
    """A series in someone's calendar: its id, and the ids of its single events in order."""

    id: str
    events: tuple[str, ...]


class SimulatedOffice:
    """Address of the running simulator, and calls that change or read its state."""

    def __init__(self, url: str, remote: Remote) -> None:
        self.url = url
        self._remote = remote

    @property
    def reset_addresses(self) -> list[str]:
        """The address that makes it forget everything, if it is running."""
        return [] if self.url == NOWHERE else [f"{self.url}/_control/reset"]

    def reset(self) -> None:
        """Forget every grant, event, message and switch."""
        self._remote.ask([("POST", address, {}) for address in self.reset_addresses])

    def switches(self, **switches: object) -> dict[str, Any]:
        """Set the named switches and return all of them."""
        return self._post("switches", switches)

    def ledger(self) -> dict[str, Any]:
        """Return what it was asked and what is in it: calls, violations, consents, events, sent, grants …"""
        [answer] = self._remote.ask([("GET", f"{self.url}/_control/ledger", None)])
        return cast(dict[str, Any], answer.json())

    def calls(self, operation: str | None = None) -> list[dict[str, Any]]:
        """Return the API calls so far, or only those of one operation."""
        return [call for call in self.ledger()["calls"] if operation in (None, call["operation"])]

    def events(self, account: str, *, deleted: bool = False) -> list[dict[str, Any]]:
        """Return the events in an account's calendar, in the order in which they were created, or the deleted
        ones."""
        return [event for event in self.ledger()["events"].get(account, []) if event["deleted"] is deleted]

    def sent(self, account: str | None = None) -> list[dict[str, Any]]:
        """Return the messages that were sent from its accounts, oldest first."""
        return [mail for mail in self.ledger()["sent"] if account in (None, mail["account"])]

    def assert_no_violation(self) -> None:
        """Fail if a request or an answer so far does not follow the provider's documents."""
        ledger = self.ledger()
        assert ledger["violations"] == []
        assert ledger["bad_answers"] == []

    def revoke(self, account: str) -> None:
        """Remove the app, as its user does on the provider's pages: all grants of the account end."""
        self._post("revoke", {"account": account})

    def add_event(self, account: str, start: str, end: str, **fields: object) -> dict[str, Any]:
        """Add something that the owner of a calendar has on that day, and that the app knows nothing
        about."""
        return self._post(f"events/{account}", {"start": start, "end": end, **fields})

    def change_event(self, account: str, event_id: str, **changes: object) -> None:
        """Change an event as its owner does: any field, `move_minutes`, `remove_meet` or `remove_teams`."""
        self._post(f"events/{account}/{event_id}/change", changes)

    def delete_event(self, account: str, event_id: str, *, forever: bool = False) -> None:
        """Delete an event as its owner would; `forever`: from the bin too."""
        self._post(f"events/{account}/{event_id}/delete", {"forever": forever})

    def restore_event(self, account: str, event_id: str) -> None:
        """Take a deleted event out of the bin as its owner would."""
        self._post(f"events/{account}/{event_id}/restore")

    def own_event(
        self,
        account: str,
        title: str,
        starts_at: datetime | date,
        ends_at: datetime | date,
        *,
        busy: bool = True,
        **fields: object,
    ) -> str:
        """Add something to a calendar as its owner does; returns its id in the form that answers use. Given
        two dates, it takes whole days, the last one included."""
        times = _times(starts_at, ends_at)
        added = self._post(f"events/{account}", {"title": title, **_business(busy), **times, **fields})
        return str(added["id"])

    def own_series(
        self,
        account: str,
        title: str,
        starts_at: datetime | date,
        ends_at: datetime | date,
        *,
        times: int = 4,
        every_days: int = 7,
        busy: bool = True,
        **fields: object,
    ) -> OwnSeries:
        """Add a series in the same way, always at the same time on its owner's clock."""
        body = {"title": title, **_business(busy), "times": times, "every_days": every_days, **fields}
        added = self._post(f"series/{account}", {**body, **_times(starts_at, ends_at)})
        return OwnSeries(str(added["id"]), tuple(str(each["id"]) for each in added["events"]))

    def change_own(
        self,
        account: str,
        event_id: str,
        *,
        title: str | None = None,
        busy: bool | None = None,
        time: tuple[datetime, datetime] | tuple[date, date] | None = None,
        **fields: object,
    ) -> None:
        """Change, as the owner does, an event, one event of a series, which then differs from the others, or
        a whole series by its id."""
        changes = {name: value for name, value in (("title", title), ("busy", busy)) if value is not None}
        self.change_event(account, event_id, **changes, **(_times(*time) if time else {}), **fields)

    def move_to_other_calendar(self, account: str, event_id: str, *, back: bool = False) -> None:
        """Move an event, as its owner does, into another of their calendars, or back into this one."""
        self._post(f"events/{account}/{event_id}/move", {"back": back})

    def _post(self, path: str, body: dict[str, object] | None = None) -> dict[str, Any]:
        [answer] = self._remote.ask([("POST", f"{self.url}/_control/{path}", body or {})])
        return cast(dict[str, Any], answer.json())


def _business(busy: bool) -> dict[str, object]:
    """The field that says whether an event makes its owner busy, which it does by default."""
    return {} if busy else {"busy": False}


def _times(starts_at: datetime | date, ends_at: datetime | date) -> dict[str, str]:
    if isinstance(starts_at, datetime) and isinstance(ends_at, datetime):
        both = (each.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for each in (starts_at, ends_at))
        return dict(zip(("start", "end"), both, strict=True))
    return {"start": starts_at.isoformat(), "end": (ends_at + timedelta(days=1)).isoformat()}
