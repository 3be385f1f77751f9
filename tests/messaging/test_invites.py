"""The calendar file, read by a parser that had no part in writing it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import vobject

from messaging.facts import InterviewFacts, Person
from messaging.invites import build_ics
from messaging.reading import describe_ics
from tests.messaging.facts_for_tests import (
    AT_OUR_OFFICE,
    CANDIDATE_CALLS,
    DINA,
    FACTS,
    MADE_AT,
    ON_THE_PHONE,
    PASTED,
    SENDER,
    WAITING,
    facts,
    reader,
)


def ics(about: InterviewFacts = FACTS, method: Any = "REQUEST") -> bytes:
    return build_ics(about, reader(), sender=SENDER, made_at=MADE_AT, method=method)


def parsed(content: bytes) -> Any:
    return vobject.readOne(content.decode()).vevent


def test_a_second_parser_reads_what_was_meant() -> None:
    calendar = vobject.readOne(ics().decode())
    assert calendar.version.value == "2.0"
    assert calendar.method.value == "REQUEST"
    event = calendar.vevent
    assert event.uid.value == FACTS.uid
    assert event.sequence.value == "0"
    assert event.dtstart.value == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert event.dtend.value == datetime(2026, 11, 24, 8, 45, tzinfo=UTC)
    assert event.dtstamp.value == MADE_AT
    assert event.summary.value == "Backend Engineer Interview"
    assert event.location.value == FACTS.join_url
    assert event.url.value == "https://hiring.northwind.example/j/dina-token"
    assert event.status.value == "CONFIRMED"
    assert event.transp.value == "OPAQUE"
    for said in (FACTS.join_url, "Password: k7Pm2Q", "/j/dina-token", FACTS.agenda):
        assert said in event.description.value
    assert "valarm" not in event.contents


def test_the_server_organizes_in_the_schedulers_name_and_no_one_is_asked_to_answer() -> None:
    event = parsed(ics())
    assert event.organizer.value == f"mailto:{SENDER}"
    assert event.organizer.params["CN"] == ["Anna Berg"]
    assert [attendee.value for attendee in event.attendee_list] == [
        "mailto:dina@mail.example",
        "mailto:ben@northwind.example",
        "mailto:kiran@northwind.example",
    ]
    for attendee in event.attendee_list:
        assert attendee.params["RSVP"] == ["FALSE"]
        assert attendee.params["PARTSTAT"] == ["NEEDS-ACTION"]
        assert attendee.params["CUTYPE"] == ["INDIVIDUAL"]
        assert attendee.params["ROLE"] == ["REQ-PARTICIPANT"]


def test_times_are_written_in_utc_for_every_zone() -> None:
    content = ics()
    assert b"DTSTART:20261124T080000Z\r\n" in content
    assert b"VTIMEZONE" not in content


def test_without_a_link_the_place_is_the_software_and_the_page_stays() -> None:
    event = parsed(ics(WAITING))
    assert event.location.value == "Zoom"
    assert event.url.value == "https://hiring.northwind.example/j/dina-token"
    assert "We'll send you the link to join" in event.description.value


@pytest.mark.parametrize(
    ("about", "place", "said"),
    [
        (PASTED, "https://webex.example/meet/anna", "Join Webex: https://webex.example/meet/anna"),
        (ON_THE_PHONE, "Phone: +1 (212) 555-0147", "Ben Okafor will call you at +1 (212) 555-0147"),
        (CANDIDATE_CALLS, "Phone: +41 44 668 18 00 ext. 12", "Please call +41 44 668 18 00 ext. 12"),
        (AT_OUR_OFFICE, "Northwind, Seefeldstrasse 12, 8008 Zürich", "Ring at Northwind, second floor."),
    ],
)
def test_place_is_where_the_interview_is_held(about: InterviewFacts, place: str, said: str) -> None:
    event = parsed(ics(about))
    assert event.location.value == place
    assert said in event.description.value
    assert event.url.value == "https://hiring.northwind.example/j/dina-token"
    assert "Zoom" not in event.description.value


def test_without_software_the_place_is_the_type() -> None:
    event = parsed(ics(replace(WAITING, link_state="none", software_label=None, type_label="Video")))
    assert event.location.value == "Video"
    assert "link" not in event.description.value


def test_a_new_revision_raises_the_sequence_and_keeps_the_identifier() -> None:
    event = parsed(ics(facts(revision=3)))
    assert event.sequence.value == "3"
    assert event.uid.value == FACTS.uid


def test_a_cancellation_says_so_in_both_places() -> None:
    calendar = vobject.readOne(ics(facts(is_cancelled=True, revision=1), "CANCEL").decode())
    assert calendar.method.value == "CANCEL"
    assert calendar.vevent.status.value == "CANCELLED"


@pytest.mark.parametrize(("is_cancelled", "method"), [(True, "REQUEST"), (False, "CANCEL")])
def test_method_and_status_never_disagree(is_cancelled: bool, method: str) -> None:
    with pytest.raises(ValueError):
        ics(facts(is_cancelled=is_cancelled), method)


def test_names_with_quotes_semicolons_and_colons_stay_names() -> None:
    odd = 'Robert "Bob; Bobby": Tables, Jr.'
    event = parsed(ics(facts(candidate=replace(DINA, name=odd))))
    assert event.attendee_list[0].params["CN"] == [odd.replace('"', "'")]
    assert len(event.attendee_list) == 3


def test_an_address_no_calendar_can_use_is_left_out_alone() -> None:
    content = ics(facts(attendees=(Person("Eve", "eve@b.example\r\nATTENDEE:mailto:x@y.example"),)))
    assert len(parsed(content).attendee_list) == 2
    assert b"x@y.example" not in content


def test_lines_are_short_and_end_in_crlf_without_cutting_a_character() -> None:
    content = ics(facts(title="👩🏽‍💻" * 40, agenda="مقابلة عمل " * 200))
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    assert parsed(content).summary.value == "👩🏽‍💻" * 40


def test_a_file_is_described_in_words() -> None:
    described = dict(describe_ics(ics(), "America/New_York"))
    assert list(described) == [
        "Kind",
        "What",
        "When",
        "Where",
        "Page",
        "Organizer",
        "Invited",
        "Description",
    ]
    assert described["Kind"] == "Invitation"
    assert described["When"] == "Tuesday, 24 November 2026, 03:00–03:45 New York time (EST)"
    assert described["Organizer"] == f"Anna Berg ({SENDER})"
    assert described["Invited"].startswith("Dina Park (dina@mail.example), Ben Okafor")


def test_a_cancellation_is_described_as_one() -> None:
    described = dict(describe_ics(ics(facts(is_cancelled=True), "CANCEL"), "UTC"))
    assert described["Kind"] == "Cancellation"


@pytest.mark.parametrize("content", [b"", b"hello", b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"])
def test_what_is_not_a_calendar_file_is_not_described(content: bytes) -> None:
    with pytest.raises(ValueError):
        describe_ics(content, "UTC")
