"""Saying how an interview ended, and what the people who took part think of it."""

from datetime import timedelta

import pytest
from flask import Flask

from background import work_once
from extensions import db
from models import Absent, Feedback, Interview, InterviewStatus, Mail, Role, Verdict
from scheduling.mails.queue import FEEDBACK_NUDGE
from scheduling.plans import Participant
from tests.factories import Member, Team, create_user, in_three_days, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor
from tests.web.conftest import SignIn


@pytest.fixture
def ivan(web: Flask, team: Team) -> Member:
    """An interviewer of the interview."""
    with in_rows(web):
        return create_user("Ivan Petrov", Role.INTERVIEWER)


@pytest.fixture
def interview_id(web: Flask, team: Team, ivan: Member) -> int:
    with in_rows(web):
        attends = Participant(ivan.name, ivan.email, ivan.id)
        return schedule(team.ada, team.dina, software=None, attendees=(attends,))


@pytest.fixture
def over(clock: Clock, interview_id: int) -> Clock:
    """The clock, a minute after the interview has ended."""
    clock.move(in_three_days() + timedelta(minutes=46) - clock())
    return clock


def status(web: Flask, interview_id: int) -> InterviewStatus:
    with in_rows(web):
        return db.session.get_one(Interview, interview_id).status


def test_interview_that_has_not_begun_cannot_end(web: Flask, ada: Visitor, interview_id: int) -> None:
    page = ada.get(f"/interviews/{interview_id}")
    assert "No-show" not in page.text
    for ending in ("complete", "no-show"):
        back = ada.get(
            f"/interviews/{interview_id}/{ending}", leads_to=f"/interviews/{interview_id}", status=303
        )
        assert "This interview hasn't begun yet." in ada.follow(back).text
    assert status(web, interview_id) is InterviewStatus.SCHEDULED


def test_manager_completes_it_and_says_what_he_thinks_in_one_step(
    over: Clock, web: Flask, sign_in: SignIn, team: Team, interview_id: int
) -> None:
    ben = sign_in(team.ben)
    [button] = ben.get(f"/interviews/{interview_id}").tree.all("a", lambda e: e.text == "Complete")
    page = ben.get(button["href"])
    again = ben.submit(page, "Complete interview", notes="Knows a lot.", status=422)
    assert "Choose Hire, No hire or Maybe." in again.text
    assert status(web, interview_id) is InterviewStatus.SCHEDULED
    done = ben.submit(again, "Complete interview", verdict="hire", rating="4", status=303)
    page = ben.follow(done)
    assert "Interview completed." in page.text
    assert "Knows a lot." in page.text
    assert "Still to come: Ivan Petrov" in page.text
    assert status(web, interview_id) is InterviewStatus.COMPLETED
    ben.submit(page, "Undo completed", status=303)
    assert status(web, interview_id) is InterviewStatus.SCHEDULED
    with in_rows(web):
        [row] = db.session.scalars(db.select(Feedback))
        assert (row.user_id, row.verdict, row.rating) == (team.ben.id, Verdict.HIRE, 4)


@pytest.mark.parametrize("absent", list(Absent))
def test_no_show_says_whose(
    over: Clock, web: Flask, sign_in: SignIn, team: Team, interview_id: int, absent: Absent
) -> None:
    ada = sign_in(team.ada)
    page = ada.get(f"/interviews/{interview_id}/no-show")
    assert "Choose who didn't come." in ada.submit(page, "Note as no-show", status=422).text
    ada.submit(page, "Note as no-show", absent=absent.value, status=303)
    with in_rows(web):
        row = db.session.get_one(Interview, interview_id)
        assert (row.status, row.absent) == (InterviewStatus.NO_SHOW, absent)
    page = ada.follow(ada.submit(ada.get(f"/interviews/{interview_id}"), "Undo no-show", status=303))
    assert "The interview is set back to Scheduled." in page.text
    assert status(web, interview_id) is InterviewStatus.SCHEDULED


def test_ending_is_taken_back_on_the_same_day_only(
    over: Clock, web: Flask, sign_in: SignIn, team: Team, interview_id: int
) -> None:
    ada = sign_in(team.ada)
    ada.submit(ada.get(f"/interviews/{interview_id}/complete"), "Complete interview", status=303)
    over.move(timedelta(hours=16))
    ada = sign_in(team.ada)
    assert not ada.get(f"/interviews/{interview_id}").has_button("Undo completed")
    late = ada.follow(ada.post(f"/interviews/{interview_id}/reopen", status=303))
    assert "This can only be taken back on the same day." in late.text
    assert status(web, interview_id) is InterviewStatus.COMPLETED


def test_feedback_of_others_is_hidden_until_ones_own_is_given(
    over: Clock, web: Flask, sign_in: SignIn, team: Team, ivan: Member, interview_id: int
) -> None:
    address = f"/interviews/{interview_id}/feedback"
    ben, his = sign_in(team.ben), sign_in(ivan)
    ben.submit(ben.get(address), "Save feedback", verdict="no_hire", notes="Vague on testing.", status=303)
    page = his.get(f"/interviews/{interview_id}")
    assert "1 other has given feedback." in page.text
    assert "Vague on testing." not in page.html
    page = his.follow(his.submit(his.get(address), "Save feedback", verdict="maybe", status=303))
    assert "Vague on testing." in page.text
    # It can be changed, and is one's own to change.
    changed = his.get(address)
    assert changed.value_of("Save feedback", "verdict") == "maybe"
    his.submit(changed, "Save feedback", verdict="hire", status=303)
    # People who did not take part owe no feedback, and can read all of it.
    ada = sign_in(team.ada)
    page = ada.get(f"/interviews/{interview_id}")
    assert "Vague on testing." in page.text
    ada.get(address, status=403)
    too_long = ben.submit(ben.get(address), "Save feedback", notes="x" * 5001, status=422)
    assert "Keep it under 5,000 characters." in too_long.text


def test_person_who_owes_feedback_is_reminded_gently(
    over: Clock, web: Flask, sign_in: SignIn, team: Team, ivan: Member, interview_id: int
) -> None:
    def nudged() -> list[tuple[str, str]]:
        work_once(web)
        with in_rows(web):
            rows = db.session.scalars(db.select(Mail).where(Mail.kind == FEEDBACK_NUDGE).order_by(Mail.id))
            return [(row.name, row.occasion) for row in rows]

    ben = sign_in(team.ben)
    assert nudged() == []
    over.move(timedelta(hours=1))
    assert nudged() == [("Ben Frei", "n1"), ("Ivan Petrov", "n1")]
    over.move(timedelta(minutes=2))
    assert len(nudged()) == 2
    ben = sign_in(team.ben)
    ben.submit(ben.get(f"/interviews/{interview_id}/feedback"), "Save feedback", verdict="hire", status=303)
    days: list[int] = []
    for _ in range(14):
        over.move(timedelta(days=1))
        if len(nudged()) > 2 + len(days):
            days.append(over().weekday())
    assert nudged()[-1] == ("Ivan Petrov", "n5")
    assert len(days) == 4
    assert all(day < 5 for day in days)
