"""The line above every page while an upcoming interview is not ready: for those who arrange it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from extensions import db
from models import FailureReason, Interview, InterviewStatus, Mail, MailState, Meeting, MeetingState, Role
from scheduling.mails.queue import INVITATION
from tests.factories import Team, create_user, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor
from tests.web.test_connection_banners import notices


@pytest.fixture
def interview_id(web: Flask, team: Team, clock: Clock) -> int:
    """Ben's interview in three days, scheduled by Ada: its meeting could not be made."""
    with in_rows(web):
        made = schedule(team.ada, team.dina)
        lose(made)
    return made


def lose(interview_id: int) -> None:
    meeting = db.session.scalars(db.select(Meeting).where(Meeting.interview_id == interview_id)).one()
    meeting.state, meeting.failure = MeetingState.FAILED, FailureReason.NOT_ALLOWED
    db.session.commit()


def seen(visitor: Visitor, address: str = "/jobs") -> list[tuple[str, list[str]]]:
    """What the banners about interviews say, and where their links lead."""
    found = [each for each in notices(visitor.get(address)) if "interview with" in each.text]
    return [(each.text, [link["href"] for link in each.all("a")]) for each in found]


def test_those_who_arrange_it_are_led_to_an_interview_without_a_meeting(
    web: Flask, team: Team, interview_id: int, clock: Clock
) -> None:
    with in_rows(web):
        others = [create_user("Noah Bell", Role.RECRUITER), team.cleo]
    words = "The interview with Dina Kaur on Thu 4 Feb, 10:00 CET has no Zoom link yet."
    for member in (team.ada, team.ben):
        [(text, links)] = seen(Visitor(web).enter(member))
        assert words in text
        assert links == [f"/interviews/{interview_id}"]
    for member in others:
        assert seen(Visitor(web).enter(member)) == []
    ben = Visitor(web).enter(team.ben)
    # Its own page says the same and more.
    assert seen(ben, f"/interviews/{interview_id}") == []
    assert "tone-warning" in str(notices(ben.get("/jobs"))[0].get("class"))
    clock.move(timedelta(days=2))
    ben = Visitor(web).enter(team.ben)
    assert "tone-danger" in str(notices(ben.get("/jobs"))[0].get("class"))


def test_more_of_them_are_counted_behind_the_next_one(web: Flask, team: Team, interview_id: int) -> None:
    ben = Visitor(web).enter(team.ben)
    for expected in ("1 more interview needs attention.", "2 more interviews need attention."):
        with in_rows(web):
            lose(schedule(team.ada, team.dina))
        [(text, links)] = seen(ben)
        assert expected in text
        assert links == [f"/interviews/{interview_id}"]


@pytest.mark.parametrize("end", ["has a meeting", "was arranged", "was cancelled", "has begun"])
def test_line_is_gone_when_there_is_nothing_to_do(
    web: Flask, team: Team, interview_id: int, clock: Clock, end: str
) -> None:
    ben = Visitor(web).enter(team.ben)
    assert seen(ben)
    with in_rows(web):
        interview = db.session.get_one(Interview, interview_id)
        meeting = interview.meeting
        assert meeting is not None
        match end:
            case "has a meeting":
                meeting.state, meeting.join_url = MeetingState.READY, "https://zoom.example/j/1"
            case "was arranged":
                meeting.arranged_by_id = team.ada.id
            case "was cancelled":
                interview.status = InterviewStatus.CANCELLED
            case "has begun":
                interview.starts_at = clock.now
        db.session.commit()
    assert seen(ben) == []


def test_what_a_check_found_is_shown_until_it_is_fixed(web: Flask, team: Team, clock: Clock) -> None:
    with in_rows(web):
        interview_id = schedule(team.ada, team.dina, software=None)
        row = db.session.get_one(Interview, interview_id)
        row.checked_problems = "r0i"
        mails = db.session.scalars(
            db.select(Mail).where(Mail.interview_id == interview_id, Mail.kind == INVITATION)
        ).all()
        for mail in mails:
            mail.state = MailState.SENT
        mails[0].state, mails[0].words = MailState.FAILED, "550 This looks like spam."
        db.session.commit()
    ben = Visitor(web).enter(team.ben)
    [(text, _)] = seen(ben)
    assert "The interview with Dina Kaur on Thu 4 Feb, 10:00 CET isn't ready." in text
    assert "Dina Kaur has not received the invitation. 550 This looks like spam." in text
    assert "Open the interview to send it again, or tell them yourself." in text
    # On its own page, no link to it is needed.
    [own] = notices(ben.get(f"/interviews/{interview_id}"))
    assert "Dina Kaur has not received the invitation." in own.text
    assert own.all("a") == []
    with in_rows(web):
        for mail in db.session.scalars(db.select(Mail).where(Mail.state == MailState.FAILED)):
            mail.state = MailState.SENT
        db.session.commit()
    assert seen(ben) == []
