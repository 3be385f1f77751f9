"""Settings → Availability, and what those who schedule see of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from extensions import db
from models import User
from scheduling.availability.hours import UNSAID
from scheduling.availability.keeping import availability_of
from tests.factories import Team, schedule
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import draft_at
from timezones import utc_now

PAGE = "/settings/account/availability"
NINE_TO_FIVE = {f"begin_{day}_0": "09:00" for day in range(5)} | {f"end_{day}_0": "17:00" for day in range(5)}
OWN = {"kind": "own", "notice_minutes": "0", "minutes_before": "0", "minutes_after": "0", **NINE_TO_FIVE}


def days_ahead(number: int) -> str:
    return f"{(utc_now() + timedelta(days=number)).date()}"


def said_by_ben(web: Flask, team: Team) -> Any:
    with in_rows(web):
        return availability_of(db.session.get_one(User, team.ben.id))


def test_hours_and_limits_are_kept_and_shown_again(web: Flask, team: Team, ben: Visitor) -> None:
    page = ben.get(PAGE)
    assert page.value_of("Save", "begin_0_0") == "08:00"
    more = {"begin_0_1": "18:00", "end_0_1": "20:00", "notice_minutes": "1440", "most_a_day": "3"}
    ben.post(PAGE, {**OWN, **more}, status=303)
    page = ben.get(PAGE)
    assert "Saved." in page.text
    for field, value in (
        ("begin_0_0", "09:00"),
        ("end_0_1", "20:00"),
        ("begin_5_0", ""),
        ("most_a_day", "3"),
    ):
        assert (page.value_of("Save", field) or "") == value
    said = said_by_ben(web, team)
    assert [len(day) for day in said.week] == [2, 1, 1, 1, 1, 0, 0]
    ben.post(PAGE, {**OWN, "kind": "usual"}, status=303)
    assert said_by_ben(web, team) == UNSAID


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"end_0_0": "08:00"}, "This has to be later than the beginning."),
        ({"end_0_0": ""}, "Enter until when."),
        ({"begin_0_0": ""}, "Enter from when."),
        ({"begin_0_1": "16:00", "end_0_1": "18:00"}, "This has to begin after 17:00"),
        ({"begin_0_0": "nine"}, "Enter a time, such as 14:30."),
        ({"most_a_day": "0"}, "Enter a number from 1 to 50, or leave empty."),
        ({"most_a_week": "many"}, "Enter a whole number."),
        ({"notice_minutes": "77"}, "Choose one of these."),
        (dict.fromkeys(NINE_TO_FIVE, ""), "Enter the hours of one day at least"),
    ],
)
def test_impossible_values_are_reported_beside_their_fields_and_nothing_is_kept(
    web: Flask, team: Team, ben: Visitor, typed: dict[str, str], words: str
) -> None:
    page = ben.post(PAGE, {**OWN, **typed}, status=422)
    assert words in page.text
    [(field, value), *_] = typed.items()
    if field != "notice_minutes":
        assert (page.value_of("Save", field) or "") == value
    assert said_by_ben(web, team) == UNSAID


def test_hours_that_are_not_shown_are_not_asked_for(web: Flask, team: Team, ben: Visitor) -> None:
    ben.post(PAGE, {**OWN, "kind": "usual", "begin_0_0": "nine", "most_a_day": "2"}, status=303)
    said = said_by_ben(web, team)
    assert (said.week, said.most_a_day) == (None, 2)


def test_all_that_is_wrong_with_hours_and_days_is_said_at_once(team: Team, ben: Visitor) -> None:
    wrong = {"begin_0_0": "nine", "begin_0_1": "19:00", "end_0_1": "18:00", "end_1_0": ""}
    page = ben.post(PAGE, {**OWN, **wrong}, status=422)
    assert "Enter a time" in page.error_at("begin_0_0")
    assert "later than the beginning" in page.error_at("end_0_1")
    assert "Enter until when." in page.error_at("end_1_0")
    days = {"first": days_ahead(3), "last": "someday", "begin": "09:00", "end": ""}
    page = ben.post(f"{PAGE}/days", days, status=422)
    assert "Enter a date" in page.error_at("last")
    assert "Enter until when." in page.error_at("end")


def test_mondays_hours_are_copied_with_one_click(web: Flask, team: Team, ben: Visitor) -> None:
    page = ben.post(PAGE, {**OWN, "begin_0_0": "10:15", "begin_5_0": "11:00", "copy_monday": "y"})
    assert [page.value_of("Save", f"begin_{day}_0") for day in range(6)] == ["10:15"] * 5 + ["11:00"]
    assert said_by_ben(web, team) == UNSAID


def test_days_off_are_added_once_and_removed(web: Flask, team: Team, ben: Visitor) -> None:
    days = {"first": days_ahead(10), "last": days_ahead(14), "note": "Skiing"}
    ben.post(f"{PAGE}/days", days, status=303)
    page = ben.get(PAGE)
    assert "Away · Skiing" in page.words
    refused = ben.post(f"{PAGE}/days", {"first": days_ahead(14)}, status=422)
    assert "You have already entered" in refused.text
    assert refused.value_of("Add", "first") == days_ahead(14)
    ben.post(f"{PAGE}/days/{days_ahead(10)}/remove", status=303)
    ben.post(f"{PAGE}/days/{days_ahead(10)}/remove", status=303)
    assert "That was removed already." in ben.get(PAGE).text
    assert said_by_ben(web, team) == UNSAID


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"first": ""}, "Choose a day."),
        ({"first": "soon"}, "Enter a date"),
        ({"first": "2001-01-01"}, "These days are over."),
        ({"first": "2190-01-01"}, "more than three years ahead"),
        ({"last": "2001-01-01"}, "The last day is before the first one."),
        ({"begin": "10:00"}, "Enter until when."),
        ({"end": "10:00"}, "Enter from when."),
        ({"begin": "10:00", "end": "09:00"}, "later than the beginning"),
        ({"note": "x" * 81}, "At most 80 characters"),
    ],
)
def test_impossible_days_are_refused_with_what_was_typed(
    web: Flask, team: Team, ben: Visitor, typed: dict[str, str], words: str
) -> None:
    page = ben.post(f"{PAGE}/days", {"first": days_ahead(3), **typed}, status=422)
    assert words in page.text
    for field, value in typed.items():
        assert (page.value_of("Add", field) or "") == value
    assert said_by_ben(web, team) == UNSAID


def test_days_off_do_not_move_interviews_and_say_so(web: Flask, team: Team, ben: Visitor) -> None:
    day = utc_now().replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=10)
    with in_rows(web):
        schedule(team.ada, team.dina, starts_at=day)
        schedule(team.ada, team.dina, starts_at=day + timedelta(days=1))

    def added(**typed: str) -> str:
        answer = ben.post(f"{PAGE}/days", {"first": days_ahead(10), **typed}, status=303)
        page = ben.follow(answer)
        # The browser goes to where the page says so.
        assert answer.headers["Location"].endswith(
            "#messages" if "You have" in page.messages else "#other-days"
        )
        ben.post(f"{PAGE}/days/{days_ahead(10)}/remove", status=303)
        ben.get(PAGE)
        return page.messages

    assert "You have an interview then. It stays as planned." in added()
    assert "You have 2 interviews then. They stay as planned." in added(last=days_ahead(12))
    assert "You have" not in added(begin="07:00", end="20:00")
    assert "You have an interview then." in added(begin="16:00", end="20:00")


def test_new_hours_say_which_interviews_they_leave_outside(web: Flask, team: Team, ben: Visitor) -> None:
    noon = utc_now().replace(hour=11, minute=0, second=0, microsecond=0)
    monday = noon + timedelta(days=14 - noon.weekday())

    def said_by(address: str, **typed: str) -> tuple[str, list[str]]:
        page = ben.follow(ben.post(f"{PAGE}{address}", {**OWN, **typed}, status=303))
        return page.messages, [words for words, _ in page.message_links]

    with in_rows(web):
        for number in range(2):
            schedule(team.ada, team.dina, starts_at=monday + timedelta(weeks=number))
    assert said_by("", most_a_day="3") == ("Saved.", [])
    words, links = said_by("", begin_0_0="14:00")
    assert "Saved. You have 2 interviews outside these hours. They stay as planned." in words
    assert [link.split(",")[0] for link in links] == ["Dina Kaur", "Dina Kaur"]
    # They were already outside before, which is known.
    assert said_by("", begin_0_0="15:00") == ("Saved.", [])
    on = monday.date().isoformat()
    assert said_by("/days", first=on, begin="09:00", end="17:00")[1] == []
    words, links = said_by(f"/days/{on}/remove")
    assert "You have an interview outside your hours now. It stays as planned." in words
    assert len(links) == 1


@pytest.mark.parametrize("has_own_hours", [True, False], ids=["own-hours", "usual-hours"])
def test_another_time_zone_says_which_interviews_it_leaves_outside(
    web: Flask, team: Team, ben: Visitor, has_own_hours: bool
) -> None:
    if has_own_hours:
        ben.post(PAGE, OWN, status=303)
    noon = utc_now().replace(hour=11, minute=0, second=0, microsecond=0)
    monday = noon + timedelta(days=14 - noon.weekday())
    with in_rows(web):
        schedule(team.ada, team.dina, starts_at=monday)
    profile = "/settings/account/profile"

    def said_with(**typed: str) -> tuple[str, list[str]]:
        page = ben.follow(ben.submit(ben.get(profile), "Save", status=303, **typed))
        return page.messages, [words for words, _ in page.message_links]

    ben.get(PAGE)
    assert said_with(name="Benjamin Frei") == ("Profile saved.", [])
    # An hour earlier on their clock, and still within their hours.
    assert said_with(timezone="Europe/London") == ("Profile saved.", [])
    words, links = said_with(timezone="America/Los_Angeles")
    assert "Profile saved. You have an interview outside your hours now. It stays as planned." in words
    # On the clock that is theirs from now on, with the candidate's name.
    [link] = links
    assert link.startswith("Dina Kaur, ")
    assert link.endswith((", 03:00", ", 04:00"))
    # It was outside before, which is known.
    assert said_with(timezone="America/Denver") == ("Profile saved.", [])


def test_scheduler_sees_what_speaks_against_a_time(
    web: Flask, team: Team, ada: Visitor, ben: Visitor
) -> None:
    day = datetime.now(UTC) + timedelta(days=10)
    ben.post(f"{PAGE}/days", {"first": f"{day.date()}", "note": "Dentist"}, status=303)
    draft = draft_at(ada, team.dina.id, "date-time")
    query = f"date={day.date()}&time=10:00&duration_minutes=45&timezone=Europe/Zurich"
    look = f"{draft}/date-time/look?{query}"
    page = ada.get(look, htmx=True)
    assert "Away" in page.words
    assert "Dentist" not in page.html, "why is theirs alone"
    assert "Ben is away that day." in page.words
    ben.post(f"{PAGE}/days/{day.date()}/remove", status=303)
    ben.post(
        PAGE, {**OWN, **dict.fromkeys(NINE_TO_FIVE, ""), "begin_6_0": "01:00", "end_6_0": "02:00"}, status=303
    )
    assert "Outside working hours" in ada.get(look, htmx=True).words
