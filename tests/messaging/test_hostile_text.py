"""Whatever people type, mails stay mails and calendar files stay calendar files."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
import vobject
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from messaging.delivery import Accepted, deliver
from messaging.facts import InterviewFacts, Person
from messaging.letters import Letter
from messaging.mime import Envelope
from messaging.transport import mail
from scheduling.mails.queue import INVITATION, REMINDER
from tasks.mails.previews import preview
from tests.messaging.facts_for_tests import ANNA, DINA, FACTS, MADE_AT, SENDER, reader
from tests.messaging.mail_servers import HOST, real_server
from text import many_lines, one_line, shortened

CORPUS = {
    "very long": "long title " * 500,
    "one long word": "x" * 5000,
    "emoji": "👩🏽‍💻👨‍👩‍👧‍👦🏳️‍🌈🇨🇭 e\u0301\u0301\u0301",
    "right to left": "مهندس خلفي ‮gpj.exe‬ \u2066x\u2069 \u200fend",
    "controls": "a\x00b\x07c\x1bd\x7fe\x9ff",
    "separators": "one\u2028two\u2029three\x85four\x0bfive\x0csix",
    "lone surrogate": "a\ud83db",
    "mail header": "title\r\nBcc: victim@evil.example\r\n\r\nbody",
    "lone carriage return": "title\rBcc: victim@evil.example",
    "calendar property": "title\r\nATTENDEE:mailto:victim@evil.example\r\nBEGIN:VALARM",
    "calendar parameter": 'x";RSVP=TRUE:mailto:victim@evil.example',
    "calendar escapes": "a\\nb\\;c\\,d;e,f:g",
    "html": "<script>alert(1)</script><a href='https://evil.example'>x</a>\"'&",
    "template": "{{ facts.scheduler.address }} {% for x in y %} {# c #} ${7*7}",
    "encoded word": "=?utf-8?q?Bcc=3A?= =?utf-8?b?PGI+?=",
    "encoded line end": "=?utf-8?q?a=0d=0aBcc=3a=20victim@evil.example?=",
    "only invisible": "\u202e\u200f\x00",
}


def hostile_facts(text: str) -> InterviewFacts:
    return replace(
        FACTS,
        title=text,
        job_title=text,
        organization=text,
        agenda=text,
        message_to_candidate=text,
        passcode=text,
        join_url="https://zoom.example/j/1?" + text,
        scheduler=replace(ANNA, name=text),
        candidate=replace(DINA, name=text),
    )


def letters(text: str) -> list[Letter]:
    about = hostile_facts(text)
    to = replace(reader(), person=about.candidate)
    elsewhere = replace(
        about, link_state="none", join_url=None, phone_number=text, address=text, directions=text
    )
    return [
        preview(INVITATION, about, to, sender=SENDER, made_at=MADE_AT),
        preview(REMINDER, about, to, sender=SENDER, made_at=MADE_AT, minutes_before=60),
        preview(INVITATION, elsewhere, to, sender=SENDER, made_at=MADE_AT),
        preview(INVITATION, replace(elsewhere, phone_number=None), to, sender=SENDER, made_at=MADE_AT),
    ]


def assert_harmless(text: str) -> None:
    for letter in letters(text):
        assert len(letter.subject) <= 180
        assert not {unicodedata.category(character) for character in letter.subject} & {
            "Cc",
            "Cs",
            "Zl",
            "Zp",
        }
        for content in (letter.subject, letter.text, letter.html):
            content.encode("utf-8")
            assert not set(content) & set("\x00\x07\r\u202e\u2066\u2028\u2029\x85")
        assert "<script" not in letter.html
        assert "<a href='https://evil" not in letter.html
        if letter.ics is not None:
            assert_only_our_properties(letter.ics)


def assert_only_our_properties(ics: bytes) -> None:
    event = vobject.readOne(ics.decode()).vevent
    assert set(event.contents) == {
        "uid", "sequence", "dtstamp", "dtstart", "dtend", "summary", "location", "url", "description",
        "organizer", "attendee", "status", "transp",
    }  # fmt: skip
    assert len(event.attendee_list) == 3
    assert all(attendee.params["RSVP"] == ["FALSE"] for attendee in event.attendee_list)
    assert all(len(line) <= 75 for line in ics.split(b"\r\n"))
    assert not set(ics.decode().replace("\r\n", "")) & {chr(code) for code in (*range(32), *range(127, 160))}


@pytest.mark.parametrize("text", CORPUS.values(), ids=CORPUS.keys())
def test_hostile_text_is_harmless_in_letters_and_calendar_files(text: str) -> None:
    assert_harmless(text)


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_any_text_is_harmless_in_letters_and_calendar_files(text: str) -> None:
    assert_harmless(text)


def test_hostile_text_is_harmless_on_the_wire() -> None:
    app = Flask("mail")
    with real_server() as mailroom:
        app.config.update(MAIL_SERVER=HOST, MAIL_PORT=mailroom.port, MAIL_DEFAULT_SENDER=SENDER)
        mail.init_app(app)
        with app.app_context():
            for text in CORPUS.values():
                person = Person(text[:120], "dina@mail.example")
                envelope = Envelope(person, (person,), (person, person), person, text[:160], "i1@n.example")
                assert isinstance(deliver(letters(text)[0], envelope), Accepted)
    assert len(mailroom.taken) == len(CORPUS)
    for transaction in mailroom.taken:
        assert transaction.recipients == ["dina@mail.example"]
        message = message_from_bytes(transaction.content, policy=policy.default)
        assert message["Bcc"] is None
        assert set(message.keys()) == {
            "From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted",
            "X-Auto-Response-Suppress", "MIME-Version", "Content-Type",
        }  # fmt: skip
        for header in ("To", "Cc", "Reply-To"):
            assert {each.addr_spec for each in message[header].addresses} == {"dina@mail.example"}
        assert message["From"].addresses[0].addr_spec == SENDER


def test_what_people_meant_survives() -> None:
    assert one_line("  Zoë \t O’Brien ") == "Zoë O’Brien"
    assert one_line("می‌خواهم 👩🏽‍💻") == "می‌خواهم 👩🏽‍💻"
    assert many_lines("1. one\r\n\r\n2. two\u20283. three\n") == "1. one\n\n2. two\n3. three"
    assert many_lines("  indented\n\tby a tab") == "  indented\n by a tab"


def test_html_shows_markup_as_it_was_typed() -> None:
    text = CORPUS["html"]
    assert str(escape(text)) in letters(text)[0].html


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short", 5, "short"),
        ("longer", 5, "long…"),
        ("ab👩🏽‍💻", 4, "ab…"),
        ("abe\u0301", 3, "ab…"),
        ("abcde\u0301f", 6, "abcd…"),
        ("a🇨🇭🇨🇭", 3, "a…"),
        ("two words", 5, "two…"),
    ],
)
def test_shortening_never_cuts_a_sign_in_two(text: str, limit: int, expected: str) -> None:
    assert shortened(text, limit) == expected


@given(st.text(max_size=80), st.integers(1, 40))
def test_shortening_keeps_to_its_limit(text: str, limit: int) -> None:
    assert len(shortened(text, limit)) <= limit
    assert shortened(text, limit).removesuffix("…").rstrip() in text
