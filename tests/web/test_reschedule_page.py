"""The page on which an interview gets another time, which shows what changes before it is confirmed."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from extensions import db
from models import Interview, Mail, MailState
from tests.factories import Team, in_three_days, schedule
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from timezones import in_zone

ZONE = "Europe/Zurich"


@pytest.fixture
def interview_id(web: Flask, team: Team) -> int:
    """An interview that everyone was invited to."""
    with in_rows(web):
        made = schedule(team.ada, team.dina, software=None)
        for mail in db.session.scalars(db.select(Mail)):
            mail.state = MailState.SENT
        db.session.commit()
        return made


def hour_later() -> dict[str, Any]:
    later = in_zone(in_three_days() + timedelta(hours=1), ZONE)
    return {"date": f"{later:%Y-%m-%d}", "time": f"{later:%H:%M}"}


def is_moved(web: Flask, interview_id: int) -> bool:
    with in_rows(web):
        return db.session.get_one(Interview, interview_id).starts_at != in_three_days()


def open_page(visitor: Visitor, interview_id: int) -> Page:
    [button] = visitor.get(f"/interviews/{interview_id}").tree.all("a", lambda e: e.text == "Reschedule")
    return visitor.get(button["href"])


def test_without_a_script_the_change_is_shown_before_it_is_confirmed(
    web: Flask, ada: Visitor, interview_id: int
) -> None:
    page = open_page(ada, interview_id)
    assert page.heading == "Reschedule the interview with Dina Kaur"
    shown = ada.submit(page, "Reschedule", words="Ben is away.", **hour_later())
    assert "What changes" in shown.text
    old, new = (in_zone(in_three_days() + timedelta(hours=n), ZONE) for n in (0, 1))
    assert f"{old:%H:%M}–" in shown.text
    assert f"{new:%H:%M}–" in shown.text
    assert not is_moved(web, interview_id)
    done = ada.follow(ada.submit(shown, "Reschedule", leads_to=f"/interviews/{interview_id}"))
    assert "Interview changed. No one has been told yet." in done.text
    assert is_moved(web, interview_id)
    undone = ada.follow(ada.submit(done, "Undo", leads_to=f"/interviews/{interview_id}"))
    assert "The interview is at its old time again." in undone.text
    assert not is_moved(web, interview_id)


def test_with_a_script_what_follows_the_typing_confirms_the_time(
    web: Flask, ada: Visitor, interview_id: int
) -> None:
    page = open_page(ada, interview_id)
    wanted = {**hour_later(), "duration_minutes": "45", "timezone": ZONE}
    query = "&".join(f"{name}={value}" for name, value in wanted.items())
    piece = ada.get(f"/interviews/{interview_id}/reschedule/look?{query}", htmx=True)
    [shown] = piece.tree.all("input", lambda e: e.get("name") == "shown")
    ada.submit(page, "Reschedule", shown=shown["value"], status=303, **hour_later())
    assert is_moved(web, interview_id)


def test_the_candidates_zone_is_shown_beside_the_agreed_one(
    web: Flask, ada: Visitor, team: Team, interview_id: int
) -> None:
    with in_rows(web):
        db.session.get_one(Interview, interview_id).candidate.timezone = "America/New_York"
        db.session.commit()
    shown = ada.submit(open_page(ada, interview_id), "Reschedule", **hour_later())
    assert "For Dina Kaur" in shown.text
    assert "New York time" in shown.text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"date": "2020-01-01"}, "This date has passed. Choose a later one."),
        ({"time": "nine"}, "Enter a time, such as 14:30."),
        ({"duration_minutes": "3"}, "Enter between 5 and 1440 minutes."),
        ({"timezone": "Mars/Base"}, "Enter a time zone, such as Europe/Berlin, or a large city in it."),
        ({"words": "x" * 1001}, "Keep it under 1,000 characters."),
        ({}, "This is the time it has now. Choose another one."),
    ],
)
def test_wrong_time_is_refused_beside_its_field(
    web: Flask, ada: Visitor, interview_id: int, typed: dict[str, Any], words: str
) -> None:
    page = ada.submit(open_page(ada, interview_id), "Reschedule", status=422, **typed)
    assert words in page.text
    assert not is_moved(web, interview_id)


def test_conflict_has_to_be_accepted(web: Flask, ada: Visitor, team: Team, interview_id: int) -> None:
    with in_rows(web):
        schedule(team.ada, team.dina, software=None, starts_at=in_three_days() + timedelta(hours=1))
    shown = ada.submit(open_page(ada, interview_id), "Reschedule", **hour_later())
    assert "Ben Frei and Dina Kaur have another interview" in shown.text
    refused = ada.submit(shown, "Reschedule", status=422)
    assert "Choose another time, or check" in refused.text
    assert not is_moved(web, interview_id)
    [tick] = refused.tree.all("input", lambda e: e.get("name") == "accepted_clashes")
    ada.submit(refused, "Reschedule", accepted_clashes=tick["value"], status=303)
    assert is_moved(web, interview_id)


def test_second_of_two_people_sees_what_the_first_did_and_loses_nothing(
    web: Flask, ada: Visitor, ben: Visitor, interview_id: int
) -> None:
    page = ada.submit(open_page(ada, interview_id), "Reschedule", words="Ben is away.", **hour_later())
    his = open_page(ben, interview_id)
    his = ben.submit(his, "Reschedule", duration_minutes="60")
    ben.submit(his, "Reschedule", status=303)
    page = ada.submit(page, "Reschedule", status=409)
    assert "Ben Frei changed how long the interview takes" in page.text
    assert page.value_of("Reschedule", "words") == "Ben is away."
    assert page.value_of("Reschedule", "time") == hour_later()["time"]
    assert not is_moved(web, interview_id)
    ada.submit(page, "Reschedule", status=303)
    assert is_moved(web, interview_id)


def test_interview_that_is_off_cannot_be_moved(web: Flask, ada: Visitor, interview_id: int) -> None:
    ada.submit(ada.get(f"/interviews/{interview_id}/cancel"), "Cancel interview", status=303)
    page = ada.get(
        f"/interviews/{interview_id}/reschedule", leads_to=f"/interviews/{interview_id}", status=303
    )
    assert "This interview is marked “Cancelled”, so it can't be changed." in ada.follow(page).text


def test_interview_that_was_moved_often_carries_a_warning(
    web: Flask, ada: Visitor, interview_id: int
) -> None:
    for times, warns in ((3, False), (4, True)):
        with in_rows(web):
            db.session.get_one(Interview, interview_id).times_moved = times
            db.session.commit()
        assert (f"Rescheduled {times} times" in ada.get(f"/interviews/{interview_id}").text) is warns
