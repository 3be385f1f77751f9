"""Notes belong to a candidate on one job, and are for those who see the notes there."""

from collections.abc import Callable

import pytest
from flask import Flask

from extensions import db
from hiring.commands import add_application
from models import Application, ApplicationNote, Candidate, Role
from scheduling.plans import Participant
from tests.factories import Member, Team, create_user, schedule
from tests.hiring.conftest import Rows
from tests.pages.visitor import Visitor

BENS, CLEOS = "She was calm under Ben's questions", "Her portfolio impressed Cleo"


@pytest.fixture
def second(rows: Rows, team: Team) -> int:
    """Dina is on Cleo's job, too: the id of that application."""
    with rows():
        added = add_application(db.session.get_one(Candidate, team.dina.id), team.other_job_id)
        db.session.commit()
        return added.id


@pytest.fixture
def dina(team: Team) -> str:
    return f"/candidates/{team.dina.id}"


def test_each_job_keeps_its_own_notes(
    team: Team, second: int, dina: str, ada: Visitor, ben: Visitor, browser: Callable[[Member], Visitor]
) -> None:
    cleo = browser(team.cleo)
    for visitor, text in ((ben, BENS), (cleo, CLEOS)):
        page = visitor.get(dina)
        # Each sees one of the two jobs, so there is nothing to choose.
        assert "application" not in page.fields("Add note")
        visitor.submit(page, "Add note", status=303, text=text)
    assert BENS in ben.get(dina).text
    assert CLEOS not in ben.get(dina).html
    assert CLEOS in cleo.get(dina).text
    assert BENS not in cleo.get(dina).html
    [card] = ada.get(dina).tree.all("section", lambda e: e.get("id") == "notes")
    assert [title.text for title in card.all("h3")] == ["Product Designer", "Backend Engineer"]
    assert card.text.index(CLEOS) < card.text.index("Backend Engineer", card.text.index(CLEOS))
    assert card.text.index("Backend Engineer", card.text.index(CLEOS)) < card.text.index(BENS)


def test_person_who_sees_both_jobs_chooses_one(
    rows: Rows, team: Team, second: int, dina: str, ada: Visitor, ben: Visitor
) -> None:
    page = ada.get(dina)
    ada.submit(page, "Add note", status=303, application=team.dina.application_id, text=BENS)
    refused = ada.submit(page, "Add note", status=422, application=None, text="Kept while asking again")
    assert refused.error_at("application")
    assert refused.value_of("Add note", "text") == "Kept while asking again"
    assert BENS in ben.get(dina).text
    # Another job's application is not taken from someone who does not see it.
    ben.post(f"{dina}/notes", {"application": second, "text": "Slipped in"}, status=422)
    with rows():
        assert [note.text for note in db.session.scalars(db.select(ApplicationNote))] == [BENS]


@pytest.mark.parametrize("role", [Role.INTERVIEWER, Role.HIRING_MANAGER])
def test_person_who_takes_part_sees_the_notes_of_that_job_only(
    rows: Rows,
    team: Team,
    second: int,
    dina: str,
    ada: Visitor,
    browser: Callable[[Member], Visitor],
    role: Role,
) -> None:
    for number, text in ((team.dina.application_id, BENS), (second, CLEOS)):
        ada.submit(ada.get(dina), "Add note", status=303, application=number, text=text)
    with rows():
        nora = create_user("Nora Falk", role)
        schedule(team.ada, team.dina, attendees=(Participant(nora.name, nora.email, nora.id),))
    page = browser(nora).get(dina)
    assert BENS in page.text
    assert CLEOS not in page.html
    assert "Your role can't see contact details." in page.text


def test_candidate_with_notes_stays_on_the_job(rows: Rows, team: Team, dina: str, ada: Visitor) -> None:
    ada.submit(ada.get(dina), "Add note", status=303, text=BENS)
    assert "Remove from Backend Engineer" not in ada.get(dina).html
    ada.post(f"{dina}/applications/{team.dina.application_id}/remove", status=303)
    assert "has notes for Backend Engineer, which are kept" in ada.get(dina).messages
    with rows():
        assert db.session.get(Application, team.dina.application_id) is not None


def test_candidate_on_no_job_has_no_notes(team: Team, dina: str, ada: Visitor) -> None:
    ada.post(f"{dina}/applications/{team.dina.application_id}/remove", status=303)
    assert not ada.get(dina).has_button("Add note")
    ada.post(f"{dina}/notes", {"text": BENS}, status=404)


def test_export_leaves_out_the_contact_data_of_those_one_only_interviews(
    sqlite_app: Flask, rows: Rows, team: Team, browser: Callable[[Member], Visitor]
) -> None:
    with rows():
        schedule(team.ada, team.dina, attendees=(Participant(team.cleo.name, team.cleo.email, team.cleo.id),))
    cleo = browser(team.cleo)
    file = cleo.client.post(
        "/candidates/export", base_url=cleo.base_url, data={"csrf_token": cleo.token(), "format": "commas"}
    ).get_data(as_text=True)
    assert "Dina Kaur" in file
    assert team.dina.email not in file
    assert "7946" not in file
