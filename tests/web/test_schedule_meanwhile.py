"""What changed while the steps were being filled in: it is reported beside its field, and nothing typed is
lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from extensions import db
from models import Candidate, Draft, Interview, Job, Task, User
from tests.factories import Team
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import begin, draft_at, send

pytestmark = pytest.mark.usefixtures("clock")


def finalize_after(app: Flask, visitor: Visitor, draft: str, change: Callable[[], object]) -> Page:
    """Press the last button after something happened, and return the page to which it leads instead of an
    interview."""
    page = visitor.get(f"{draft}/finalize")
    with in_rows(app):
        change()
        db.session.commit()
        tasks = db.session.scalar(db.select(db.func.count(Task.id)))
    answer = visitor.submit(page, "Schedule Interview", status=303, reminders=["60"])
    with in_rows(app):
        assert db.session.scalar(db.select(db.func.count(Interview.id))) == 0
        assert db.session.scalar(db.select(db.func.count(Task.id))) == tasks
        assert db.session.scalar(db.select(Draft.used_at).where(Draft.id == draft.rpartition("/")[2])) is None
    landed = visitor.follow(answer)
    assert "Nothing has been scheduled yet" in landed.messages
    [wrong] = landed.tree.all("li", lambda e: e.get("aria-current") == "step")
    assert landed.step_heading in wrong.text
    return landed


def correct(visitor: Visitor, draft: str, page: Page, **choices: Any) -> None:
    """Choose again, go straight back to the end, and find the reminders as they were left."""
    visitor.submit(page, "Save and go to Finalize", leads_to=f"{draft}/finalize", **choices)
    page = visitor.get(f"{draft}/finalize")
    assert page.fields("Schedule Interview")["reminders"] == ["60"]
    visitor.submit(page, "Schedule Interview", leads_to="/interviews/1")


def close(job_id: int) -> Callable[[], None]:
    def closed() -> None:
        db.session.get_one(Job, job_id).is_open = False

    return closed


def leave(user_id: int) -> Callable[[], None]:
    def left() -> None:
        db.session.get_one(User, user_id).is_active = False

    return left


def test_interview_never_moves_to_another_job_on_its_own(web: Flask, team: Team, ada: Visitor) -> None:
    ada.submit(ada.get(f"/candidates/{team.dina.id}"), "Add to job", status=303, job=team.other_job_id)
    draft = begin(ada, team.dina.id)
    page = ada.get(f"{draft}/setup")
    jobs = {o.text: o["value"] for o in page.tree.all("option") if o.parent and o.parent.get("name") == "job"}
    assert set(jobs) == {"Choose a job", "Backend Engineer", "Product Designer"}
    ada.submit(page, "Continue", leads_to=f"{draft}/date-time", agenda="Talk", job=jobs["Backend Engineer"])
    for step in ("date-time", "attendees", "details", "preview"):
        send(ada, draft, step)
    page = finalize_after(web, ada, draft, close(team.job_id))
    assert page.step_heading == "Setup"
    assert "Backend Engineer was closed in the meantime" in page.error_at("job")
    correct(ada, draft, page, job=jobs["Product Designer"])
    with in_rows(web):
        assert db.session.get_one(Interview, 1).application.job_id == team.other_job_id


def test_last_job_closed_meanwhile_waits_for_another(web: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "finalize")
    page = ada.get(f"{draft}/details")
    with in_rows(web):
        close(team.job_id)()
        db.session.commit()
    answer = ada.submit(page, "Continue", status=303, title="Typed meanwhile")
    page = ada.follow(answer)
    assert page.heading == "No open job"
    assert page.tree.all("a", lambda e: e.text == "Open Dina Kaur")
    with in_rows(web):
        db.session.get_one(Job, team.job_id).is_open = True
        db.session.commit()
    assert ada.get(f"{draft}/details").value_of("Continue", "title") == "Typed meanwhile"
    send(ada, draft, "finalize")


def test_hiring_manager_who_left_meanwhile_is_asked_about_again(web: Flask, team: Team, ada: Visitor) -> None:
    answers = {"attendees": {"hiring_manager": team.cleo.id, "people": [str(team.ben.id)]}}
    draft = draft_at(ada, team.dina.id, "finalize", answers)
    page = finalize_after(web, ada, draft, leave(team.cleo.id))
    assert page.step_heading == "Attendees"
    assert "Cleo Marin is no longer active on your team" in page.error_at("hiring_manager")
    assert page.fields("Save and go to Finalize")["hiring_manager"] == [""]
    assert page.fields("Save and go to Finalize")["people"] == [str(team.ben.id)]
    ada.submit(page, "Save and go to Finalize", status=422)
    correct(ada, draft, page, hiring_manager=team.ada.id)


def test_interviewer_who_left_meanwhile_is_named(web: Flask, team: Team, ada: Visitor) -> None:
    answers = {"attendees": {"people": [str(team.cleo.id)]}}
    draft = draft_at(ada, team.dina.id, "finalize", answers)
    page = finalize_after(web, ada, draft, leave(team.cleo.id))
    assert "Cleo Marin is no longer active on your team" in page.error_at("people")
    correct(ada, draft, page)


def test_time_that_passed_meanwhile_is_asked_about_again(
    clock: Clock, web: Flask, team: Team, ada: Visitor
) -> None:
    soon = {"date": "2027-02-01", "time": "13:10"}
    draft = draft_at(ada, team.dina.id, "finalize", {"date-time": soon})
    page = finalize_after(web, ada, draft, lambda: clock.move(timedelta(minutes=11)))
    assert page.step_heading == "Date & Time"
    assert "has passed" in page.error_at("time")
    assert page.value_of("Save and go to Finalize", "time") == "13:10"
    correct(ada, draft, page, time="18:00")


def test_what_is_typed_on_a_later_step_survives_a_change_of_an_earlier_one(
    clock: Clock, web: Flask, team: Team, ada: Visitor
) -> None:
    draft = draft_at(ada, team.dina.id, "details", {"date-time": {"date": "2027-02-01", "time": "13:10"}})
    page = ada.get(f"{draft}/details")
    clock.move(timedelta(minutes=11))
    answer = ada.submit(page, "Continue", leads_to=f"{draft}/date-time", message_to_candidate="Ring twice")
    page = ada.follow(answer)
    assert "What you typed on Details is kept" in page.messages
    [wrong] = page.tree.all("li", lambda e: "is-current" in e.get("class"))
    assert "Date & Time" in wrong.text
    send(ada, draft, "date-time", time="18:00")
    assert ada.get(f"{draft}/details").value_of("Continue", "message_to_candidate") == "Ring twice"


def test_stepper_shows_what_is_done_wrong_and_still_to_come(clock: Clock, team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "details", {"date-time": {"date": "2027-02-01", "time": "13:10"}})

    def states() -> list[str]:
        marks = ada.get(f"{draft}/setup").tree.all("li", lambda e: "step" in e.get("class").split())
        return [mark["class"].removeprefix("step is-") for mark in marks]

    assert states() == ["current", "done", "done", "open", "todo", "todo"]
    clock.move(timedelta(minutes=11))
    assert states() == ["current", "wrong", "done", "todo", "todo", "todo"]


def test_erased_candidate_leaves_no_draft_and_keeps_the_persons_own_words(
    web: Flask, team: Team, ada: Visitor
) -> None:
    draft = draft_at(ada, team.dina.id, "details")
    page = ada.get(f"{draft}/setup")
    ada.submit(ada.get(f"/candidates/{team.dina.id}/erase"), "Erase permanently", status=303)
    page = ada.submit(page, "Continue", status=404, agenda="Questions about ships")
    assert page.heading == "Draft not found"
    assert "Questions about ships" in page.text
    assert "Dina" not in page.text
    with in_rows(web):
        assert db.session.get_one(Candidate, team.dina.id).erased_at is not None


def test_change_on_finalize_leads_back_to_finalize(web: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "finalize")
    page = ada.get(f"{draft}/finalize")
    there = f"{draft}/date-time?from=finalize"
    ada.submit(
        page, "Edit Date & Time", leads_to=there, change="date-time", reminders=["60"], reminders_to=[]
    )
    page = ada.get(f"{draft}/date-time?from=finalize")
    assert not page.has_button("Continue")
    ada.submit(page, "Back", leads_to=f"{draft}/finalize", go="back")
    # A mistake on the way doesn't change where it leads.
    page = ada.submit(page, "Save and go to Finalize", status=422, date="")
    ada.submit(page, "Save and go to Finalize", leads_to=f"{draft}/finalize", date="2027-02-12")
    page = ada.get(f"{draft}/finalize")
    assert "12 February 2027" in page.text
    # What was checked on Finalize before is still checked.
    assert page.fields("Schedule Interview")["reminders"] == ["60"]
    assert "reminders_to" not in page.fields("Schedule Interview")
