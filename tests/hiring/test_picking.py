"""Picking the candidate for an interview: who is offered to whom, in which order, and for which text."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from extensions import db
from hiring.picking import SHOWN, candidates_to_schedule
from models import Application, Job, Role, Stage, User
from tests.factories import Member, Team, create_candidate, create_team, create_user, in_three_days, schedule
from tests.hiring.conftest import Rows, rows_of
from tests.pages.visitor import Visitor


@pytest.fixture
def both(app: Flask) -> Iterator[Team]:
    with rows_of(app)():
        yield create_team()


def offered(member: Member, text: str = "") -> list[tuple[str, str]]:
    picks = candidates_to_schedule(db.session.get_one(User, member.id), text)
    return [(each.candidate_name, each.job_title) for each in picks.rows]


@pytest.mark.both_databases
def test_those_who_wait_for_an_interview_come_first_and_each_job_has_its_line(both: Team) -> None:
    backend, designer = "Backend Engineer", "Product Designer"
    omar = create_candidate("Omar Haddad", "omar@mail.example", both.other_job_id)
    rita = create_candidate("Rita Moss", "rita@mail.example", both.job_id)
    hired = create_candidate("Hal Dinard", "hal@mail.example", both.job_id)
    db.session.get_one(Application, hired.application_id).stage = Stage.HIRED
    db.session.add(Application(candidate_id=both.dina.id, job_id=both.other_job_id))
    db.session.commit()
    for days in (2, 1):
        schedule(both.ada, rita, starts_at=in_three_days().replace(hour=9 + days), software=None)
    assert offered(both.ada) == [
        ("Dina Kaur", designer),
        ("Omar Haddad", designer),
        ("Dina Kaur", backend),
        ("Rita Moss", backend),
        ("Hal Dinard", backend),
    ]
    rita_again = candidates_to_schedule(db.session.get_one(User, both.ada.id)).rows[3]
    assert rita_again.next_interview is not None
    assert rita_again.next_interview.starts_at.hour == 10
    for text, found in (
        ("din", [("Dina Kaur", designer), ("Dina Kaur", backend), ("Hal Dinard", backend)]),
        ("kaur backend", [("Dina Kaur", backend)]),
        ("product des", [("Dina Kaur", designer), ("Omar Haddad", designer)]),
        ("omar@mail", [("Omar Haddad", designer)]),
        ("7946 0018 ", offered(both.ada)),
        ("nobody", []),
    ):
        assert offered(both.ada, text.strip()) == found, text
    # Cleo schedules for her own job only, and no one schedules for a closed one.
    assert offered(both.cleo) == [("Dina Kaur", designer), ("Omar Haddad", designer)]
    db.session.get_one(Job, both.other_job_id).is_open = False
    db.session.get_one(Application, both.dina.application_id).candidate.erased_at = in_three_days()
    db.session.commit()
    assert offered(both.cleo) == []
    assert [name for name, _ in offered(both.ada)] == ["Rita Moss", "Hal Dinard"]
    assert omar.name not in dict(offered(both.ada, "omar"))


def test_page_starts_the_interview_with_the_candidate_who_is_pressed(
    rows: Rows, team: Team, ada: Visitor
) -> None:
    for place in ("/", "/interviews"):
        links = ada.get(place).tree.all("a", lambda e: e.text.strip() == "Schedule an interview")
        assert {link["href"] for link in links} == {"/interviews/new"}, place
    page = ada.get("/interviews/new?q=kaur")
    [dina] = page.tree.all("button", lambda e: "Dina Kaur" in e.text)
    assert dina.text == "DK Dina Kaur Backend Engineer · New No interview"
    answer = ada.post(dina["formaction"], {dina["name"]: dina["value"]}, status=303)
    assert answer.headers["Location"].endswith("/setup")
    [dina] = ada.get("/interviews/new?q=kaur").tree.all("button", lambda e: "Dina Kaur" in e.text)
    assert "Backend Engineer · New · Unfinished from " in dina.text
    # The popup is the same without the page around it.
    assert "Dina Kaur" in ada.get("/interviews/new?q=kaur", htmx=True).html


def test_person_who_is_not_found_can_be_added_with_what_was_typed(
    rows: Rows, team: Team, ada: Visitor
) -> None:
    for typed, field in (("Zoë & Co", "name"), ("zoe@mail.example", "email"), ("+41 44 668 18 00", "phone")):
        page = ada.get(f"/interviews/new?q={typed.replace('&', '%26').replace('+', '%2B')}")
        assert "No candidates found" in page.words
        [link] = page.tree.all("a", lambda e: e.get("href", "").startswith("/candidates/new"))
        form = ada.get(link["href"])
        assert form.value_of("Add candidate", field) == typed
    with rows():
        for number in range(SHOWN):
            create_candidate(f"Person {number}", f"person{number}@mail.example", team.job_id)
    assert "Type to find others" in ada.get("/interviews/new").words


def test_picker_is_for_those_who_schedule(
    rows: Rows, team: Team, browser: Callable[[Member], Visitor]
) -> None:
    with rows():
        ivan = create_user("Ivan Petrov", Role.INTERVIEWER)
    browser(team.cleo).get("/interviews/new")
    assert "No candidates on open jobs" in browser(team.cleo).get("/interviews/new").words
    browser(ivan).get("/interviews/new", status=403)
    assert "Schedule an interview" not in browser(ivan).get("/").words
