"""The candidate's own page: what it shows, how they can answer on it, and who is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import icalendar
import pytest
from flask import Flask

from extensions import db
from hiring.erasing import erase_candidate
from models import (
    AnswerKind,
    Attendee,
    CandidateAnswer,
    Interview,
    InterviewStatus,
    Mail,
    MailState,
    ProposedTime,
    RequestState,
    Role,
)
from scheduling.mails.queue import CANCELLATION, CANDIDATE_ANSWER, TIME_KEPT
from scheduling.plans import Participant
from services import services
from tests.factories import Team, create_candidate, create_user, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor

# First, because sessions begin on it.
pytestmark = pytest.mark.usefixtures("clock")


def asks(page: Page) -> bool:
    """Whether the interview's page has the request on top; the timeline keeps it once it is answered."""
    return bool(page.tree.all("h2", lambda e: e.text == "Dina Kaur asked for another time"))


@pytest.fixture
def interview_id(web: Flask, clock: Clock, team: Team) -> int:
    """An interview of 45 minutes that begins in three days, to which everyone was invited."""
    with in_rows(web):
        made = schedule(team.ada, team.dina, attendees=(Participant("Sam Ortiz", "sam@partner.example"),))
        for mail in db.session.scalars(db.select(Mail)):
            mail.state = MailState.SENT
        db.session.commit()
        return made


def address(app: Flask, interview_id: int) -> str:
    with in_rows(app):
        link: str = services(app).candidate_links.page(db.session.get_one(Interview, interview_id))
    return link.removeprefix("http://localhost")


def said(app: Flask) -> list[tuple[AnswerKind, str, RequestState | None]]:
    with in_rows(app):
        rows = db.session.scalars(db.select(CandidateAnswer).order_by(CandidateAnswer.id))
        return [(row.kind, row.words, row.state) for row in rows]


def told(app: Flask, kind: str = CANDIDATE_ANSWER) -> list[str]:
    with in_rows(app):
        return list(db.session.scalars(db.select(Mail.name).where(Mail.kind == kind).order_by(Mail.id)))


def start_of(app: Flask, interview_id: int) -> datetime:
    with in_rows(app):
        return db.session.get_one(Interview, interview_id).starts_at


def test_page_says_what_when_where_and_with_whom(web: Flask, dina: Visitor, interview_id: int) -> None:
    page = dina.get(address(web, interview_id))
    assert page.heading == "Backend Engineer Interview"
    for words in (
        "Northlight",
        "Thursday, 4 February 2027, 10:00 CET",
        "45 minutes",
        "Ben Frei",
        "Sam Ortiz",
    ):
        assert words in page.text
    assert page.tree.all("a", lambda e: e.text == "Join Zoom Meeting")[0]["href"].startswith(
        "http://localhost/j/"
    )
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Cache-Control"] == "no-store"


def test_opening_any_of_its_pages_changes_nothing(web: Flask, dina: Visitor, interview_id: int) -> None:
    here = address(web, interview_id)
    for path in ("", "/move", "/cancel", "/time-zone", "/calendar"):
        dina.get(here + path)
    dina.get(here + "/confirm", status=405)
    assert said(web) == []


def test_confirming_is_shown_to_both_sides_and_holds_for_that_time_only(
    web: Flask, dina: Visitor, ada: Visitor, interview_id: int
) -> None:
    here = address(web, interview_id)
    page = dina.follow(dina.submit(dina.get(here), "I'll be there", leads_to=here))
    assert "You've confirmed that you'll be there." in page.text
    assert not page.has_button("I'll be there")
    dina.post(here + "/confirm", status=303)
    assert said(web) == [(AnswerKind.CONFIRMED, "", None)]
    assert "Dina Kaur confirmed on" in ada.get(f"/interviews/{interview_id}").text
    with in_rows(web):
        row = db.session.get_one(Interview, interview_id)
        row.starts_at += timedelta(days=1)
        db.session.commit()
    assert dina.get(here).has_button("I'll be there")
    assert "confirmed on" not in ada.get(f"/interviews/{interview_id}").text


SUITS: dict[str, Any] = {
    "time-1-date": "2027-02-05",
    "time-1-time": "11:30",
    "time-2-date": "2027-02-08",
    "time-2-time": "09:00",
}


def ask_to_move(app: Flask, dina: Visitor, interview_id: int, **fields: Any) -> None:
    page = dina.get(address(app, interview_id) + "/move")
    dina.submit(page, "Send request", leads_to=address(app, interview_id), **{**SUITS, **fields})


def test_asking_for_another_time_waits_for_the_team_and_tells_them(
    web: Flask, dina: Visitor, ada: Visitor, interview_id: int
) -> None:
    ask_to_move(web, dina, interview_id, words="I have an exam then.")
    assert said(web) == [(AnswerKind.MOVE, "I have an exam then.", RequestState.OPEN)]
    assert told(web) == ["Ben Frei", "Ada Berg"]
    assert "You asked for another time" in dina.get(address(web, interview_id)).text
    page = ada.get(f"/interviews/{interview_id}")
    assert asks(page)
    assert "I have an exam then." in page.text
    assert "Friday, 5 February 2027, 11:30 CET" in page.text
    [line] = [row for row in ada.get("/").tree.all("a") if row.text == "Answer for Dina Kaur"]
    assert line["href"] == f"/interviews/{interview_id}"
    # Asked again in the same words, nothing more happens; in other words, the last request counts.
    ask_to_move(web, dina, interview_id, words="I have an exam then.")
    ask_to_move(web, dina, interview_id, words="Any time that day.")
    states = [state for _, _, state in said(web)]
    assert states == [RequestState.WITHDRAWN, RequestState.OPEN]


def test_one_click_takes_a_time_that_suits_and_undo_asks_again(
    web: Flask, dina: Visitor, ada: Visitor, interview_id: int
) -> None:
    before = start_of(web, interview_id)
    ask_to_move(web, dina, interview_id)
    here = f"/interviews/{interview_id}"
    page = ada.follow(
        ada.submit(ada.get(here), "Move to this time: Friday, 5 February 2027, 11:30 CET", leads_to=here)
    )
    assert start_of(web, interview_id) == before + timedelta(days=1, hours=1, minutes=30)
    assert said(web)[-1][2] is RequestState.TAKEN
    assert not asks(page)
    page = ada.follow(ada.submit(page, "Undo", leads_to=here))
    assert start_of(web, interview_id) == before
    assert said(web)[-1][2] is RequestState.OPEN
    assert asks(page)


def test_time_at_which_someone_is_busy_leads_to_the_page_that_says_so(
    web: Flask, team: Team, dina: Visitor, ada: Visitor, interview_id: int
) -> None:
    with in_rows(web):
        other = create_candidate("Omar Diaz", "omar@mail.example", team.job_id)
        start = start_of_row(interview_id) + timedelta(days=1, hours=1, minutes=30)
        schedule(team.ada, other, starts_at=start)
    ask_to_move(web, dina, interview_id)
    page = ada.get(f"/interviews/{interview_id}")
    button = "Move to this time: Friday, 5 February 2027, 11:30 CET"
    page = ada.follow(ada.submit(page, button, status=303))
    assert page.heading.startswith("Reschedule")
    assert page.fields("Reschedule")["date"] == ["2027-02-05"]
    assert "Omar Diaz" in page.text
    assert said(web)[-1][2] is RequestState.OPEN


def start_of_row(interview_id: int) -> datetime:
    return db.session.get_one(Interview, interview_id).starts_at


def test_moving_it_elsewhere_answers_the_request(
    web: Flask, dina: Visitor, ada: Visitor, interview_id: int
) -> None:
    ask_to_move(web, dina, interview_id)
    page = ada.get(f"/interviews/{interview_id}/reschedule")
    shown = ada.submit(page, "Reschedule", date="2027-02-09")
    ada.submit(shown, "Reschedule", leads_to=f"/interviews/{interview_id}")
    assert said(web)[-1][2] is RequestState.MOVED


def test_keeping_the_time_tells_the_candidate(
    web: Flask, dina: Visitor, ada: Visitor, interview_id: int
) -> None:
    ask_to_move(web, dina, interview_id)
    here = f"/interviews/{interview_id}"
    page = ada.get(here + "/keep-time")
    again = ada.submit(page, "Keep the time", words="x" * 1001, status=422)
    assert "Keep it under 1,000 characters." in again.text
    ada.submit(again, "Keep the time", words="We only have this day.", leads_to=here)
    assert said(web)[-1][2] is RequestState.DECLINED
    assert told(web, TIME_KEPT) == ["Dina Kaur"]
    assert "We only have this day." in dina.get(address(web, interview_id)).text
    # Someone else has the old page open.
    late = ada.follow(ada.submit(page, "Keep the time", leads_to=here))
    assert "This request has been answered already." in late.text
    assert told(web, TIME_KEPT) == ["Dina Kaur"]


def test_cancelling_tells_everyone_in_the_candidates_name(
    web: Flask, dina: Visitor, ada: Visitor, interview_id: int
) -> None:
    here = address(web, interview_id)
    page = dina.submit(
        dina.get(here + "/cancel"), "Cancel interview", words="I took another job.", leads_to=here
    )
    page = dina.follow(page)
    assert "This interview was cancelled." in page.text
    assert not page.tree.all("a", lambda e: e.text == "Join Zoom Meeting")
    with in_rows(web):
        assert db.session.get_one(Interview, interview_id).status is InterviewStatus.CANCELLED
    assert sorted(told(web, CANCELLATION)) == ["Ben Frei", "Dina Kaur", "Sam Ortiz"]
    assert told(web) == ["Ada Berg"]
    shown = ada.get(f"/interviews/{interview_id}")
    assert "Dina Kaur cancelled the interview" in shown.text
    assert not shown.has_button("Undo")
    # An old page of theirs, the back button: nothing more happens.
    for path in ("/cancel", "/move", "/late"):
        assert dina.get(here + path, status=303).headers["Location"].endswith(here)
    dina.post(here + "/confirm", status=303)
    assert [kind for kind, *_ in said(web)] == [AnswerKind.CANCELLED]


def test_running_late_reaches_everyone_at_once(
    web: Flask, clock: Clock, team: Team, dina: Visitor, interview_id: int
) -> None:
    here = address(web, interview_id)
    assert "/late" not in dina.get(here).html
    clock.now = start_of(web, interview_id) - timedelta(minutes=10)
    ada = Visitor(web).enter(team.ada)
    page = dina.get(here + "/late")
    assert "Choose one of these." in dina.submit(page, "Tell them now", status=422).text
    dina.submit(page, "Tell them now", what="10", words="The train is late.", leads_to=here)
    assert told(web) == ["Ben Frei", "Sam Ortiz", "Ada Berg"]
    page = ada.get(f"/interviews/{interview_id}")
    assert "Dina Kaur will be late by 10 minutes." in page.text
    assert "The train is late." in page.text
    dina.submit(dina.get(here + "/late"), "Tell them now", what="cannot-join", leads_to=here)
    assert "Dina Kaur can't get in." in ada.get(f"/interviews/{interview_id}").text


def test_page_that_is_open_shows_it_without_being_opened_again(
    web: Flask, clock: Clock, team: Team, dina: Visitor, interview_id: int
) -> None:
    clock.now = start_of(web, interview_id) - timedelta(minutes=10)
    ada = Visitor(web).enter(team.ada)
    poll = ada.get(f"/interviews/{interview_id}").tree.all("div", lambda e: "data-poll" in e.attributes)[0]
    dina.submit(dina.get(address(web, interview_id) + "/late"), "Tell them now", what="5", status=303)
    assert "will be late by 5 minutes" in ada.get(poll["hx-get"], htmx=True).text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Name a time that would work for you, or write a message."),
        ({"time-1-date": "2027-02-05"}, "Choose a time."),
        ({"time-2-time": "10:00"}, "Choose a date."),
        ({"time-1-date": "2027-01-01", "time-1-time": "10:00"}, "This date has passed. Choose a later one."),
        ({"time-1-date": "2027-03-28", "time-1-time": "02:30"}, "The clocks go forward that day"),
        ({"time-1-date": "2027-10-31", "time-1-time": "02:30"}, "The clocks go back that day"),
        ({"time-1-date": "someday", "time-1-time": "10:00"}, "Enter a date, such as 2027-03-31."),
        ({"words": "x" * 1001}, "Keep it under 1,000 characters."),
    ],
)
def test_what_is_probably_a_mistake_is_asked_about_and_kept(
    web: Flask, dina: Visitor, interview_id: int, fields: dict[str, str], words: str
) -> None:
    page = dina.get(address(web, interview_id) + "/move")
    again = dina.submit(page, "Send request", status=422, **fields)
    assert words in again.text
    for name, value in fields.items():
        if value != "someday":
            assert again.fields("Send request")[name] == [value]
    assert said(web) == []


def test_hour_that_happens_twice_is_asked_about(web: Flask, dina: Visitor, interview_id: int) -> None:
    page = dina.get(address(web, interview_id) + "/move")
    asked: dict[str, Any] = {"time-1-date": "2027-10-31", "time-1-time": "02:30"}
    again = dina.submit(page, "Send request", status=422, **asked)
    answer = {**asked, "time-1-occurrence": "2027-10-31T01:30Z"}
    dina.submit(again, "Send request", leads_to=address(web, interview_id), **answer)
    with in_rows(web):
        [time] = db.session.scalars(db.select(ProposedTime.starts_at))
        assert f"{time:%H:%M}" == "01:30"


def test_times_are_shown_and_read_in_the_zone_that_was_chosen(
    web: Flask, dina: Visitor, interview_id: int
) -> None:
    here = address(web, interview_id)
    page = dina.get(here + "?zone=Asia/Kathmandu")
    assert "Thursday, 4 February 2027, 14:45 UTC+5:45" in page.text
    [link] = page.tree.all("a", lambda e: e.text == "Ask for another time")
    form = dina.get(link["href"])
    fields: dict[str, Any] = {"time-1-date": "2027-02-05", "time-1-time": "11:30"}
    dina.submit(form, "Send request", leads_to=here + "?zone=Asia/Kathmandu", **fields)
    with in_rows(web):
        [time] = db.session.scalars(db.select(ProposedTime.starts_at))
        assert f"{time:%d %H:%M}" == "05 05:45"
    assert "10:00 CET" in dina.get(here + "?zone=Nowhere/Land").text
    # An ambiguous zone takes one more click.
    asked = dina.get(here + "?zone=IST")
    assert "10:00 CET" in asked.text
    assert "“IST” could be several time zones" in asked.text
    [link] = asked.tree.all("a", lambda e: e.text == "Asia/Kolkata")
    assert "14:30 Kolkata time" in dina.get(link["href"]).text


def test_ten_changes_a_day_are_enough(web: Flask, clock: Clock, dina: Visitor, interview_id: int) -> None:
    for number in range(10):
        ask_to_move(web, dina, interview_id, words=f"Number {number}")
    page = dina.get(address(web, interview_id) + "/move")
    refused = dina.submit(page, "Send request", words="One more", status=429)
    assert refused.heading == "Too many changes today"
    assert len(said(web)) == 10
    clock.now += timedelta(days=1, seconds=1)
    ask_to_move(web, dina, interview_id, words="The next day")
    assert len(said(web)) == 11


def test_calendar_file_asks_for_no_answer(web: Flask, dina: Visitor, interview_id: int) -> None:
    answer = dina.client.get(address(web, interview_id) + "/calendar", base_url=dina.base_url)
    [event] = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    assert answer.headers["Content-Type"].startswith("text/calendar; method=PUBLISH")
    assert str(event["SUMMARY"]) == "Backend Engineer Interview"
    assert event.decoded("DTSTART") == start_of(web, interview_id)


@pytest.mark.parametrize("token", ["", "1", "1.0.short", "99999.0.AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "x" * 300])
def test_wrong_addresses_say_what_helps(dina: Visitor, interview_id: int, token: str) -> None:
    page = dina.get(f"/s/{token}", status=404)
    assert "Open it from the latest email about your interview" in page.text


def test_address_of_the_join_page_does_not_open_this_one(
    web: Flask, dina: Visitor, interview_id: int
) -> None:
    with in_rows(web):
        row = db.session.get_one(Interview, interview_id)
        token = services(web).join_links.join_page(row, "candidate").rpartition("/")[2]
    dina.get(f"/s/{token}", status=404)


def test_correcting_the_address_and_erasing_close_the_old_page(
    web: Flask, dina: Visitor, ada: Visitor, interview_id: int
) -> None:
    ask_to_move(web, dina, interview_id, words="Call me at home.")
    old = address(web, interview_id)
    with in_rows(web):
        row = db.session.get_one(Interview, interview_id)
        row.link_generation += 1
        db.session.commit()
    dina.get(old, status=404)
    dina.get(address(web, interview_id))
    with in_rows(web):
        row = db.session.get_one(Interview, interview_id)
        row.status = InterviewStatus.CANCELLED
        erase_candidate(None, row.candidate)
        db.session.commit()
    assert said(web) == []


def test_interviewers_see_it_and_cannot_answer(web: Flask, dina: Visitor, interview_id: int) -> None:
    with in_rows(web):
        noah = create_user("Noah Lind", Role.INTERVIEWER)
        db.session.add(Attendee(interview_id=interview_id, user_id=noah.id, name=noah.name, email=noah.email))
        db.session.commit()
    ask_to_move(web, dina, interview_id)
    page = Visitor(web).enter(noah).get(f"/interviews/{interview_id}")
    assert asks(page)
    assert not page.has_button("Move to this time")
    assert "Keep the time" not in page.text
