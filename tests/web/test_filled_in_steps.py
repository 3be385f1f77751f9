"""Steps that are filled in before they are opened: the job's team, and what the last interview decided."""

from typing import Any

import pytest
from flask import Flask

from extensions import db
from models import Draft, Interview, JobMember, Role, User
from tests.factories import CreatedCandidate, Member, Team, create_candidate, create_user, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import begin, draft_at, other_people, schedule_at_once, send, the_tick

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def eva(web: Flask, team: Team) -> Member:
    """An interviewer on Ben's job, on which there are also Ben himself, an observer, and someone who left."""
    with in_rows(web):
        eva = create_user("Eva Lang", Role.INTERVIEWER, timezone="America/New_York")
        others = (create_user("Olaf Iven", Role.OBSERVER), create_user("Gus Gone", Role.INTERVIEWER))
        on_job = (eva, team.ben, *others)
        db.session.add_all(JobMember(job_id=team.job_id, user_id=member.id) for member in on_job)
        db.session.get_one(User, others[1].id).is_active = False
        db.session.commit()
        return eva


def test_first_interview_on_a_job_begins_with_its_team(team: Team, ada: Visitor, eva: Member) -> None:
    draft = draft_at(ada, team.dina.id, "attendees")
    page = ada.get(f"{draft}/attendees")
    assert page.fields("Continue")["people"] == [str(eva.id)]
    assert "The job's team is selected." in page.text
    # Once unchecked, they stay unchecked.
    send(ada, draft, "attendees", people=None)
    page = ada.get(f"{draft}/attendees")
    assert "people" not in page.fields("Continue")
    assert "The job's team is selected." not in page.text


def test_last_interview_on_the_job_counts_more_than_its_team(
    web: Flask, team: Team, ada: Visitor, eva: Member
) -> None:
    with in_rows(web):
        schedule(team.ada, team.dina)
    page = ada.get(f"{draft_at(ada, team.dina.id, 'attendees')}/attendees")
    assert "people" not in page.fields("Continue")


def test_date_and_time_knows_the_people_before_attendees_is_opened(
    web: Flask, clock: Clock, team: Team, ada: Visitor, eva: Member
) -> None:
    with in_rows(web):
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.other_job_id)
        at = clock.now.replace(day=10, hour=8, minute=15)
        schedule(team.ada, omar, starts_at=at, hiring_manager=eva, software=None)
    draft = begin(ada, team.dina.id)
    send(ada, draft, "setup")
    page = send(ada, draft, "date-time", status=422)
    assert "Eva Lang has another interview with Omar Haddad from 09:15 to 10:00 CET." in page.text
    # Eva's own clock is among everyone's.
    [clocks] = page.tree.all("dl", lambda e: e.get("class") == "local-times")
    assert "Eva Lang" in clocks.text
    # A person who was unchecked is not in the way.
    ada.submit(page, "Continue", leads_to=f"{draft}/attendees", accepted_clashes=the_tick(page))
    send(ada, draft, "attendees", people=None)
    send(ada, draft, "date-time", accepted_clashes=None)


FINISH = "Save and go to Finalize"
LAST: dict[str, dict[str, Any]] = {
    "setup": {"agenda": "Ships and sails"},
    "date-time": {"duration_minutes": "90"},
    "finalize": {"reminders": ["60"]},
}


@pytest.fixture
def omar(web: Flask, team: Team, ada: Visitor, eva: Member) -> CreatedCandidate:
    """Another candidate on the job, after Ada has interviewed Dina on it, with Cleo and a guest."""
    people = {"people": [str(team.cleo.id)], **other_people(("Sam", "sam@partner.example"))}
    schedule_at_once(ada, team.dina.id, {**LAST, "attendees": people})
    with in_rows(web):
        return create_candidate("Omar Haddad", "omar@mail.example", team.job_id)


def main_button(page: Page) -> str:
    [button] = page.tree.all("button", lambda e: "btn-primary" in e.get("class").split())
    return button.text


def test_second_interview_on_a_job_goes_from_date_and_time_to_finalize(
    web: Flask, team: Team, ada: Visitor, omar: CreatedCandidate
) -> None:
    draft = begin(ada, omar.id)
    page = ada.get(f"{draft}/setup")
    # No one has chosen a time yet.
    assert not page.has_button(FINISH)
    ada.submit(page, "Continue", leads_to=f"{draft}/date-time")
    page = ada.get(f"{draft}/date-time")
    assert main_button(page) == FINISH
    # The page says who would be invited before the button is pressed.
    assert "So far: Zoom · 3 people" in page.text
    # Enter in a field does what the main button does.
    assert page.form(FINISH).all("button")[0]["value"] == "finalize"
    refused = ada.submit(page, FINISH, status=422, date="2027-02-11", time="", direction="finalize")
    assert refused.error_at("time") == "Choose a time."
    with in_rows(web):
        [payload] = db.session.scalars(db.select(Draft.payload).where(Draft.used_at.is_(None)))
        assert set(payload) == {"setup"}
    page = ada.follow(
        ada.submit(page, FINISH, status=303, date="2027-02-11", time="10:00", direction="finalize")
    )
    # Everything that was filled in can be read before the last click.
    assert page.step_heading == "Finalize"
    for words in ("Ben Frei (hiring manager)", "Cleo Marin", "Ships and sails", "Backend Engineer Interview"):
        assert words in page.text
    assert "1 hour 30 minutes" in page.text
    assert "sam@partner.example" not in page.text
    assert page.fields("Schedule Interview")["reminders"] == ["60"]
    ada.submit(page, "Schedule Interview", leads_to="/interviews/2")
    with in_rows(web):
        interview = db.session.get_one(Interview, 2)
        assert (interview.agenda, interview.duration_minutes) == ("Ships and sails", 90)
        assert [a.user_id for a in interview.attendees] == [team.cleo.id]
        assert interview.title == "Backend Engineer Interview"


@pytest.mark.parametrize("step", ["setup", "date-time", "attendees", "details"])
def test_every_step_leads_to_finalize_once_the_rest_is_filled_in(
    ada: Visitor, omar: CreatedCandidate, step: str
) -> None:
    draft = begin(ada, omar.id)
    send(ada, draft, "setup")
    send(ada, draft, "date-time", date="2027-02-11")
    if step == "details":
        send(ada, draft, "attendees")
    page = ada.get(f"{draft}/{step}")
    assert main_button(page) == FINISH
    assert page.has_button("Continue")
    ada.submit(page, FINISH, leads_to=f"{draft}/finalize", direction="finalize")
    assert ada.get(f"{draft}/finalize").step_heading == "Finalize"


def test_first_interview_on_a_job_may_skip_what_is_filled_in_but_shows_every_step_by_default(
    web: Flask, team: Team, ada: Visitor, eva: Member
) -> None:
    draft = begin(ada, team.dina.id)
    send(ada, draft, "setup")
    page = ada.get(f"{draft}/date-time")
    assert main_button(page) == "Continue"
    chosen = {"date": "2027-02-10", "time": "09:00"}
    page = ada.follow(ada.submit(page, FINISH, status=303, direction="finalize", **chosen))
    assert page.step_heading == "Finalize"
    assert "Eva Lang" in page.text


def test_without_a_hiring_manager_attendees_is_not_filled_in(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        db.session.get_one(User, team.ben.id).is_active = False
        db.session.commit()
    draft = begin(ada, team.dina.id)
    send(ada, draft, "setup")
    page = ada.get(f"{draft}/date-time")
    assert not page.has_button(FINISH)
    # A form that says so anyway leads there.
    chosen = {"date": "2027-02-10", "time": "09:00", "direction": "finalize"}
    page = ada.submit(page, "Continue", status=422, **chosen)
    assert page.step_heading == "Attendees"
    assert page.error_at("hiring_manager") == "Choose a hiring manager."
    ada.submit(page, FINISH, leads_to=f"{draft}/finalize", hiring_manager=team.cleo.id)


def test_what_is_wrong_on_a_step_that_was_not_opened_is_shown_there(
    web: Flask, clock: Clock, team: Team, ada: Visitor, omar: CreatedCandidate
) -> None:
    draft = begin(ada, omar.id)
    send(ada, draft, "setup")
    send(ada, draft, "date-time", date="2027-02-11")
    page = ada.get(f"{draft}/setup")
    with in_rows(web):
        nora = create_candidate("Nora Lund", "nora@mail.example", team.other_job_id)
        schedule(team.ada, nora, starts_at=clock.now.replace(day=11, hour=8, minute=15), software=None)
    page = ada.submit(page, FINISH, status=422, direction="finalize", agenda="Boats")
    assert page.step_heading == "Attendees"
    assert "Cleo Marin has another interview with Nora Lund" in page.text
    assert page.error_at("accepted_clashes")
    # What was typed on the step that was left is saved, and one click goes on.
    ada.submit(page, FINISH, leads_to=f"{draft}/finalize", accepted_clashes=the_tick(page))
    assert "Boats" in ada.get(f"{draft}/finalize").text


def test_what_was_typed_into_a_step_and_left_is_what_it_is_filled_in_with(
    ada: Visitor, omar: CreatedCandidate
) -> None:
    draft = begin(ada, omar.id)
    send(ada, draft, "setup")
    send(ada, draft, "date-time", date="2027-02-11")

    def leave_attendees(*rows: tuple[str, str]) -> Page:
        typed = other_people(*rows)
        back = f"{draft}/date-time"
        ada.submit(ada.get(f"{draft}/attendees"), "Back", leads_to=back, go="back", **typed)
        return ada.get(back)

    page = leave_attendees(("Uma", "uma@"))
    assert not page.has_button(FINISH)
    refused = ada.submit(page, "Continue", status=422, direction="finalize")
    assert "isn't an email address" in refused.error_at("other_people-0-email")
    page = leave_attendees(("Uma", "uma@partner.example"))
    page = ada.follow(ada.submit(page, FINISH, status=303, direction="finalize"))
    assert "Uma (guest)" in page.text
    assert "last typed" not in page.text
