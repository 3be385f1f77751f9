"""How long an interview takes: as people type it, and in the words that pages have for it."""

import pytest

from tests.factories import Team
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import draft_at, send
from web.minutes_field import read_minutes
from wording import duration, short_duration

pytestmark = pytest.mark.usefixtures("clock")


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("90", 90), (" 90 min ", 90), ("45m", 45), ("45 Minutes", 45), ("1:30", 90), ("0:45", 45), ("1h", 60),
        ("1 hr", 60), ("2 hrs.", 120), ("1.5h", 90), ("1,5 hours", 90), ("1.5", 90), ("0.75", 45),
        ("1h30", 90),
        ("1 hr 30 min", 90), ("1 hour and 15 minutes", 75), ("1\u00a0h", 60), ("1", 1),
        ("9" * 30, int("9" * 30)),
    ],
)  # fmt: skip
def test_length_is_read_as_people_type_it(typed: str, minutes: int) -> None:
    assert read_minutes(typed) == minutes


@pytest.mark.parametrize("typed", ["", "soon", "1:3", "1:75", "-45", "1h90", "h", "9" * 41, "1e3", "45-60"])
def test_what_is_not_a_length_is_not_guessed(typed: str) -> None:
    assert read_minutes(typed) is None


def test_length_is_kept_and_shown_in_minutes(team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "date-time")
    send(ada, draft, "date-time", duration_minutes="1:30")
    assert ada.get(f"{draft}/date-time").value_of("Continue", "duration_minutes") == "90"
    page = send(ada, draft, "date-time", status=422, duration_minutes="1:75")
    assert "1:30" in page.error_at("duration_minutes")
    assert page.value_of("Continue", "duration_minutes") == "1:75"


@pytest.mark.parametrize(
    ("minutes", "short", "whole"),
    [
        (45, "45 min", "45 minutes"), (60, "1 hr", "1 hour"), (61, "1 hr 1 min", "1 hour 1 minute"),
        (90, "1 hr 30 min", "1 hour 30 minutes"), (150, "2 hr 30 min", "2 hours 30 minutes"),
        (1440, "24 hr", "24 hours"),
    ],
)  # fmt: skip
def test_length_is_said_in_one_way_where_there_is_room_and_one_where_there_is_not(
    minutes: int, short: str, whole: str
) -> None:
    assert (short_duration(minutes), duration(minutes)) == (short, whole)
    # What a page says can be typed.
    assert read_minutes(short) == read_minutes(whole) == minutes


def test_lengths_to_click_are_those_of_everywhere_else(team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "date-time")
    send(ada, draft, "date-time", duration_minutes="90")
    page = ada.get(f"{draft}/date-time")
    assert page.words.count("1 hr 30 min") == 2, "the button of 90 minutes, and what is chosen so far"
