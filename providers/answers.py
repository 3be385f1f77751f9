"""Reading answers without trusting them: a reader returns a value of the right type or says what is wrong."""

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

MAX_LINK_LENGTH = 2048
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_OUR_AGE = range(1900, 2200)
MAX_RETRY_AFTER = timedelta(hours=1)


class UnusableAnswerError(ValueError):
    """The answer is not what it should be. The message names the field, never its content."""


def json_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object in `body`; raise UnusableAnswerError for anything else."""
    try:
        value = json.loads(body)
    # Deep nesting raises RecursionError; an enormous number and broken UTF-8 raise ValueError.
    except (ValueError, RecursionError):
        raise UnusableAnswerError("not JSON") from None
    if not isinstance(value, dict):
        raise UnusableAnswerError("not an object")
    return value


def optional_text(answer: dict[str, Any], name: str) -> str:
    """Return a text, "" if it is missing or of another type. Characters that no database can store are left
    out: NUL and lone surrogates, both of which JSON can spell."""
    value = answer.get(name)
    return _UNSTORABLE.sub("", value) if isinstance(value, str) else ""


def required_text(answer: dict[str, Any], name: str) -> str:
    """Return a text that is there, not blank, and can be stored as it is."""
    value = answer.get(name)
    if not isinstance(value, str) or not value.strip() or _UNSTORABLE.search(value):
        raise UnusableAnswerError(name)
    return value


def optional_whole_number(answer: dict[str, Any], name: str) -> int | None:
    """Return a whole number, None if it is missing or of another type. A boolean is no number."""
    value = answer.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def optional_count(answer: dict[str, Any], name: str, most: int) -> int | None:
    """Return a whole number from 1 to `most`; None for anything else, because a number that makes no sense is
    worthless."""
    value = optional_whole_number(answer, name)
    return value if value is not None and 1 <= value <= most else None


def required_link(answer: dict[str, Any], name: str) -> str:
    """Return an http or https address fit to be put into a mail: with a host, one line, of reasonable
    length."""
    value = required_text(answer, name)
    if len(value) > MAX_LINK_LENGTH or re.search(r"[\s\x00-\x1f\x7f<>\"\\]", value):
        raise UnusableAnswerError(name)
    try:
        parts = urlsplit(value)
    except ValueError:
        raise UnusableAnswerError(name) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise UnusableAnswerError(name)
    return value


def optional_instant(answer: dict[str, Any], name: str) -> datetime | None:
    """Return an instant in UTC, None if it is missing, malformed, names no offset, or is far from our time:
    at the edge of the calendar it could not be shown in every zone."""
    try:
        value = datetime.fromisoformat(optional_text(answer, name))
        value = value if value.tzinfo is None else value.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return value if value.tzinfo is not None and value.year in _OUR_AGE else None


def required_instant(answer: dict[str, Any], name: str) -> datetime:
    """Return an instant in UTC."""
    value = optional_instant(answer, name)
    if value is None:
        raise UnusableAnswerError(name)
    return value


def required_credential(answer: dict[str, Any], name: str) -> str:
    """Return a token: visible ASCII only, since it has to travel in a header."""
    value = required_text(answer, name)
    if not re.fullmatch(r"[\x21-\x7e]+", value):
        raise UnusableAnswerError(name)
    return value


def retry_after(value: str | None, now: datetime) -> datetime | None:
    """Return when to try again according to a Retry-After header, None if it is absent, garbage or in the
    past.

    Seconds and the date of HTTP are what RFC 9110 allows; some providers send an ISO 8601 date, or fractions
    of seconds. At most an hour is believed: a longer wait is more often a mistake than intended, and asking
    once an hour harms no one.
    """
    text = (value or "").strip()
    latest = now + MAX_RETRY_AFTER
    if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", text):
        return min(now + timedelta(seconds=float(text)), latest)
    moment = optional_instant({"at": text}, "at") or http_date(text)
    return min(moment, latest) if moment is not None and moment > now else None


def http_date(value: str | None) -> datetime | None:
    """Return the instant (UTC) that a header such as Date states, None if it states none."""
    try:
        return parsedate_to_datetime(value or "").astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
