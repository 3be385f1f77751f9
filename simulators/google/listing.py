"""Lists of events, page by page, and what has changed since an earlier list.

Sources: the reference of `events.list` in the discovery document and the guide "Synchronize resources
efficiently". Tokens contain what they are for; Google's are opaque, so a client must treat these as opaque
too.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from simulators.google import events
from simulators.google.discovery import instant
from simulators.google.errors import GoogleError, wrong_request
from simulators.google.event import Event
from simulators.google.people import Account
from simulators.google.state import Google, stamp
from simulators.google.times import moment_of
from simulators.office.events import last_change

NOT_WITH_SYNC_TOKEN = (
    *("iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty"),
    *("timeMin", "timeMax", "updatedMin"),
)
# After these no sync token is given. A first list may be limited in time, as the guide has it; one report
# says otherwise.
NO_SYNC_AFTER = ("iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty", "updatedMin")
SYNC_TOKEN_LIFE = timedelta(days=28)
LONGEST_PAGE = 2500

Query = Mapping[str, list[str]]


def page(google: Google, account: Account, query: Query) -> dict[str, Any]:
    """One page of the account's calendar. Raises GoogleError."""
    _check(query, google.now())
    origin, now = google.public_url, google.now()
    sync = _first(query, "syncToken")
    zone = _first(query, "timeZone")
    with google.storage.transaction() as rows:
        latest = last_change(rows)
        found = [
            events.came_closer(google, rows, event)
            for event in events.every(google, account.email)
            if _is_kind(event, query)
        ]
        since = _since(google, account, query, sync, now) if sync else None
        after, upto = None, latest
        given = _first(query, "pageToken")
        if given:
            after, upto = _page_start(given, query)
        if since is not None:
            found = [event for event in found if since < event.change]
        else:
            found = _matching(found, account, query)
        # Pages go on after the last event that was listed, whatever happens to it in the meantime.
        place = _place_by(query)
        found.sort(key=place)
        start = sum(place(event) <= after for event in found) if after is not None else 0
        size = min(int(_first(query, "maxResults") or 250), LONGEST_PAGE)
        size = min(size, google.board["list_page_size"] or size)
        if google.board.take("empty_next_pages"):
            size = 0
    items = [
        _stub(event) if not event.is_there and since is not None else event.resource(origin, zone)
        for event in found[start : start + size]
    ]
    answer: dict[str, Any] = {
        "kind": "calendar#events",
        "etag": f'"{3_500_000_000_000 + latest}"',
        "summary": account.email,
        "description": "",
        "updated": max((event.updated for event in found), default=stamp(now)),
        "timeZone": zone or account.timezone,
        "accessRole": "owner",
        "defaultReminders": [{"method": "popup", "minutes": 10}],
        "items": items,
    }
    again = bool(items) and google.board.take("repeat_next_pages")
    if start + size < len(found) or again:
        last = place(found[start + size - 1]) if size and not again else after
        answer["nextPageToken"] = _token(
            {"after": last, "upto": upto, "for": _digest(query), "at": stamp(google.now())}
        )
        if size and not again and google.board.take("delete_while_paging"):
            for event in found[start + size - 1 : start + size + 1]:
                events.cancel(google, account, event.id, "the owner")
    elif not any(name in query for name in NO_SYNC_AFTER) and not google.board.take("no_next_sync_tokens"):
        answer["nextSyncToken"] = _token(
            {
                "upto": upto,
                "account": account.email,
                "given": int(now.timestamp()),
                "single": _is_single(query),
            }
        )
    return answer


def _is_single(query: Query) -> bool:
    return _first(query, "singleEvents") == "true"


def _is_kind(event: Event, query: Query) -> bool:
    """Whether the list includes this kind of event: series are listed as their single events, or as their
    rules and the exceptions to them."""
    if _is_single(query):
        return not event.is_master
    return event.series is None or event.is_exception


def _place_by(query: Query) -> Callable[[Event], list[Any]]:
    """The event's position in the list. Google says that the default order is stable, but not which order it
    is."""
    if _first(query, "syncToken"):
        return lambda event: [event.change]
    if _first(query, "orderBy") == "updated":
        return lambda event: [event.updated, event.id]
    if _first(query, "orderBy") == "startTime":
        return lambda event: [moment_of(event.fields["start"], event.owner.timezone).timestamp(), event.id]
    return lambda event: [event.created, event.id]


def _stub(event: Event) -> dict[str, Any]:
    """ "Deleted events are only guaranteed to have the id field populated.\""""
    return {"kind": "calendar#event", "etag": event.etag, "id": event.id, "status": "cancelled"}


def _check(query: Query, now: datetime) -> None:
    if "syncToken" in query:
        beside = [name for name in NOT_WITH_SYNC_TOKEN if name in query]
        if beside:
            raise wrong_request(
                f"Sync token cannot be used together with: {', '.join(beside)}",
                location=("parameter", "syncToken"),
            )
        if _first(query, "showDeleted") == "false":
            raise wrong_request(
                "Sync token cannot be used with showDeleted set to false.",
                location=("parameter", "showDeleted"),
            )
    if _first(query, "orderBy") == "startTime" and _first(query, "singleEvents") != "true":
        raise wrong_request(
            "The requested ordering is not available for the particular query.",
            location=("parameter", "orderBy"),
        )
    first, last = _first(query, "timeMin"), _first(query, "timeMax")
    if first and last and _instant(last) <= _instant(first):
        raise wrong_request(
            "The specified time range is empty.", reason="timeRangeEmpty", location=("parameter", "timeMax")
        )
    updated = _first(query, "updatedMin")
    if updated and now - _instant(updated) > SYNC_TOKEN_LIFE:
        raise GoogleError("updatedMinTooLongAgo", location=("parameter", "updatedMin"))
    for name in ("privateExtendedProperty", "sharedExtendedProperty"):
        if any("=" not in pair for pair in query.get(name, ())):
            raise wrong_request(f"Invalid {name} value.", location=("parameter", name))


def _matching(found: list[Event], account: Account, query: Query) -> list[Event]:
    """The events that match the query's parameters, in its order."""
    first, last = _first(query, "timeMin"), _first(query, "timeMax")
    updated = _first(query, "updatedMin")
    uid, words = _first(query, "iCalUID"), _first(query, "q")
    with_deleted = _first(query, "showDeleted") == "true"

    def fits(event: Event) -> bool:
        if event.elsewhere or (event.is_deleted and not with_deleted and not updated):
            return False
        if first and moment_of(event.fields["end"], account.timezone) <= _instant(first):
            return False
        if last and moment_of(event.fields["start"], account.timezone) >= _instant(last):
            return False
        if updated and _instant(event.updated) < _instant(updated):
            return False
        if uid and event.ical_uid != uid:
            return False
        text = " ".join(str(event.fields.get(name, "")) for name in ("summary", "description", "location"))
        if words and not all(word in text.lower() for word in words.lower().split()):
            return False
        return all(
            _has_property(event, kind, pair)
            for kind in ("private", "shared")
            for pair in query.get(f"{kind}ExtendedProperty", ())
        )

    return [event for event in found if fits(event)]


def _has_property(event: Event, kind: str, pair: str) -> bool:
    name, _, value = pair.partition("=")
    return event.fields.get("extendedProperties", {}).get(kind, {}).get(name) == value  # type: ignore[no-any-return]


def _since(google: Google, account: Account, query: Query, token: str, now: datetime) -> int:
    """The number of the last change that the token's list included. Raises GoogleError: 410 for an old
    token."""
    content = _content(token)
    is_sound = content is not None and content.get("single") == _is_single(query)
    if content is None or content.get("account") != account.email or not is_sound:
        raise wrong_request("Invalid sync token value.", location=("parameter", "syncToken"))
    old = now - datetime.fromtimestamp(content["given"], UTC) > SYNC_TOKEN_LIFE
    if google.board.take("forget_next_sync_tokens") or old:
        raise GoogleError("fullSyncRequired", location=("parameter", "syncToken"))
    return int(content["upto"])


def _page_start(token: str, query: Query) -> tuple[list[Any] | None, int]:
    content = _content(token)
    if content is None or content.get("for") != _digest(query):
        raise wrong_request("Invalid page token value.", location=("parameter", "pageToken"))
    return content["after"], int(content["upto"])


def _digest(query: Query) -> str:
    """A digest of all parameters but the page: a page token is valid only for the query it was given for."""
    rest = sorted((name, values) for name, values in query.items() if name not in ("pageToken", "maxResults"))
    return hashlib.sha256(json.dumps(rest).encode()).hexdigest()[:16]


def _token(content: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


def _content(token: str) -> dict[str, Any] | None:
    try:
        content = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (ValueError, binascii.Error):
        return None
    return content if isinstance(content, dict) and "upto" in content else None


def _first(query: Query, name: str) -> str | None:
    values = query.get(name)
    return values[0] if values else None


def _instant(text: str) -> datetime:
    moment = instant(text)
    assert moment is not None
    return moment
