"""Bringing in candidates from a spreadsheet, and taking them out again."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from accounts.audit import Event
from blueprints.hiring.formulas import guarded, unguarded
from blueprints.hiring.import_file import MOST_LINES, UnreadableListError, decoded, read_list
from extensions import db
from hiring import imports
from models import Application, AuditEntry, Candidate, CandidateImport, Job, Role
from tests.factories import Member, Team, create_candidate, create_team, create_user, schedule
from tests.hiring.conftest import Rows, rows_of
from tests.pages.visitor import Visitor

LIST = (
    "name,email,phone,timezone\r\n"
    "Omar Haddad,OMAR@mail.example,+41 44 668 1800,Europe/Zurich\r\n"
    '"Lee, Ann",ann@mail.example,,\r\n'
)


def send(visitor: Visitor, team: Team, text: str, **fields: Any) -> str:
    """Send a list; the address of the page that shows what it would do."""
    answer = visitor.post("/candidates/import", {"job": team.job_id, "text": text, **fields}, status=303)
    return str(answer.headers["Location"])


def seen_on(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found.group(1)


def confirm(visitor: Visitor, address: str, *, status: int = 303) -> str:
    seen = seen_on(visitor.get(address).html)
    return visitor.post(address, {"seen": seen}, status=status).html


def people(rows: Rows) -> set[str]:
    with rows():
        return set(db.session.scalars(db.select(Candidate.email)))


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
    assert "New 1 Existing, added to Backend Engineer 1 No change 1 Skipped 7" in page
    for words in (
        "Skipped: 7",
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


def test_world_that_changed_in_between_is_shown_again_and_nothing_is_imported(
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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The list is empty."),
        ("\n\n", "The list is empty."),
        ("name,email", "no one below the column names"),
        ("name,phone\nAnn,1", "email must be among them"),
        ("Ann,ann@mail.example\n", "name and email must be among them"),
        ("name,email,Name\nAnn,ann@mail.example,x", "The column name is there twice."),
        (
            'name,email\n"Ann,ann@mail.example\n',
            "quotation marks don't match in the row that starts on line 2",
        ),
        ("name,email\n" + "Ann,ann@mail.example\n" * (MOST_LINES + 1), "At most 2000 candidates"),
    ],
)
def test_unusable_list_is_refused_in_words(team: Team, ada: Visitor, text: str, words: str) -> None:
    with pytest.raises(UnreadableListError, match=re.escape(words)):
        read_list(text)
    answer = ada.post("/candidates/import", {"job": team.job_id, "text": text}, status=422)
    assert words in answer.words


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("name;email\nJürg;j@mail.example".encode("latin-1"), "not in UTF-8"),
        ("name,email".encode("utf-16"), "not in UTF-8"),
    ],
)
def test_unusable_file_is_refused_in_words(team: Team, ada: Visitor, content: bytes, words: str) -> None:
    answer = ada.post(
        "/candidates/import", {"job": team.job_id, "file": (io.BytesIO(content), "people.csv")}, status=422
    )
    assert words in answer.words


def test_too_large_file_is_refused() -> None:
    with pytest.raises(UnreadableListError, match="larger than 1 MB"):
        decoded(b"name,email\n" + b"x" * 1024 * 1024)


def test_two_thousand_lines_are_read_and_imported(rows: Rows, team: Team, ada: Visitor) -> None:
    text = "name,email\n" + "".join(f"Person {n},person{n}@mail.example\n" for n in range(MOST_LINES))
    address = send(ada, team, text)
    assert f"And {MOST_LINES - 100:,} more." in ada.get(address).words
    confirm(ada, address)
    with rows():
        assert db.session.scalar(db.select(db.func.count(Candidate.id))) == MOST_LINES + 1


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_lists_of_all_spreadsheets_are_read(mark: bytes, delimiter: str, line_end: str) -> None:
    rows = [
        ["Phone", "Email", "Name"],
        ["+1", "zoë@mail.example", "Zoë\nAdams"],
        ["", "b@mail.example", "B"],
    ]
    text = line_end.join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    lines = read_list(decoded(mark + text.encode())).lines
    assert [(line.number, line.name, line.email, line.phone) for line in lines] == [
        (2, "Zoë Adams", "zoë@mail.example", "+1"),
        (4, "B", "b@mail.example", ""),
    ]


def exported(visitor: Visitor, query: str = "") -> list[list[str]]:
    answer = visitor.post(f"/candidates/export{query}", status=200)
    assert answer.response.mimetype == "text/csv"
    assert answer.was_streamed
    assert re.fullmatch(
        r'attachment; filename="candidates-\d{4}-\d\d-\d\d\.csv"', answer.headers["Content-Disposition"]
    )
    text = answer.html
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_export_holds_what_the_list_shows_and_says_so_in_the_audit(
    rows: Rows, team: Team, ada: Visitor
) -> None:
    with rows():
        create_candidate("Omar Haddad", "omar@mail.example", team.other_job_id, timezone="Europe/Zurich")
        db.session.add(Application(candidate_id=team.dina.id, job_id=team.other_job_id))
        db.session.commit()
    header = ["name", "email", "phone", "timezone", "jobs", "stages"]
    dina = [
        "Dina Kaur",
        team.dina.email,
        "'+44 20 7946 0018",
        "",
        "Backend Engineer; Product Designer",
        "New; New",
    ]
    omar = [
        "Omar Haddad", "omar@mail.example", "'+44 20 7946 0018", "Europe/Zurich", "Product Designer", "New",
    ]  # fmt: skip
    assert exported(ada) == [header, dina, omar]
    assert exported(ada, "?q=omar") == [header, omar]
    assert exported(ada, f"?job={team.job_id}") == [header, dina]
    assert exported(ada, "?stage=hired") == [header]
    with rows():
        words = list(
            db.session.scalars(
                db.select(AuditEntry.words).where(AuditEntry.event == Event.CANDIDATES_EXPORTED.value)
            )
        )
    assert words[:2] == ["Exported all candidates.", "Exported the candidates searched for."]


def test_export_stays_within_what_one_sees(
    rows: Rows, team: Team, ben: Visitor, browser: Callable[[Member], Visitor]
) -> None:
    with rows():
        create_candidate("Omar Haddad", "omar@mail.example", team.other_job_id)
        observer = create_user("Olaf Berg", Role.OBSERVER)
        interviewer = create_user("Ivan Petrov", Role.INTERVIEWER)
    assert [row[0] for row in exported(ben)] == ["name", "Dina Kaur"]
    assert exported(browser(observer)) == [
        ["name", "jobs", "stages"],
        ["Dina Kaur", "Backend Engineer", "New"],
        ["Omar Haddad", "Product Designer", "New"],
    ]
    assert exported(browser(interviewer)) == [["name", "jobs", "stages"]]


def test_export_is_a_post_of_our_own_pages_only(team: Team, ada: Visitor) -> None:
    ada.get("/candidates/export", status=405)
    answer = ada.client.post("/candidates/export", base_url=ada.base_url)
    assert answer.status_code == 400


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x"])
def test_formulas_become_text(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"
    assert unguarded(guarded(cell)) == cell


@pytest.mark.parametrize("cell", ["", "Dina", "'", "a=b", "1-2"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert guarded(cell) == unguarded(cell) == cell


def test_exported_list_can_be_imported_again(rows: Rows, team: Team, ada: Visitor) -> None:
    with rows():
        create_candidate("=HYPERLINK(1)", "formula@mail.example", team.other_job_id, phone="+1 2")
    file = ada.post("/candidates/export", status=200).response.get_data()
    [dina, formula] = read_list(decoded(file)).lines
    assert (dina.name, dina.phone, dina.error) == ("Dina Kaur", "+44 20 7946 0018", None)
    assert (formula.name, formula.phone, formula.error) == ("=HYPERLINK(1)", "+1 2", None)


def test_many_portions_are_exported_completely(
    rows: Rows, team: Team, ada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hiring import lists

    monkeypatch.setattr(lists, "_EXPORTED_AT_ONCE", 2)
    with rows():
        for number in range(5):
            create_candidate(f"Person {number}", f"person{number}@mail.example", team.job_id)
        schedule(team.ada, team.dina)
    assert len(exported(ada)) == 7


@pytest.mark.both_databases
def test_address_taken_at_the_same_moment_imports_nothing_of_the_list(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = rows_of(app)
    with rows():
        team = create_team()
    ada = Visitor(app).enter(team.ada)
    # As if someone had added Dina between the look at the table and the insert.
    with monkeypatch.context() as blind:
        blind.setattr(imports, "_known", lambda *_: {})
        address = send(ada, team, f"name,email\nNia,nia@mail.example\nDina,{team.dina.email}")
        seen = seen_on(ada.get(address).html)
        ada.post(address, {"seen": seen}, status=409)
    assert people(rows) == {team.dina.email}
    confirm(ada, address)
    assert people(rows) == {team.dina.email, "nia@mail.example"}
    assert [row[0] for row in exported(ada)] == ["name", "Dina Kaur", "Nia"]
