"""Adding, changing, closing and reopening jobs."""

from collections.abc import Callable

import pytest

from extensions import db
from models import Interview, Job, Role, User
from tests.factories import Member, Team, create_job, create_user, schedule
from tests.hiring.conftest import Rows
from tests.pages.visitor import Visitor

FIELDS = {"title": "Data Engineer", "department": "Data", "location": "Bern"}


def test_job_gets_its_hiring_manager_and_team(rows: Rows, team: Team, ada: Visitor) -> None:
    with rows():
        ivan = create_user("Ivan Petrov", Role.INTERVIEWER)
    fields = {**FIELDS, "hiring_manager": team.ben.id, "team": [ivan.id, team.cleo.id, team.ben.id]}
    answer = ada.post("/jobs/new", fields, status=303)
    with rows():
        job = db.session.scalars(db.select(Job).order_by(Job.id.desc())).first()
        assert job is not None
        assert answer.headers["Location"] == f"/jobs/{job.id}"
        assert (job.title, job.department, job.location) == ("Data Engineer", "Data", "Bern")
        # The hiring manager is on the job anyway.
        assert [user.id for user in job.team] == [team.cleo.id, ivan.id]
    page = ada.get(f"/jobs/{job.id}").words
    assert "Ivan Petrov" in page
    assert "Data · Bern" in page


def test_edited_job_shows_what_was_typed_and_keeps_interviews(rows: Rows, team: Team, ada: Visitor) -> None:
    with rows():
        interview_id = schedule(team.ada, team.dina)
    page = ada.get(f"/jobs/{team.job_id}/edit").html
    assert 'value="Backend Engineer"' in page
    ada.post(f"/jobs/{team.job_id}/edit", {**FIELDS, "hiring_manager": team.cleo.id, "team": []}, status=303)
    with rows():
        job = db.session.get_one(Job, team.job_id)
        assert (job.title, job.title_key, job.hiring_manager_id) == (
            "Data Engineer",
            "data engineer",
            team.cleo.id,
        )
        interview = db.session.get_one(Interview, interview_id)
        assert interview.hiring_manager_id == team.ben.id
        assert interview.title == "Backend Engineer Interview"


def test_wrong_job_comes_back_with_what_was_typed(team: Team, ada: Visitor) -> None:
    for address in ("/jobs/new", f"/jobs/{team.job_id}/edit"):
        answer = ada.post(
            address,
            {**FIELDS, "title": " ", "hiring_manager": team.ben.id, "team": [team.cleo.id]},
            status=422,
        )
        page = answer.html
        assert "Enter the job's title." in answer.words
        assert 'value="Bern"' in page
        answer = ada.post(address, {**FIELDS, "title": "x" * 161, "hiring_manager": team.ben.id}, status=422)
        assert "At most 160 characters." in answer.words


def test_someone_deactivated_can_stay_on_a_job_and_not_join_one(rows: Rows, team: Team, ada: Visitor) -> None:
    with rows():
        gone = create_user("Gone Girl", Role.INTERVIEWER)
        job_id = create_job("Old Job", team.ben, team=(gone,))
        db.session.get_one(User, gone.id).is_active = False
        db.session.get_one(User, team.ben.id).is_active = False
        db.session.commit()
    fields = {**FIELDS, "hiring_manager": team.ben.id, "team": [gone.id]}
    assert "Gone Girl (deactivated)" in ada.get(f"/jobs/{job_id}/edit").words
    ada.post(f"/jobs/{job_id}/edit", fields, status=303)
    ada.post("/jobs/new", fields, status=422)
    ada.post(f"/jobs/{team.other_job_id}/edit", fields, status=422)
    with rows():
        assert [user.id for user in db.session.get_one(Job, job_id).team] == [gone.id]


def test_closed_job_takes_no_new_candidates_and_keeps_interviews(
    rows: Rows, team: Team, ada: Visitor
) -> None:
    with rows():
        schedule(team.ada, team.dina)
    close = f"/jobs/{team.job_id}/close"
    # The button alone decides nothing about upcoming interviews.
    ada.submit(ada.get(f"/jobs/{team.job_id}"), "Close job", leads_to=close, status=303)
    asks = ada.get(close)
    assert "This interview is still to take place" in asks.words
    assert "Choose what happens to the interviews." in ada.submit(asks, "Close job", status=422).words
    ada.submit(asks, "Close job", interviews="keep", status=303)
    page = ada.get(f"/jobs/{team.job_id}").words
    assert "is closed. Its candidates and interviews are kept." in page
    assert "Reopen job" in page
    assert "Add candidate" not in page
    assert "Dina Kaur" in ada.get("/interviews").words
    assert "Backend Engineer" not in ada.get("/jobs").words
    assert "Backend Engineer" in ada.get("/jobs?state=closed").words
    ada.post(f"/jobs/{team.job_id}/reopen", status=303)
    assert "Add candidate" in ada.get(f"/jobs/{team.job_id}").words


@pytest.mark.parametrize("role", [Role.HIRING_MANAGER, Role.INTERVIEWER, Role.OBSERVER])
def test_jobs_are_changed_only_by_those_who_manage_them(
    rows: Rows, team: Team, browser: Callable[[Member], Visitor], role: Role
) -> None:
    with rows():
        colleague = create_user("Nora Falk", role)
    visitor = browser(colleague)
    visitor.get(f"/jobs/{team.job_id}/edit", status=403)
    for action in ("edit", "close", "reopen"):
        visitor.post(f"/jobs/{team.job_id}/{action}", {**FIELDS, "hiring_manager": colleague.id}, status=403)
