"""A feed of interviews for calendar programs that read an address again and again (RFC 5545, RFC 7986).

The address is kept in the settings of programs, and by the companies that run them. So a feed says when and
with whom, and leads to the page where a sign-in shows the rest: no link to join, no passcode, no notes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, vDuration, vUri

from messaging.invites import PRODUCT_ID

# Programs that honor it ask this often; many ask a few times a day whatever it says.
_ASK_AGAIN = timedelta(minutes=15)


@dataclass(frozen=True)
class FeedEvent:
    """One interview. `uid` is the same as in its calendar file. `starts_at` and `ends_at` are aware; `where`
    says how people meet, in words."""

    uid: str
    revision: int
    title: str
    starts_at: datetime
    ends_at: datetime
    where: str
    words: str
    page_url: str


def build_feed(name: str, events: Iterable[FeedEvent], *, made_at: datetime) -> bytes:
    """The feed under that name, with CRLF line ends and lines of at most 75 octets. `made_at` is aware."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT_ID)
    calendar.add("method", "PUBLISH")
    # The second of each is what apps understood before there was a standard.
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", vDuration(_ASK_AGAIN), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(_ASK_AGAIN))
    for each in events:
        calendar.add_component(_event(each, made_at))
    feed: bytes = calendar.to_ical()
    return feed


def _event(each: FeedEvent, made_at: datetime) -> Event:
    event = Event()
    event.add("uid", each.uid)
    event.add("sequence", each.revision)
    event.add("dtstamp", made_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", each.starts_at.astimezone(UTC))
    event.add("dtend", each.ends_at.astimezone(UTC))
    event.add("summary", each.title)
    event.add("location", each.where)
    event.add("description", f"{each.words}\n\n{each.page_url}")
    event.add("url", vUri(each.page_url))
    event.add("status", "CONFIRMED")
    event.add("transp", "OPAQUE")
    return event
