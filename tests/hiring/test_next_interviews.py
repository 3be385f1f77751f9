"""Who is interviewed next: the list of candidates, its filter, the export, and the page of a job."""

from collections.abc import Callable
from datetime import timedelta

from extensions import db
from models import Application, Interview, Role, Stage
from tests.factories import Member, Team, create_candidate, create_user, schedule
from tests.hiring.conftest import Rows
from tests.machines.clock import Clock
from tests.pages.visitor import Visitor


def test_candidates_and_jobs_say_who_is_interviewed_next(
    rows: Rows, clock: Clock, team: Team, ada: Visitor, browser: Callable[[Member], Visitor]
) -> None:
    noon = clock.now
    with rows():
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        pia = create_candidate("Pia Lang", "pia@mail.example", team.other_job_id)
        schedule(team.ada, team.dina, starts_at=noon + timedelta(hours=2, minutes=15))
        schedule(team.ada, team.dina, starts_at=noon + timedelta(days=1), software=None)
        schedule(team.ada, omar, starts_at=noon + timedelta(days=3), software=None)
        schedule(team.ada, omar, starts_at=noon + timedelta(days=9), software=None)
        over = schedule(team.ada, pia, starts_at=noon + timedelta(days=1), software=None)
        db.session.get_one(Interview, over).starts_at = noon - timedelta(hours=1)
        observer = create_user("Olaf Berg", Role.OBSERVER)
        db.session.commit()
    page = ada.get("/candidates")
    cells = [row.all("td")[1].text for row in page.tree.all("tbody")[0].all("tr")]
    assert cells == [
        "Today 15:15 CET · Zoom",
        "Thu 13:00 CET · Phone",
        "None · Schedule an interview with Pia Lang",
    ]
    assert ada.get("/candidates?interview=none").row_names == ["Pia Lang"]
    assert ada.get("/candidates?interview=scheduled").row_names == ["Dina Kaur", "Omar Haddad"]
    assert ada.get("/candidates?interview=perhaps").row_names == ["Dina Kaur", "Omar Haddad", "Pia Lang"]
    # The export takes the filter along.
    export = ada.get("/candidates/export?interview=none")
    assert "1 candidate" in export.text
    answer = ada.submit(export, "Download", format="commas")
    assert "Pia Lang" in answer.html
    assert "Omar Haddad" not in answer.html
    # One form for all of them has the token; each button says which candidate it is for.
    [button] = page.tree.all("button", lambda e: e.get("form") == "schedule-form")
    assert button["formaction"] == f"/candidates/{pia.id}/schedule"
    [form] = page.tree.all("form", lambda e: e.get("id") == "schedule-form")
    assert form.all("input", lambda e: e.get("name") == "csrf_token")
    assert "/setup" in ada.post(button["formaction"], status=303).headers["Location"]
    job = ada.get(f"/jobs/{team.other_job_id}")
    assert "Next interview: None · Schedule an interview with Pia Lang" in job.text
    assert "Next interview: Today 15:15 CET · Zoom" in ada.get(f"/jobs/{team.job_id}").text
    # Those who may not schedule are not offered to, and see only the interviews of their own jobs.
    looks_on = browser(observer).get("/candidates?interview=none")
    assert "None" in looks_on.text
    assert not looks_on.has_button("Schedule an interview with Pia Lang")
    assert browser(team.ben).get("/candidates?interview=none").row_names == []
    # No one is offered to schedule with a rejected candidate; the day they were added is shown without the
    # time.
    with rows():
        db.session.get_one(Application, pia.application_id).stage = Stage.REJECTED
        db.session.commit()
    page = ada.get("/candidates?interview=none")
    cells = [cell.text for cell in page.tree.all("tbody")[0].all("td")]
    assert cells == ["Product Designer", "None", "Today", "Rejected"]
    assert "Added today Next interview: None Stage" in ada.get(f"/jobs/{team.other_job_id}").text
