"""Exporting candidates: what the file contains, in each format, and that no spreadsheet takes it for
formulas."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from openpyxl import load_workbook

from accounts.audit import Event
from blueprints.hiring.formulas import guarded, unguarded
from blueprints.hiring.imports.files import read_file
from blueprints.hiring.imports.lines import read_list
from extensions import db
from hiring.imports import Answers
from models import Application, AuditEntry, Role
from tests.factories import Member, Team, create_candidate, create_user, schedule
from tests.hiring.conftest import Rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor


def exported(visitor: Visitor, query: str = "", *, written: str = "commas") -> list[list[str]]:
    """The content of an export, read back by a reader for its format."""
    answer = visitor.post(f"/candidates/export{query}", {"format": written}, status=200)
    if written == "xlsx":
        return sheet_of(answer)
    kind, ending, delimiter = {
        "commas": ("text/csv", "csv", ","),
        "semicolons": ("text/csv", "csv", ";"),
        "tabs": ("text/tab-separated-values", "txt", "\t"),
    }[written]
    assert answer.response.mimetype == kind
    assert answer.was_streamed
    assert re.fullmatch(
        rf'attachment; filename="candidates-\d{{4}}-\d\d-\d\d\.{ending}"',
        answer.headers["Content-Disposition"],
    )
    text = answer.html
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter))


def sheet_of(answer: Page) -> list[list[str]]:
    """The cells of an exported workbook, which all have to be text."""
    assert "spreadsheetml.sheet" in (answer.response.mimetype or "")
    assert answer.headers["Content-Disposition"].endswith('.xlsx"')
    book = load_workbook(io.BytesIO(answer.response.get_data()))
    [sheet] = book.worksheets
    for row in sheet.iter_rows():
        for cell in row:
            assert cell.value is None or (cell.data_type == "s" and cell.quotePrefix)
    return [["" if value is None else str(value) for value in row] for row in sheet.values]


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
    page = ada.get("/candidates/export?q=dina")
    assert "1 candidate, as the list shows them." in page.words
    assert team.dina.email not in page.html
    answer = ada.client.post("/candidates/export", base_url=ada.base_url)
    assert answer.status_code == 400


def test_format_is_chosen_on_a_page_of_its_own(team: Team, ada: Visitor) -> None:
    page = ada.get("/candidates/export?q=dina")
    sent = ada.submit(page, "Download", status=200)
    assert [row[0] for row in sheet_of(sent)] == ["name", "Dina Kaur"]
    sent = ada.submit(page, "Download", status=200, format="semicolons")
    assert '"Dina Kaur";"' in sent.html
    refused = ada.post("/candidates/export", {"format": "pdf"}, status=422)
    assert refused.error_at("format") == "Choose one of these."


@pytest.mark.parametrize("written", ["commas", "semicolons", "tabs", "xlsx"])
def test_every_format_holds_the_same_and_no_formula(
    rows: Rows, team: Team, ada: Visitor, written: str
) -> None:
    name = '=HYPERLINK("https://evil.example";"x"),\t"Zoë"'
    with rows():
        create_candidate(name, "formula@mail.example", team.other_job_id)
    found = exported(ada, written=written)
    mark = "" if written == "xlsx" else "'"
    assert [row[0] for row in found] == ["name", "Dina Kaur", f"{mark}{name}"]
    assert [row[2] for row in found[1:]] == [f"{mark}+44 20 7946 0018"] * 2


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x"])
def test_formulas_become_text(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"
    assert unguarded(guarded(cell)) == cell


@pytest.mark.parametrize("cell", ["", "Dina", "'", "a=b", "1-2"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert guarded(cell) == unguarded(cell) == cell


@pytest.mark.parametrize("written", ["commas", "semicolons", "tabs", "xlsx"])
def test_exported_list_can_be_imported_again(rows: Rows, team: Team, ada: Visitor, written: str) -> None:
    with rows():
        create_candidate("=HYPERLINK(1)", "formula@mail.example", team.other_job_id, phone="+1 212 555 0147")
    file = ada.post("/candidates/export", {"format": written}, status=200).response.get_data()
    [dina, formula] = read_list(read_file(file).text, Answers()).lines
    assert (dina.name, dina.phone, dina.problems) == ("Dina Kaur", "+44 20 7946 0018", ())
    assert (formula.name, formula.phone, formula.problems) == ("=HYPERLINK(1)", "+1 212 555 0147", ())


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
