"""Files of interview templates: added and deleted with the rest of the form, and copied where one starts."""

import io
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from extensions import db
from hiring.commands import add_application
from hiring.copied_plans import templates_of
from models import Attachment, Candidate, Interview
from scheduling.files.removing import removing_bytes
from services import services
from tests.factories import Team, create_job, create_team
from tests.files_to_attach import PDF, PNG
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import send
from tests.web.plans import plan_for, start

DEFAULTS = "/settings/organization/interview-plan"


def chosen(*picked: tuple[str, bytes]) -> Any:
    """Files as someone chooses them in a form."""
    return [(io.BytesIO(content), name) for name, content in picked]


def listed(page: Page) -> list[str]:
    lists = page.tree.all("ul", lambda e: "attached-files" in e.get("class").split())
    return [link.text for found in lists for link in found.all("a")]


def on_disk(app: Flask) -> list[bytes]:
    folder: Path = app.config["INSTANCE_PATH"] / "uploads"
    return sorted(path.read_bytes() for path in folder.iterdir()) if folder.exists() else []


def sweep(app: Flask) -> None:
    """Do what a server does in a tick."""
    with app.app_context():
        removing_bytes(services(app).attachment_files).run()


@pytest.mark.both_databases
def test_files_go_with_what_starts_from_the_template_and_outlive_it(app: Flask) -> None:
    with in_rows(app):
        team = create_team()
        ids = plan_for(team.job_id)
    ada = Visitor(app).enter(team.ada)
    here = f"/jobs/{team.job_id}/plan/{ids['Technical']}"
    added = chosen(("Task.pdf", PDF))
    ada.submit(ada.get(here), "Save", leads_to=f"/jobs/{team.job_id}", files=added)
    page = ada.get(here)
    assert listed(page) == ["Task.pdf"]
    [link] = page.tree.all("a", lambda e: e.text == "Task.pdf")
    answer = ada.client.get(link["href"], base_url=ada.base_url)
    assert answer.data == PDF
    answer.close()
    draft = start(ada, team.dina.id, ids["Technical"]).removesuffix("/date-time")
    send(ada, draft, "date-time")
    details = ada.get(f"{draft}/details")
    assert "Task.pdf" in listed(details)
    # Another template brings its own files, and leaves none of the previous one's.
    setup = ada.get(f"{draft}/setup")
    for name, files in (("Phone screen", []), ("Technical", ["Task.pdf"])):
        sent = {**setup.fields("Continue"), "template": ids[name]}
        ada.post(f"{draft}/setup", sent, leads_to=f"{draft}/setup")
        setup = ada.get(f"{draft}/setup")
        assert listed(ada.get(f"{draft}/details")) == files
    sweep(app)
    ada.submit(ada.get(f"{here}/remove"), "Remove from the plan", leads_to=f"/jobs/{team.job_id}")
    sweep(app)
    send(ada, draft, "preview")
    send(ada, draft, "finalize")
    assert on_disk(app) == [PDF]
    with in_rows(app):
        [interview] = db.session.scalars(db.select(Interview))
        assert [file.name for file in interview.attachments] == ["Task.pdf"]
        [row] = db.session.scalars(db.select(Attachment))
        # When the last row is deleted, so are the bytes.
        row.interview_id = None
        db.session.commit()
    sweep(app)
    assert on_disk(app) == []


def test_new_job_has_the_files_of_the_organizations_plan(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        plan_for(team.job_id)
        default_id = templates_of(None)[0].id
    here = f"{DEFAULTS}/{default_id}"
    picked = chosen(("Guide.pdf", PDF), ("Map.png", PNG))
    ada.submit(ada.get(here), "Save", leads_to=DEFAULTS, files=picked, new_files_for_team_only="y")
    with in_rows(web):
        job_id = create_job("Data Engineer", team.ben)
        template_id = templates_of(job_id)[0].id
    of_job = f"/jobs/{job_id}/plan/{template_id}"
    page = ada.get(of_job)
    assert listed(page) == ["Guide.pdf", "Map.png"]
    assert page.text.count("team only") == 2
    # Deleting the job's own copy leaves the organization's.
    with in_rows(web):
        file_id = db.session.scalars(
            db.select(Attachment.id).where(Attachment.template_id == template_id).order_by(Attachment.id)
        ).first()
    ada.submit(page, "Save", leads_to=f"/jobs/{job_id}", delete_files=file_id)
    sweep(web)
    assert listed(ada.get(of_job)) == ["Map.png"]
    assert listed(ada.get(here)) == ["Guide.pdf", "Map.png"]
    assert on_disk(web) == sorted([PDF, PNG])


@pytest.mark.parametrize(
    ("picked", "words"),
    [
        ((("note.exe", b"MZ"),), "“note.exe” was not added"),
        (tuple((f"{number}.pdf", PDF) for number in range(6)), "at most 5 files"),
        ((("fine.pdf", PDF), ("empty.pdf", b"")), "“empty.pdf” was not added: it is empty."),
    ],
)
def test_nothing_is_saved_while_a_file_is_refused(
    web: Flask, team: Team, ada: Visitor, picked: tuple[tuple[str, bytes], ...], words: str
) -> None:
    with in_rows(web):
        ids = plan_for(team.job_id)
    here = f"/jobs/{team.job_id}/plan/{ids['Technical']}"
    page = ada.submit(ada.get(here), "Save", status=422, files=chosen(*picked), name="Coding")
    assert words in page.error_at("files")
    assert "No file was added. Choose them again." in page.error_at("files")
    assert page.value_of("Save", "name") == "Coding"
    assert listed(page) == []
    assert on_disk(web) == []
    # It is the same if something else is wrong.
    page = ada.submit(page, "Save", status=422, files=chosen(("fine.pdf", PDF)), name="")
    assert page.error_at("files") == "No file was added. Choose them again."
    assert on_disk(web) == []
    with in_rows(web):
        assert "Coding" not in [template.name for template in templates_of(team.job_id)]


def test_another_job_at_setup_leaves_the_template_behind(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        ids = plan_for(team.job_id)
        application = add_application(db.session.get_one(Candidate, team.dina.id), team.other_job_id)
        db.session.commit()
        other_id = application.id
    template = ada.get(f"/jobs/{team.job_id}/plan/{ids['Technical']}")
    ada.submit(template, "Save", leads_to=f"/jobs/{team.job_id}", files=chosen(("Task.pdf", PDF)))
    draft = start(ada, team.dina.id, ids["Technical"]).removesuffix("/date-time")
    send(ada, draft, "setup", job=other_id, agenda="Your work")
    send(ada, draft, "date-time")
    attendees = ada.get(f"{draft}/attendees")
    assert attendees.value_of("Continue", "hiring_manager") == str(team.cleo.id)
    send(ada, draft, "attendees")
    details = ada.get(f"{draft}/details")
    assert details.value_of("Continue", "title") == "Product Designer Interview"
    assert "Task.pdf" not in listed(details)
    for step in ("details", "preview", "finalize"):
        send(ada, draft, step)
    with in_rows(web):
        [interview] = db.session.scalars(db.select(Interview))
        assert (interview.template_id, interview.template_name) == (None, "")
