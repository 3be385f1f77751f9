"""Every calendar file that the product makes, read by two unrelated parsers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import icalendar
import pytest
import vobject

from messaging.facts import InterviewFacts, Person, Reader
from messaging.invites import Method, build_ics
from models import ReaderRole
from tests.messaging.facts_for_tests import (
    ANNA,
    AT_OUR_OFFICE,
    BEN,
    CANDIDATE_CALLS,
    DINA,
    FACTS,
    KIRAN,
    MADE_AT,
    ON_THE_PHONE,
    PASTED,
    SENDER,
    WAITING,
    WITH_FILES,
    facts,
    reader,
)
from tests.messaging.letters_for_tests import of_the_team
from tests.messaging.test_hostile_text import CORPUS, hostile_facts

ABOUT: dict[str, InterviewFacts] = {
    "online": FACTS,
    "waiting": WAITING,
    "pasted": PASTED,
    "phone": ON_THE_PHONE,
    "candidate calls": CANDIDATE_CALLS,
    "on site": AT_OUR_OFFICE,
    "own words and files": WITH_FILES,
    "third revision": facts(revision=3),
    "long link": facts(join_url="https://teams.example/l/" + "a" * 1900),
    "over a clock change": facts(starts_at=datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    "three hours over the new year": facts(
        starts_at=datetime(2026, 12, 31, 22, 30, tzinfo=UTC), duration_minutes=180
    ),
    "odd names": facts(
        candidate=replace(DINA, name='Robert "Bob; Bobby": Tables, Jr.'),
        scheduler=replace(ANNA, name="back^hat\\n"),
        attendees=(Person("Jörg Öz", "jörg@mail.example"), Person("Straße", "a@straße.example")),
    ),
    **{f"hostile: {name}": hostile_facts(text) for name, text in CORPUS.items()},
}

READERS: dict[str, Reader] = {
    "candidate": reader(),
    "hiring manager": of_the_team(BEN, ReaderRole.HIRING_MANAGER),
    "guest": reader(KIRAN, ReaderRole.ATTENDEE),
    "without a page": Reader(DINA, ReaderRole.CANDIDATE, None),
}


@dataclass(frozen=True)
class Read:
    """What a parser found, in plain values."""

    method: str
    uid: str
    sequence: int
    stamp: datetime
    start: datetime
    end: datetime
    summary: str
    location: str
    url: str
    description: str
    status: str
    transparency: str
    organizer: tuple[str, str]
    attendees: tuple[tuple[str, str, str, str, str, str], ...]


def by_icalendar(content: bytes) -> Read:
    calendar: Any = icalendar.Calendar.from_ical(content)
    [event] = calendar.walk("VEVENT")
    attendees = event.get("ATTENDEE")

    def params(person: Any) -> tuple[str, str, str, str, str, str]:
        names = ("CN", "CUTYPE", "ROLE", "PARTSTAT", "RSVP")
        return (str(person), *(str(person.params[name]) for name in names))  # type: ignore[return-value]

    return Read(
        str(calendar["METHOD"]),
        str(event["UID"]),
        int(event["SEQUENCE"]),
        event["DTSTAMP"].dt,
        event["DTSTART"].dt,
        event["DTEND"].dt,
        str(event["SUMMARY"]),
        str(event["LOCATION"]),
        str(event.get("URL", "")),
        str(event["DESCRIPTION"]),
        str(event["STATUS"]),
        str(event["TRANSP"]),
        (str(event["ORGANIZER"]), str(event["ORGANIZER"].params["CN"])),
        tuple(params(person) for person in (attendees if isinstance(attendees, list) else [attendees])),
    )


def by_vobject(content: bytes) -> Read:
    calendar = vobject.readOne(content.decode())
    event = calendar.vevent

    def params(person: Any) -> tuple[str, str, str, str, str, str]:
        names = ("CN", "CUTYPE", "ROLE", "PARTSTAT", "RSVP")
        return (person.value, *(person.params[name][0] for name in names))

    return Read(
        calendar.method.value,
        event.uid.value,
        int(event.sequence.value),
        event.dtstamp.value.astimezone(UTC),
        event.dtstart.value.astimezone(UTC),
        event.dtend.value.astimezone(UTC),
        event.summary.value,
        event.location.value,
        event.url.value if "url" in event.contents else "",
        event.description.value,
        event.status.value,
        event.transp.value,
        (event.organizer.value, event.organizer.params["CN"][0]),
        tuple(params(person) for person in event.attendee_list),
    )


@pytest.mark.parametrize("name", ABOUT)
@pytest.mark.parametrize("who", READERS)
@pytest.mark.parametrize("method", ["REQUEST", "PUBLISH", "CANCEL"])
def test_two_parsers_read_the_same(name: str, who: str, method: Method) -> None:
    about = replace(ABOUT[name], is_cancelled=method == "CANCEL")
    content = build_ics(about, READERS[who], sender=SENDER, made_at=MADE_AT, method=method)
    assert content.isascii() or content.decode()
    first, second = by_icalendar(content), by_vobject(content)
    assert first == second
    assert (first.method, first.uid, first.sequence) == (method, about.uid, about.revision)
    assert first.start == about.starts_at
    assert (first.end - first.start).total_seconds() == about.duration_minutes * 60
    assert first.organizer[0] == f"mailto:{SENDER}"
    # Someone who no longer takes part reads that it is cancelled for them, and for no one else.
    takes_part = READERS[who].person.address in {person.address for person in about.participants}
    is_only_theirs = method == "CANCEL" and not takes_part
    assert len(first.attendees) == (1 if is_only_theirs else len(about.participants))


def test_place_that_calendars_would_cut_is_the_readers_page() -> None:
    """Exchange keeps 255 characters, and a truncated link leads nowhere."""
    long_link = "https://teams.example/l/" + "a" * 1900
    content = build_ics(facts(join_url=long_link), reader(), sender=SENDER, made_at=MADE_AT)
    event = by_icalendar(content)
    assert event.location == "https://hiring.northwind.example/j/dina-token"
    assert long_link in event.description
    without_page = build_ics(
        facts(join_url=long_link), READERS["without a page"], sender=SENDER, made_at=MADE_AT
    )
    assert by_icalendar(without_page).location == "Online"
    far = replace(AT_OUR_OFFICE, address="Very long street name\n" * 20)
    location = by_icalendar(build_ics(far, reader(), sender=SENDER, made_at=MADE_AT)).location
    assert len(location) <= 255
    assert location.startswith("Very long street name, ")


def test_names_are_written_so_that_every_program_shows_them() -> None:
    odd = ABOUT["odd names"]
    content = build_ics(odd, reader(), sender=SENDER, made_at=MADE_AT)
    event = by_icalendar(content)
    # Programs show `^^` as typed, and some take a backslash and an n for a line end.
    assert event.organizer[1] == "backhat/n"
    assert b"^^" not in content
    assert event.attendees[0][1] == "Robert 'Bob; Bobby': Tables, Jr."


def test_addresses_beyond_ascii_are_written_as_a_uri_holds_them() -> None:
    addresses = [
        address
        for address, *_ in by_icalendar(
            build_ics(ABOUT["odd names"], reader(), sender=SENDER, made_at=MADE_AT)
        ).attendees
    ]
    assert "mailto:j%C3%B6rg@mail.example" in addresses
    assert "mailto:a@xn--strae-oqa.example" in addresses


def test_organizers_own_copy_is_an_entry_and_asks_for_nothing() -> None:
    content = build_ics(
        facts(hiring_manager=replace(BEN, address=SENDER)),
        reader(),
        sender=SENDER,
        made_at=MADE_AT,
    )
    states = {address: state for address, _, _, _, state, _ in by_icalendar(content).attendees}
    assert states[f"mailto:{SENDER}"] == "ACCEPTED"
    assert states["mailto:dina@mail.example"] == "NEEDS-ACTION"


@pytest.mark.parametrize(
    ("who", "heading"),
    [("candidate", "A message from Anna Berg"), ("guest", "Anna Berg's message to Dina Park")],
)
def test_message_to_the_candidate_is_headed_as_such(who: str, heading: str) -> None:
    event = by_icalendar(build_ics(FACTS, READERS[who], sender=SENDER, made_at=MADE_AT))
    assert f"{heading}\nWe are looking forward to meeting you." in event.description


def test_description_alone_has_what_a_reader_needs() -> None:
    event = by_icalendar(build_ics(WITH_FILES, reader(), sender=SENDER, made_at=MADE_AT))
    for said in (
        "Thank you for your interest in Northwind.",
        "Questions? people@northwind.example & we are <there>.",
        "Write to Anna Berg (anna@northwind.example).",
        "Attached file\n- Directions & map.pdf",
    ):
        assert said in event.description
    assert "Questions to ask.docx" not in event.description
