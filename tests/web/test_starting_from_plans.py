"""Interviews that start from a template of their job's interview plan."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask

from connections import catalogue
from connections.apps import outlook_calendar
from extensions import db
from models import (
    Attendee,
    Draft,
    Interview,
    InterviewTemplate,
    JobMember,
    MeetingSoftware,
    Role,
    User,
)
from tests.factories import Team, create_candidate, create_team, create_user, request_slots, schedule
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor, path_of
from tests.web.dialog_steps import send
from tests.web.plans import menu_buttons, plan_for, start


def value_of(page: Page, name: str) -> str:
    return page.value_of("Continue", name)


def people_on(page: Page) -> list[str]:
    """Who is chosen on Attendees."""
    return page.fields("Continue").get("people", [])


def menu_on(page: Page) -> list[str]:
    """The templates that the page offers to start from."""
    return [button.words for button in menu_buttons(page)]


def test_one_click_fills_in_all_that_the_template_says(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        noah, zoe = create_user("Noah Clarke", Role.INTERVIEWER), create_user("Zoe Lang", Role.INTERVIEWER)
        for who in (noah, zoe):
            db.session.add(JobMember(job_id=team.job_id, user_id=who.id))
        ids = plan_for(team.job_id)
        template = db.session.get_one(InterviewTemplate, ids["Technical"])
        template.message, template.notes, template.team_count = "See you soon", "Ask about queues", 1
        # The template counts more than the last interview, and what it leaves open is asked.
        schedule(team.ada, team.dina, software=None, agenda="Other things", duration_minutes=25)
        other = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        db.session.commit()
    address = start(ada, other.id, ids["Technical"])
    draft = address.removesuffix("/date-time")
    assert draft != address, "everything but the time is there"
    date_time = ada.get(address)
    assert value_of(date_time, "duration_minutes") == "60"
    assert "From the interview plan: Technical · 1 hr." in date_time.text
    setup = ada.get(f"{draft}/setup")
    assert "From the plan: Technical · 1 hr" in setup.text
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


def test_first_interview_that_starts_from_a_template_lacks_only_the_time(
    web: Flask, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        ids = plan_for(team.job_id)
        db.session.commit()
    page = ada.get(start(ada, team.dina.id, ids["Technical"]))
    [main] = page.tree.all("button", lambda e: "btn-primary" in e.get("class").split())
    assert main.text == "Save and go to Finalize"


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


@pytest.fixture
def without_teams(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A version of the product that can connect all apps but Outlook Calendar."""
    monkeypatch.setattr(outlook_calendar, "SPEC", replace(outlook_calendar.SPEC, build=None))
    catalogue._by_key.cache_clear()
    yield
    monkeypatch.undo()
    catalogue._by_key.cache_clear()


@pytest.mark.usefixtures("without_teams")
def test_setup_names_software_that_can_no_longer_be_chosen(web: Flask, team: Team, ada: Visitor) -> None:
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


@pytest.mark.both_databases
def test_removing_a_template_leaves_drafts_and_interviews_as_they_are(app: Flask) -> None:
    with in_rows(app):
        team = create_team()
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        ids = plan_for(team.job_id)
    ada = Visitor(app).enter(team.ada)
    for candidate_id, time in ((omar.id, "11:00"), (team.dina.id, "14:00")):
        draft = start(ada, candidate_id, ids["Technical"]).removesuffix("/date-time")
        send(ada, draft, "date-time", time=time)
        send(ada, draft, "preview")
        if candidate_id == team.dina.id:
            asked = ada.get(f"/jobs/{team.job_id}/plan/{ids['Technical']}/remove")
            ada.submit(asked, "Remove from the plan", leads_to=f"/jobs/{team.job_id}")
        send(ada, draft, "finalize")
        with in_rows(app):
            [interview] = db.session.scalars(db.select(Interview).order_by(Interview.id.desc()).limit(1))
            template_id = ids["Technical"] if candidate_id == omar.id else None
            assert (interview.template_id, interview.template_name) == (template_id, "Technical")
    with in_rows(app):
        both = db.session.execute(db.select(Interview.template_id, Interview.template_name)).all()
        assert [tuple(row) for row in both] == [(None, "Technical")] * 2
    # A page that was open meanwhile still offers it.
    here = f"/candidates/{team.dina.id}"
    ada.post(f"{here}/schedule", {"template": ids["Technical"]}, leads_to=here)
    with in_rows(app):
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
    page = ada.get(f"/candidates/{team.dina.id}")
    assert "Next: Technical" in page.words
    menu = menu_on(page)
    assert menu == [
        "Technical 1 hr · Zoom · Next",
        "Phone screen 30 min · Phone",
        "Team interview 45 min · Zoom",
    ]


def test_template_of_a_job_that_is_not_theirs_starts_nothing(web: Flask, team: Team, ben: Visitor) -> None:
    with in_rows(web):
        ids = plan_for(team.other_job_id)
    here = f"/candidates/{team.dina.id}"
    ben.post(f"{here}/schedule", {"template": ids["Technical"]}, leads_to=here)
    assert "no longer in the plan" in ben.get(here).messages


def test_interview_says_which_of_the_plan_it_is_and_so_does_another_like_it(
    web: Flask, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        ids = plan_for(team.job_id)
        interview_id = schedule(team.ada, team.dina)
        interview = db.session.get_one(Interview, interview_id)
        interview.template_id, interview.template_name = ids["Technical"], "Technical"
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        db.session.commit()
    here = f"/interviews/{interview_id}"
    for address in ("/interviews", "/", f"{here}/details"):
        assert "Backend Engineer · Technical" in ada.get(address).text, address
    assert "Backend Engineer Interview Technical" in ada.get(f"/candidates/{team.dina.id}").words
    assert "From the interview plan Technical" in ada.get(here).words
    another = ada.get(f"{here}/another")
    ada.submit(another, "Continue", status=303, application=str(omar.application_id))
    with in_rows(web):
        [draft] = db.session.scalars(db.select(Draft).where(Draft.repeats_id == interview_id))
        assert draft.template_id == ids["Technical"]


def test_template_says_nothing_about_who_chooses_the_time(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        ids = plan_for(team.job_id)
        request_slots(team.ada, team.dina, datetime(2027, 2, 10, 8, tzinfo=UTC), software=None)
        other = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        db.session.commit()
    draft = start(ada, other.id, ids["Technical"]).removesuffix("/date-time")
    assert ada.get(f"{draft}/date-time").has_button("Add time slot")
    setup = ada.get(f"{draft}/setup")
    another = str(ids["Phone screen"])
    ada.submit(setup, "Continue", method="direct", template=another, direction="", status=303)
    assert ada.get(f"{draft}/setup").value_of("Continue", "method") == "direct"
    assert not ada.get(f"{draft}/date-time").has_button("Add time slot")
