"""The feed of one's own interviews: whose they are, what it leaves out, and when it shows nothing."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar

from extensions import db
from models import Interview, InterviewStatus, MeetingState, User
from tests.factories import Team, create_candidate, in_three_days, schedule
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor
from timezones import utc_now

PAGE = "/calendar/subscribe"


def turned_on(visitor: Visitor) -> str:
    visitor.post(PAGE, status=303)
    return address_on(visitor)


def address_on(visitor: Visitor) -> str:
    [address] = [code.text for code in visitor.get(PAGE).tree.all("code")]
    return address.removeprefix("http://localhost")


def events_at(address: str, web: Flask) -> list[Any]:
    answer = web.test_client().get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return list(Calendar.from_ical(answer.data).walk("VEVENT"))


def test_feed_has_ones_own_interviews_and_no_one_elses(
    web: Flask, team: Team, ada: Visitor, ben: Visitor
) -> None:
    with in_rows(web):
        number = schedule(team.ada, team.dina)
        uid = db.session.get_one(Interview, number).ics_uid
        db.session.commit()
    [event] = events_at(turned_on(ben), web)
    assert str(event["uid"]) == uid
    assert event["dtstart"].dt == in_three_days()
    assert "Dina Kaur" in event["summary"]
    assert str(event["url"]) == f"http://localhost/interviews/{number}"
    assert events_at(turned_on(ada), web) == [], "who schedules doesn't take part"


def test_link_passcode_and_notes_are_not_in_it(web: Flask, team: Team, ben: Visitor) -> None:
    with in_rows(web):
        row = db.session.get_one(Interview, schedule(team.ada, team.dina))
        row.internal_notes = "Ask about the gap."
        assert row.meeting is not None
        row.meeting.state, row.meeting.join_url = MeetingState.READY, "https://zoom.example/j/77?pwd=abcdef"
        row.meeting.passcode = "s3cr3tpw"
        db.session.commit()
    text = web.test_client().get(turned_on(ben)).text.replace("\r\n ", "")
    assert "BEGIN:VEVENT" in text
    for secret in ("zoom.example", "s3cr3tpw", "Ask about the gap", "/j/", "/s/"):
        assert secret not in text


@pytest.mark.parametrize(
    ("status", "is_shown"),
    [(InterviewStatus.CANCELLED, False), (InterviewStatus.COMPLETED, True), (InterviewStatus.NO_SHOW, True)],
)
def test_what_was_cancelled_disappears_and_what_took_place_stays(
    web: Flask, team: Team, ben: Visitor, status: InterviewStatus, is_shown: bool
) -> None:
    with in_rows(web):
        db.session.get_one(Interview, schedule(team.ada, team.dina)).status = status
        db.session.commit()
    assert bool(events_at(turned_on(ben), web)) is is_shown


def test_only_some_weeks_back_and_some_months_ahead_are_in_it(web: Flask, team: Team, ben: Visitor) -> None:
    with in_rows(web):
        for days in (-40, -20, 150, 200):
            someone = create_candidate(f"Candidate {days}", f"c{days + 50}@mail.example", team.job_id)
            row = db.session.get_one(Interview, schedule(team.ada, someone))
            row.starts_at = utc_now() + timedelta(days=days)
            row.ends_at = row.starts_at + timedelta(minutes=45)
        db.session.commit()
    found = [str(event["summary"]).rpartition(" ")[2] for event in events_at(turned_on(ben), web)]
    assert found == ["-20", "150"]


def test_new_address_ends_the_old_one_and_turning_off_ends_both(web: Flask, ben: Visitor) -> None:
    old = turned_on(ben)
    new = turned_on(ben)
    assert old != new
    stranger = web.test_client()
    assert stranger.get(old).status_code == 404
    assert stranger.get(new).status_code == 200
    ben.post(f"{PAGE}/off", status=303)
    assert stranger.get(new).status_code == 404
    ben.post(f"{PAGE}/off", status=303)
    assert "Your feed was off already." in ben.get(PAGE).text


def test_guesses_and_those_who_have_left_get_nothing(web: Flask, team: Team, ben: Visitor) -> None:
    address = turned_on(ben)
    stranger = web.test_client()
    for wrong in (address[:-6] + "x.ics", "/calendar/feeds/1.ics", "/calendar/feeds/1.x.ics"):
        assert stranger.get(wrong).status_code == 404
    with in_rows(web):
        db.session.get_one(User, team.ben.id).is_active = False
        db.session.commit()
    assert stranger.get(address).status_code == 404


def test_program_that_has_it_already_is_told_so(web: Flask, team: Team, ben: Visitor) -> None:
    address = turned_on(ben)
    program = web.test_client()
    tag = program.get(address).headers["ETag"]
    assert program.get(address, headers={"If-None-Match": tag}).status_code == 304
    with in_rows(web):
        schedule(team.ada, team.dina)
        db.session.commit()
    assert program.get(address, headers={"If-None-Match": tag}).status_code == 200
