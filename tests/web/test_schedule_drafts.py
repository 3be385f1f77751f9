"""Drafts: where they wait, who sees them, how they end, and forms that are older than they are."""

from datetime import timedelta

import pytest
from flask import Flask

from extensions import db
from models import Attachment, Draft, Interview, Job
from tests.factories import PASSWORD, Team, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor, path_of
from tests.web.dialog_steps import begin, draft_at, send

pytestmark = pytest.mark.usefixtures("clock")


def link(page: Page, words: str) -> str:
    [found] = page.tree.all("a", lambda e: e.text.startswith(words))
    return path_of(found["href"])


def test_half_finished_interview_waits_on_the_dashboard_and_at_the_candidate(
    web: Flask, clock: Clock, team: Team, ada: Visitor, ben: Visitor
) -> None:
    draft = draft_at(ada, team.dina.id, "attendees")
    page = ada.get("/")
    assert "Backend Engineer · 2 of 6 steps done" in page.text
    ada.get(link(page, "Continue"), leads_to=f"{draft}/attendees?unfinished=1")
    page = ada.get(f"/candidates/{team.dina.id}")
    ada.get(link(page, "Continue scheduling"), leads_to=f"{draft}/attendees?unfinished=1")
    for address in ("/", f"/candidates/{team.dina.id}"):
        assert draft not in ben.get(address).html
    send(ada, draft, "attendees")
    send(ada, draft, "details")
    ada.get(draft, leads_to=f"{draft}/preview")
    send(ada, draft, "preview")
    ada.get(draft, leads_to=f"{draft}/finalize")


def test_draft_expires_after_two_weeks_and_says_so_with_what_was_just_typed(
    clock: Clock, team: Team, ada: Visitor
) -> None:
    draft = draft_at(ada, team.dina.id, "attendees")
    open_page = ada.get(f"{draft}/setup")
    clock.move(timedelta(days=14, minutes=1))
    ada = Visitor(ada.app).enter(team.ada)
    assert draft not in ada.get("/").html
    assert draft not in ada.get(f"/candidates/{team.dina.id}").html
    page = ada.get(f"{draft}/attendees", status=404)
    assert page.heading == "This has expired"
    assert link(page, "Start over with Dina Kaur") == f"/candidates/{team.dina.id}"
    fields = {**open_page.fields("Continue"), "agenda": "A long\nagenda", "csrf_token": ada.token()}
    page = ada.post(f"{draft}/setup", fields, status=404)
    assert "A long agenda" in page.text
    assert ada.get(draft, status=404, htmx=False).heading == "This has expired"
    # Requests that a page makes on its own get no message.
    ada.get(f"{draft}/date-time/look", status=204, htmx=True)


def test_draft_is_discarded_after_a_question(web: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "details")
    page = ada.get(link(ada.get("/"), "Discard"))
    assert page.heading == "Discard your draft for Dina Kaur?"
    with in_rows(web):
        assert db.session.scalar(db.select(db.func.count(Draft.id))) == 1
    answer = ada.submit(page, "Discard", leads_to="/")
    assert "No one had been invited" in ada.follow(answer).messages
    with in_rows(web):
        assert db.session.scalar(db.select(db.func.count(Draft.id))) == 0
    page = ada.get(f"{draft}/details", status=404)
    assert page.heading == "Draft not found"


def test_draft_is_discarded_from_the_candidate_and_leads_back_there(team: Team, ada: Visitor) -> None:
    here = f"/candidates/{team.dina.id}"
    draft_at(ada, team.dina.id, "details")
    page = ada.get(f"{here}")
    [discard] = page.tree.all("a", lambda e: e.text == "Discard")
    question = ada.get(discard["href"])
    [cancel] = question.tree.all("a", lambda e: e.text == "Cancel")
    assert cancel["href"] == here
    after = ada.follow(ada.submit(question, "Discard", leads_to=here))
    assert "No one had been invited" in after.messages
    assert "Continue scheduling" not in after.text


def test_unfinished_change_is_called_one(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        interview_id = schedule(team.ada, team.dina)
    ada.post(f"/interviews/{interview_id}/change", status=303)
    page = ada.get(f"/candidates/{team.dina.id}")
    assert "unfinished change of an interview" in page.text
    assert "Continue changing" in page.text
    line = ada.get("/").tree.with_id("drafts")
    assert line is not None
    assert "Backend Engineer · Change of an interview · last changed" in line.text
    assert "Continue changing the interview with Dina Kaur" in line.text
    question = ada.get(link(page, "Discard"))
    assert "The interview stays as it is." in question.text
    assert (
        "The interview stays as it is."
        in ada.follow(ada.submit(question, "Discard", leads_to=f"/candidates/{team.dina.id}")).messages
    )


def test_discarded_draft_leaves_no_file_behind(web: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "details")
    with in_rows(web):
        db.session.add(
            Attachment(
                draft_id=draft.rpartition("/")[2],
                name="cv.pdf",
                content_type="application/pdf",
                size_bytes=3,
                content_hash="x",
                stored_as="x",
                uploaded_by_id=team.ada.id,
            )
        )
        db.session.commit()
    ada.submit(ada.get(f"{draft}/discard"), "Discard", leads_to="/")
    with in_rows(web):
        # Without an owner: the sweep removes it together with its bytes.
        assert db.session.scalars(db.select(Attachment.draft_id)).all() == [None]


def test_draft_of_someone_else_is_not_there(team: Team, ada: Visitor, ben: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "preview")
    for step in ("setup", "preview", "finalize", "discard"):
        assert ben.get(f"{draft}/{step}", status=404).heading == "Draft not found"
        ben.post(f"{draft}/{step}", {"version": "5"}, status=404)
    ben.get(f"{draft}/letters/0", status=404)
    assert ada.get(f"{draft}/setup").step_heading == "Setup"


def test_draft_about_someone_out_of_sight_by_now_is_not_there(web: Flask, team: Team, ben: Visitor) -> None:
    draft = draft_at(ben, team.dina.id, "preview")
    with in_rows(web):
        db.session.get_one(Job, team.job_id).hiring_manager_id = team.cleo.id
        db.session.commit()
    for step in ("setup", "preview", "finalize", "discard"):
        assert "Dina" not in ben.get(f"{draft}/{step}", status=404).text
    page = ben.post(f"{draft}/setup", {"version": "5", "agenda": "My own words"}, status=404)
    assert "My own words" in page.text
    assert "Dina" not in page.text + ben.get("/").text


# Two tabs


def test_form_from_an_older_tab_overwrites_nothing_and_shows_both(team: Team, ada: Visitor) -> None:
    draft = begin(ada, team.dina.id)
    old_tab = ada.get(f"{draft}/setup")
    send(ada, draft, "setup", agenda="What the newer tab says")
    page = ada.submit(old_tab, "Continue", status=409, agenda="What the older tab says")
    assert page.heading == "This was changed in another tab"
    assert "What the newer tab says" in page.text
    assert "What the older tab says" in page.text
    kept = ada.get(link(page, "Keep the saved version"))
    assert kept.value_of("Continue", "agenda") == "What the newer tab says"
    ada.submit(page, "Save what I just sent", leads_to=f"{draft}/date-time")
    assert ada.get(f"{draft}/setup").value_of("Continue", "agenda") == "What the older tab says"
    # The choice applies only to what was shown: a third tab was faster.
    again = ada.submit(page, "Save what I just sent", leads_to=f"{draft}/date-time")
    assert again.status == 303
    send(ada, draft, "setup", agenda="A third one")
    ada.submit(page, "Save what I just sent", status=409)


def test_old_finalize_page_schedules_nothing_and_leads_to_the_new_one(
    web: Flask, team: Team, ada: Visitor
) -> None:
    draft = draft_at(ada, team.dina.id, "finalize")
    old_tab = ada.get(f"{draft}/finalize")
    send(ada, draft, "date-time", time="11:00")
    page = ada.submit(old_tab, "Schedule Interview", status=409)
    assert "Nothing has been scheduled" in page.text
    page = ada.get(link(page, "Check Finalize again"))
    assert "11:00" in page.text
    ada.submit(page, "Schedule Interview", leads_to="/interviews/1")


def test_same_form_sent_twice_goes_on_as_if_sent_once(team: Team, ada: Visitor) -> None:
    draft = begin(ada, team.dina.id)
    page = ada.get(f"{draft}/setup")
    for _ in range(2):
        ada.submit(page, "Continue", leads_to=f"{draft}/date-time", agenda="The same")


def test_made_up_version_is_an_old_one(team: Team, ada: Visitor) -> None:
    draft = begin(ada, team.dina.id)
    page = ada.get(f"{draft}/setup")
    for version in ("", "0", "-1", "x", "9" * 30, "\u0663"):
        ada.submit(page, "Continue", status=409, agenda="x", version=version)


def test_used_draft_leads_to_its_interview(web: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "finalize")
    old_tab = ada.get(f"{draft}/setup")
    page = ada.get(f"{draft}/finalize")
    ada.submit(page, "Schedule Interview", leads_to="/interviews/1")
    ada.submit(page, "Schedule Interview", leads_to="/interviews/1")
    back = ada.get(f"{draft}/finalize")
    assert back.heading == "Already scheduled"
    assert link(back, "Open the interview") == "/interviews/1"
    # Someone who was still changing something in another tab is told that it is not part of the interview.
    late = ada.submit(old_tab, "Continue", status=409, agenda="One more thing")
    assert late.heading == "Already scheduled"
    assert "came too late" in late.text
    assert "One more thing" in late.text
    with in_rows(web):
        assert db.session.scalar(db.select(db.func.count(Interview.id))) == 1


def test_step_comes_back_after_signing_in_again(web: Flask, clock: Clock, team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "attendees")
    page = ada.get(f"{draft}/setup")
    clock.move(timedelta(days=13))
    late = ada.submit(page, "Continue", status=401, agenda="Not lost, and that is said")
    assert late.heading == "You're signed out"
    assert "Your session has ended" in late.text
    login = ada.get(link(late, "sign in"))
    ada.submit(login, "Sign in", leads_to="/", email=team.ada.email, password=PASSWORD)
    agenda = ada.get(f"{draft}/setup").value_of("Continue", "agenda")
    assert agenda == "Introduction, experience, questions"
    # Its token was that of the session before.
    again = ada.submit(late, "Try again", status=400)
    ada.submit(again, "Try again", leads_to=f"{draft}/date-time")
    assert ada.get(f"{draft}/setup").value_of("Continue", "agenda") == "Not lost, and that is said"
