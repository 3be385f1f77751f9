"""What the sender of a list is asked about: its columns, its encoding, its jobs, and single rows."""

import io

import pytest
from openpyxl import Workbook

from extensions import db
from hiring.erasing import erase_candidate
from models import Application, Candidate, CandidateImport, Job, User
from tests.factories import Team
from tests.hiring.conftest import Rows
from tests.hiring.sending_lists import LIST, confirm, people, seen_on, send
from tests.pages.visitor import Visitor, path_of


def test_columns_that_are_not_understood_are_asked_about(rows: Rows, team: Team, ada: Visitor) -> None:
    text = "Who;Where;Line;Since\nAnn Lee;ann@mail.example;4;2020\nBob;bob@mail.example;5;2021\n"
    address = send(ada, team, text)
    assert address.endswith("/columns")
    page = ada.get(address)
    for words in ("Column 1: Who", "Ann Lee · Bob", "Column 2: Where", "ann@mail.example · bob@mail.example"):
        assert words in page.words
    # The guess about the columns is only a suggestion.
    assert page.fields("Review")["columns-0"] == ["name"]
    assert page.fields("Review")["columns-1"] == ["email"]
    refused = ada.submit(page, "Review", status=422, **{"columns-0": "email", "columns-3": "phone"})
    words = refused.error_at("columns")
    assert "“Email” is chosen for two columns. Choose one of them." in words
    assert "Choose the column with the names" in words
    assert refused.fields("Review")["columns-3"] == ["phone"]
    there = ada.submit(page, "Review", status=303, **{"columns-0": "first", "columns-2": "last"})
    review = ada.follow(there)
    assert "Ann Lee 4" in review.words
    assert "Not used: Since." in review.words
    confirm(ada, path_of(there.headers["Location"]))
    assert people(rows) == {team.dina.email, "ann@mail.example", "bob@mail.example"}


def test_first_row_may_be_a_candidate(rows: Rows, team: Team, ada: Visitor) -> None:
    address = send(ada, team, "Ann Lee\tann@mail.example\tx1\nBob\tbob@mail.example\tx2\n")
    page = ada.get(address)
    assert "has_heading" not in page.fields("Review")
    review = ada.follow(ada.submit(page, "Review", status=303))
    assert "Import 2 candidates" in review.words
    # And the other way round: what looked like a candidate is a heading after all.
    review = ada.follow(ada.submit(page, "Review", status=303, has_heading="y"))
    assert "Import 1 candidate" in review.words


def test_columns_can_be_changed_after_they_were_understood(team: Team, ada: Visitor) -> None:
    address = send(ada, team, "name,email,notes\nAnn,ann@mail.example,ann@work.example\n")
    page = ada.get(f"{address}/columns")
    changed = {"columns-1": "-", "columns-2": "email"}
    assert "ann@work.example" in ada.follow(ada.submit(page, "Review", status=303, **changed)).words
    for sent in ({"columns-0": "nonsense", "columns-1": "email"}, {}, {"columns-9999": "email"}):
        ada.post(f"{address}/columns", sent, status=422)


@pytest.mark.parametrize(
    ("encoding", "name", "is_asked"),
    [
        ("utf-8", "Jürg Müller", False),
        ("utf-16", "Jürg Müller", False),
        ("utf-16-le", "Jürg Müller", False),
        ("utf-16-be", "Jürg Müller", False),
        ("cp1252", "Jürg Müller", True),
        ("mac_roman", "Jürg Müller", True),
        ("cp1251", "Пётр Сидоров", True),
    ],
)
def test_file_in_another_encoding_is_read_and_its_letters_are_shown(
    rows: Rows, team: Team, ada: Visitor, encoding: str, name: str, is_asked: bool
) -> None:
    content = f"Name;E-Mail\r\n{name};j@mail.example\r\n".encode(encoding)
    address = send(ada, team, "", file=(io.BytesIO(content), "people.csv"))
    if is_asked:
        page = ada.get(address)
        assert " · ".join(name.split()) in page.words
        address = path_of(ada.submit(page, "Review", status=303).headers["Location"])
    confirm(ada, address)
    with rows():
        assert name in db.session.scalars(db.select(Candidate.name)).all()


def test_another_reading_of_the_letters_is_one_click(rows: Rows, team: Team, ada: Visitor) -> None:
    content = "name,email\nIşıl Yıldız,i@mail.example\n".encode("cp1254")
    address = send(ada, team, "", file=(io.BytesIO(content), "people.csv"))
    page = ada.get(address)
    assert "Iþýl · Yýldýz" in page.words
    page = ada.follow(ada.submit(page, "Read it again", status=303, reading="cp1254"))
    assert "Işıl · Yıldız" in page.words
    # If the list makes no sense in one encoding, the other one stays.
    page = ada.follow(ada.submit(page, "Read it again", status=303, reading="utf-16-be"))
    assert "can't be used" in page.messages
    assert "Işıl · Yıldız" in page.words
    ada.submit(page, "Review", status=303)
    # A list that names its encoding can't be read any other way.
    sure = send(ada, team, LIST)
    ada.post(f"{sure}/reading", {"reading": "cp1254"}, status=404)


def test_workbook_is_imported(rows: Rows, team: Team, ada: Visitor) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["First name", "Last name", "Email"], ["Zoë", "Adams", "zoe@mail.example"]):
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    confirm(ada, send(ada, team, "", file=(file, "people.xlsx")))
    with rows():
        assert "Zoë Adams" in db.session.scalars(db.select(Candidate.name)).all()


JOBS = (
    "name,email,job\nAnn,ann@mail.example,Backend  engineer\nBob,bob@mail.example,Product Designer\n"
    "Cid,cid@mail.example,\nDee,dee@mail.example,Backend Engineer; Product Designer\n"
    "Eva,eva@mail.example,Chef\n"
)


def on_jobs(rows: Rows) -> dict[str, set[str]]:
    with rows():
        found: dict[str, set[str]] = {}
        for name, title in db.session.execute(
            db.select(Candidate.name, Job.title).join(Candidate.applications).join(Application.job)
        ):
            found.setdefault(name, set()).add(title)
        return found


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (
            "chosen",
            {name: {"Backend Engineer"} for name in ("Ann", "Bob", "Cid", "Dee", "Eva")},
        ),
        (
            "named",
            {
                "Ann": {"Backend Engineer"},
                "Bob": {"Product Designer"},
                "Cid": {"Backend Engineer"},
                "Dee": {"Backend Engineer", "Product Designer"},
            },
        ),
        ("left-out", {"Ann": {"Backend Engineer"}, "Cid": {"Backend Engineer"}}),
    ],
)
def test_rows_that_name_another_job_are_asked_about(
    rows: Rows, team: Team, ada: Visitor, choice: str, expected: dict[str, set[str]]
) -> None:
    address = send(ada, team, JOBS)
    page = ada.get(address)
    assert "3 rows name another job" in page.words
    assert "Product Designer (2), Chef (1)." in page.words
    assert not any("Import" in button.text for button in page.tree.all("button"))
    ada.post(address, {"seen": "0" * 64}, status=409)
    unanswered = ada.post(f"{address}/other-jobs", status=422)
    assert unanswered.error_at("other_jobs") == "Choose one of these."
    review = ada.follow(ada.submit(page, "Continue", status=303, other_jobs=choice))
    if choice == "named":
        assert "There is no open job called “Chef”" in review.words
    confirm(ada, address)
    found = on_jobs(rows)
    found.pop("Dina Kaur")
    assert found == expected


def test_job_of_others_cannot_be_reached_by_naming_it(rows: Rows, team: Team, ben: Visitor) -> None:
    address = send(ben, team, JOBS)
    review = ben.follow(ben.submit(ben.get(address), "Continue", status=303, other_jobs="named"))
    assert "There is no open job called “Product Designer”" in review.words
    confirm(ben, address)
    assert set(on_jobs(rows)) == {"Dina Kaur", "Ann", "Cid"}


def test_bad_row_is_fixed_in_place(rows: Rows, team: Team, ada: Visitor) -> None:
    text = "name,email,phone,timezone\nAnn,ann(at)mail.example,12,Mars\nBob,bob@mail.example,,\n"
    address = send(ada, team, text)
    assert "Problems: 1" in ada.get(address).words
    page = ada.get(f"{address}/rows/2")
    assert "Enter an email address" in page.words
    assert page.fields("Save")["email"] == ["ann(at)mail.example"]
    assert page.fields("Save")["timezone"] == ["Mars"]
    still_wrong = ada.submit(page, "Save", status=422, email="ann@mail.example")
    assert still_wrong.error_at("phone")
    review = ada.follow(
        ada.submit(page, "Save", status=303, email=" Ann@Mail.example", phone="", timezone="", name="Ann Lee")
    )
    assert "Problems 0" in review.words
    ada.get(f"{address}/rows/9", status=404)
    ada.post(f"{address}/rows/1/skip", status=404)
    confirm(ada, address)
    with rows():
        [name] = db.session.scalars(db.select(Candidate.name).where(Candidate.email == "ann@mail.example"))
    assert name == "Ann Lee"


def test_row_is_skipped_and_taken_back(rows: Rows, team: Team, ada: Visitor) -> None:
    address = send(ada, team, LIST)
    page = ada.get(f"{address}/rows/2")
    review = ada.follow(ada.submit(page, "Skip this row", status=303))
    assert "Import 1 candidate" in review.words
    assert "You skipped this row." in review.words
    page = ada.get(f"{address}/rows/2")
    assert "Import 2 candidates" in ada.follow(ada.submit(page, "Don't skip this row", status=303)).words
    ada.submit(page, "Save", status=303)
    ada.post(f"{address}/rows/3/skip", status=303)
    confirm(ada, address)
    assert people(rows) == {team.dina.email, "omar@mail.example"}


def test_what_was_seen_before_a_row_was_skipped_is_not_imported(rows: Rows, team: Team, ada: Visitor) -> None:
    address = send(ada, team, LIST)
    seen = seen_on(ada.get(address).html)
    ada.post(f"{address}/rows/2/skip", status=303)
    ada.post(address, {"seen": seen}, status=409)
    assert people(rows) == {team.dina.email}


def test_erasing_someone_forgets_lists_that_a_correction_names_them_in(
    rows: Rows, team: Team, ada: Visitor
) -> None:
    address = send(ada, team, "name,email\nD,d@mail.example\n")
    page = ada.get(f"{address}/rows/2")
    ada.submit(page, "Save", status=303, email=team.dina.email)
    with rows():
        erase_candidate(db.session.get_one(User, team.ada.id), db.session.get_one(Candidate, team.dina.id))
        db.session.commit()
        assert db.session.scalars(db.select(CandidateImport)).all() == []


def test_sample_can_be_downloaded_and_imported(rows: Rows, team: Team, ada: Visitor) -> None:
    sample = ada.get("/candidates/import/sample").response
    assert sample.mimetype == "text/csv"
    content = sample.get_data()
    address = send(ada, team, "", file=(io.BytesIO(content), "candidates-sample.csv"))
    assert "Import 2 candidates" in ada.get(address).words
