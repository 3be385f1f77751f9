"""Files belong to the draft like everything that is typed: an older tab changes none of them unseen."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from attachment_files import AttachmentFiles
from extensions import db
from models import Attachment, Draft
from scheduling.files.keeping import MEGABYTE
from tests.factories import Team
from tests.files_to_attach import DOCX, PDF, PNG
from tests.machines.application import use_services
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import draft_at, send
from tests.web.test_attachments import PHONE, chosen, listed, on_disk

pytestmark = pytest.mark.usefixtures("clock")

SECRET: dict[str, Any] = {"new_files_for_team_only": "y"}


@pytest.fixture
def draft(ada: Visitor, team: Team) -> str:
    return draft_at(ada, team.dina.id, "details", {"setup": PHONE})


def team_only(app: Flask) -> dict[str, bool]:
    with in_rows(app):
        return {row.name: row.is_for_team_only for row in db.session.scalars(db.select(Attachment))}


def number_of(page: Page, name: str) -> str:
    [link] = [link for link in page.tree.all("a") if link.text == name]
    return link["href"].rpartition("/")[2]


@pytest.mark.parametrize("title", ["", "Another title"])
def test_older_tab_leaves_alone_who_gets_a_file_that_it_has_never_shown(
    web: Flask, ada: Visitor, draft: str, title: str
) -> None:
    old = ada.get(f"{draft}/details")
    send(ada, draft, "details", files=chosen(("Secret.pdf", PDF)), **SECRET)
    page = ada.submit(old, "Continue", status=409, title=title)
    assert "Nothing was overwritten" in page.text
    ada.submit(page, "Save what I just sent", status=303 if title else 422)
    assert team_only(web) == {"Secret.pdf": True}


def test_new_file_from_an_older_tab_is_not_passed_over_because_the_texts_are_the_same(
    web: Flask, ada: Visitor, draft: str
) -> None:
    old = ada.get(f"{draft}/details")
    send(ada, draft, "details", files=chosen(("Plan.docx", DOCX)))
    page = ada.submit(old, "Continue", status=409, files=chosen(("Task.pdf", PDF)))
    assert "Task.pdf (new)" in page.text
    assert "Plan.docx" in page.text
    assert "You'll need to add your files again." in page.text
    assert list(on_disk(web).values()) == [DOCX]


def test_check_mark_and_removal_from_an_older_tab_are_shown_and_done_if_wanted(
    web: Flask, ada: Visitor, draft: str
) -> None:
    send(ada, draft, "details", files=chosen(("Task.pdf", PDF), ("Plan.docx", DOCX)))
    old = ada.get(f"{draft}/details")
    send(ada, draft, "preview")
    task, plan = number_of(old, "Task.pdf"), number_of(old, "Plan.docx")
    page = ada.submit(old, "Continue", status=409, team_only=[task], remove=plan)
    assert "Team only" in page.text
    assert "RemovePlan.docx" in page.text
    ada.submit(page, "Save what I just sent", leads_to=f"{draft}/details")
    assert listed(ada.get(f"{draft}/details")) == ["Task.pdf"]
    assert team_only(web) == {"Task.pdf": True, "removed": False}
    # And a form that still mentions the removed file is accepted anyway.
    page = ada.submit(old, "Continue", status=409, title="Other", team_only=[task, plan])
    ada.submit(page, "Save what I just sent", leads_to=f"{draft}/preview")


def test_form_that_is_sent_twice_adds_its_file_once(web: Flask, ada: Visitor, draft: str) -> None:
    page = ada.get(f"{draft}/details")
    for _ in range(2):
        ada.submit(page, "Continue", leads_to=f"{draft}/preview", files=chosen(("a.png", PNG)), **SECRET)
    assert listed(ada.get(f"{draft}/details")) == ["a.png"]
    assert len(on_disk(web)) == 1


def test_page_with_an_error_goes_on_from_what_it_has_changed(web: Flask, ada: Visitor, draft: str) -> None:
    page = send(ada, draft, "details", status=422, title="", files=chosen(("a.png", PNG)))
    page = ada.submit(page, "Continue", status=422, title="", remove=number_of(page, "a.png"))
    assert listed(page) == []
    ada.submit(page, "Continue", status=303, title="A talk")
    # Files that are refused only once the draft is known leave no bytes behind either.
    files = chosen(*((f"{number}.pdf", PDF + b" " * (5 * MEGABYTE - 99)) for number in range(3)))
    send(ada, draft, "details", status=422, files=files)
    assert len(on_disk(web)) == 3, "two that were added, and the removed one until the sweep comes"


def test_made_up_numbers_find_nothing(web: Flask, ada: Visitor, draft: str) -> None:
    huge = "9" * 30
    fields = ada.get(f"{draft}/details").fields("Continue")
    forged: dict[str, Any] = {"remove": huge, "listed": huge, "team_only": huge}
    ada.post(f"{draft}/details", {**fields, **forged}, status=303)
    # An answer that comes while an earlier one is wrong is kept as it is.
    _put(web, "attendees", hiring_manager=[huge], people=[huge])
    assert "Someone is no longer active on your team" in ada.get(f"{draft}/attendees").text
    _put(web, "setup", job=[huge])
    assert "no longer on the job that you chose" in ada.get(f"{draft}/setup").text
    ada.get("/")


def _put(app: Flask, step: str, **answers: list[str]) -> None:
    with in_rows(app):
        row = db.session.scalars(db.select(Draft)).one()
        row.payload = {**row.payload, step: {**row.payload[step], **answers}}
        db.session.commit()


def test_only_as_many_files_are_checked_as_may_go_along(web: Flask, ada: Visitor, draft: str) -> None:
    many = chosen(*((f"{number}.png", PNG) for number in range(9)))
    page = send(ada, draft, "details", status=422, files=many)
    assert page.error_at("files").startswith("“5.png” and 3 more were not added: at most 5 files.")
    assert len(on_disk(web)) == 5


class _SlowDisk(AttachmentFiles):
    """A slow disk: it checks whether someone else could write to the database in the meantime."""

    def __init__(self, folder: Path, database: str) -> None:
        super().__init__(folder)
        self._database = database

    def keep(self, content: bytes) -> str:
        with closing(sqlite3.connect(self._database, timeout=0, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
        return super().keep(content)


def test_no_one_waits_for_files_that_are_written_to_the_disk(web: Flask, ada: Visitor, draft: str) -> None:
    with web.app_context():
        database = db.engine.url.database or ""
    use_services(web, attachment_files=_SlowDisk(web.config["INSTANCE_PATH"] / "uploads", database))
    send(ada, draft, "details", files=chosen(("a.png", PNG), ("a.pdf", PDF)))
    assert listed(ada.get(f"{draft}/details")) == ["a.png", "a.pdf"]


def test_no_one_sends_long_requests_before_signing_in(web: Flask, team: Team) -> None:
    stranger = Visitor(web)
    stranger.get("/login")
    fields: Any = {"files": chosen(("a.pdf", PDF + b" " * 3 * MEGABYTE))}
    stranger.post("/schedule/nobodys/details", fields, status=413)
