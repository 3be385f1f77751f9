"""One unfinished interview per person, candidate and job: opened again, started over, brought back."""

from datetime import timedelta

import pytest
from flask import Flask

from extensions import db
from hiring.commands import remove_application
from models import Application, Candidate, Draft, Interview, InterviewStatus, Job, User
from tasks.expired_drafts import FORGET_EXPIRED
from tests.factories import Team, create_candidate, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor, path_of
from tests.web.dialog_steps import begin, draft_at, draft_in, send, walk_on

pytestmark = pytest.mark.usefixtures("clock")

WAS_THERE, SET_ASIDE = "This is your unfinished interview from", "was set aside"


def drafts_in(web: Flask) -> list[str]:
    """The addresses of all drafts that can be opened."""
    with in_rows(web):
        found = db.session.scalars(
            db.select(Draft.id)
            .where(Draft.used_at.is_(None), Draft.set_aside_at.is_(None))
            .order_by(Draft.id)
        )
        return [f"/schedule/{draft_id}" for draft_id in found]


def about(page: Page) -> str:
    """The line below a step's heading that says what it is about."""
    [lead] = page.tree.all("p", lambda e: e.get("class") == "lead")
    return lead.text


def put_on_other_job(web: Flask, team: Team) -> int:
    """Let Dina apply for the other job as well; the application's id."""
    with in_rows(web):
        application = Application(candidate_id=team.dina.id, job_id=team.other_job_id)
        db.session.add(application)
        db.session.commit()
        return application.id


def press(visitor: Visitor, page: Page, direction: str, **typed: str) -> str:
    """Press one of the buttons above the fields, and return the address of the draft to which it leads."""
    assert page.tree.all("button", lambda e: e.get("value") == direction), direction
    fields = {**page.fields("Continue"), **typed, "direction": direction}
    answer = visitor.post(path_of(page.form("Continue")["action"]), fields, status=303)
    return draft_in(path_of(answer.headers["Location"]))


def begin_for(visitor: Visitor, candidate_id: int, job_id: int) -> str:
    fields = {"csrf_token": visitor.token(), "job": str(job_id)}
    answer = visitor.post(f"/candidates/{candidate_id}/schedule", fields, status=303)
    return draft_in(path_of(answer.headers["Location"]))


def test_schedule_interview_opens_what_was_started_where_it_was_left(
    web: Flask, clock: Clock, team: Team, ada: Visitor, ben: Visitor
) -> None:
    draft = begin(ada, team.dina.id)
    # Nothing was typed yet, so there is nothing to say about it.
    assert begin(ada, team.dina.id) == draft
    assert WAS_THERE not in ada.get(f"{draft}/setup").text
    send(ada, draft, "setup")
    send(ada, draft, "date-time")
    clock.move(timedelta(minutes=30))
    page = ada.get(f"/candidates/{team.dina.id}")
    landed = ada.follow(ada.follow(ada.submit(page, "Schedule Interview", status=303), status=303))
    assert landed.step_heading == "Attendees"
    assert f"{WAS_THERE} 13:00 CET. Start over" in landed.text
    # The page on which one arrives says so, but the later steps don't.
    ada.submit(landed, "Continue", leads_to=f"{draft}/details")
    assert WAS_THERE not in ada.get(f"{draft}/details").text
    # Everyone has their own.
    assert begin(ben, team.dina.id) != draft
    assert len(drafts_in(web)) == 2
    clock.move(timedelta(hours=20))
    page = Visitor(web).enter(team.ada).get(f"{draft}/setup?unfinished=1")
    assert f"{WAS_THERE} Mon 1 Feb, 13:30 CET" in page.text


def test_starting_over_replaces_it_and_undo_brings_back_what_was_typed(
    web: Flask, team: Team, ada: Visitor
) -> None:
    draft = begin(ada, team.dina.id)
    send(ada, draft, "setup", agenda="The first attempt")
    page = ada.get(f"{draft}/date-time?unfinished=1")
    fresh = press(ada, page, "start-over", time="11:11")
    assert fresh != draft
    assert drafts_in(web) == [fresh]
    opened = ada.get(f"{fresh}/setup")
    assert opened.value_of("Continue", "agenda") == ""
    assert SET_ASIDE in opened.text
    # Pressed twice, and from another tab that still shows the old one.
    assert press(ada, page, "start-over") == fresh
    late = ada.submit(page, "Continue", status=409, time="12:12")
    assert late.heading == "You started over"
    assert "12:12" in late.text
    [newer] = late.tree.all("a", lambda e: e.text == "Open the new one")
    assert newer["href"] == fresh
    ada.get(f"{draft}/setup", status=404)

    assert press(ada, opened, "bring-back") == draft
    assert drafts_in(web) == [draft]
    assert ada.get(f"{draft}/setup").value_of("Continue", "agenda") == "The first attempt"
    assert ada.get(f"{draft}/date-time").value_of("Continue", "time") == "11:11"

    # Once something is saved in the new one, there is no way back to the old one.
    fresh = press(ada, ada.get(f"{draft}/setup?unfinished=1"), "start-over")
    send(ada, fresh, "setup")
    assert SET_ASIDE not in ada.get(f"{fresh}/setup").text
    ada.submit(ada.get(f"{fresh}/discard"), "Discard", leads_to="/")
    with in_rows(web):
        assert not db.session.scalar(db.select(db.func.count(Draft.id)))


def test_scheduling_uses_up_everything_that_was_started_for_that_job(
    web: Flask, team: Team, ada: Visitor, ben: Visitor
) -> None:
    put_on_other_job(web, team)
    bens = begin(ben, team.dina.id)
    draft = begin_for(ada, team.dina.id, team.job_id)
    send(ada, draft, "setup", agenda="The first attempt")
    other = begin_for(ada, team.dina.id, team.other_job_id)
    send(ada, other, "setup")
    draft = press(ada, ada.get(f"{draft}/setup?unfinished=1"), "start-over")
    walk_on(ada, draft, "finalize")
    page = ada.get(f"{draft}/finalize")
    page = ada.follow(ada.submit(page, "Schedule Interview", leads_to="/interviews/1?unfinished=1"))
    assert drafts_in(web) == sorted([other, bens])
    # The one for another job is offered to be discarded, in the words of the candidate's page.
    assert "You have another unfinished interview for Product Designer" in page.text
    [discard] = page.tree.all("a", lambda e: e.text == "Discard")
    question = ada.get(path_of(discard["href"]))
    here = f"/candidates/{team.dina.id}"
    assert "unfinished interview" not in ada.follow(ada.submit(question, "Discard", leads_to=here)).text
    assert "unfinished" not in ada.get("/interviews/1").text
    with in_rows(web):
        left = db.select(db.func.count(Draft.id)).where(Draft.used_at.is_(None))
        assert db.session.scalar(left) == 1


def test_each_job_of_a_candidate_has_its_own(web: Flask, clock: Clock, team: Team, ada: Visitor) -> None:
    put_on_other_job(web, team)
    # The button on the page of a job says which.
    page = ada.get(f"/jobs/{team.other_job_id}")
    [button] = page.tree.all("button", lambda e: e.text.startswith("Schedule"))
    assert (button["name"], button["value"]) == ("job", str(team.other_job_id))
    other = begin_for(ada, team.dina.id, team.other_job_id)
    page = ada.get(f"{other}/setup")
    assert about(page) == "Dina Kaur · Product Designer"
    ada.submit(page, "Continue", leads_to=f"{other}/date-time", agenda="For the other job")
    clock.move(timedelta(minutes=1))
    one = begin_for(ada, team.dina.id, team.job_id)
    assert one != other
    # What is open on the candidate's page is the last one that was changed.
    assert begin(ada, team.dina.id) == one
    clock.move(timedelta(minutes=1))
    send(ada, other, "date-time")
    send(ada, other, "attendees")
    assert begin(ada, team.dina.id) == other

    # Neither is in the way of a third, for which the job is chosen on Setup: there, one of two is kept.
    third = press(ada, ada.get(f"{other}/details?unfinished=1"), "another-job")
    assert third not in (one, other)
    jobs = ada.get(f"{third}/setup")
    [choice] = jobs.tree.all("option", lambda e: e.text == "Product Designer")
    refused = ada.submit(jobs, "Continue", status=422, job=choice["value"], agenda="The third")
    assert (
        refused.error_at("job") == "You've started another interview for this job. Choose which one to keep."
    )
    [there] = refused.tree.all("a", lambda e: e.text == "Continue that one")
    ada.get(path_of(there["href"]), leads_to=f"{other}/details?unfinished=1")
    # Leaving it keeps all three.
    ada.submit(refused, "Back", status=303, go="back")
    assert drafts_in(web) == sorted([one, other, third])
    fields = {**refused.fields("Continue"), "direction": "keep-this"}
    ada.post(f"{third}/setup", fields, leads_to=f"{third}/date-time")
    assert drafts_in(web) == sorted([one, third])
    assert begin_for(ada, team.dina.id, team.other_job_id) == third
    assert ada.get(f"{third}/setup").value_of("Continue", "agenda") == "The third"


def test_draft_without_a_job_becomes_the_one_for_the_job_that_is_asked_for(
    web: Flask, team: Team, ada: Visitor
) -> None:
    put_on_other_job(web, team)
    draft = begin(ada, team.dina.id)
    page = ada.get(f"{draft}/setup")
    ada.submit(page, "Back", status=303, go="back", agenda="Kept", job="")
    # Another draft would have no job either.
    assert "another job" not in ada.get(f"{draft}/setup?unfinished=1").text
    assert begin_for(ada, team.dina.id, team.other_job_id) == draft
    page = ada.get(f"{draft}/setup")
    assert about(page) == "Dina Kaur · Product Designer"
    assert page.value_of("Continue", "agenda") == "Kept"
    assert drafts_in(web) == [draft]


def test_another_like_this_sets_aside_what_was_started_and_undo_brings_it_back(
    web: Flask, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        schedule(team.ada, team.dina)
    draft = draft_at(ada, team.dina.id, "details")
    answer = ada.submit(ada.get("/interviews/1/another"), "Continue", status=303)
    copy = draft_in(path_of(answer.headers["Location"]))
    assert drafts_in(web) == [copy]
    page = ada.follow(ada.follow(answer, status=303))
    assert SET_ASIDE in page.text
    assert press(ada, page, "bring-back") == draft
    assert drafts_in(web) == [draft]
    # One in which nothing was typed is not worth bringing back.
    ada.submit(ada.get(f"{draft}/discard"), "Discard", leads_to="/")
    begin(ada, team.dina.id)
    answer = ada.submit(ada.get("/interviews/1/another"), "Continue", status=303)
    page = ada.follow(ada.follow(answer, status=303))
    assert SET_ASIDE not in page.text
    assert len(drafts_in(web)) == 1


def test_page_says_what_cannot_be_brought_back(web: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "details")
    page = ada.get(f"{draft}/details?unfinished=1")
    fresh = press(ada, page, "start-over")
    opened = ada.get(f"{fresh}/setup")
    with in_rows(web):
        db.session.execute(db.delete(Draft).where(Draft.set_aside_at.is_not(None)))
        db.session.commit()
    fields = {**opened.fields("Continue"), "direction": "bring-back"}
    landed = ada.follow(ada.post(f"{fresh}/setup", fields, leads_to=f"{fresh}/setup"))
    assert "can't be brought back" in landed.messages


# What cannot be finished is not offered


def closed(team: Team) -> None:
    db.session.get_one(Job, team.job_id).is_open = False


def off_the_job(team: Team) -> None:
    remove_application(db.session.get_one(Application, team.dina.application_id))


def someone_elses_job(team: Team) -> None:
    db.session.get_one(Job, team.job_id).hiring_manager_id = team.cleo.id


def cancelled(team: Team) -> None:
    db.session.get_one(Interview, 1).status = InterviewStatus.CANCELLED


@pytest.mark.parametrize("happens", [closed, off_the_job, someone_elses_job, cancelled])
def test_lists_leave_out_what_cannot_be_finished(
    web: Flask, team: Team, ben: Visitor, happens: object
) -> None:
    if happens is cancelled:
        with in_rows(web):
            schedule(team.ben, team.dina)
        ben.post("/interviews/1/change", status=303)
    else:
        draft_at(ben, team.dina.id, "details")
    assert 'id="drafts"' in ben.get("/").html
    with in_rows(web):
        happens(team)  # type: ignore[operator]
        db.session.commit()
    assert 'id="drafts"' not in ben.get("/").html
    if happens in (closed, cancelled):
        assert "unfinished" not in ben.get(f"/candidates/{team.dina.id}").text
    out_of_sight = (off_the_job, someone_elses_job)
    for draft in drafts_in(web):
        # Someone who has the address open is told, and nothing breaks.
        assert ben.get(f"{draft}/setup", status=404 if happens in out_of_sight else 200).heading
    if happens is closed:
        with in_rows(web):
            db.session.get_one(Job, team.job_id).is_open = True
            db.session.commit()
        assert 'id="drafts"' in ben.get("/").html


def test_draft_for_a_closed_job_is_in_no_ones_way(web: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "details")
    put_on_other_job(web, team)
    with in_rows(web):
        closed(team)
        db.session.commit()
    fresh = begin(ada, team.dina.id)
    assert fresh != draft
    assert about(ada.get(f"{fresh}/setup")) == "Dina Kaur · Product Designer"
    # Once the candidate is off the job, the old draft has no job, and asks for one.
    with in_rows(web):
        off_the_job(team)
        db.session.commit()
    page = ada.get(f"{draft}/setup")
    assert "no longer on the job that you chose" in page.error_at("job")


def test_abandoned_drafts_are_deleted_even_of_people_who_left(
    web: Flask, clock: Clock, team: Team, ada: Visitor, ben: Visitor
) -> None:
    draft_at(ben, team.dina.id, "details")
    clock.move(timedelta(days=20))
    with in_rows(web):
        nora = create_candidate("Nora Lund", "nora@mail.example", team.job_id)
        db.session.get_one(User, team.ben.id).is_active = False
        db.session.commit()
    young = draft_at(Visitor(web).enter(team.ada), nora.id, "details")
    clock.move(timedelta(days=9))
    with web.app_context():
        FORGET_EXPIRED.run()
    assert drafts_in(web) == [young]
    with in_rows(web):
        assert db.session.get_one(Candidate, team.dina.id).erased_at is None
