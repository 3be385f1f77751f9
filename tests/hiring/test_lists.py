"""The lists of jobs, candidates and interviews: searched, filtered, sorted, and split into pages."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask import Flask

import paging
from extensions import db
from hiring import lists
from hiring.lists import CandidateFilter, CandidateRow, JobFilter, JobState, NameSort
from models import Application, InterviewStatus, Job, JobMember, Role, Stage, User, search_key
from paging import ListPage, Turn
from scheduling.reading import lists as interviews
from searching import spellings
from tests.factories import (
    Member,
    Team,
    create_candidate,
    create_job,
    create_team,
    create_user,
    in_three_days,
    schedule,
)
from tests.hiring.conftest import Rows, rows_of
from tests.machines.statements import statements
from tests.pages.visitor import Visitor

# Locking and SQL that differs are their subject.
pytestmark = pytest.mark.both_databases

NAMES = ["Åsa Öberg", "Zoë Adams", "anna bell", "Émile Zola", "Bob_by 100%", "Ödön Kiss", "Bob-by 1000"]


@pytest.fixture
def both(app: Flask) -> Iterator[Team]:
    """The team on each kind of database, inside its application context."""
    with rows_of(app)():
        yield create_team()


def user(member: Member) -> User:
    return db.session.get_one(User, member.id)


def names(page: ListPage[CandidateRow]) -> list[str]:
    return [candidate.name for candidate in page.rows]


def add_many(job_id: int, number: int) -> None:
    for index in range(number):
        create_candidate(f"Person {index:03}", f"person{index:03}@mail.example", job_id)


def test_names_are_sorted_without_case_and_accents(both: Team) -> None:
    for number, name in enumerate(NAMES):
        create_candidate(name, f"somebody{number}@mail.example", both.job_id)
    page = lists.candidates(user(both.ada), CandidateFilter())
    assert sorted(names(page), key=search_key) == names(page)
    assert names(page)[0] == "anna bell"
    assert names(page).index("Émile Zola") < names(page).index("Ödön Kiss") < names(page).index("Zoë Adams")


def test_search_finds_names_and_addresses_as_they_are_meant(both: Team) -> None:
    for number, name in enumerate(NAMES):
        create_candidate(name, f"somebody{number}@mail.example", both.job_id)
    for text, found in (
        ("asa", {"Åsa Öberg"}),
        ("ZOE", {"Zoë Adams"}),
        ("émile", {"Émile Zola"}),
        ("b_b", {"Bob_by 100%"}),
        ("100%", {"Bob_by 100%"}),
        ("%", {"Bob_by 100%"}),
        ("SOMEBODY3@", {"Émile Zola"}),
        ("nobody at all", set()),
        ("\\", set()),
    ):
        page = lists.candidates(user(both.ada), CandidateFilter(text=text))
        assert set(names(page)) == found, text
        assert page.total == len(found), text


def test_address_cannot_be_found_out_by_those_who_may_not_see_it(both: Team) -> None:
    observer = user(create_user("Olaf Berg", Role.OBSERVER))
    assert names(lists.candidates(observer, CandidateFilter(text="dina.kaur@"))) == []
    assert names(lists.candidates(observer, CandidateFilter(text="dina"))) == ["Dina Kaur"]


@pytest.mark.parametrize("sort", list(NameSort))
def test_paging_forward_and_backward_shows_everyone_once(both: Team, sort: NameSort) -> None:
    add_many(both.job_id, 2 * paging.PAGE_SIZE + 3)
    wanted = CandidateFilter(sort=sort)
    pages, turn = [], None
    while True:
        page = lists.candidates(user(both.ada), wanted, turn)
        pages.append(names(page))
        if page.after is None:
            break
        turn = Turn("after", page.after)
    assert [len(shown) for shown in pages] == [paging.PAGE_SIZE, paging.PAGE_SIZE, 4]
    everyone = [name for shown in pages for name in shown]
    assert len(set(everyone)) == len(everyone) == 2 * paging.PAGE_SIZE + 4
    for shown in reversed(pages[:-1]):
        assert page.before is not None
        page = lists.candidates(user(both.ada), wanted, Turn("before", page.before))
        assert names(page) == shown
    assert page.before is None


def test_people_of_one_name_are_not_lost_between_two_pages(both: Team) -> None:
    for number in range(paging.PAGE_SIZE + 5):
        create_candidate("Same Name", f"same{number}@mail.example", both.job_id)
    first = lists.candidates(user(both.ada), CandidateFilter(text="same"))
    assert first.after is not None
    second = lists.candidates(user(both.ada), CandidateFilter(text="same"), Turn("after", first.after))
    ids = {candidate.id for candidate in [*first.rows, *second.rows]}
    assert len(ids) == paging.PAGE_SIZE + 5


@pytest.mark.parametrize("address", ["/candidates", "/jobs", "/interviews", "/candidates?sort=newest"])
def test_made_up_place_in_the_list_leads_to_its_first_page(ada: Visitor, address: str) -> None:
    glue = "&" if "?" in address else "?"
    first_page = ada.get(address).words
    no_json = ("", "x", "%%%", "ä", "W1tbW1tb" * 90)
    no_place = ("W10", "bnVsbA", "WyJhIiwgImIiXQ", "WzEsMiwzXQ", "WyJhIiwgLTFd")
    for row in (*no_json, *no_place):
        assert ada.get(f"{address}{glue}after={quote(row)}").words == first_page, row


def test_list_can_be_narrowed_to_a_job_and_a_stage(both: Team) -> None:
    omar = create_candidate("Omar Haddad", "omar@mail.example", both.other_job_id)
    application = db.session.get_one(Application, omar.application_id)
    application.stage = Stage.OFFER
    db.session.add(Application(candidate_id=both.dina.id, job_id=both.other_job_id))
    db.session.commit()
    ada = user(both.ada)
    assert names(lists.candidates(ada, CandidateFilter(job_id=both.job_id))) == ["Dina Kaur"]
    assert names(lists.candidates(ada, CandidateFilter(stage=Stage.OFFER))) == ["Omar Haddad"]
    assert names(lists.candidates(ada, CandidateFilter(job_id=both.job_id, stage=Stage.OFFER))) == []
    both_of_them = CandidateFilter(job_id=both.other_job_id)
    assert names(lists.candidates(ada, both_of_them)) == ["Dina Kaur", "Omar Haddad"]


def test_hiring_manager_sees_candidates_and_jobs_of_their_own_only(both: Team) -> None:
    create_candidate("Omar Haddad", "omar@mail.example", both.other_job_id)
    db.session.add(Application(candidate_id=both.dina.id, job_id=both.other_job_id))
    db.session.commit()
    page = lists.candidates(user(both.ben), CandidateFilter())
    assert names(page) == ["Dina Kaur"]
    # For a candidate on two jobs, only the one that is Ben's is shown.
    [own] = page.rows[0].applied_for
    assert own[0] == db.session.get_one(Job, both.job_id).title
    assert names(lists.candidates(user(both.ben), CandidateFilter(job_id=both.other_job_id))) == []
    assert [job.id for job in lists.jobs(user(both.ben), JobFilter()).rows] == [both.job_id]


def test_jobs_are_searched_by_title_department_and_location(both: Team) -> None:
    job = db.session.get_one(Job, both.other_job_id)
    job.title, job.department, job.location = "Créatif", "Marketing", "Genève"
    db.session.commit()
    for text in ("creatif", "marketing", "Genève"):
        assert [each.id for each in lists.jobs(user(both.ada), JobFilter(text=text)).rows] == [job.id]


def test_jobs_can_be_narrowed_to_open_closed_and_mine(both: Team) -> None:
    closed = create_job("Old Job", both.cleo, is_open=False)
    db.session.add(JobMember(job_id=both.other_job_id, user_id=both.ada.id))
    db.session.commit()
    ada = user(both.ada)

    def ids(wanted: JobFilter) -> set[int]:
        return {job.id for job in lists.jobs(ada, wanted).rows}

    assert ids(JobFilter()) == {both.job_id, both.other_job_id}
    assert ids(JobFilter(state=JobState.CLOSED)) == {closed}
    assert ids(JobFilter(state=JobState.ALL)) == {both.job_id, both.other_job_id, closed}
    assert ids(JobFilter(only_mine=True)) == {both.other_job_id}


def test_counting_stops_at_a_thousand(both: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "COUNTED", 3)
    add_many(both.job_id, 3)
    page = lists.candidates(user(both.ada), CandidateFilter())
    assert (page.total, page.is_more) == (3, True)
    page = lists.candidates(user(both.ada), CandidateFilter(text="person"))
    assert (page.total, page.is_more) == (3, False)


def test_interviews_are_searched_and_turned_by_their_time(both: Team) -> None:
    omar = create_candidate("Omar Haddad", "omar@mail.example", both.other_job_id)
    start = in_three_days()
    for number in range(paging.PAGE_SIZE + 5):
        # Two at the same time each; the 25th is the first of the second day.
        schedule(both.ada, both.dina, starts_at=start + timedelta(minutes=37 * (number // 2)), software=None)
    theirs = schedule(both.ada, omar, starts_at=start + timedelta(days=1), software=None)
    ada, scheduled = user(both.ada), InterviewStatus.SCHEDULED
    by_name = interviews.interviews(ada, interviews.InterviewFilter(scheduled, text="OMAR"))
    assert [interview.id for interview in by_name.rows] == [theirs]
    by_job = interviews.interviews(ada, interviews.InterviewFilter(scheduled, job_id=both.other_job_id))
    assert [interview.id for interview in by_job.rows] == [theirs]
    for sort in interviews.TimeSort:
        wanted = interviews.InterviewFilter(scheduled, sort=sort)
        first = interviews.interviews(ada, wanted)
        # A page goes on until its last day is over, or it has forty.
        is_latest_first = sort is interviews.TimeSort.LATEST
        assert len(first.rows) == (paging.PAGE_SIZE + 6 if is_latest_first else paging.PAGE_SIZE + 5)
        if is_latest_first:
            assert first.after is None
            continue
        assert first.after is not None
        second = interviews.interviews(ada, wanted, Turn("after", first.after))
        rows = [*first.rows, *second.rows]
        assert len({row.id for row in rows}) == len(rows) == paging.PAGE_SIZE + 6
        times = [row.starts_at for row in rows]
        assert times == sorted(times)
    counted = interviews.counts(ada, (scheduled,), interviews.InterviewFilter(scheduled))
    assert counted.by_status == ((scheduled, (paging.PAGE_SIZE + 6, False)),)


@pytest.mark.parametrize(
    ("address", "most"),
    [
        # The budget of each page, who is signed in and what the banners say included.
        ("/", 6),
        ("/candidates", 5),
        ("/candidates?q=person", 5),
        ("/jobs?state=all", 5),
        ("/interviews", 4),
        ("/interviews?q=person&status=scheduled", 4),
        ("/calendar", 5),
        ("/search?q=person", 5),
        ("/search/suggestions?q=person", 4),
        ("/settings/team", 5),
    ],
)
def test_page_asks_the_database_as_often_for_many_rows_as_for_few(
    sqlite_app: Flask, rows: Rows, team: Team, ada: Visitor, address: str, most: int
) -> None:
    is_piece = address.startswith("/search/suggestions")
    ada.get(address, htmx=is_piece)
    with statements(sqlite_app) as few:
        ada.get(address, htmx=is_piece)
    with rows():
        people = [
            create_candidate(f"Person {number}", f"person{number}@mail.example", team.job_id)
            for number in range(20)
        ]
        for number, person in enumerate(people):
            create_job(f"Person {number}", team.cleo)
            schedule(team.ada, person, starts_at=in_three_days() + timedelta(hours=number))
    with statements(sqlite_app) as many:
        ada.get(address, htmx=is_piece)
    # Relations are loaded only if there are rows: one more statement, however many rows.
    assert len(many) <= len(few) + 1
    assert len(many) <= most, many


def test_list_pages_carry_their_filters_from_page_to_page(rows: Rows, team: Team, ada: Visitor) -> None:
    with rows():
        add_many(team.job_id, paging.PAGE_SIZE + 3)
    page = ada.get(f"/candidates?q=person&job={team.job_id}&sort=name-down")
    assert page.row_names[0] == f"Person {paging.PAGE_SIZE + 2:03}"
    forward = page.link_to("next")
    assert forward is not None
    assert page.link_to("prev") is None
    second = ada.get(forward)
    assert second.row_names == ["Person 002", "Person 001", "Person 000"]
    assert 'value="person"' in second.html
    back = second.link_to("prev")
    assert back is not None
    assert ada.get(back).row_names == page.row_names


def test_empty_list_says_whether_the_filter_or_the_table_is_empty(team: Team, ada: Visitor) -> None:
    assert "No candidates found" in ada.get("/candidates?q=nobody").words
    assert "No jobs found" in ada.get("/jobs?q=nobody").words
    assert "No interviews found" in ada.get("/interviews?q=nobody").words
    assert "No scheduled interviews" in ada.get("/interviews").words


def test_search_finds_candidates_jobs_and_people(rows: Rows, team: Team, ada: Visitor) -> None:
    with rows():
        create_job("Dina's Assistant", team.ben)
        create_user("Dinah Moss", Role.INTERVIEWER)
    page = ada.get("/search?q=din")
    assert page.row_names == ["Dina Kaur", "Dina's Assistant"]
    assert "Dinah Moss" in page.words
    assert "Backend Engineer" in page.words
    assert "Nothing found" in ada.get("/search?q=xyz").words
    assert "What are you looking for?" in ada.get("/search?q=%20").words


def test_search_stays_within_what_one_sees(
    rows: Rows, team: Team, browser: Callable[[Member], Visitor]
) -> None:
    with rows():
        create_candidate("Omar Haddad", "omar@mail.example", team.other_job_id)
        newcomer = create_user("Ivan Petrov", Role.INTERVIEWER)
    for member, text in [(team.ben, "omar"), (team.ben, "Product Designer"), (newcomer, "Dina")]:
        page = browser(member).get(f"/search?q={text}")
        assert page.row_names == []


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Łukasz Żółć", "lukasz zolc"),
        ("Søren Ærø", "soren aero"),
        ("Jürgen Groß", "jurgen gross"),
        ("Işıl Yıldız", "isil yildiz"),
        ("Đorđe Ćuk", "dorde cuk"),
        ("Þórdís Eiðsdóttir", "thordis"),
        ("Nguyễn Thị Hằng", "nguyen thi hang"),
        ("Jiří Řezníček", "jiri reznicek"),
        ("Ħamrun Ġorġ", "hamrun gorg"),
        ("Siobhán O\u2019Neill", "o'neill"),
        ("Siobhán O\u00b4Neill", "o'neill"),
        ("Siobhán O`Neill", "o'neill"),
        ("Anna\u2011Lena", "anna-lena"),
        ("Di\u00adna\u00a0\u200bKaur", "dina kaur"),
    ],
)
def test_names_are_found_by_what_a_plain_keyboard_types(name: str, typed: str) -> None:
    assert typed in search_key(name)
    assert search_key(name).isascii()
    assert search_key(name) in search_key(name.upper())


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Jürgen Müller", "juergen mueller"),
        ("Jürgen Müller", "Müller"),
        ("Jürgen Müller", "Mu\u0308ller"),
        ("Jürgen Müller", "MUELLER"),
        ("Juergen Mueller", "Müller"),
        ("Juergen Mueller", "Jürgen"),
        ("Søren Aagaard", "soeren"),
        ("Søren Aagaard", "ågaard"),
        ("Aase Bakke", "Åse"),
        ("Samuel Noel", "samuel noel"),
        ("Groß", "GROSS"),
    ],
)
def test_umlauts_are_found_whichever_way_they_are_written(name: str, typed: str) -> None:
    assert any(key in search_key(name) for key in spellings(typed))


@pytest.mark.parametrize(
    "typed", ["munchen", "MÜNCHEN", "muenchen", "Mün", "produktion & logistik", "ökonomie", "okonomie"]
)
def test_job_is_found_by_its_department_and_location(
    rows: Rows, team: Team, ada: Visitor, typed: str
) -> None:
    with rows():
        job = db.session.get_one(Job, team.other_job_id)
        job.department, job.location = "Ökonomie, Produktion & Logistik", "München"
        db.session.commit()
    assert ada.get(f"/jobs?q={quote(typed)}").row_names == ["Product Designer"]
    assert ada.get(f"/search?q={quote(typed)}").row_names == ["Product Designer"]


@pytest.mark.parametrize("name", ["Ольга Иванова", "王芳", "محمد"])
def test_names_in_other_scripts_are_found_as_their_readers_type_them(name: str) -> None:
    assert search_key(name) == name.casefold()
