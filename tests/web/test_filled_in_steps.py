"""Steps that are filled in before they are opened: the job's team, and what the last interview decided."""

import pytest
from flask import Flask

from extensions import db
from models import JobMember, Role, User
from tests.factories import Member, Team, create_candidate, create_user, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import begin, draft_at, send, the_tick

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
    # Unticked, they stay so.
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
    # A person who was unticked is not in the way.
    ada.submit(page, "Continue", leads_to=f"{draft}/attendees", accepted_clashes=the_tick(page))
    send(ada, draft, "attendees", people=None)
    send(ada, draft, "date-time", accepted_clashes=None)
