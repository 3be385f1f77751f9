"""What is offered, and to whom, when a search finds nothing because a name is misspelled."""

from collections.abc import Iterator

import pytest
from flask import Flask

from extensions import db
from hiring.misspelled import Among, candidate_names_meant
from hiring.picking import candidates_to_schedule
from hiring.search import find
from models import Candidate, Job, User
from tests.factories import Team, create_candidate, create_team, schedule
from tests.hiring.conftest import Rows, rows_of
from tests.pages.page import Page
from tests.pages.visitor import Visitor

ON_BOTH = pytest.mark.both_databases


@pytest.fixture
def both(app: Flask) -> Iterator[Team]:
    with rows_of(app)():
        yield create_team()


@pytest.fixture
def priya(rows: Rows, team: Team) -> str:
    with rows():
        return create_candidate("Priya Raman", "priya@mail.example", team.job_id).name


@ON_BOTH
def test_search_that_finds_nothing_offers_people_with_similar_names(both: Team) -> None:
    ada = db.session.get_one(User, both.ada.id)
    create_candidate("Dinah Kaur", "dinah@mail.example", both.other_job_id)
    for typed, names in (
        ("Dina Kuar", ["Dina Kaur", "Dinah Kaur"]),
        ("interview dyna kaur", ["Dina Kaur"]),
        ("Bakend Enginer", ["Backend Engineer"]),
        ("Ben Frie", ["Ben Frei"]),
        ("Xaver Quast", []),
    ):
        found = find(ada, typed)
        assert (found.names, found.is_guess) == (names, bool(names)), typed
    assert find(ada, "dyna kaur").candidates.rows[0].job_titles == "Backend Engineer"
    # If something is found, it is what was meant.
    assert find(ada, "dinah").names == ["Dinah Kaur"]
    assert not find(ada, "dinah").is_guess


@ON_BOTH
def test_only_those_are_offered_whom_the_person_may_see_or_schedule(both: Team) -> None:
    ada, cleo = (db.session.get_one(User, member.id) for member in (both.ada, both.cleo))
    create_candidate("Priya Raman", "priya@mail.example", both.job_id)
    typed = "Prya Raman"

    def offered(user: User) -> list[str]:
        picks = candidates_to_schedule(user, typed)
        assert picks.is_guess == bool(picks.rows)
        return [pick.candidate_name for pick in picks.rows]

    assert offered(ada) == find(ada, typed).names == ["Priya Raman"]
    assert offered(cleo) == find(cleo, typed).names == []
    # She has no interview yet, and is on a job that is closed in the end.
    assert candidate_names_meant(ada, typed, Among.INTERVIEWED) == []
    schedule(both.ada, both.dina, software=None)
    assert candidate_names_meant(ada, "Dyna Kaur", Among.INTERVIEWED) == ["Dina Kaur"]
    db.session.get_one(Job, both.job_id).is_open = False
    db.session.commit()
    assert offered(ada) == []
    [priya] = find(ada, typed).candidates.rows
    db.session.get_one(Candidate, priya.id).erased_at = priya.created_at
    db.session.commit()
    assert find(ada, typed).names == []


def test_picker_offers_similar_names_and_chooses_none(
    rows: Rows, team: Team, priya: str, ada: Visitor
) -> None:
    page = ada.get("/interviews/new?q=Prya+Raman")
    assert "No one is called “Prya Raman”. Did you mean Priya Raman?" in page.words
    [button] = page.tree.all("button", lambda e: priya in e.text)
    # Enter would choose the first entry of a list, but not this one.
    [box] = page.tree.all("div", lambda e: e.get("data-listbox") == "Candidates")
    assert "data-guess" in box.attributes
    assert page.tree.all("a", lambda e: "Add “Prya Raman”" in e.text)
    answer = ada.post(button["formaction"], {button["name"]: button["value"]}, status=303)
    assert answer.headers["Location"].endswith("/setup")
    [box] = ada.get("/interviews/new?q=Priya").tree.all("div", lambda e: "data-listbox" in e.attributes)
    assert "data-guess" not in box.attributes


def test_every_list_and_the_search_lead_to_the_similar_name_with_one_click(
    rows: Rows, team: Team, priya: str, ada: Visitor
) -> None:
    with rows():
        schedule(team.ada, team.dina, software=None)

    def leads_to(page: Page, words: str) -> str:
        [link] = page.tree.all("a", lambda e: e.text == words)
        return ada.get(link["href"]).words

    page = ada.get("/candidates?q=Prya+Raman&sort=newest")
    assert "No one is called “Prya Raman”. Did you mean Priya Raman?" in page.words
    assert "priya" in leads_to(page, priya).casefold()
    page = ada.get("/interviews?q=interview+Dyna")
    assert "No one is called “interview Dyna”. Did you mean Dina Kaur?" in page.words
    assert "1 interview" in leads_to(page, "Dina Kaur")
    page = ada.get("/jobs?q=Bakend")
    assert "No job is called “Bakend”. Did you mean Backend Engineer?" in page.words
    assert "1 job" in leads_to(page, "Backend Engineer")
    page = ada.get("/search?q=Prya")
    assert "No one is called “Prya”. Did you mean Priya Raman?" in page.words
    assert "Backend Engineer" in leads_to(page, priya)
    page = ada.get("/search/suggestions?q=Bakend", htmx=True)
    assert "Nothing is called “Bakend”. Did you mean Backend Engineer?" in page.words
    # For scripts that search a list themselves.
    assert ada.get("/search/names?of=team&q=Ben+Frie").html.strip() == '["Ben Frei"]'
    assert ada.get("/search/names?of=candidates&q=Prya").html.strip() == '["Priya Raman"]'
    # Where the name is right, something else is in the way.
    page = ada.get("/candidates?q=Priya+Raman&stage=offer")
    assert "Did you mean" not in page.words
    assert "Try a different search or clear the filters." in page.words


@ON_BOTH
def test_part_of_a_longer_word_offers_the_name_that_is_one_letter_away(both: Team) -> None:
    ada, cleo = (db.session.get_one(User, member.id) for member in (both.ada, both.cleo))
    people = ("Jonas Weber", "John Smith", "Jan Roth", "Don Ek", "Anna-Lena Holm", "Anand Rao", "Marco Roth")
    for number, name in enumerate(("Mark Roth", *people)):
        create_candidate(name, f"one{number}@mail.example", both.job_id)
    for typed, names in (
        ("Jon", ["John Smith"]),
        ("jon s", ["John Smith"]),
        ("Jonas", []),
        ("Ana", ["Anna-Lena Holm"]),
        ("Marc", ["Mark Roth"]),
        ("Marc Roth", ["Mark Roth"]),
        # The word of a job, of an address, and a name that is there as it was typed.
        ("Backend", []),
        ("one1", []),
        ("Mark", []),
    ):
        found = find(ada, typed)
        assert not found.is_guess, typed
        assert list(found.also_meant) == names, typed
    assert "John Smith" not in find(cleo, "Jon").also_meant


def test_every_list_leads_to_the_name_that_is_one_letter_away(rows: Rows, team: Team, ada: Visitor) -> None:
    with rows():
        for number, name in enumerate(("Jonas Weber", "John Smith")):
            someone = create_candidate(name, f"one{number}@mail.example", team.job_id)
            schedule(team.ada, someone, software=None)
    for path in ("/search", "/search/suggestions", "/candidates", "/interviews"):
        page = ada.get(f"{path}?q=Jon", htmx="suggestions" in path)
        assert "Jonas Weber" in page.words
        assert "Did you mean John Smith" in page.words
        [link] = page.tree.all("a", lambda e: e.text in ("John Smith", "Did you mean John Smith?"))
        assert "John Smith" in ada.get(link["href"]).words
        assert "Did you mean" not in ada.get(f"{path}?q=Jonas", htmx="suggestions" in path).words
