"""Lists of events, page by page, and what has changed since an earlier list.

Sources: "List events", "List calendarView", "event: delta", "Get singleValueLegacyExtendedProperty". Tokens
contain what they are for; Microsoft's are opaque, so a client must treat these as opaque too.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from simulators.microsoft import events
from simulators.microsoft.call import Call
from simulators.microsoft.errors import GraphError, wrong_request
from simulators.microsoft.event import Event
from simulators.microsoft.state import stamp
from simulators.microsoft.times import clock, in_query, shown
from simulators.office.events import last_change

USUAL_PAGE, LONGEST_PAGE = 10, 1000
USUAL_DELTA_PAGE = 10

_WORD = r"'((?:[^']|'')*)'"
_PROPERTY = re.compile(
    r"singleValueExtendedProperties/any\(\s*(\w+)\s*:\s*"
    rf"\1/id eq {_WORD} and \1/value eq {_WORD}\s*\)"
)
_TIME = re.compile(r"(start|end)/dateTime (ge|gt|le|lt|eq) " + _WORD)
_PLAIN = re.compile(r"(iCalUId|subject) eq " + _WORD)
_EXPANDED = re.compile(r"singleValueExtendedProperties\(\s*\$filter\s*=\s*(.*)\)", re.DOTALL)
_ID = re.compile(r"(?:\w+/)?id eq " + _WORD, re.IGNORECASE)
_ORDERS: dict[str, Callable[[Event], str]] = {
    "start/dateTime": lambda event: shown(event.fields["start"], "UTC", all_day=False)["dateTime"],
    "createdDateTime": lambda event: event.created,
    "lastModifiedDateTime": lambda event: event.updated,
    "subject": lambda event: str(event.fields["subject"]),
}
_COMPARED: dict[str, Callable[[datetime, datetime], bool]] = {
    "ge": lambda one, other: one >= other,
    "gt": lambda one, other: one > other,
    "le": lambda one, other: one <= other,
    "lt": lambda one, other: one < other,
    "eq": lambda one, other: one == other,
}


def resource(call: Call, event: Event) -> dict[str, Any]:
    """An event in the form that the call asks for: in its zone, with its kind of ids, and only what it
    selects and expands."""
    whole = event.resource(
        call.microsoft.public_url,
        zone=call.zone,
        immutable=call.wants_immutable_ids,
        as_text=call.wants_text,
    )
    expanded = call.query.get("$expand")
    if expanded:
        wanted = _expanded_ids(expanded)
        whole["singleValueExtendedProperties"] = [
            {"id": name, "value": value} for name, value in event.properties.items() if name.lower() in wanted
        ]
        if not whole["singleValueExtendedProperties"]:
            del whole["singleValueExtendedProperties"]
    selected = call.query.get("$select")
    if not selected:
        return whole
    names = {"id", *(name.strip() for name in selected.split(",")), "singleValueExtendedProperties"}
    return {name: value for name, value in whole.items() if name in names or name.startswith("@")}


def page(call: Call) -> dict[str, Any]:
    """One page of the account's events. Series are not expanded: there are only their masters here. Raises
    GraphError."""
    if call.microsoft.board.take("hide_next_lists"):
        return _page(call, [])
    return _page(call, [event for event in _all(call) if event.series is None])


def view(call: Call) -> dict[str, Any]:
    """One page of what is in the calendar within a period. Raises GraphError."""
    first, last = _window(call)
    found = [event for event in _all(call) if not event.is_master and _touches(event, first, last)]
    return _page(call, found)


def delta(call: Call) -> dict[str, Any]:
    """One page of what has changed since a token was issued, or of everything the first time. The token fixes
    the period that is listed. Raises GraphError."""
    microsoft, account = call.microsoft, call.account
    token = call.query.get("$deltatoken") or call.query.get("$skiptoken")
    with microsoft.storage.transaction() as rows:
        latest = last_change(rows)
    if token is None:
        first, last = _window(call)
        state: dict[str, Any] = {"since": -1, "upto": latest, "after": None, "for": account.email}
        state |= {"first": first.isoformat(), "last": last.isoformat()}
    else:
        state = _content(token, account.email)
        if "$deltatoken" in call.query:
            if microsoft.board.take("forget_next_sync_tokens"):
                raise GraphError(microsoft.board["forgotten_as"])
            state |= {"since": state["upto"], "upto": latest, "after": None}
        first, last = (datetime.fromisoformat(state[end]) for end in ("first", "last"))
    since, after = int(state["since"]), state["after"]
    every = events.every(microsoft, account.email)
    # A series is in the calendar as long as one of its events is.
    there = {event.series for event in every if event.series and _is_in(event, first, last)}
    there |= {event.id for event in every if not event.is_master and _is_in(event, first, last)}
    if since < 0:
        found = [event for event in every if event.is_there and event.id in there]
    else:
        found = [event for event in every if since < event.change]
    # Pages go on after the last event that was listed, whatever happens to it in the meantime.
    found.sort(key=lambda event: _place(event, since))
    start = sum(_place(event, since) <= after for event in found) if after is not None else 0
    size = _size(call, min(call.page_size or USUAL_DELTA_PAGE, LONGEST_PAGE))
    listed = found[start : start + size]
    items = [_change(call, event, is_there=event.is_there and event.id in there) for event in listed]
    answer: dict[str, Any] = {"@odata.context": f"{call.base}/$metadata#Collection(event)", "value": items}
    again = bool(items) and microsoft.board.take("repeat_next_pages")
    if start + size < len(found) or again:
        last_place = _place(listed[-1], since) if listed and not again else after
        link = {"$skiptoken": _token({**state, "after": last_place, "at": stamp(microsoft.now())})}
        answer["@odata.nextLink"] = f"{call.base}?{urlencode(link, safe='$')}"
        if listed and not again and microsoft.board.take("delete_while_paging"):
            for event in found[start + size - 1 : start + size + 1]:
                events.cancel(microsoft, account, event.id, "the owner")
    elif not microsoft.board.take("no_next_sync_tokens"):
        link = {"$deltatoken": _token(state)}
        answer["@odata.deltaLink"] = f"{call.base}?{urlencode(link, safe='$')}"
    return answer


def _place(event: Event, since: int) -> list[Any]:
    """An event's position in a list of everything, or of what has changed."""
    return [event.created, event.id] if since < 0 else [event.change]


def _is_in(event: Event, first: datetime, last: datetime) -> bool:
    return event.is_there and _touches(event, first, last)


def _change(call: Call, event: Event, *, is_there: bool) -> dict[str, Any]:
    """A changed event; one that is outside the period counts as removed, too."""
    whole = resource(call, event)
    if not is_there:
        return {
            "@odata.type": "#microsoft.graph.event",
            "id": whole["id"],
            "@removed": {"reason": "deleted"},
        }
    if whole["type"] == "occurrence":
        # Single events of a series have few fields: their master has the rest.
        return {name: whole[name] for name in ("@odata.etag", "id", "type", "seriesMasterId", "start", "end")}
    return {"@odata.type": "#microsoft.graph.event", **whole}


def _all(call: Call) -> list[Event]:
    microsoft = call.microsoft
    with microsoft.storage.transaction() as rows:
        return [
            events.came_closer(microsoft, rows, event)
            for event in events.every(microsoft, call.account.email)
            if event.is_there
        ]


def _page(call: Call, found: list[Event]) -> dict[str, Any]:
    query = call.query
    if "$filter" in query:
        fits = _filter(query["$filter"])
        found = [event for event in found if fits(event)]
    if "$orderby" in query:
        name, _, direction = query["$orderby"].strip().partition(" ")
        if name not in _ORDERS or direction.strip().lower() not in ("", "asc", "desc"):
            raise wrong_request(f"The query option $orderby is not supported: {query['$orderby']}")
        found.sort(key=_ORDERS[name], reverse=direction.strip().lower() == "desc")
    start = _whole_number(query.get("$skip", "0"))
    size = _size(call, min(_whole_number(query.get("$top", str(USUAL_PAGE))), LONGEST_PAGE))
    answer: dict[str, Any] = {
        "@odata.context": f"{call.base}/$metadata#users('me')/events",
        "value": [resource(call, event) for event in found[start : start + size]],
    }
    if query.get("$count") == "true":
        answer["@odata.count"] = len(found)
    if start + size < len(found):
        following = {**query, "$skip": str(start + size)}
        answer["@odata.nextLink"] = f"{call.base}?{urlencode(following, quote_via=quote, safe='$,')}"
    return answer


def _size(call: Call, size: int) -> int:
    if call.microsoft.board.take("empty_next_pages"):
        return 0
    return min(size, call.microsoft.board["list_page_size"] or size)


def _window(call: Call) -> tuple[datetime, datetime]:
    first, last = (in_query(call.query[name]) for name in ("startDateTime", "endDateTime"))
    if last <= first:
        raise wrong_request("The end of the time must come after its start.", "ErrorInvalidRequest")
    return first, last


def _touches(event: Event, first: datetime, last: datetime) -> bool:
    start, end = event.span()
    return start < last and (end > first or start == end >= first)


def _filter(text: str) -> Callable[[Event], bool]:
    """Read a filter, which may only have conditions joined by "and". Raises GraphError for anything else."""
    conditions: list[Callable[[Event], bool]] = []
    rest = _PROPERTY.sub(
        lambda found: _noted(conditions, _has(_unquoted(found[2]), _unquoted(found[3]))), text
    )
    rest = _TIME.sub(lambda found: _noted(conditions, _is_at(found[1], found[2], found[3])), rest)
    rest = _PLAIN.sub(lambda found: _noted(conditions, _says(found[1], _unquoted(found[2]))), rest)
    if not re.fullmatch(r"\s*\(?\s*§\s*\)?(?:\s+and\s+\(?\s*§\s*\)?)*\s*", rest):
        raise wrong_request(f"The query filter is not supported: {text}", "ErrorInvalidUrlQueryFilter")
    return lambda event: all(condition(event) for condition in conditions)


def _noted(conditions: list[Callable[[Event], bool]], condition: Callable[[Event], bool]) -> str:
    conditions.append(condition)
    return "§"


def _has(name: str, value: str) -> Callable[[Event], bool]:
    return lambda event: any(
        each.lower() == name.lower() and held == value for each, held in event.properties.items()
    )


def _is_at(end: str, how: str, text: str) -> Callable[[Event], bool]:
    # Without an offset it is compared in UTC.
    wanted = clock(text)
    return lambda event: _COMPARED[how](
        clock(shown(event.fields[end], "UTC", all_day=event.all_day)["dateTime"]), wanted
    )


def _says(name: str, value: str) -> Callable[[Event], bool]:
    return lambda event: value == (event.ical_uid if name == "iCalUId" else event.fields["subject"])


def _expanded_ids(text: str) -> set[str]:
    """The properties that are asked for, in lower case. Exchange returns none that were not named."""
    found = _EXPANDED.fullmatch(text.strip())
    names = _ID.findall(found[1]) if found else []
    if not names:
        raise wrong_request(f"The query option $expand is not supported: {text}")
    return {_unquoted(name).lower() for name in names}


def _unquoted(text: str) -> str:
    return text.replace("''", "'")


def _whole_number(text: str) -> int:
    if not text.isdecimal():
        raise wrong_request(f"Not a whole number: {text}")
    return int(text)


def _token(content: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


def _content(token: str, account: str) -> dict[str, Any]:
    try:
        content = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (ValueError, binascii.Error):
        content = None
    if not isinstance(content, dict) or content.get("for") != account:
        raise wrong_request("Badly formed token.", "BadRequest")
    return content
