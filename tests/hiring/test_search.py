"""The search for everything: what people type, and what it finds."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask

from extensions import db
from hiring.lists import CandidateFilter, candidates
from hiring.search import find
from models import Application, Interview, InterviewStatus, Role, User
from scheduling.reading.lists import InterviewFilter, interviews
from tests.factories import (
    Member,
    Team,
    create_candidate,
    create_team,
    create_user,
    in_three_days,
    schedule,
)
from tests.hiring.conftest import Rows, rows_of
from tests.pages.visitor import Visitor

ON_BOTH = pytest.mark.both_databases
LINA, ZOE, QUOTED = "Lina Dina-Marie O’Neil", "Zoë Müller", 'Bob "Bo_b" 100% Ray'


@pytest.fixture
def both(app: Flask) -> Iterator[Team]:
    """On each kind of database: Dina on Backend Engineer with an interview, and three others on Product
    Designer."""
    with rows_of(app)():
        team = create_team()
        for number, name in enumerate((LINA, ZOE, QUOTED)):
            create_candidate(
                name, f"person{number}@mail.example", team.other_job_id, phone=f"0{number}41 555 01-4{number}"
            )
        create_candidate("Uma Backenstein", "uma@mail.example", team.other_job_id, phone="")
        schedule(team.ada, team.dina, software=None)
        yield team


@ON_BOTH
def test_search_finds_what_is_meant_by_what_people_type(both: Team) -> None:
    ada = db.session.get_one(User, both.ada.id)
    for typed, people, whose, jobs in (
        ("dina", ["Dina Kaur", LINA], ["Dina Kaur"], []),
        ("DINA kaur", ["Dina Kaur"], ["Dina Kaur"], []),
        ("Kaur, Dina", ["Dina Kaur"], ["Dina Kaur"], []),
        ("“Dina Kaur”", ["Dina Kaur"], ["Dina Kaur"], []),
        ("interview dina", ["Dina Kaur", LINA], ["Dina Kaur"], []),
        ("Dina Interviews", ["Dina Kaur", LINA], ["Dina Kaur"], []),
        ("interview", [], ["Dina Kaur"], []),
        ("dina backend", ["Dina Kaur"], ["Dina Kaur"], []),
        ("backend dina", ["Dina Kaur"], ["Dina Kaur"], []),
        ("dina designer", [LINA], [], []),
        ("Backend Eng", [], ["Dina Kaur"], ["Backend Engineer"]),
        ("backen", ["Uma Backenstein"], ["Dina Kaur"], ["Backend Engineer"]),
        ("engineering zurich", [], [], ["Backend Engineer", "Product Designer"]),
        ("zoe", [ZOE], [], []),
        ("ZOË mueller", [ZOE], [], []),
        ("o'neil", [LINA], [], []),
        ("dina.kaur@", ["Dina Kaur"], [], []),
        ("PERSON1@mail", [ZOE], [], []),
        ("erson1", [ZOE], [], []),
        ("exam", [], [], []),
        ("uma mail.example", ["Uma Backenstein"], [], []),
        ("7946 0018", ["Dina Kaur"], [], []),
        ("0018", ["Dina Kaur"], [], []),
        ("+44 (0)20-7946", ["Dina Kaur"], [], []),
        ("020 7946 0018", ["Dina Kaur"], [], []),
        ("0044207946", ["Dina Kaur"], [], []),
        ("555 0141", [ZOE], [], []),
        ("7946 0019", [], [], []),
        ("100%", [QUOTED], [], []),
        ("o_b", [QUOTED], [], []),
        ("0/", [], [], []),
        ("'", [LINA], [], []),
        ("dina xyz", [], [], []),
        ("a b c d e f g h", [], [], []),
    ):
        found = find(ada, typed)
        assert [each.name for each in found.candidates.rows] == people, typed
        assert [each.candidate_name for each in found.interviews.rows] == whose, typed
        assert [each.title for each in found.jobs.rows] == jobs, typed
        # The lists find the same, where the page of results leads to all that match.
        if found.text:
            listed = candidates(ada, CandidateFilter(text=found.text)).rows
            assert {each.name for each in listed} == set(people), typed
            all_of_them = interviews(ada, InterviewFilter(InterviewStatus.SCHEDULED, text=found.text)).rows
            assert [each.candidate_name for each in all_of_them] == whose, typed


@ON_BOTH
def test_best_come_first_with_what_they_applied_for(both: Team) -> None:
    ada, start = db.session.get_one(User, both.ada.id), in_three_days()
    for number, name in enumerate(("Abe Marino", "Zed Mario", "Mara Zorn", "Tamara Abt")):
        create_candidate(name, f"mar{number}@mail.example", both.job_id)
    db.session.add(Application(candidate_id=both.dina.id, job_id=both.other_job_id))
    db.session.commit()
    later = schedule(both.ada, both.dina, starts_at=start + timedelta(days=2), software=None)
    over, older = (
        schedule(both.ada, both.dina, starts_at=start + timedelta(days=number), software=None)
        for number in (5, 4)
    )
    for interview_id in (over, older):
        db.session.get_one(Interview, interview_id).status = InterviewStatus.COMPLETED
    db.session.commit()
    names = [each.name for each in find(ada, "mar").candidates.rows]
    assert names == ["Mara Zorn", "Abe Marino", LINA, "Zed Mario", "Tamara Abt"]
    found = find(ada, "kaur", most=3)
    [dina] = found.candidates.rows
    assert dina.job_titles == "Backend Engineer, Product Designer"
    assert dina.may_schedule
    assert dina.next_interview is not None
    assert dina.next_interview.starts_at == start
    first, *others = (each.id for each in found.interviews.rows)
    assert dina.next_interview.id == first
    assert others == [later, over]
    assert found.interviews.is_more


def test_search_finds_an_interview_and_schedules_from_its_results(
    rows: Rows, team: Team, ada: Visitor
) -> None:
    with rows():
        schedule(team.ada, team.dina, software=None)
        create_candidate("Dinah Moss", "dinah@mail.example", team.job_id)
    page = ada.get("/search?q=interview+din")
    assert page.row_names == ["Dina Kaur", "Dina Kaur", "Dinah Moss"]
    assert page.html.index("interviews-title") < page.html.index("candidates-title")
    assert "Schedule an interview with Dinah Moss" in page.words
    assert "Schedule an interview with Dina Kaur" not in page.words


def test_search_shows_each_reader_what_is_theirs(
    rows: Rows, team: Team, browser: Callable[[Member], Visitor]
) -> None:
    with rows():
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.other_job_id)
        schedule(team.ada, omar, software=None)
        schedule(team.ada, team.dina, software=None)
        ivan = create_user("Ivan Petrov", Role.INTERVIEWER)
        observer = create_user("Olga Moss", Role.OBSERVER)
    seen = {"Dina Kaur", "Omar Haddad"}
    for member, who in (
        (team.ben, {"Dina Kaur"}),
        (team.cleo, {"Omar Haddad"}),
        (ivan, set()),
        (observer, seen),
    ):
        for text in ("interview", "dina", "omar", "Backend Engineer", "Product Designer", "Dina backend"):
            page = browser(member).get(f"/search?q={text}")
            assert {name for name in page.row_names if name in seen} <= who, (member.name, text)
    # Neither an address nor a number can be guessed piece by piece.
    for text in ("dina.kaur@", "7946"):
        assert browser(observer).get(f"/search?q={text}").row_names == []


def test_suggestions_say_what_there_is_or_why_there_is_nothing(
    rows: Rows, team: Team, ada: Visitor, browser: Callable[[Member], Visitor]
) -> None:
    with rows():
        interview = schedule(team.ada, team.dina, software=None)
        create_candidate("王", "wang@mail.example", team.job_id)
        observer = create_user("Olga Moss", Role.OBSERVER)
    for typed, words in (
        ("din", "1 candidate, 1 interview, 0 jobs found."),
        ("backend", "0 candidates, 1 interview, 1 job found."),
        ("d", "Type one more letter."),
        ("王", "1 candidate, 0 interviews, 0 jobs found."),
        ("<b>", "Nothing found for “<b>”. Try part of a name, or fewer words."),
    ):
        assert words in ada.get(f"/search/suggestions?q={typed}", htmx=True).text, typed
    page = ada.get("/search/suggestions?q=din", htmx=True)
    [popup] = page.tree.all("a", lambda e: e.get("data-popup") == "Dina Kaur")
    assert popup["href"] == f"/interviews/{interview}/details"
    assert "Schedule an interview with Dina Kaur" in page.text
    # What one may not do is not offered.
    seen = browser(observer).get("/search/suggestions?q=din", htmx=True)
    assert "Dina Kaur" in seen.text
    assert "Schedule" not in seen.text
    # Opened as a page, it is the page of results.
    ada.get("/search/suggestions?q=din", leads_to="/search?q=din")


def test_erased_candidate_is_not_found_by_their_interviews(rows: Rows, team: Team, ada: Visitor) -> None:
    with rows():
        schedule(team.ada, team.dina, software=None, starts_at=in_three_days())
        db.session.get_one(Application, team.dina.application_id).candidate.erased_at = in_three_days()
        db.session.commit()
    assert ada.get("/search?q=dina").row_names == []
