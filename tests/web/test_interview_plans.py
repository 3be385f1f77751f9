"""Interview plans: the templates of a job, and those of the organization."""

from typing import Any

import pytest
from flask import Flask

from extensions import db
from hiring.copied_plans import templates_of
from hiring.first_plan import add_first_plan
from models import (
    AuditEntry,
    InterviewTemplate,
    Role,
)
from tests.factories import Team, create_job, create_user
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.conftest import SignIn
from tests.web.plans import plan_for

DEFAULTS = "/settings/organization/interview-plan"
FIRST_PLAN = ["Phone screen", "Technical", "Team interview"]
TYPED: dict[str, Any] = {"name": "Portfolio review", "duration_minutes": "50"}


def names_on(page: Page) -> list[str]:
    """The templates on a page that shows a plan, in their order."""
    [plan] = page.tree.all("ol", lambda e: "plan-rows" in e.get("class", ""))
    return [title.text for title in plan.all(None, lambda e: e.get("class") in ("row-link", "row-title"))]


def test_first_run_brings_a_plan_that_new_jobs_copy(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        add_first_plan()
        db.session.commit()
        job_id = create_job("Data Engineer", team.ben)
    assert names_on(ada.get(DEFAULTS)) == FIRST_PLAN
    page = ada.get(f"/jobs/{job_id}")
    assert names_on(page) == FIRST_PLAN
    assert "2 people from the job's team" in page.text
    # It is a copy: later changes by the organization do not affect the job.
    with in_rows(web):
        [first, *_] = templates_of(None)
        first_id = first.id
    template = ada.get(f"{DEFAULTS}/{first_id}")
    ada.submit(template, "Save", leads_to=DEFAULTS, name="First call")
    assert names_on(ada.get(DEFAULTS))[0] == "First call"
    assert names_on(ada.get(f"/jobs/{job_id}")) == FIRST_PLAN
    with in_rows(web):
        words = db.session.scalars(db.select(AuditEntry.words).order_by(AuditEntry.id.desc())).first()
    assert words == "“First call” was changed in the interview plan of new jobs."


def test_template_is_added_changed_moved_and_removed(web: Flask, team: Team, ada: Visitor) -> None:
    here = f"/jobs/{team.job_id}"
    with in_rows(web):
        plan_for(team.job_id)
    new = ada.get(f"{here}/plan/new")
    ada.submit(new, "Add template", leads_to=here, **TYPED)
    page = ada.get(here)
    assert names_on(page) == [*FIRST_PLAN, "Portfolio review"]
    assert "50 min · Zoom · Everyone on the job's team" in page.text
    with in_rows(web):
        template_id = templates_of(team.job_id)[-1].id
    ada.post(f"{here}/plan/{template_id}/move", {"direction": "up"}, leads_to=here)
    assert names_on(ada.get(here)) == ["Phone screen", "Technical", "Portfolio review", "Team interview"]
    edit = ada.get(f"{here}/plan/{template_id}")
    assert edit.value_of("Save", "duration_minutes") == "50"
    ada.submit(
        edit,
        "Save",
        leads_to=here,
        interview_type="in_person",
        address="Bahnhofstrasse 1, Zürich",
        interviewers="chosen",
        people=[str(team.ben.id), str(team.ada.id)],
    )
    page = ada.get(here)
    assert "50 min · In person · Ada Berg and Ben Frei" in page.text
    asked = ada.get(f"{here}/plan/{template_id}/remove")
    ada.submit(asked, "Remove from the plan", leads_to=here)
    assert names_on(ada.get(here)) == FIRST_PLAN


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": ""}, "Enter a name, such as Phone screen."),
        ({"name": "x" * 81}, "At most 80 characters."),
        ({"name": "phone SCREEN"}, "This plan already has a template with this name."),
        ({"duration_minutes": "4"}, "Enter between 5 and 1440 minutes."),
        ({"duration_minutes": ""}, "Enter how long the interview takes."),
        ({"agenda": "x" * 2001}, "An agenda has at most 2000 characters."),
        ({"message_to_candidate": "x" * 4001}, "At most 4000 characters."),
        ({"internal_notes": "x" * 8001}, "At most 8000 characters."),
        ({"interview_type": "in_person", "address": "x" * 301}, "At most 300 characters."),
        ({"meeting_software": "other", "link_label": "x" * 61}, "At most 60 characters."),
        ({"interviewers": "some_of_team", "team_count": "0"}, "Enter a number from 1 to 20."),
        ({"interviewers": "some_of_team", "team_count": "two"}, "Enter a whole number."),
        (
            {"interview_type": "phone", "phone_caller": "candidate", "number_to_call": "call us"},
            "Enter a phone number",
        ),
    ],
)
def test_errors_are_reported_beside_their_fields_and_what_was_typed_stays(
    web: Flask, team: Team, ada: Visitor, typed: dict[str, str], words: str
) -> None:
    with in_rows(web):
        plan_for(team.job_id)
    new = ada.get(f"/jobs/{team.job_id}/plan/new")
    page = ada.submit(new, "Add template", status=422, **{**TYPED, "agenda": "A talk", **typed})
    assert words in page.text
    expected = typed.get("agenda", "A talk")
    assert page.value_of("Add template", "agenda") == expected
    with in_rows(web):
        assert [template.name for template in templates_of(team.job_id)] == FIRST_PLAN


def test_job_goes_back_to_the_organizations_plan(web: Flask, team: Team, ada: Visitor) -> None:
    here = f"/jobs/{team.job_id}"
    with in_rows(web):
        add_first_plan()
        db.session.add(InterviewTemplate(**_chat(team.job_id)))
        db.session.commit()
    assert names_on(ada.get(here)) == ["Chat"]
    asked = ada.get(f"{here}/plan/copy")
    assert "plan is removed: Chat." in asked.text
    ada.submit(asked, "Replace the plan", leads_to=here)
    assert names_on(ada.get(here)) == FIRST_PLAN


def _chat(job_id: int) -> dict[str, Any]:
    return {
        "job_id": job_id,
        "position": 1,
        "name": "Chat",
        "duration_minutes": 20,
        "interview_type": "phone",
        "phone_caller": "team",
        "interviewers": "chosen",
    }


def test_plans_are_changed_by_those_who_manage_jobs_and_by_owners_and_admins(
    web: Flask, team: Team, ada: Visitor, ben: Visitor, sign_in: SignIn
) -> None:
    with in_rows(web):
        ids = plan_for(team.job_id)
        rita = create_user("Rita Sala", Role.RECRUITER)
        default_id = templates_of(None)[0].id
        other_id = plan_for(team.other_job_id)["Technical"]
    recruiter, of_job = sign_in(rita), f"/jobs/{team.job_id}/plan"
    for visitor, on_job, on_defaults in ((ada, 200, 200), (recruiter, 200, 403), (ben, 403, 403)):
        assert visitor.get(f"{of_job}/{ids['Technical']}", status=on_job)
        assert visitor.get(f"{DEFAULTS}/{default_id}", status=on_defaults)
        assert visitor.get(DEFAULTS, status=on_defaults)
    # People who see the job see its plan.
    assert names_on(ben.get(f"/jobs/{team.job_id}")) == FIRST_PLAN
    # A template is found on its own plan only.
    for wrong in (other_id, default_id, 4_000_000):
        ada.get(f"{of_job}/{wrong}", status=404)
    ada.get(f"{DEFAULTS}/{ids['Technical']}", status=404)
