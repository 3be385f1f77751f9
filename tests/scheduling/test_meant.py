"""Which interviews a search text asks for by a day or by how people meet."""

from datetime import date

import pytest

from day_reading import day_as_written
from scheduling.reading.meant import asked_for

# A Sunday.
TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("today", TODAY),
        ("Tomorrow", date(2026, 11, 30)),
        ("yesterday", date(2026, 11, 28)),
        ("friday", date(2026, 12, 4)),
        ("Fri", date(2026, 12, 4)),
        ("sunday", TODAY),
        ("Friday, Dec 4", date(2026, 12, 4)),
        ("Dec 4th", date(2026, 12, 4)),
        ("4 December", date(2026, 12, 4)),
        ("Dec. 4", date(2026, 12, 4)),
        # The nearest of the dates a year ago, this year, and in a year.
        ("may 12", date(2027, 5, 12)),
        ("june 12", date(2026, 6, 12)),
        ("jan 8", date(2027, 1, 8)),
        ("nov 27", date(2026, 11, 27)),
        ("feb 29", None),
        ("may 12 2027", date(2027, 5, 12)),
        ("12/4", date(2026, 12, 4)),
        ("4.12.2026", date(2026, 12, 4)),
        ("4.12.", date(2026, 12, 4)),
        ("2026-12-04", date(2026, 12, 4)),
        # Names, numbers, times, and incomplete dates.
        ("may", None),
        ("April", None),
        ("May Lee", None),
        ("june lee 12", None),
        ("12", None),
        ("2026", None),
        ("12 2026", None),
        ("may 2026", None),
        ("5pm", None),
        ("may 12 5pm", None),
        ("may 40", None),
        ("555-0141", None),
        ("020 7946 0018", None),
        ("13/13", None),
        ("12/4/9999", None),
        ("monday tuesday", None),
        ("", None),
        ("a" * 100, None),
        ("1/" * 50, None),
    ],
)
def test_days_are_read_as_people_write_them(written: str, day: date | None) -> None:
    assert day_as_written(written, TODAY) == day


@pytest.mark.parametrize(
    ("typed", "words", "choices"),
    [
        ("zoom", "Interviews on Zoom", {"how": "zoom"}),
        ("Zoom interviews", "Interviews on Zoom", {"how": "zoom"}),
        ("zoo", "Interviews on Zoom", {"how": "zoom"}),
        ("teams", "Interviews on Microsoft Teams", {"how": "teams"}),
        ("Microsoft Teams", "Interviews on Microsoft Teams", {"how": "teams"}),
        ("google meet", "Interviews on Google Meet", {"how": "google_meet"}),
        ("phone", "Phone interviews", {"how": "phone"}),
        ("phone calls", "Phone interviews", {"how": "phone"}),
        ("video", "Video interviews", {"how": "video"}),
        ("in person", "In-person interviews", {"how": "in_person"}),
        ("in-person", "In-person interviews", {"how": "in_person"}),
        ("today", "Interviews today", {"when": "today"}),
        ("interviews tomorrow", "Interviews tomorrow", {"when": "tomorrow"}),
        ("next week", "Interviews next week", {"when": "next-week"}),
        ("friday", "Interviews on Fri 4 Dec", {"when": "2026-12-04"}),
        ("Friday, Dec 4", "Interviews on Fri 4 Dec", {"when": "2026-12-04"}),
        ("jan 8", "Interviews on Fri 8 Jan 2027", {"when": "2027-01-08"}),
        (
            "yesterday",
            "Completed interviews yesterday",
            {"when": "2026-11-28", "status": "completed"},
        ),
        ("zoom tomorrow", "Interviews on Zoom tomorrow", {"how": "zoom", "when": "tomorrow"}),
        ("phone on friday", "Phone interviews on Fri 4 Dec", {"how": "phone", "when": "2026-12-04"}),
        ("Dina tomorrow", "Interviews tomorrow for “dina”", {"q": "dina", "when": "tomorrow"}),
        ("zoom with dina", "Interviews on Zoom for “dina”", {"q": "dina", "how": "zoom"}),
        ("dina", None, {}),
        ("interview", None, {}),
        ("in", None, {}),
        ("zo", None, {}),
        ("Video Editor", None, {}),
        ("May Lee", None, {}),
        ("12", None, {}),
        ("", None, {}),
    ],
)
def test_search_asks_for_what_the_lists_filters_know(
    typed: str, words: str | None, choices: dict[str, str]
) -> None:
    asked = asked_for(typed, TODAY)
    assert (asked.words if asked else None) == words
    if asked is not None:
        assert {name: value for name, value in asked.choices.items() if value} == choices
