"""Google's own description of its APIs, and whether a request or an answer keeps to it.

The documents in `third_party` are Google's, unmodified. They say which methods there are, with their paths,
parameters, scopes, and the schemas of bodies. They do not say how wrong requests are refused; the words here
are those quoted from Google's servers.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

THIRD_PARTY = Path(__file__).parent / "third_party"

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_RANGES = {
    "int32": (-(2**31), 2**31 - 1),
    "uint32": (0, 2**32 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint64": (0, 2**64 - 1),
}


@dataclass(frozen=True)
class Violation:
    """Something that the document does not allow. `where` is the parameter, or the path into the body."""

    where: str
    message: str


@dataclass(frozen=True)
class Method:
    """One method of an API as its document describes it."""

    document: Document
    raw: Mapping[str, Any]
    pattern: re.Pattern[str]

    @property
    def id(self) -> str:
        return str(self.raw["id"])

    @property
    def scopes(self) -> frozenset[str]:
        """Any one of these is enough."""
        return frozenset(self.raw["scopes"])

    @property
    def service_method(self) -> str:
        """The name that Google's errors have for it, such as calendar.v3.Events.Insert."""
        words = self.id.split(".")
        service = f"{words[0]}.{self.document.raw['version']}"
        return ".".join([service, *(word[0].upper() + word[1:] for word in words[1:])])

    def check_query(self, given: Mapping[str, Sequence[str]]) -> list[Violation]:
        """What is wrong with the query's parameters."""
        known = {**self.document.raw["parameters"], **self.raw.get("parameters", {})}
        known = {name: about for name, about in known.items() if about["location"] == "query"}
        found = []
        for name, values in given.items():
            about = known.get(name)
            if about is None:
                found.append(Violation(name, f'Unknown query parameter "{name}".'))
                continue
            if len(values) > 1 and not about.get("repeated"):
                found.append(Violation(name, f'"{name}" may be given once.'))
            found += [Violation(name, wrong) for value in values if (wrong := _wrong_parameter(about, value))]
        found += [
            Violation(name, "Required")
            for name, about in known.items()
            if about.get("required") and name not in given
        ]
        return found

    def check_body(self, body: Any) -> list[Violation]:
        """What is wrong with a request's body; None means a request without one."""
        schema = self.raw.get("request")
        if schema is None:
            return [] if body is None else [Violation("", "This method takes no body.")]
        if body is None:
            return [Violation("", "A body is required.")]
        if not isinstance(body, dict):
            return [Violation("", "Invalid JSON payload received: an object is expected.")]
        # A patch removes a field by setting it to null.
        checker = _Checker(self.document, nulls=self.raw["httpMethod"] == "PATCH")
        checker.check(schema, body, "")
        properties = self.document.schema(schema["$ref"]).get("properties", {})
        for name, about in properties.items():
            required = self.id in about.get("annotations", {}).get("required", ())
            if required and body.get(name) is None:
                checker.found.append(Violation(name, "Required"))
        return checker.found

    def check_answer(self, body: Any) -> list[Violation]:
        """What is wrong with an answer of ours; None means an empty one."""
        schema = self.raw.get("response")
        if schema is None or body is None:
            same = (schema is None) == (body is None)
            return [] if same else [Violation("", "A body where there is none, or none where there is one.")]
        checker = _Checker(self.document, nulls=False, answer=True)
        checker.check(schema, body, "")
        return checker.found


class Document:
    """One API's discovery document."""

    def __init__(self, file: Path) -> None:
        self.raw: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))

    @cached_property
    def methods(self) -> list[Method]:
        """All methods, those with the fewest parameters in their path first: they are the most specific."""
        base = "/" + self.raw["servicePath"]
        found = [
            Method(self, raw, re.compile(base + re.sub(r"\{\+?(\w+)\}", r"(?P<\1>[^/]+)", raw["path"])))
            for raw in _methods(self.raw)
        ]
        return sorted(found, key=lambda method: method.pattern.groups)

    def schema(self, name: str) -> dict[str, Any]:
        schema: dict[str, Any] = self.raw["schemas"][name]
        return schema


def _methods(resource: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    yield from resource.get("methods", {}).values()
    for inner in resource.get("resources", {}).values():
        yield from _methods(inner)


def find(http_method: str, path: str) -> tuple[Method, dict[str, str]] | None:
    """The method that a request is for, with the values in its path."""
    for document in DOCUMENTS:
        for method in document.methods:
            match = method.pattern.fullmatch(path)
            if match and method.raw["httpMethod"] == http_method:
                return method, match.groupdict()
    return None


def instant(text: str) -> datetime | None:
    """Read an RFC 3339 timestamp, aware if it names its offset; None if the text isn't one."""
    if not _DATE_TIME.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        return None


def day(text: str) -> date | None:
    """Read a date written as yyyy-mm-dd; None if the text isn't one."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _wrong_parameter(about: Mapping[str, Any], value: str) -> str:
    """What is wrong with a parameter's text, or nothing."""
    match about["type"]:
        case "boolean":
            if value not in ("true", "false"):
                return f"Invalid boolean value: '{value}'."
        case "integer":
            if not re.fullmatch(r"-?\d+", value):
                return f"Invalid integer value: '{value}'."
            low, high = _RANGES[about.get("format", "int32")]
            low, high = int(about.get("minimum", low)), int(about.get("maximum", high))
            if not low <= int(value) <= high:
                return f"Value must be within the range: [{low}, {high}]"
        case _:
            return _wrong_text(about, value, offset_needed=True)
    return ""


def _wrong_text(about: Mapping[str, Any], value: str, *, offset_needed: bool) -> str:
    """What is wrong with a string of this kind, or nothing."""
    if "enum" in about and value not in about["enum"]:
        return f"Invalid value '{value}'. Values must be within the following: {about['enum']}"
    if "pattern" in about and not re.fullmatch(about["pattern"], value):
        return f"Invalid value '{value}'."
    match about.get("format"):
        case "date-time":
            moment = instant(value)
            if moment is None:
                return f"Invalid date-time value: '{value}'."
            if moment.tzinfo is None and offset_needed:
                return f"Missing time zone offset: '{value}'."
        case "date":
            if day(value) is None:
                return f"Invalid date value: '{value}'."
        case "int64" | "uint64":
            low, high = _RANGES[about["format"]]
            if not re.fullmatch(r"-?\d{1,20}", value) or not low <= int(value) <= high:
                return f"Invalid number: '{value}'."
        case "byte":
            if decoded(value) is None:
                shown = value if len(value) <= 60 else f"{value[:60]}…"
                return f'Base64 decoding failed for "{shown}"'
    return ""


@cache
def zones() -> frozenset[str]:
    """The names of all time zones."""
    return frozenset(available_timezones())


def decoded(value: str) -> bytes | None:
    """Decode base64url, padded or not; None for anything else, plain base64 included."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*={0,2}", value):
        return None
    bare = value.rstrip("=")
    try:
        return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except binascii.Error:
        return None


class _Checker:
    """Walks through a body along with its schema and notes what does not fit."""

    def __init__(self, document: Document, *, nulls: bool, answer: bool = False) -> None:
        self._document = document
        self._nulls = nulls
        self._answer = answer
        self.found: list[Violation] = []

    def check(self, schema: Mapping[str, Any], value: Any, where: str, *, offset_needed: bool = True) -> None:
        if "$ref" in schema:
            name = schema["$ref"]
            if name == "EventDateTime" and isinstance(value, dict):
                self._check_event_time(value, where)
                return
            schema = self._document.schema(name)
        match schema["type"]:
            case "any":
                return
            case "object" if isinstance(value, dict):
                self._check_object(schema, value, where)
                return
            case "array" if isinstance(value, list):
                for number, item in enumerate(value):
                    self.check(schema["items"], item, f"{where}[{number}]")
                return
            case "string" if isinstance(value, str):
                wrong = _wrong_text(schema, value, offset_needed=offset_needed)
                if wrong:
                    self.found.append(Violation(where, wrong))
                return
            case "boolean" if isinstance(value, bool):
                return
            case "integer" if isinstance(value, int) and not isinstance(value, bool):
                low, high = _RANGES[schema.get("format", "int32")]
                if not low <= value <= high:
                    self.found.append(Violation(where, f"{value} is out of range."))
                return
            case "number" if isinstance(value, (int, float)) and not isinstance(value, bool):
                return
        kind = schema["type"]
        self.found.append(Violation(where, f"Invalid value at '{where}': {kind} expected."))

    def _check_object(self, schema: Mapping[str, Any], value: dict[str, Any], where: str) -> None:
        properties = schema.get("properties", {})
        further = schema.get("additionalProperties")
        for name, item in value.items():
            inner = f"{where}.{name}" if where else name
            about = properties.get(name, further)
            if about is None:
                at = f" at '{where}'" if where else ""
                words = f'Invalid JSON payload received. Unknown name "{name}"{at}: Cannot find field.'
                self.found.append(Violation(inner, words))
            elif item is None:
                if not self._nulls:
                    self.found.append(Violation(inner, "null takes a field out, which only a patch can do."))
            else:
                self.check(about, item, inner)

    def _check_event_time(self, value: dict[str, Any], where: str) -> None:
        """Either a date, or an instant that names its offset or comes with a zone."""
        schema = self._document.schema("EventDateTime")
        zone = value.get("timeZone")
        for name, item in value.items():
            about = schema["properties"].get(name)
            if name == "dateTime" and about and isinstance(item, str):
                needed = self._answer or not zone
                self.check(about, item, f"{where}.{name}", offset_needed=needed)
            else:
                self._check_object(schema, {name: item}, where)
        if isinstance(zone, str) and zone not in zones():
            self.found.append(Violation(f"{where}.timeZone", f"Invalid time zone definition: '{zone}'."))
        given = [name for name in ("date", "dateTime") if value.get(name) is not None]
        if len(given) == 2 or (not given and not self._nulls):
            self.found.append(Violation(where, "Either date or dateTime has to be given."))


DOCUMENTS = tuple(Document(THIRD_PARTY / name) for name in ("calendar.v3.json", "gmail.v1.json"))
