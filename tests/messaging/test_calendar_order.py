"""Calendars that read an interview's files in any order end up with the newest of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest
import vobject
from icalendar import Calendar

from messaging.invites import build_ics
from tests.messaging.facts_for_tests import FACTS, MADE_AT, SENDER, reader

# What a calendar keeps of a file: number, when it was written, state, and start.
Entry = tuple[int, datetime, str, datetime]


def read_with_icalendar(ics: bytes) -> tuple[str, Entry]:
    [event] = Calendar.from_ical(ics).walk("VEVENT")
    entry = (
        int(event.decoded("SEQUENCE")),
        event.decoded("DTSTAMP"),
        str(event["STATUS"]),
        event.decoded("DTSTART"),
    )
    return str(event["UID"]), entry


def read_with_vobject(ics: bytes) -> tuple[str, Entry]:
    event = vobject.readOne(ics.decode()).vevent
    entry = (int(event.sequence.value), event.dtstamp.value, event.status.value, event.dtstart.value)
    return event.uid.value, entry


def files() -> list[bytes]:
    """An invitation, three moves, and finally the cancellation, an hour apart."""
    moved = [
        replace(FACTS, revision=number, starts_at=FACTS.starts_at + timedelta(days=number))
        for number in range(4)
    ]
    cancelled = replace(moved[-1], revision=4, is_cancelled=True)
    return [
        build_ics(
            facts,
            reader(),
            sender=SENDER,
            made_at=MADE_AT + timedelta(hours=facts.revision),
            method="CANCEL" if facts.is_cancelled else "REQUEST",
        )
        for facts in (*moved, cancelled)
    ]


@pytest.mark.parametrize("read", [read_with_icalendar, read_with_vobject])
def test_three_moves_and_a_cancellation_end_in_cancelled_in_any_order(
    read: Callable[[bytes], tuple[str, Entry]],
) -> None:
    for order in permutations([read(ics) for ics in files()]):
        calendar: dict[str, Entry] = {}
        for uid, entry in order:
            # RFC 5546, 2.1.5: the higher SEQUENCE wins, then the later DTSTAMP.
            if uid not in calendar or entry[:2] > calendar[uid][:2]:
                calendar[uid] = entry
        [(_, _, state, start)] = calendar.values()
        assert state == "CANCELLED"
        assert start == FACTS.starts_at + timedelta(days=3)
