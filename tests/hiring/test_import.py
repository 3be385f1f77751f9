"""Importing candidates from a spreadsheet, and exporting them again."""

import io

import pytest
from flask import Flask

from accounts.audit import Event
from blueprints.hiring.imports.table import MOST_LINES
from extensions import db
from hiring import imports
from models import Application, AuditEntry, Candidate, CandidateImport, Job
from tests.factories import Team, create_candidate, create_team
from tests.hiring.conftest import Rows, rows_of
from tests.hiring.sending_lists import LIST, confirm, people, seen_on, send
from tests.pages.visitor import Visitor


@pytest.mark.parametrize("as_file", [True, False])
def test_list_is_shown_first_and_imported_when_confirmed(
    rows: Rows, team: Team, ada: Visitor, as_file: bool
) -> None:
    content = (io.BytesIO(b"\xef\xbb\xbf" + LIST.encode()), "people.csv")
    address = send(ada, team, "" if as_file else LIST, **({"file": content} if as_file else {}))
    page = ada.get(address)
    assert "Nothing has been imported yet" in page.words
    assert "Lee, Ann" in page.html
    assert people(rows) == {team.dina.email}
    confirm(ada, address)
    with rows():
        omar = db.session.scalars(db.select(Candidate).where(Candidate.email == "omar@mail.example")).one()
        assert (omar.name, omar.phone, omar.timezone) == ("Omar Haddad", "+41 44 668 1800", "Europe/Zurich")
        assert [a.job_id for a in omar.applications] == [team.job_id]
        ann = db.session.scalars(db.select(Candidate).where(Candidate.email == "ann@mail.example")).one()
        assert (ann.name, ann.phone, ann.timezone) == ("Lee, Ann", "", None)
        assert db.session.scalars(db.select(CandidateImport)).all() == []
        [entry] = db.session.scalars(
            db.select(AuditEntry).where(AuditEntry.event == Event.CANDIDATES_IMPORTED.value)
        )
        assert entry.words == "Imported candidates for Backend Engineer: 2 new, 0 known."


def test_confirming_twice_imports_once(rows: Rows, team: Team, ada: Visitor) -> None:
    address = send(ada, team, LIST)
    seen = seen_on(ada.get(address).html)
    ada.post(address, {"seen": seen}, status=303)
    ada.post(address, {"seen": seen}, status=303)
    assert "already imported" in ada.get("/candidates").words
    with rows():
        assert len(db.session.scalars(db.select(Application)).all()) == 3
    ada.get(address, status=404)


def test_each_line_says_what_it_would_do(rows: Rows, team: Team, ada: Visitor) -> None:
    with rows():
        create_candidate("Nils Known", "nils@mail.example", team.other_job_id)
    text = (
        "email;Name;Time zone;Favorite color\n"
        "new@mail.example;New Person;america/new york;blue\n"
        "nils@mail.example;Somebody Else;;red\n"
        f"{team.dina.email};Dina Kaur;;\n"
        "\n"
        "not an address;Odd One;;\n"
        ";No Address;;\n"
        "noname@mail.example; ;;\n"
        "NEW@mail.example;Twice;;\n"
        "mars@mail.example;Mars Man;Mars/Olympus;\n"
        "more@mail.example;More;Europe/Bern;;;much;more\n"
        f"long@mail.example;{'x' * 121};;\n"
    )
    address = send(ada, team, text)
    page = ada.get(address).words
    assert "New 1 Existing, added to Backend Engineer 1 No change 1 Skipped 0 Problems 7" in page
    for words in (
        "Problems: 7",
        "Existing: Nils Known is added to Backend Engineer; nothing else changes",
        "Dina Kaur is already on this job",
        "Enter an email address like dina@mail.example.",
        "The email address is missing.",
        "The name is missing.",
        "Line 2 already has this email address.",
        "“Mars/Olympus” isn't a time zone.",
        "There are more values than columns.",
        "The name is longer than 120 characters.",
        "Not used: Favorite color.",
        "12 " + "x" * 121,
    ):
        assert words in page, words


def test_lines_with_errors_are_left_out_and_the_others_are_imported(
    rows: Rows, team: Team, ada: Visitor
) -> None:
    with rows():
        nils = create_candidate("Nils Known", "nils@mail.example", team.other_job_id)
    address = send(
        ada,
        team,
        "name,email\nNew,new@mail.example\nNils Other,nils@mail.example\nOdd,odd\nTwo,New@mail.example",
    )
    page = ada.get(address).words
    assert "Line 2 already has this email address." in page
    assert "Import 2 candidates" in page
    confirm(ada, address)
    assert people(rows) == {team.dina.email, "nils@mail.example", "new@mail.example"}
    with rows():
        known = db.session.get_one(Candidate, nils.id)
        assert known.name == "Nils Known"
        assert {a.job_id for a in known.applications} == {team.job_id, team.other_job_id}


def test_changes_since_the_preview_are_shown_again_and_nothing_is_imported(
    rows: Rows, team: Team, ada: Visitor
) -> None:
    address = send(ada, team, LIST)
    seen = seen_on(ada.get(address).html)
    with rows():
        create_candidate("Omar First", "omar@mail.example", team.other_job_id)
    answer = ada.post(address, {"seen": seen}, status=409)
    assert "nothing was imported" in answer.words
    assert "Existing: Omar First" in answer.words
    assert people(rows) == {team.dina.email, "omar@mail.example"}
    ada.post(address, {"seen": seen_on(answer.html)}, status=303)
    assert people(rows) == {team.dina.email, "omar@mail.example", "ann@mail.example"}


@pytest.mark.parametrize("seen", ["", "0" * 64, "ä"])
def test_nothing_is_imported_without_having_been_seen(
    rows: Rows, team: Team, ada: Visitor, seen: str
) -> None:
    ada.post(send(ada, team, LIST), {"seen": seen}, status=409)
    assert people(rows) == {team.dina.email}


def test_list_belongs_to_its_sender_and_to_an_open_job_of_theirs(
    rows: Rows, team: Team, ada: Visitor, ben: Visitor
) -> None:
    address = send(ben, team, LIST)
    seen = seen_on(ben.get(address).html)
    ada.get(address, status=404)
    ada.post(address, {"seen": seen}, status=303)
    assert people(rows) == {team.dina.email}
    with rows():
        db.session.get_one(Job, team.job_id).is_open = False
        db.session.commit()
    ben.get(address, status=404)
    ben.post(address, {"seen": seen}, status=303)
    assert people(rows) == {team.dina.email}
    ben.post("/candidates/import", {"job": team.other_job_id, "text": LIST}, status=422)


def test_hiring_manager_cannot_reach_for_candidates_of_others(rows: Rows, team: Team, ben: Visitor) -> None:
    with rows():
        omar = create_candidate("Omar Secret", "omar@mail.example", team.other_job_id)
    address = send(ben, team, LIST)
    page = ben.get(address).words
    assert "a candidate for a job that isn't yours" in page
    assert "Omar Secret" not in page
    confirm(ben, address)
    with rows():
        assert [a.job_id for a in db.session.get_one(Candidate, omar.id).applications] == [team.other_job_id]


@pytest.mark.slow
def test_two_thousand_lines_are_read_and_imported(rows: Rows, team: Team, ada: Visitor) -> None:
    text = "name,email\n" + "".join(f"Person {n},person{n}@mail.example\n" for n in range(MOST_LINES))
    address = send(ada, team, text)
    assert f"And {MOST_LINES - 100:,} more." in ada.get(address).words
    confirm(ada, address)
    with rows():
        assert db.session.scalar(db.select(db.func.count(Candidate.id))) == MOST_LINES + 1


def test_file_that_is_not_a_list_is_refused_beside_its_field(team: Team, ada: Visitor) -> None:
    page = ada.get("/candidates/import")
    empty = ada.submit(page, "Review", status=422, job=team.job_id)
    assert empty.error_at("text") == "The list is empty."
    file = (io.BytesIO(b"%PDF-1.7"), "people.csv")
    refused = ada.post("/candidates/import", {"job": team.job_id, "file": file}, status=422)
    assert "This is a PDF." in refused.error_at("file")


def test_file_that_has_to_be_chosen_again_is_asked_for(team: Team, ada: Visitor) -> None:
    page = ada.post(
        "/candidates/import", {"job": "", "file": (io.BytesIO(LIST.encode()), "list.csv")}, status=422
    )
    assert "Choose a job." in page.words
    assert "Choose the file again; it isn't kept." in page.words
    page = ada.post("/candidates/import", {"job": "", "text": LIST}, status=422)
    assert "Choose the file again" not in page.words


@pytest.mark.both_databases
def test_address_taken_at_the_same_moment_imports_nothing_of_the_list(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = rows_of(app)
    with rows():
        team = create_team()
    ada = Visitor(app).enter(team.ada)
    # As if someone had added Dina between the check of the table and the insert.
    with monkeypatch.context() as blind:
        blind.setattr(imports, "_known", lambda *_: {})
        address = send(ada, team, f"name,email\nNia,nia@mail.example\nDina,{team.dina.email}")
        seen = seen_on(ada.get(address).html)
        ada.post(address, {"seen": seen}, status=409)
    assert people(rows) == {team.dina.email}
    confirm(ada, address)
    assert people(rows) == {team.dina.email, "nia@mail.example"}


def test_all_problems_of_a_row_are_shown_at_once_and_what_was_typed_stays(
    rows: Rows, team: Team, ada: Visitor
) -> None:
    address = send(
        ada,
        team,
        "name,email,phone,timezone\n"
        "Fay,fay@mail.example,,\n"
        ",bob at mail,123,Mars/Olympus\n"
        "Twin,FAY@mail.example,+1,\n",
    )
    page = ada.get(address)
    assert "Problems 2" in page.words
    in_order = (
        "Name: The name is missing.",
        "Email: Enter an email address like dina@mail.example.",
        "Phone: Enter a phone number,",
        "Time zone: “Mars/Olympus” isn't a time zone.",
        "Email: Line 2 already has this email address.",
        "Phone: Enter a phone number,",
    )
    at = 0
    for words in in_order:
        at = page.words.index(words, at) + 1
    # All of it is beside the fields of the row, too, and one answer to it is enough.
    row = ada.get(f"{address}/rows/3")
    assert "The name is missing." in row.error_at("name")
    assert "Enter an email address" in row.error_at("email")
    assert "Enter a phone number" in row.error_at("phone")
    assert "isn't a time zone" in row.error_at("timezone")
    typed = row.fields("Save")
    assert [typed[name] for name in ("email", "phone", "timezone")] == [
        ["bob at mail"],
        ["123"],
        ["Mars/Olympus"],
    ]
    right = {"name": "Bob", "email": "bob@mail.example", "phone": "+1 212 555 0147", "timezone": ""}
    ada.submit(row, "Save", status=303, **right)
    twin = ada.get(f"{address}/rows/4")
    assert "Line 2 already has this email address." in twin.error_at("email")
    assert "Enter a phone number" in twin.error_at("phone")
    confirm(ada, address)
    assert people(rows) == {team.dina.email, "fay@mail.example", "bob@mail.example"}
