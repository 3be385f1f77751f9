"""Interview plans: the templates of a job and of the organization, and interviews that start from them."""

import re
from typing import Any

import pytest
from flask import Flask

from extensions import db
from hiring.copied_plans import copy_to, templates_of
from hiring.first_plan import add_first_plan
from models import (
    Attendee,
    AuditEntry,
    Draft,
    Interview,
    InterviewTemplate,
    Job,
    JobMember,
    MeetingSoftware,
    Role,
    User,
)
from tests.factories import Team, create_candidate, create_job, create_user, schedule
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.tree import Element
from tests.pages.visitor import Visitor, path_of
from tests.web.conftest import SignIn
from tests.web.dialog_steps import send

DEFAULTS = "/settings/organization/interview-plan"
FIRST_PLAN = ["Phone screen", "Technical", "Team interview"]
TYPED: dict[str, Any] = {"name": "Portfolio review", "duration_minutes": "50"}


def names_on(page: Page) -> list[str]:
    """The templates on a page that shows a plan, in their order."""
    [plan] = page.tree.all("ol", lambda e: "plan-rows" in e.get("class", ""))
    return [title.text for title in plan.all(None, lambda e: e.get("class") in ("row-link", "row-title"))]


def plan_for(job_id: int) -> dict[str, int]:
    """Give a job the plan that organizations begin with; its templates' ids by name."""
    if not templates_of(None):
        add_first_plan()
    copy_to(db.session.get_one(Job, job_id))
    db.session.commit()
    return {template.name: template.id for template in templates_of(job_id)}


def start(visitor: Visitor, candidate_id: int, template_id: int) -> str:
    """Choose a template in the menu of the candidate's page; the address of the draft's first open step."""
    page = visitor.get(f"/candidates/{candidate_id}")
    assert str(template_id) in [b.get("value") for b in _menu(page)]
    begun = visitor.post(f"/candidates/{candidate_id}/schedule", {"template": template_id}, status=303)
    resumed = visitor.get(path_of(begun.headers["Location"]), status=303)
    return path_of(resumed.headers["Location"])


def value_of(page: Page, name: str) -> str:
    return page.value_of("Continue", name)


def people_on(page: Page) -> list[str]:
    """Who is chosen on Attendees."""
    return page.fields("Continue").get("people", [])


def _menu(page: Page) -> list[Element]:
    return page.tree.all("button", lambda e: e.get("name") == "template")


def menu_on(page: Page) -> list[str]:
    """The templates that the page offers to start from."""
    return [button.words for button in _menu(page)]


# The plans and their templates


def test_first_run_brings_a_plan_that_new_jobs_copy(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        add_first_plan()
        db.session.commit()
        job_id = create_job("Data Engineer", team.ben)
    assert names_on(ada.get(DEFAULTS)) == FIRST_PLAN
    page = ada.get(f"/jobs/{job_id}")
    assert names_on(page) == FIRST_PLAN
    assert "2 people from the job's team" in page.text
    # A copy: what the organization changes later is not the job's.
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
    ada.submit(ada.get(f"{here}/plan/{template_id}"), "Remove from the plan", leads_to=here)
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
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(
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
    # Who sees the job sees its plan.
    assert names_on(ben.get(f"/jobs/{team.job_id}")) == FIRST_PLAN
    # A template is found on its own plan only.
    for wrong in (other_id, default_id, 4_000_000):
        ada.get(f"{of_job}/{wrong}", status=404)
    ada.get(f"{DEFAULTS}/{ids['Technical']}", status=404)


# Starting from a template


def test_one_click_fills_in_all_that_the_template_says(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        noah, zoe = create_user("Noah Clarke", Role.INTERVIEWER), create_user("Zoe Lang", Role.INTERVIEWER)
        for who in (noah, zoe):
            db.session.add(JobMember(job_id=team.job_id, user_id=who.id))
        ids = plan_for(team.job_id)
        template = db.session.get_one(InterviewTemplate, ids["Technical"])
        template.message, template.notes, template.team_count = "See you soon", "Ask about queues", 1
        # What the template says counts more than the last interview, and what it leaves open is asked.
        schedule(team.ada, team.dina, software=None, agenda="Other things", duration_minutes=25)
        other = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        db.session.commit()
    address = start(ada, other.id, ids["Technical"])
    draft = address.removesuffix("/date-time")
    assert draft != address, "everything but the time is there"
    date_time = ada.get(address)
    assert value_of(date_time, "duration_minutes") == "60"
    assert "From the interview plan: Technical · 60 min." in date_time.text
    setup = ada.get(f"{draft}/setup")
    assert "From the plan: Technical · 60 min" in setup.text
    assert value_of(setup, "interview_type") == "video"
    assert value_of(setup, "agenda").startswith("Introductions")
    send(ada, draft, "date-time", duration_minutes="60")
    attendees = ada.get(f"{draft}/attendees")
    assert people_on(attendees) == [str(noah.id)]
    details = ada.get(f"{draft}/details")
    assert value_of(details, "message_to_candidate") == "See you soon"
    assert value_of(details, "internal_notes") == "Ask about queues"
    send(ada, draft, "preview")
    answer = send(ada, draft, "finalize")
    interview_id = int(re.findall(r"\d+", path_of(answer.headers["Location"]))[0])
    with in_rows(web):
        interview = db.session.get_one(Interview, interview_id)
        assert (interview.template_id, interview.template_name) == (ids["Technical"], "Technical")
        assert interview.duration_minutes == 60
        assert [person.user_id for person in interview.attendees] == [noah.id]


def test_some_of_the_team_are_those_with_the_fewest_interviews_ahead(
    web: Flask, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        noah, zoe = create_user("Noah Clarke", Role.INTERVIEWER), create_user("Zoe Lang", Role.INTERVIEWER)
        for who in (noah, zoe):
            db.session.add(JobMember(job_id=team.job_id, user_id=who.id))
        ids = plan_for(team.job_id)
        db.session.get_one(InterviewTemplate, ids["Technical"]).team_count = 1
        interview_id = schedule(team.ada, team.dina)
        db.session.add(Attendee(interview_id=interview_id, user_id=noah.id, name=noah.name, email=noah.email))
        db.session.commit()
    address = start(ada, team.dina.id, ids["Technical"])
    draft = address.removesuffix("/date-time")
    send(ada, draft, "date-time")
    page = ada.get(f"{draft}/attendees")
    assert people_on(page) == [str(zoe.id)]


def test_step_that_the_template_leaves_open_is_asked(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        ids = plan_for(team.job_id)
        db.session.get_one(InterviewTemplate, ids["Technical"]).agenda = ""
        schedule(team.ada, team.dina, agenda="As last time")
        db.session.commit()
    address = start(ada, team.dina.id, ids["Technical"])
    assert address.endswith("/setup")
    page = ada.get(address)
    assert value_of(page, "agenda") == "As last time"
    assert not page.tree.all("div", lambda e: "error-summary" in e.get("class", ""))


def test_people_who_have_left_are_shown_in_the_template_and_left_out(
    web: Flask, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        gone = create_user("Noah Clarke", Role.INTERVIEWER, is_active=False)
        ids = plan_for(team.job_id)
        template = db.session.get_one(InterviewTemplate, ids["Phone screen"])
        template.people = list(
            db.session.scalars(db.select(User).where(User.id.in_([gone.id, team.cleo.id])))
        )
        db.session.commit()
    assert "Noah Clarke (deactivated)" in ada.get(f"/jobs/{team.job_id}").text
    edit = ada.get(f"/jobs/{team.job_id}/plan/{ids['Phone screen']}")
    ada.submit(edit, "Save", leads_to=f"/jobs/{team.job_id}")
    page = ada.get(start(ada, team.dina.id, ids["Phone screen"]))
    assert "Noah Clarke is no longer active and left out." in page.messages
    draft = page.address.removesuffix("/date-time")
    send(ada, draft, "date-time")
    attendees = ada.get(f"{draft}/attendees")
    assert people_on(attendees) == [str(team.cleo.id)]


def test_software_that_cannot_be_chosen_any_more_is_said_at_setup(
    web: Flask, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        ids = plan_for(team.job_id)
        db.session.get_one(InterviewTemplate, ids["Technical"]).meeting_software = MeetingSoftware.TEAMS
        db.session.commit()
    address = start(ada, team.dina.id, ids["Technical"])
    assert address.endswith("/setup")
    assert "The plan uses Microsoft Teams, which isn't available here now." in ada.get(address).text


def test_another_template_takes_over_at_setup_and_the_time_stays(
    web: Flask, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        ids = plan_for(team.job_id)
    draft = start(ada, team.dina.id, ids["Technical"]).removesuffix("/date-time")
    send(ada, draft, "date-time", time="11:00")
    setup = ada.get(f"{draft}/setup")
    assert "Phone screen 30 min · Phone" in menu_on(setup)
    sent = {**setup.fields("Continue"), "template": ids["Phone screen"]}
    ada.post(f"{draft}/setup", sent, leads_to=f"{draft}/setup")
    page = ada.get(f"{draft}/setup")
    assert "From the plan: Phone screen · 30 min" in page.text
    assert value_of(page, "interview_type") == "phone"
    date_time = ada.get(f"{draft}/date-time")
    assert (value_of(date_time, "time"), value_of(date_time, "duration_minutes")) == ("11:00", "30")


def test_removing_a_template_leaves_drafts_and_interviews_as_they_are(
    web: Flask, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        ids = plan_for(team.job_id)
    draft = start(ada, team.dina.id, ids["Technical"]).removesuffix("/date-time")
    edit = ada.get(f"/jobs/{team.job_id}/plan/{ids['Technical']}")
    ada.submit(edit, "Remove from the plan", leads_to=f"/jobs/{team.job_id}")
    send(ada, draft, "date-time")
    send(ada, draft, "preview")
    send(ada, draft, "finalize")
    with in_rows(web):
        [interview] = db.session.scalars(db.select(Interview))
        assert (interview.template_id, interview.template_name) == (None, "Technical")
    # A page that was open meanwhile still offers it.
    here = f"/candidates/{team.dina.id}"
    ada.post(f"{here}/schedule", {"template": ids["Technical"]}, leads_to=here)
    with in_rows(web):
        assert db.session.scalar(db.select(db.func.count(Draft.id)).where(Draft.used_at.is_(None))) == 0


def test_template_after_the_last_one_they_had_comes_first(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        ids = plan_for(team.job_id)
    menu = menu_on(ada.get(f"/candidates/{team.dina.id}"))
    assert menu[0] == "Phone screen 30 min · Phone · Next"
    with in_rows(web):
        interview = db.session.get_one(Interview, schedule(team.ada, team.dina))
        interview.template_id = ids["Phone screen"]
        db.session.commit()
    menu = menu_on(ada.get(f"/candidates/{team.dina.id}"))
    assert menu == [
        "Technical 60 min · Zoom · Next",
        "Phone screen 30 min · Phone",
        "Team interview 45 min · Zoom",
    ]


def test_template_of_a_job_that_is_not_theirs_starts_nothing(web: Flask, team: Team, ben: Visitor) -> None:
    with in_rows(web):
        ids = plan_for(team.other_job_id)
    here = f"/candidates/{team.dina.id}"
    ben.post(f"{here}/schedule", {"template": ids["Technical"]}, leads_to=here)
    assert "no longer in the plan" in ben.get(here).messages
