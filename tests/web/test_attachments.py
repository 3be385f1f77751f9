"""Files that go with an invitation: how they are added, to whom they are sent, and when they are deleted."""

import io
import os
import stat
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from background import make_runner
from database import read_only
from extensions import db
from hiring.erasing import erase_candidate
from models import Attachment, Candidate, Draft, Interview, InterviewStatus, Role, User
from scheduling.drafts import attachments
from scheduling.files.keeping import MEGABYTE
from scheduling.files.removing import removing_bytes, sweeping
from services import services
from tests.factories import PASSWORD, Team, create_candidate, create_team, create_user
from tests.files_to_attach import DOCX, PDF, PNG
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import draft_at, other_people, schedule_by_hand, send

SAM = "sam@partner.example"
# The clock is stopped before anyone signs in, or their session would be months old.
pytestmark = pytest.mark.usefixtures("clock")

PHONE = {"interview_type": "phone", "phone_number": "+44 20 7946 0018"}


def chosen(*files: tuple[str, bytes]) -> Any:
    """Files as someone chooses them in the form."""
    return [(io.BytesIO(content), name) for name, content in files]


def listed(page: Page) -> list[str]:
    lists = page.tree.all("ul", lambda e: "attached-files" in e.get("class").split())
    return [link.text for found in lists for link in found.all("a")]


def on_disk(app: Flask) -> dict[str, bytes]:
    folder: Path = app.config["INSTANCE_PATH"] / "uploads"
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def sweep(app: Flask) -> None:
    with app.app_context():
        files = services(app).attachment_files
        attachments.give_up_of_expired_drafts().run()
        sweeping(files).run()
        removing_bytes(files).run()


def files_in(message: EmailMessage) -> dict[str, bytes]:
    found = {}
    for part in message.iter_attachments():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        found[part.get_filename() or ""] = content
    del found["invite.ics"]
    return found


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


@pytest.fixture
def draft(ada: Visitor, team: Team) -> str:
    """A draft that has reached Details."""
    return draft_at(ada, team.dina.id, "details", {"setup": PHONE})


# Uploading


def test_file_stays_when_something_else_is_wrong_and_goes_on_when_it_is_right(
    web: Flask, ada: Visitor, draft: str
) -> None:
    files = chosen(("CV Dina.pdf", PDF), ("tasks/Task.docx", DOCX))
    page = send(ada, draft, "details", status=422, title="", internal_notes="typed", files=files)
    assert page.error_at("title") == "Enter a title."
    assert listed(page) == ["CV Dina.pdf", "Task.docx"]
    assert page.value_of("Continue", "internal_notes") == "typed"
    send(ada, draft, "details", title="A talk", team_only=_ids(page, "Task.docx"))
    page = ada.get(f"{draft}/details")
    assert listed(page) == ["CV Dina.pdf", "Task.docx"]
    assert page.fields("Continue")["team_only"] == _ids(page, "Task.docx")
    assert sorted(on_disk(web).values()) == sorted([PDF, DOCX])


def _ids(page: Page, name: str) -> list[str]:
    [link] = [link for link in page.tree.all("a") if link.text == name]
    return [link["href"].rpartition("/")[2]]


def test_files_are_kept_out_of_reach_under_names_that_say_nothing(
    web: Flask, ada: Visitor, draft: str
) -> None:
    send(ada, draft, "details", files=chosen(("CV Dina.pdf", PDF)))
    folder: Path = web.config["INSTANCE_PATH"] / "uploads"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    [path] = folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "dina" not in path.name.lower()
    assert len(path.name) == 32


def test_buttons_beside_the_files_come_back_to_the_page_with_what_was_typed(
    web: Flask, ada: Visitor, draft: str
) -> None:
    page = ada.get(f"{draft}/details")
    typed = {"title": "Half", "new_files_for_team_only": "y", "files": chosen(("a.png", PNG), ("a.png", PNG))}
    fields: dict[str, Any] = {**page.fields("Continue"), **typed}
    here = f"{draft}/details"
    ada.post(here, {**fields, "upload": "y"}, leads_to=here)
    page = ada.get(here)
    assert listed(page) == ["a.png", "a (2).png"]
    assert page.fields("Continue")["team_only"] == [*_ids(page, "a.png"), *_ids(page, "a (2).png")]
    assert page.value_of("Continue", "title") == "Half"
    # Enter presses the first button of a form: with everything else filled in, the one that leads to the end.
    first = next(e for e in page.form("Continue").walk() if e.tag == "button" and e.get("type") == "submit")
    assert (first["name"], first["value"]) == ("direction", "finalize")
    fields = page.fields("Continue")
    ada.post(here, {**fields, "remove": _ids(page, "a.png")}, leads_to=here)
    assert listed(ada.get(here)) == ["a (2).png"]
    sweep(web)
    assert len(on_disk(web)) == 1
    # If someone clicked twice, or made up a number, nothing more happens.
    fields = ada.get(here).fields("Continue")
    ada.post(here, {**fields, "remove": "99999"}, leads_to=here)
    assert listed(ada.get(here)) == ["a (2).png"]


REFUSED: list[tuple[list[tuple[str, bytes]], str]] = [
    ([("run.exe", b"MZ")], "“run.exe” was not added: use PDF, Word"),
    ([("cv.pdf", b"<html>")], "“cv.pdf” was not added: use PDF, Word"),
    ([("cv.pdf", b"")], "“cv.pdf” was not added: it is empty."),
    ([("big.pdf", PDF + b" " * 5 * MEGABYTE)], "“big.pdf” was not added: it is larger than 5 MB."),
    (
        [(f"{n}.pdf", PDF + b" " * (5 * MEGABYTE - 99)) for n in (1, 2, 3)],
        "“3.pdf” was not added: together the files may have 10 MB",
    ),
    ([(f"{n}.png", PNG) for n in range(6)], "“5.png” was not added: at most 5 files."),
]


def test_file_that_cannot_go_along_is_refused_beside_its_field_and_the_others_stay(
    web: Flask, ada: Visitor, draft: str
) -> None:
    for files, words in REFUSED:
        page = send(ada, draft, "details", status=422, title="A talk", files=chosen(*files))
        assert page.error_at("files").startswith(words)
        assert listed(page) == [name for name, _ in files[:-1]]
        assert page.value_of("Continue", "title") == "A talk"
        with in_rows(web):
            db.session.execute(db.delete(Attachment))
            db.session.commit()


def test_only_the_details_take_long_requests(ada: Visitor, draft: str) -> None:
    long = chosen(("a.pdf", PDF + b" " * 3 * MEGABYTE))
    fields = ada.get(f"{draft}/details").fields("Continue")
    ada.post(f"{draft}/setup", {**fields, "files": long}, status=413)
    much = chosen(*[(f"{n}.pdf", b"%PDF-" + b" " * 11 * MEGABYTE) for n in range(3)])
    ada.post(f"{draft}/details", {**fields, "files": much}, status=413)


def test_full_disk_is_reported_beside_the_field(web: Flask, ada: Visitor, draft: str) -> None:
    # There is a file where the folder should be, so nothing can be written, as on a full disk.
    (web.config["INSTANCE_PATH"] / "uploads").write_text("in the way")
    page = send(ada, draft, "details", status=422, files=chosen(("a.png", PNG)))
    assert "this server could not store it" in page.error_at("files")


def test_stale_page_adds_no_file(web: Flask, ada: Visitor, draft: str) -> None:
    page = ada.get(f"{draft}/details")
    send(ada, draft, "details", title="From the other tab")
    ada.submit(page, "Continue", status=409, title="From this one", files=chosen(("a.png", PNG)))
    assert listed(ada.get(f"{draft}/details")) == []


def test_draft_gives_its_files_to_its_owner_only(ada: Visitor, ben: Visitor, draft: str) -> None:
    send(ada, draft, "details", files=chosen(("Ünser Plan.pdf", PDF)))
    page = ada.get(f"{draft}/details")
    [link] = [e["href"] for e in page.tree.all("a") if e.text == "Ünser Plan.pdf"]
    _is_harmless(ada, link, PDF)
    ben.get(link, status=404)
    ada.get(f"{draft}/attachments/99999", status=404)


def _is_harmless(visitor: Visitor, address: str, content: bytes) -> None:
    answer = visitor.client.get(address, base_url=visitor.base_url)
    assert answer.get_data() == content
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    answer.close()


# Sending


@pytest.fixture
def sent(connected: Flask, simulators: Simulators, clock: Clock) -> tuple[Team, int]:
    """An interview by phone with a file for everyone and one for the team, whose mails have left."""
    with in_rows(connected):
        team = create_team()
        ivan = create_user("Ivan Petrov", Role.INTERVIEWER)
        olaf = create_user("Olaf Berg", Role.OBSERVER)
    ada = Visitor(connected).enter(team.ada)
    draft = draft_at(ada, team.dina.id, "details", {"setup": PHONE, "attendees": _with_sam(ivan.id, olaf.id)})
    _upload(ada, draft, "Ünser Plan.pdf", PDF)
    _upload(ada, draft, "Questions.docx", DOCX, new_files_for_team_only="y")
    walk_on_from_details(ada, draft)
    run_everything(connected)
    return team, 1


def _with_sam(*user_ids: int) -> dict[str, Any]:
    return {
        "people": list(map(str, user_ids)),
        **other_people(("Sam Ortiz", SAM)),
    }


def _upload(visitor: Visitor, draft: str, name: str, content: bytes, **more: Any) -> None:
    send(visitor, draft, "details", files=chosen((name, content)), **more)


def walk_on_from_details(visitor: Visitor, draft: str) -> None:
    for step in ("details", "preview", "finalize"):
        send(visitor, draft, step)


def run_everything(app: Flask) -> None:
    with app.app_context():
        runner = make_runner(app)
        while runner.run_due():
            pass


def test_invitation_brings_each_reader_what_is_for_them(
    simulators: Simulators, sent: tuple[Team, int]
) -> None:
    team, _ = sent
    # Even on the interview's page, an observer who attends may not open what is for the team.
    for address in (team.dina.email, SAM, "olaf@northlight.example"):
        [mail] = simulators.wait_for_mails(1, to=address)
        assert files_in(mail.message) == {"Ünser Plan.pdf": PDF}
        assert "Attached file:\n- Ünser Plan.pdf (" in text_of(mail.message)
        assert "Questions.docx" not in mail.message.as_string()
    for address in (team.ben.email, "ivan@northlight.example"):
        [mail] = simulators.wait_for_mails(1, to=address)
        assert files_in(mail.message) == {"Ünser Plan.pdf": PDF, "Questions.docx": DOCX}
        assert "- Questions.docx (" in text_of(mail.message)


def test_interview_page_gives_files_to_those_who_may_have_them(
    connected: Flask, sent: tuple[Team, int]
) -> None:
    team, interview_id = sent
    page = Visitor(connected).enter(team.ada).get(f"/interviews/{interview_id}")
    links = {e.text: e["href"] for e in page.tree.all("a") if "/attachments/" in e.get("href")}
    assert set(links) == {"Ünser Plan.pdf", "Questions.docx"}
    ben = Visitor(connected).enter(team.ben)
    _is_harmless(ben, links["Questions.docx"], DOCX)
    ben.get(f"/interviews/{interview_id}/attachments/99999", status=404)
    cleo = Visitor(connected).enter(team.cleo)
    cleo.get(links["Ünser Plan.pdf"], status=404)
    # The interviewer got both by email.
    ivan = Visitor(connected).sign_in("ivan@northlight.example", PASSWORD)
    _is_harmless(ivan, links["Questions.docx"], DOCX)
    olaf = Visitor(connected).sign_in("olaf@northlight.example", PASSWORD)
    assert "Plan.pdf" not in olaf.get(f"/interviews/{interview_id}").text
    olaf.get(links["Ünser Plan.pdf"], status=403)


def test_invitation_leaves_without_a_file_that_is_lost(
    connected: Flask, simulators: Simulators, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with in_rows(connected):
        team = create_team()
    ada = Visitor(connected).enter(team.ada)
    schedule_by_hand(ada, team.dina.id, {"setup": PHONE, "details": {"files": chosen(("a.pdf", PDF))}})
    for path in (connected.config["INSTANCE_PATH"] / "uploads").iterdir():
        path.unlink()
    run_everything(connected)
    [mail] = simulators.wait_for_mails(1, to=team.dina.email)
    assert files_in(mail.message) == {}
    assert "a.pdf" not in text_of(mail.message)
    assert "an attachment cannot be read" in caplog.text
    page = ada.get("/interviews/1")
    assert (
        "The invitation to Dina Kaur was sent without an attached file that could not be read." in page.text
    )
    assert "Invitation to Dina Kaur was sent without files" in page.text
    # Not everyone who reads this page may see what the files are called.
    [delivery] = [e for e in page.tree.all("div") if "deliveries" in e.get("class", "").split()]
    assert "a.pdf" not in delivery.text


def test_mail_that_is_too_large_leaves_without_its_files(
    connected: Flask, simulators: Simulators, clock: Clock
) -> None:
    with in_rows(connected):
        team = create_team()
    simulators.mail_switches(largest_message=200_000)
    ada = Visitor(connected).enter(team.ada)
    large = chosen(("large.pdf", PDF + b" " * 200_000))
    interview_id = schedule_by_hand(ada, team.dina.id, {"setup": PHONE, "details": {"files": large}})
    run_everything(connected)
    [mail] = simulators.wait_for_mails(1, to=team.dina.email)
    assert files_in(mail.message) == {}
    assert "large.pdf" not in text_of(mail.message)
    page = ada.get(f"/interviews/{interview_id}")
    assert "The invitation to Dina Kaur is going out without them." in page.text
    assert "Invitation sent to 2 people" in page.text


# Removing


def test_erased_candidate_leaves_no_file(connected: Flask, sent: tuple[Team, int], clock: Clock) -> None:
    team, interview_id = sent
    ada = Visitor(connected).enter(team.ada)
    another = draft_at(ada, team.dina.id, "details", {"setup": PHONE, "date-time": {"date": "2027-03-20"}})
    _upload(ada, another, "Draft.pdf", PDF)
    assert len(on_disk(connected)) == 3
    with in_rows(connected):
        db.session.get_one(Interview, interview_id).status = InterviewStatus.CANCELLED
        erase_candidate(db.session.get_one(User, team.ada.id), db.session.get_one(Candidate, team.dina.id))
        db.session.commit()
        assert "Plan" not in repr([row.name for row in db.session.scalars(db.select(Attachment))])
    sweep(connected)
    assert on_disk(connected) == {}
    with in_rows(connected):
        assert db.session.scalars(db.select(Attachment)).all() == []


def test_files_of_a_draft_that_is_too_old_go_and_those_of_interviews_stay(
    web: Flask, clock: Clock, ada: Visitor, team: Team, draft: str
) -> None:
    send(ada, draft, "details", files=chosen(("a.png", PNG)))
    walk_on_with = {"setup": PHONE, "date-time": {"date": "2027-03-20"}}
    with in_rows(web):
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
    other = draft_at(ada, omar.id, "details", walk_on_with)
    send(ada, other, "details", files=chosen(("b.pdf", PDF)))
    walk_on_from_details(ada, other)
    sweep(web)
    clock.move(timedelta(days=13))
    sweep(web)
    assert len(on_disk(web)) == 2
    clock.move(timedelta(days=2))
    sweep(web)
    assert list(on_disk(web).values()) == [PDF]
    with in_rows(web):
        [row] = db.session.scalars(db.select(Attachment))
        assert (row.name, row.interview_id is not None, row.draft_id) == ("b.pdf", True, None)


def test_file_that_no_row_knows_is_swept_once_it_is_old(web: Flask, team: Team, clock: Clock) -> None:
    orphan = services(web).attachment_files.keep(PDF)
    # As if it had been written on the day at which this test's clock is stopped.
    os.utime(web.config["INSTANCE_PATH"] / "uploads" / orphan, (clock.now.timestamp(), clock.now.timestamp()))
    sweep(web)
    assert set(on_disk(web)) == {orphan}, "it may belong to a request that is still in progress"
    clock.move(timedelta(days=365))
    sweep(web)
    assert on_disk(web) == {}


def test_discarded_draft_takes_its_files_along(web: Flask, ada: Visitor, draft: str) -> None:
    send(ada, draft, "details", files=chosen(("a.png", PNG)))
    with in_rows(web):
        db.session.execute(db.delete(Draft))
        db.session.commit()
    sweep(web)
    assert on_disk(web) == {}
    with web.app_context(), read_only():
        assert db.session.scalars(db.select(Attachment)).all() == []
