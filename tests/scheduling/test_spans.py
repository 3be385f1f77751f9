"""The words for when something begins and ends on a day."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from blueprints.schedule_interview.panels.spans import span_on

ZURICH = "Europe/Zurich"


@pytest.mark.parametrize(
    ("begins", "ends", "words"),
    [
        ("2027-02-10T09:00", "2027-02-10T09:45", "09:00–09:45"),
        ("2027-02-10T00:00", "2027-02-10T00:45", "00:00–00:45"),
        ("2027-02-10T23:00", "2027-02-11T00:00", "23:00–00:00"),
        # An event that goes on into the night is not split on the evening when it begins.
        ("2027-02-10T23:00", "2027-02-11T02:00", "23:00–02:00"),
        ("2027-02-09T23:00", "2027-02-10T02:00", "Until 02:00"),
        ("2027-02-10T12:00", "2027-02-12T12:00", "From 12:00"),
        ("2027-02-08T12:00", "2027-02-10T12:00", "Until 12:00"),
        ("2027-02-10T00:00", "2027-02-11T00:00", "All day"),
        ("2027-02-08T12:00", "2027-02-12T12:00", "All day"),
    ],
)
def test_what_goes_on_into_other_days_is_described_for_this_one(begins: str, ends: str, words: str) -> None:
    starts_at, ends_at = (
        datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(ZURICH)).astimezone(UTC) for at in (begins, ends)
    )
    assert span_on(starts_at, ends_at, date(2027, 2, 10), ZURICH) == words


@pytest.mark.parametrize(
    ("day", "begins", "ends", "words"),
    [
        ("2027-10-31", "00:30", "01:15", "02:30 CEST–02:15 CET"),
        ("2027-10-31", "02:00", "03:00", "03:00–04:00"),
        ("2027-03-28", "00:30", "01:30", "01:30 CET–03:30 CEST"),
    ],
)
def test_both_zones_are_named_where_the_clocks_change_in_between(
    day: str, begins: str, ends: str, words: str
) -> None:
    starts_at, ends_at = (datetime.fromisoformat(f"{day}T{at}:00+00:00") for at in (begins, ends))
    assert span_on(starts_at, ends_at, date.fromisoformat(day), ZURICH) == words
