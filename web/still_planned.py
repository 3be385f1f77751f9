"""What people are told when interviews stay as planned in spite of what they have just done, each with a link
to it: they blocked the time, are away, moved their hours or their clock, or decided about the candidate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from flask import url_for

from timezones import local_moment
from web.notices import Link, say

# The limit for each message, because a cookie carries it.
_LINKED = 4


class Planned(Protocol):
    """An interview as a row of a list shows it. `starts_at` is aware."""

    @property
    def id(self) -> int: ...
    @property
    def candidate_name(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def lacks_time(self) -> bool: ...


def stay_as_planned(number: int, where: str) -> str:
    """`You have an interview then. It stays as planned.` `where` follows what they have: `then`."""
    have, stay = ("an interview", "It stays") if number == 1 else (f"{number} interviews", "They stay")
    return f"You have {have} {where}. {stay} as planned."


def say_with_planned(
    words: str, planned: Sequence[Planned], zone: str, all_at: str, *, undo: str | None = None
) -> None:
    """Say this on the next page, as a warning with a link to each of these interviews. Their times are on the
    clocks of `zone`, and `all_at` is the address that has those for which there is no room."""
    links = list(_links(planned[:_LINKED], zone))
    if others := len(planned) - len(links):
        links.append(Link(f"{others} more", all_at))
    say(words, "warning" if planned else "success", links=links, undo=undo)


def _links(planned: Iterable[Planned], zone: str) -> Iterable[Link]:
    for row in planned:
        moment = local_moment(row.starts_at, zone)
        when = "no time yet" if row.lacks_time else f"{moment.short_date}, {moment.time}"
        yield Link(f"{row.candidate_name}, {when}", url_for("interviews.detail", interview_id=row.id))
