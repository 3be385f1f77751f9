"""The page on which an interview is cancelled, and the undo on the page that follows."""

from datetime import timedelta

import pytest
from flask import Flask

from extensions import db
from models import Interview, InterviewStatus, Mail, MailState, Revision
from scheduling.mails.queue import CANCELLATION
from services import services
from tests.factories import Team, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor, path_of

HEADING = "Cancel the interview with Dina Kaur?"


@pytest.fixture
def interview_id(web: Flask, team: Team) -> int:
    """An interview that everyone was invited to."""
    with in_rows(web):
        made = schedule(team.ada, team.dina, software=None)
        for mail in db.session.scalars(db.select(Mail)):
            mail.state = MailState.SENT
        db.session.commit()
        return made


def stored(web: Flask, interview_id: int) -> tuple[InterviewStatus, list[str]]:
    with in_rows(web):
        told = db.session.scalars(db.select(Mail.name).where(Mail.kind == CANCELLATION).order_by(Mail.id))
        return db.session.get_one(Interview, interview_id).status, list(told)


def test_two_clicks_cancel_and_one_undoes(web: Flask, ada: Visitor, interview_id: int) -> None:
    [button] = ada.get(f"/interviews/{interview_id}").tree.all("a", lambda e: e.text == "Cancel interview")
    page = ada.get(button["href"])
    assert page.heading == HEADING
    page = ada.follow(ada.submit(page, "Cancel interview", leads_to=f"/interviews/{interview_id}"))
    assert "Interview cancelled. No one has been told yet." in page.text
    assert not page.tree.all("a", lambda e: e.text == "Cancel interview")
    assert stored(web, interview_id) == (InterviewStatus.CANCELLED, ["Dina Kaur", "Ben Frei"])
    page = ada.follow(ada.submit(page, "Undo", leads_to=f"/interviews/{interview_id}"))
    assert "The interview is on again. No one was told that it was cancelled." in page.text
    assert not page.has_button("Undo")
    assert stored(web, interview_id) == (InterviewStatus.SCHEDULED, [])
    assert "Ada Berg took back cancelling the interview" in page.text


def test_join_page_says_at_once_that_it_is_off(web: Flask, ada: Visitor, interview_id: int) -> None:
    with in_rows(web):
        row = db.session.get_one(Interview, interview_id)
        address = path_of(services(web).join_links.join_page(row, "candidate"))
    ada.submit(ada.get(f"/interviews/{interview_id}/cancel"), "Cancel interview", status=303)
    assert "cancelled" in Visitor(web).get(address).text


def test_message_and_whether_the_candidate_is_told_are_kept(
    web: Flask, ada: Visitor, interview_id: int
) -> None:
    page = ada.get(f"/interviews/{interview_id}/cancel")
    ada.submit(page, "Cancel interview", words="The role is filled.", tells_candidate=None, status=303)
    assert stored(web, interview_id) == (InterviewStatus.CANCELLED, ["Ben Frei"])
    with in_rows(web):
        [_, revision] = db.session.scalars(db.select(Revision).order_by(Revision.number))
        assert (revision.words, revision.tells_candidate) == ("The role is filled.", False)


def test_message_that_is_too_long_is_refused_and_kept(web: Flask, ada: Visitor, interview_id: int) -> None:
    page = ada.get(f"/interviews/{interview_id}/cancel")
    again = ada.submit(page, "Cancel interview", words="x" * 1001, status=422)
    assert again.heading == HEADING
    assert "Keep it under 1,000 characters." in again.text
    assert "x" * 1001 in again.html
    assert stored(web, interview_id)[0] is InterviewStatus.SCHEDULED


def test_second_click_and_late_undo_say_so(clock: Clock, web: Flask, ada: Visitor, interview_id: int) -> None:
    first, second = (ada.get(f"/interviews/{interview_id}/cancel") for _ in range(2))
    page = ada.follow(ada.submit(first, "Cancel interview", leads_to=f"/interviews/{interview_id}"))
    clock.move(timedelta(seconds=10))
    late = ada.follow(ada.submit(page, "Undo", leads_to=f"/interviews/{interview_id}"))
    assert "It's too late to undo this" in late.text
    again = ada.follow(ada.submit(second, "Cancel interview", leads_to=f"/interviews/{interview_id}"))
    assert "This interview is cancelled already." in again.text
    assert stored(web, interview_id) == (InterviewStatus.CANCELLED, ["Dina Kaur", "Ben Frei"])
