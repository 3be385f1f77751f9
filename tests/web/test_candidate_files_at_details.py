"""A candidate's files at Details: they are offered, and go only to the team by default."""

import io
from pathlib import Path

import pytest
from flask import Flask

from extensions import db
from hiring import files
from hiring.files import delete
from models import Attachment, Candidate, Interview, User
from scheduling.files.keeping import Upload, keep
from services import services
from tests.factories import Team, create_candidate
from tests.files_to_attach import PDF, PNG
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import draft_at, send

ATTACH = "Attach CV.pdf for the team"
PHONE = {"interview_type": "phone", "phone_number": "+44 20 7946 0018"}


def keep_at(candidate_id: int, owner_id: int, name: str, content: bytes = PDF) -> int:
    """Give a candidate a file, as if someone had uploaded it there, and return its id."""
    owner, candidate = db.session.get_one(User, owner_id), db.session.get_one(Candidate, candidate_id)
    row = files.add(owner, candidate, keep(Upload(name, content), services().attachment_files))
    db.session.commit()
    return row.id


def attached(page: Page) -> dict[str, bool]:
    """The draft's files by name, and whether only the team gets them."""
    for_team = page.fields("Continue").get("team_only", [])
    links = [link for link in page.tree.all("a") if "/attachments/" in link.get("href")]
    return {link.text: link["href"].rpartition("/")[2] in for_team for link in links}


def attach(visitor: Visitor, page: Page, *, status: int = 303, **changes: str) -> Page:
    """Press Attach beside the candidate's only file."""
    [button] = [each for each in page.tree.all("button") if each.text == ATTACH]
    sent = {**page.fields("Continue"), **changes, button["name"]: button["value"]}
    return visitor.post(page.address, sent, status=status)


@pytest.fixture
def draft(web: Flask, ada: Visitor, team: Team) -> str:
    with in_rows(web):
        keep_at(team.dina.id, team.ada.id, "CV.pdf")
    return draft_at(ada, team.dina.id, "details", {"setup": PHONE})


def test_file_is_offered_and_goes_to_the_team_alone(web: Flask, team: Team, ada: Visitor, draft: str) -> None:
    page = ada.get(f"{draft}/details")
    assert attached(page) == {}
    page = ada.follow(attach(ada, page, title="Half"))
    assert attached(page) == {"CV.pdf": True}
    assert page.value_of("Continue", "title") == "Half"
    # The same file is not offered twice, and a second press on the earlier page adds nothing.
    assert not page.has_button(ATTACH)
    send(ada, draft, "details", title="A talk")
    preview = ada.get(f"{draft}/preview")
    assert "CV.pdf" not in preview.text
    send(ada, draft, "preview")
    finalize = ada.get(f"{draft}/finalize")
    assert "CV.pdf (team only)" in finalize.text
    send(ada, draft, "finalize")
    with in_rows(web):
        [interview] = db.session.scalars(db.select(Interview))
        assert [(file.name, file.is_for_team_only) for file in interview.attachments] == [("CV.pdf", True)]


def test_copy_lives_on_when_the_candidates_file_is_gone(
    web: Flask, team: Team, ada: Visitor, draft: str
) -> None:
    ada.follow(attach(ada, ada.get(f"{draft}/details")))
    folder: Path = web.config["INSTANCE_PATH"] / "uploads"
    assert [path.read_bytes() for path in folder.iterdir()] == [PDF, PDF]
    with in_rows(web):
        [own] = db.session.scalars(db.select(Attachment).where(Attachment.candidate_id.is_not(None)))
        delete(own)
        db.session.commit()
    page = ada.get(f"{draft}/details")
    assert attached(page) == {"CV.pdf": True}
    [link] = [link for link in page.tree.all("a") if "/attachments/" in link.get("href")]
    assert ada.client.get(link["href"], base_url=ada.base_url).data == PDF


def test_only_this_candidates_files_can_be_attached_and_no_more_than_fit(
    web: Flask, team: Team, ada: Visitor, draft: str
) -> None:
    with in_rows(web):
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        theirs = keep_at(omar.id, team.ada.id, "Omar.pdf", PDF + b"2")
    here = f"{draft}/details"
    page = ada.get(here)
    assert "Omar.pdf" not in page.text
    fields = page.fields("Continue")
    ada.post(here, {**fields, "attach": theirs}, status=303)
    assert attached(ada.get(here)) == {}
    many = [(io.BytesIO(PNG + bytes([number])), f"{number}.png") for number in range(5)]
    ada.post(here, {**ada.get(here).fields("Continue"), "files": many, "upload": "y"}, status=303)
    full = attach(ada, ada.get(here), status=422)
    assert full.error_at("files") == "“CV.pdf” was not added: at most 5 files. Remove one first."
    assert len(attached(full)) == 5
