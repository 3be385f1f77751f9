"""The files of a candidate: which are accepted, how they are renamed, deleted and restored, and that their
bytes are deleted when they should be. Who may do that is in `test_who_may`."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from extensions import db
from hiring import files
from hiring.erasing import erase_candidate
from hiring.files import MOST_BYTES_TOGETHER, MOST_FILES, kind_in_name
from models import Attachment, Candidate, FileKind, User
from scheduling.files.keeping import MOST_BYTES, FileError, Upload, keep
from scheduling.files.removing import GIVE_UP_DELETED, removing_bytes
from services import services
from tests.factories import Team, create_candidate
from tests.files_to_attach import DOCX, PDF, PNG
from tests.hiring.conftest import Rows
from tests.machines.clock import Clock
from tests.pages.page import Page
from tests.pages.visitor import Visitor

# The clock is stopped before anyone signs in, or their session would be months old.
pytestmark = pytest.mark.usefixtures("clock")


def chosen(*picked: tuple[str, bytes]) -> Any:
    """Files as someone chooses them in a form."""
    return [(io.BytesIO(content), name) for name, content in picked]


def listed(page: Page) -> list[str]:
    lists = page.tree.all("ul", lambda e: "attached-files" in e.get("class").split())
    return [link.text for found in lists for link in found.all("a", lambda e: not e.get("class"))]


def on_disk(app: Flask) -> list[bytes]:
    folder: Path = app.config["INSTANCE_PATH"] / "uploads"
    return sorted(path.read_bytes() for path in folder.iterdir()) if folder.exists() else []


def sweep(app: Flask) -> None:
    """Do what a server does in two ticks."""
    with app.app_context():
        GIVE_UP_DELETED.run()
        removing_bytes(services(app).attachment_files).run()


@pytest.fixture
def here(team: Team) -> str:
    return f"/candidates/{team.dina.id}"


def test_files_are_listed_with_what_they_are_and_open_as_downloads(
    sqlite_app: Flask, ada: Visitor, here: str
) -> None:
    page = ada.get(here)
    sent = ada.submit(
        page, "Upload", status=303, leads_to=here, files=chosen(("Notes.docx", DOCX), ("CV Dina.pdf", PDF))
    )
    page = ada.follow(sent)
    assert "2 files added." in page.messages
    # The résumé first.
    assert listed(page) == ["CV Dina.pdf", "Notes.docx"]
    [row, _] = [each for each in page.tree.all("li") if each.all("a", lambda e: "/files/" in e.get("href"))]
    assert "Résumé · 41 Bytes · Ada Berg, " in " ".join(row.words.split())
    [link] = page.tree.all("a", lambda e: e.text == "CV Dina.pdf")
    answer = ada.client.get(link["href"], base_url=ada.base_url)
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"] == 'attachment; filename="CV Dina.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    answer.close()
    assert on_disk(sqlite_app) == sorted([PDF, DOCX])


def test_what_cannot_be_added_is_reported_beside_the_field_and_the_rest_stays(
    sqlite_app: Flask, ada: Visitor, here: str
) -> None:
    def refused(*picked: tuple[str, bytes]) -> str:
        return ada.submit(ada.get(here), "Upload", status=422, files=chosen(*picked)).error_at("files")

    assert refused() == "Choose a file first."
    assert "“virus.pdf” was not added: use PDF, Word" in refused(("virus.pdf", b"MZ"), ("CV.pdf", PDF))
    assert "“empty.pdf” was not added: it is empty" in refused(("empty.pdf", b""))
    assert "larger than 5 MB" in refused(("large.pdf", PDF + b" " * MOST_BYTES))
    assert refused(("CV.pdf", PDF)) == "“CV.pdf” was not added: the same file is here already."
    assert "is here already as “CV.pdf”" in refused(("Other name.pdf", PDF))
    assert listed(ada.get(here)) == ["CV.pdf"]
    # The same name with other content is another file.
    ada.submit(ada.get(here), "Upload", status=303, files=chosen(("cv.pdf", PDF + b"2")))
    assert listed(ada.get(here)) == ["cv (2).pdf", "CV.pdf"]
    many = [(f"{number}.pdf", PDF + bytes([number])) for number in range(MOST_FILES)]
    assert "at most 10 files" in refused(*many)
    assert len(listed(ada.get(here))) == MOST_FILES == len(on_disk(sqlite_app))


def test_files_of_one_candidate_have_so_many_bytes_together(rows: Rows, team: Team) -> None:
    with rows():
        ada, dina = db.session.get_one(User, team.ada.id), db.session.get_one(Candidate, team.dina.id)
        store = services().attachment_files
        for number in range(MOST_BYTES_TOGETHER // MOST_BYTES):
            content = PDF.ljust(MOST_BYTES - number, b" ")
            files.add(ada, dina, keep(Upload(f"{number}.pdf", content), store))
        with pytest.raises(FileError, match="together a candidate's files may have 25 MB"):
            files.add(ada, dina, keep(Upload("more.pdf", PDF), store))


def test_deleted_file_is_put_back_until_it_is_gone_for_good(
    sqlite_app: Flask, ada: Visitor, here: str, clock: Clock
) -> None:
    ada.submit(ada.get(here), "Upload", status=303, files=chosen(("CV.pdf", PDF)))
    [link] = ada.get(here).tree.all("a", lambda e: e.text == "CV.pdf")
    page = ada.follow(ada.submit(ada.get(here), "Delete CV.pdf", status=303, leads_to=here))
    assert "“CV.pdf” was deleted." in page.messages
    assert listed(page) == []
    ada.get(link["href"], status=404)
    clock.move(timedelta(minutes=9))
    sweep(sqlite_app)
    # In the meantime the same file may be added again, under its name.
    ada.submit(ada.get(here), "Upload", status=303, files=chosen(("CV.pdf", PDF)))
    page = ada.follow(ada.submit(page, "Undo", status=303, leads_to=here))
    assert listed(page) == ["CV.pdf", "CV (2).pdf"]
    page = ada.follow(ada.submit(page, "Delete CV (2).pdf", status=303))
    clock.move(timedelta(minutes=11))
    sweep(sqlite_app)
    assert on_disk(sqlite_app) == [PDF]
    page = ada.follow(ada.submit(page, "Undo", status=303, leads_to=here))
    assert "gone for good by now" in page.messages
    assert listed(page) == ["CV.pdf"]
    with sqlite_app.app_context():
        assert db.session.scalars(db.select(Attachment.name)).all() == ["CV.pdf"]


def test_file_is_renamed_and_says_what_it_is(ada: Visitor, here: str) -> None:
    picked = chosen(("scan 1.pdf", PDF), ("scan 2.pdf", PDF + b"2"))
    ada.submit(ada.get(here), "Upload", status=303, files=picked)
    [link] = ada.get(here).tree.all("a", lambda e: e.text.split() == ["Edit", "scan", "1.pdf"])
    page = ada.get(link["href"])
    assert page.fields("Save")["name"] == ["scan 1.pdf"]
    for typed, words in (
        ("", "Enter a name."),
        (" . ", "Enter a name."),
        ("..pdf", "Enter a name."),
        ("SCAN 2", "Another file of this candidate has this name."),
    ):
        assert ada.submit(page, "Save", status=422, name=typed).error_at("name") == words
    wrong = ada.submit(page, "Save", status=422, kind="virus")
    assert wrong.error_at("kind") == "Choose one of these."
    # The extension is restored, and no name leads to another folder.
    ada.submit(page, "Save", status=303, leads_to=here, name="../Dina: CV.exe", kind="resume")
    assert listed(ada.get(here)) == ["Dina_ CV.exe.pdf", "scan 2.pdf"]
    ada.submit(page, "Save", status=303, name="Dina CV.PDF", kind="portfolio")
    assert listed(ada.get(here)) == ["scan 2.pdf", "Dina CV.PDF"]


def test_candidate_is_added_with_files_or_not_at_all(
    sqlite_app: Flask, rows: Rows, team: Team, ada: Visitor
) -> None:
    page = ada.get("/candidates/new")
    nora: dict[str, Any] = {"name": "Nora Lund", "email": "nora@mail.example", "job": team.job_id}
    refused = ada.submit(
        page, "Add candidate", status=422, **nora, files=chosen(("CV.pdf", PDF), ("virus.pdf", b"MZ"))
    )
    assert "“virus.pdf” was not added" in refused.error_at("files")
    assert "Choose the files again" in refused.error_at("files")
    assert refused.value_of("Add candidate", "name") == "Nora Lund"
    known = ada.submit(
        page, "Add candidate", status=422, **{**nora, "email": team.dina.email}, files=chosen(("CV.pdf", PDF))
    )
    assert "already a candidate" in known.error_at("email")
    assert "Choose the files again" in known.error_at("files")
    wrong = ada.submit(
        page, "Add candidate", status=422, **{**nora, "name": ""}, files=chosen(("CV.pdf", PDF))
    )
    assert "Choose the files again" in wrong.error_at("files")
    with rows():
        assert db.session.scalar(db.select(db.func.count(Candidate.id))) == 1
    assert on_disk(sqlite_app) == []
    done = ada.submit(page, "Add candidate", status=303, **nora, files=chosen(("CV.pdf", PDF)))
    assert listed(ada.follow(done)) == ["CV.pdf"]
    assert on_disk(sqlite_app) == [PDF]


def test_erased_candidate_leaves_no_file(sqlite_app: Flask, rows: Rows, team: Team, ada: Visitor) -> None:
    with rows():
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
    for who in (team.dina, omar):
        for name, content in (("CV.pdf", PDF), ("Deleted.png", PNG)):
            there = f"/candidates/{who.id}"
            ada.submit(ada.get(there), "Upload", status=303, files=chosen((name, content)))
        page = ada.follow(ada.submit(ada.get(there), "Delete Deleted.png", status=303))
    with rows():
        erase_candidate(None, db.session.get_one(Candidate, omar.id))
        db.session.commit()
        names = db.session.scalars(db.select(Attachment.name).order_by(Attachment.id)).all()
        assert names == ["CV.pdf", "Deleted.png", "removed", "removed"]
    ada.submit(page, "Undo", status=404)
    assert "Files" not in [e.text for e in ada.get(f"/candidates/{omar.id}").tree.all("h2")]
    sweep(sqlite_app)
    assert on_disk(sqlite_app) == sorted([PDF, PNG])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("CV Dina.pdf", FileKind.RESUME),
        ("dina_cv_2027.pdf", FileKind.RESUME),
        ("Résumé.docx", FileKind.RESUME),
        ("my-resume.pdf", FileKind.RESUME),
        ("Lebenslauf.pdf", FileKind.RESUME),
        ("Curriculum vitae.pdf", FileKind.RESUME),
        ("Portfolio.pdf", FileKind.PORTFOLIO),
        ("CVE-2024.pdf", FileKind.OTHER),
        ("Letter.pdf", FileKind.OTHER),
    ],
)
def test_name_says_what_a_file_is(name: str, kind: FileKind) -> None:
    assert kind_in_name(name) is kind
