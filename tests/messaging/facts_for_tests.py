"""The one interview that the tests in this folder write about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from messaging.facts import AttachedFile, InterviewFacts, Person, Reader
from models import ReaderRole

SENDER = "interviews@northwind.example"
MADE_AT = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)

ANNA = Person("Anna Berg", "anna@northwind.example", "Europe/Zurich")
DINA = Person("Dina Park", "dina@mail.example", "America/New_York")
BEN = Person("Ben Okafor", "ben@northwind.example", "Europe/Zurich")
KIRAN = Person("Kiran Rao", "kiran@northwind.example", "Asia/Kolkata")

FACTS = InterviewFacts(
    title="Backend Engineer Interview",
    job_title="Backend Engineer",
    organization="Northwind",
    type_label="Video",
    software_label="Zoom",
    starts_at=datetime(2026, 11, 24, 8, 0, tzinfo=UTC),
    duration_minutes=45,
    zone="Europe/Zurich",
    link_state="ready",
    join_url="https://zoom.example/j/85512345678?pwd=abcDEF",
    passcode="k7Pm2Q",
    agenda="1. Introductions\n2. A system you built\n3. Your questions",
    message_to_candidate="We are looking forward to meeting you.",
    scheduler=ANNA,
    candidate=DINA,
    hiring_manager=BEN,
    attendees=(KIRAN,),
    uid="0d5c6a1f9be54c0b8a64@northwind.example",
    revision=0,
)

WAITING = replace(FACTS, link_state="waiting", join_url=None, passcode=None)
PASTED = replace(FACTS, software_label="Webex", join_url="https://webex.example/meet/anna", passcode=None)

_WITHOUT_MEETING = replace(WAITING, link_state="none", software_label=None)
ON_THE_PHONE = replace(_WITHOUT_MEETING, type_label="Phone", phone_number="+1 (212) 555-0147")
CANDIDATE_CALLS = replace(ON_THE_PHONE, phone_number="+41 44 668 18 00 ext. 12", candidate_calls=True)
AT_OUR_OFFICE = replace(
    _WITHOUT_MEETING,
    type_label="In person",
    address="Northwind\nSeefeldstrasse 12\n8008 Zürich",
    directions="Tram 4 to Feldeggstrasse.\nRing at Northwind, second floor.",
)


WITH_FILES = replace(
    FACTS,
    intro="Thank you for your interest in Northwind.\nThis is how a first talk goes.",
    closing="Questions? people@northwind.example & we are <there>.",
    files=(
        AttachedFile("Directions & map.pdf", "application/pdf", 1_234_567, False, "0" * 32),
        AttachedFile("Questions to ask.docx", "application/msword", 20_480, True, "1" * 32),
    ),
)


def reader(person: Person = DINA, role: ReaderRole = ReaderRole.CANDIDATE) -> Reader:
    """Someone who gets a copy, with pages that are told apart by their first name."""
    token = f"{person.name.split()[0].lower()}-token"
    own = f"https://hiring.northwind.example/s/{token}" if role is ReaderRole.CANDIDATE else None
    return Reader(person, role, f"https://hiring.northwind.example/j/{token}", own_page_url=own)


def facts(**changes: Any) -> InterviewFacts:
    return replace(FACTS, **changes)
