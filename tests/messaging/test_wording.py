"""How people are addressed and named."""

from datetime import UTC, datetime

import pytest

from messaging.wording import place
from wording import first_name, owned_by, possessive, with_article


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Priya Raman", "Priya"),
        ("Priya", "Priya"),
        ("María José García", "María"),
        ("Jean-Luc Picard", "Jean-Luc"),
        # What people are not called by.
        ("Dr. Anna Berg", "Dr. Anna Berg"),
        ("dr Anna Berg", "dr Anna Berg"),
        ("Prof Otto Frank", "Prof Otto Frank"),
        ("J. R. R. Tolkien", "J. R. R. Tolkien"),
        ("J Smith", "J Smith"),
        ("Kaur, Dina", "Kaur, Dina"),
        ("👩🏽‍💻 Dina Kaur", "👩🏽‍💻 Dina Kaur"),
        ('"Bob" Smith', '"Bob" Smith'),
        ("نور الدين", "نور"),
        ("王 小明", "王 小明"),
        ("王小明", "王小明"),
        ("Dr.", "Dr."),
        ("", ""),
    ],
)
def test_people_are_greeted_by_what_they_are_called(name: str, called: str) -> None:
    assert first_name(name) == called


def test_what_belongs_to_someone() -> None:
    assert possessive("Priya Raman") == "Priya's"
    assert owned_by("Acme") == "Acme's"
    assert owned_by("Smith & Sons") == "Smith & Sons'"
    assert possessive("James Bond") == "James's"


def test_roles_have_the_right_article() -> None:
    assert [with_article(role) for role in ("Recruiter", "Admin", "Owner", "Interviewer")] == [
        "a Recruiter",
        "an Admin",
        "an Owner",
        "an Interviewer",
    ]


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("America/New_York", "New York time (EST)"),
        ("Asia/Calcutta", "Kolkata time (IST)"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires time (UTC−3)"),
        ("UTC", "UTC"),
        # Older names, and one that a newer edition may have dropped.
        ("GMT", "GMT"),
        ("Etc/GMT+5", "UTC−5"),
        ("Nowhere", "UTC"),
    ],
)
def test_clock_is_named_by_the_place_people_know_it_by(zone: str, words: str) -> None:
    assert place(datetime(2026, 11, 24, 8, tzinfo=UTC), 45, zone) == words
