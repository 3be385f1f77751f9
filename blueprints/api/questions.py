"""What a request to the API asks for, read strictly: anything that is not understood is refused, not
ignored."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime

from werkzeug.datastructures import MultiDict

from database import read_row_id
from models import InterviewStatus
from scheduling.reading.published import Position, Wanted
from web.times import FIRST_YEAR, LAST_YEAR

MOST_AT_ONCE, USUALLY_AT_ONCE = 100, 50
_PARAMETERS = frozenset({"status", "since", "updated_since", "cursor", "limit"})


class BadQuestionError(ValueError):
    """A parameter makes no sense; `words` name it."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def wanted_of(asked: MultiDict[str, str]) -> Wanted:
    """What these parameters ask for. Raises `BadQuestionError`."""
    for name in asked:
        if name not in _PARAMETERS:
            raise BadQuestionError(f"There is no parameter “{name}”.")
        if name != "status" and len(asked.getlist(name)) > 1:
            raise BadQuestionError(f"“{name}” is there more than once.")
    return Wanted(
        statuses=frozenset(_status(word) for value in asked.getlist("status") for word in value.split(",")),
        starts_since=_instant(asked, "since"),
        changed_since=_instant(asked, "updated_since"),
        after=_position(asked.get("cursor")),
        limit=_limit(asked.get("limit")),
    )


def cursor_of(position: Position) -> str:
    """Where a page begins, as a text that programs hand back without reading it."""
    text = f"{position.changed_at.isoformat()}|{position.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _position(cursor: str | None) -> Position | None:
    if cursor is None:
        return None
    refusal = BadQuestionError("“cursor” is not one that this server gave out.")
    try:
        at, _, number = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("|")
        moment, row_id = datetime.fromisoformat(at), read_row_id(number)
    except (ValueError, binascii.Error):
        raise refusal from None
    if row_id is None or moment.tzinfo is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise refusal
    return Position(moment.astimezone(UTC), row_id)


def _status(word: str) -> InterviewStatus:
    try:
        return InterviewStatus(word.strip())
    except ValueError:
        known = ", ".join(status.value for status in InterviewStatus)
        raise BadQuestionError(f"“status” has to be one or more of {known}.") from None


def _instant(asked: Mapping[str, str], name: str) -> datetime | None:
    text = asked.get(name)
    if text is None:
        return None
    refusal = BadQuestionError(f"“{name}” has to be an instant with an offset, such as 2027-02-10T09:00:00Z.")
    try:
        # A plus sign in an address means a space.
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise refusal from None
    if moment.tzinfo is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise refusal
    return moment.astimezone(UTC)


def _limit(text: str | None) -> int:
    if text is None:
        return USUALLY_AT_ONCE
    if not text.isascii() or not text.isdigit() or len(text) > 3 or not 1 <= int(text) <= MOST_AT_ONCE:
        raise BadQuestionError(f"“limit” has to be a whole number from 1 to {MOST_AT_ONCE}.")
    return int(text)
