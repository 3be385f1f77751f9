"""How people are addressed and named."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.wording import clock_times, place, place_of_all
from timezones import zone_abbreviation
from wording import first_name, in_a_row, listed, owned_by, possessive, with_article


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Priya Raman", "Priya"),
        ("Priya", "Priya"),
        ("María José García", "María"),
        ("Jean-Luc Picard", "Jean-Luc"),
        # Titles and initials, by which no one is called.
        ("Dr. Anna Berg", "Dr. Anna Berg"),
        ("dr Anna Berg", "dr Anna Berg"),
        ("Prof Otto Frank", "Prof Otto Frank"),
        ("J. R. R. Tolkien", "J. R. R. Tolkien"),
        ("J Smith", "J Smith"),
        # The form by which Outlook and spreadsheets sort people.
        ("Kaur, Dina", "Dina"),
        ("García Márquez, José Luis", "José"),
        ("von der Heide, Anna", "Anna"),
        ("O'Neill, Dr. Siobhán", "O'Neill, Dr. Siobhán"),
        ("Tolkien, J. R. R.", "Tolkien, J. R. R."),
        # What else follows a comma.
        ("John Doe, Jr.", "John"),
        ("Jane Doe, Ph.D.", "Jane"),
        ("Jane Doe, MBA, PMP", "Jane"),
        ("Jane Doe, CTO", "Jane"),
        ("Jane Doe, PhD student", "Jane"),
        ("KIM, LI", "LI"),
        ("王, 伟", "王, 伟"),
        ("Doe, M.D.", "Doe, M.D."),
        ("Kaur,", "Kaur,"),
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


@pytest.mark.parametrize(
    ("names", "in_a_sentence", "by_themselves"),
    [
        ([], "", ""),
        (["Okafor, Ada"], "Okafor, Ada", "Okafor, Ada"),
        (["Ada", "Ben"], "Ada and Ben", "Ada, Ben"),
        (["Ada", "Ben", "Dina"], "Ada, Ben and Dina", "Ada, Ben, Dina"),
        # With commas between them as well, two people would read as four.
        (["Okafor, Ada", "Frei, Ben"], "Okafor, Ada; and Frei, Ben", "Okafor, Ada; Frei, Ben"),
        (["Okafor, Ada", "Ben", "Dina"], "Okafor, Ada; Ben; and Dina", "Okafor, Ada; Ben; Dina"),
        (
            ["“See, edit and delete”", "“See”"],
            "“See, edit and delete” and “See”",
            "“See, edit and delete”, “See”",
        ),
    ],
)
def test_several_people_never_read_as_more_than_there_are(
    names: list[str], in_a_sentence: str, by_themselves: str
) -> None:
    assert listed(names) == in_a_sentence
    assert in_a_row(names) == by_themselves


def test_possessive_forms_of_names() -> None:
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


# When clocks go forward and back (UTC), by an hour and by half of one; and zones in which they never do. With
# whole hours, halves, and quarters.
CHANGES = (
    ("America/New_York", "2027-03-14T07:00"), ("America/New_York", "2027-11-07T06:00"),
    ("America/St_Johns", "2027-11-07T04:30"), ("Europe/Zurich", "2027-03-28T01:00"),
    ("Europe/Zurich", "2027-10-31T01:00"), ("Australia/Lord_Howe", "2027-04-03T15:00"),
    ("Australia/Lord_Howe", "2027-10-02T15:30"), ("Pacific/Chatham", "2027-04-03T14:00"),
    ("Asia/Kathmandu", "2027-03-28T01:00"), ("Asia/Kolkata", "2027-10-31T01:00"),
)  # fmt: skip
SAID = re.compile(r"(\d\d):(\d\d)(?: (\S+))?(?:–| – )(?:\S+ \d+ \S+, )?(\d\d):(\d\d)(?: (\S+))?")


@given(
    st.sampled_from(CHANGES),
    st.lists(st.integers(-12, 12), min_size=1, max_size=10, unique=True),
    st.sampled_from((30, 45, 60)),
)
def test_every_time_to_choose_from_can_be_read_back(
    where_and_when: tuple[str, str], quarters: list[int], minutes: int
) -> None:
    """From the day above it, the time, and the zone that is named beside it or once for all times."""
    zone, change = where_and_when
    changes_at = datetime.fromisoformat(change).replace(tzinfo=UTC)
    starts = [changes_at + timedelta(minutes=15 * quarter) for quarter in sorted(quarters)]
    of_all, names_clock = place_of_all([(start, minutes) for start in starts], zone)
    for start in starts:
        said = SAID.fullmatch(clock_times(start, minutes, zone, names_clock=names_clock))
        assert said is not None
        local, ends = (
            start.astimezone(ZoneInfo(zone)),
            (start + timedelta(minutes=minutes)).astimezone(ZoneInfo(zone)),
        )
        assert (said[1], said[2]) == (f"{local:%H}", f"{local:%M}")
        assert (said[4], said[5]) == (f"{ends:%H}", f"{ends:%M}")
        is_told_twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
        clock = said[3] or said[6] or of_all
        if is_told_twice:
            assert zone_abbreviation(start, zone) in clock
