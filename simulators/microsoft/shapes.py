"""Microsoft's own description of Graph's types, and whether requests and answers conform to it.

The file in `third_party` is Microsoft's, unmodified: types with their properties, and the values of
enumerations. Which calls there are, and which parameters they take, is not in it, and is written down here
from the pages "List events", "Create event", "Get event", "Update event", "Delete event", "List
calendarView", "event: delta", "Get calendar", "calendar: getSchedule", "Get a user" and "user: sendMail" of
Graph's reference.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "third_party" / "microsoft-graph.d.ts"

_COMMENTS = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_INTERFACE = re.compile(
    r"^export interface (\w+)(?: extends (\w+))? \{(?:\}|(.*?)^\})", re.MULTILINE | re.DOTALL
)
_PROPERTY = re.compile(r"^\s*\"?([\w@.]+)\"?\??:\s*([^;]+);", re.MULTILINE)
_ENUMERATION = re.compile(r"^export type (\w+) =\s*([^;]*);", re.MULTILINE)
_CLOCK = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?")
_SELECT = frozenset({"$select", "$expand"})
_LIST = _SELECT | {"$filter", "$orderby", "$top", "$skip", "$count", "$skiptoken"}
_WINDOW = frozenset({"startDateTime", "endDateTime"})
MIXED_IDS = "The ids of this call would not be those of the others."
# The bodies of actions, which the file does not name. Both spellings are in use for their parameters.
_ACTIONS: dict[str, Mapping[str, tuple[str, bool]]] = {
    "/me/calendar/getSchedule": {
        "schedules": ("string[]", False),
        "starttime": ("DateTimeTimeZone", False),
        "endtime": ("DateTimeTimeZone", False),
        "availabilityviewinterval": ("number", True),
    },
    "/me/sendMail": {"message": ("Message", False), "savetosentitems": ("boolean", True)},
}
# None of these can be set when an event is created or changed.
_READ_ONLY = frozenset(
    {
        "bodyPreview",
        "changeKey",
        "createdDateTime",
        "iCalUId",
        "id",
        "isCancelled",
        "isDraft",
        "isOrganizer",
        "lastModifiedDateTime",
        "onlineMeeting",
        "onlineMeetingUrl",
        "seriesMasterId",
        "type",
        "webLink",
    }
)


@dataclass(frozen=True)
class _Call:
    """One kind of call: its path, the parameters it takes, and the type it is about."""

    method: str
    path: re.Pattern[str]
    params: frozenset[str]
    type: str
    has_body: bool = False
    required: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()


_EVENTS, _VIEW = "/me(?:/calendar)?/events", "/me(?:/calendar)?/calendarView"
_CALLS = (
    _Call("GET", re.compile("/me"), _SELECT, "User"),
    _Call("GET", re.compile("/me/calendar"), _SELECT, "Calendar"),
    _Call("GET", re.compile(_EVENTS), _LIST, "Event"),
    _Call("POST", re.compile(_EVENTS), frozenset(), "Event", has_body=True, fixed=_READ_ONLY),
    _Call("GET", re.compile(f"{_EVENTS}/[^/]+"), _SELECT, "Event"),
    _Call(
        "PATCH",
        re.compile(f"{_EVENTS}/[^/]+"),
        frozenset(),
        "Event",
        has_body=True,
        fixed=_READ_ONLY | {"transactionId"},
    ),
    _Call("DELETE", re.compile(f"{_EVENTS}/[^/]+"), frozenset(), "Event"),
    _Call("GET", re.compile(_VIEW), _LIST | _WINDOW, "Event", required=_WINDOW),
    _Call(
        "GET",
        re.compile(f"{_VIEW}/delta"),
        _WINDOW | {"$deltatoken", "$skiptoken"},
        "Event",
    ),
)


def wrong_in_request(
    method: str, path: str, query: Mapping[str, list[str]], headers: Mapping[str, str], body: Any
) -> list[str]:
    """Return what is wrong with a request to Graph. `path` begins after the version; the names of `headers`
    are in lower case; `body` is JSON, or bytes for a mail."""
    if method == "POST" and path in _ACTIONS:
        return _wrong_in_action(path, query, headers, body)
    call = next((each for each in _CALLS if each.method == method and each.path.fullmatch(path)), None)
    if call is None:
        return [f"There is no {method} {path}."]
    found = [f"{name} is no parameter of {method} {path}." for name in query if name not in call.params]
    found += [f"{name} is given several times." for name, values in query.items() if len(values) > 1]
    if not {"$deltatoken", "$skiptoken"} & set(query):
        found += [f"{name} is missing." for name in sorted(call.required - set(query))]
    for name in ",".join(query.get("$select", [])).split(","):
        if name and name not in properties(call.type):
            found.append(f"$select names {name}, which {call.type} does not have.")
    for name in re.findall(r"(?:^|,)\s*(\w+)\s*(?:\(|,|$)", ",".join(query.get("$expand", []))):
        if name not in properties(call.type):
            found.append(f"$expand names {name}, which {call.type} does not have.")
    if 'IdType="ImmutableId"' not in headers.get("prefer", ""):
        found.append(MIXED_IDS)
    if not call.has_body:
        return found if body is None else [*found, "This call takes no body."]
    if not isinstance(body, dict):
        return [*found, "A JSON object is expected."]
    found += [f"{name} can't be chosen." for name in body if name in call.fixed]
    return found + wrong_in(call.type, body)


def is_known(method: str, path: str) -> bool:
    """Return whether this call exists here."""
    if path in _ACTIONS:
        return method == "POST"
    return any(each.method == method and each.path.fullmatch(path) for each in _CALLS)


def wrong_in_answer(method: str, path: str, body: Any) -> list[str]:
    """Return what is wrong with an answer of 200 or 201."""
    if path == "/me/calendar/getSchedule":
        return wrong_in("ScheduleInformation[]", body["value"])
    call = next((each for each in _CALLS if each.method == method and each.path.fullmatch(path)), None)
    if call is None or not isinstance(body, dict):
        return [f"There is no such answer to {method} {path}."]
    if "value" not in body:
        return wrong_in(call.type, body)
    items = body["value"]
    if not isinstance(items, list):
        return ["value: a list is expected."]
    return [wrong for item in items for wrong in wrong_in(call.type, item)]


def wrong_in(type_name: str, value: Any, where: str = "") -> list[str]:
    """Return what in a JSON value does not fit a type."""
    where = where or type_name
    if type_name.endswith("[]"):
        if not isinstance(value, list):
            return [f"{where}: a list is expected."]
        return [wrong for item in value for wrong in wrong_in(type_name[:-2], item, f"{where}[]")]
    if type_name in ("string", "boolean", "number"):
        kinds: dict[str, tuple[type, ...]] = {"string": (str,), "boolean": (bool,), "number": (int, float)}
        fits = isinstance(value, kinds[type_name]) and (type_name == "boolean" or value not in (True, False))
        return [] if fits else [f"{where}: a {type_name} is expected."]
    if type_name in _enumerations():
        return (
            [] if value in _enumerations()[type_name] else [f"{where}: {value!r} is not one of its values."]
        )
    known = properties(type_name)
    if not known:
        return []
    if not isinstance(value, dict):
        return [f"{where}: an object is expected."]
    found: list[str] = []
    for name, item in value.items():
        if name.startswith("@"):
            continue
        if name not in known:
            found.append(f"{where} has no {name}.")
            continue
        of_type, may_be_null = known[name]
        if item is None:
            found += [] if may_be_null else [f"{where}.{name} can't be null."]
        else:
            found += wrong_in(of_type, item, f"{where}.{name}")
    if type_name == "DateTimeTimeZone" and not _CLOCK.fullmatch(str(value.get("dateTime"))):
        found.append(f"{where}.dateTime: a clock without an offset is expected.")
    return found


@cache
def properties(type_name: str) -> Mapping[str, tuple[str, bool]]:
    """The properties of a type, those that it inherits included: each with its type, and whether it may be
    null. Empty for anything that is not a type with properties."""
    found = _interfaces().get(type_name)
    if found is None:
        return {}
    base, own = found
    return {**(properties(base) if base else {}), **own}


@cache
def _interfaces() -> dict[str, tuple[str | None, dict[str, tuple[str, bool]]]]:
    found = {}
    for match in _INTERFACE.finditer(_text()):
        name, base, content = match.groups()
        found[name] = (base, {prop: _type(stated) for prop, stated in _PROPERTY.findall(content or "")})
    return found


@cache
def _enumerations() -> dict[str, frozenset[str]]:
    return {
        name: frozenset(re.findall(r'"([^"]*)"', values))
        for name, values in _ENUMERATION.findall(_text())
        if '"' in values
    }


@cache
def _text() -> str:
    # The namespaces at the end repeat names for other services.
    whole = _COMMENTS.sub("", FILE.read_text(encoding="utf-8"))
    return whole.partition("\nexport namespace ")[0]


def _type(stated: str) -> tuple[str, bool]:
    stated = " ".join(stated.split())
    nullable = re.fullmatch(r"NullableOption<(.*)>", stated)
    return (nullable[1] if nullable else stated), nullable is not None


def _wrong_in_action(
    path: str, query: Mapping[str, list[str]], headers: Mapping[str, str], body: Any
) -> list[str]:
    found = [f"{name} is no parameter of {path}." for name in query]
    is_json = headers.get("content-type", "").partition(";")[0] == "application/json"
    if path == "/me/sendMail" and not is_json:
        return found + _wrong_in_mail(headers, body)
    if not isinstance(body, dict):
        return [*found, "A JSON object is expected."]
    known = _ACTIONS[path]
    for name, value in body.items():
        of_type, may_be_null = known.get(name.lower(), ("", True))
        if not of_type:
            found.append(f"{path} has no {name}.")
        elif value is None:
            found += [] if may_be_null else [f"{name} can't be null."]
        else:
            found += wrong_in(of_type, value, name)
    missing = {name for name, (_, may_be_null) in known.items() if not may_be_null} - {
        name.lower() for name in body
    }
    return found + [f"{name} is missing." for name in sorted(missing)]


def _wrong_in_mail(headers: Mapping[str, str], body: Any) -> list[str]:
    """Return what is wrong with a message in MIME: it is sent as base64, with a type that says so; everything
    else would be JSON."""
    found: list[str] = []
    if headers.get("content-type", "").partition(";")[0] != "text/plain":
        found.append("A message in MIME has the type text/plain.")
    try:
        base64.b64decode(body if isinstance(body, bytes) else b"?", validate=True)
    except (binascii.Error, ValueError):
        found.append("Invalid base64 string for MIME content.")
    return found
