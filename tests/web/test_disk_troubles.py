"""Pages while the disk is full or read-only: they explain the problem, leave nothing half done, and work
again afterwards."""

from __future__ import annotations

import errno
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa
from flask import Flask, Response
from psycopg.errors import AdminShutdown, DiskFull
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from extensions import db
from tests.factories import PASSWORD
from tests.files_to_attach import PDF
from tests.machines.disks import full_disk, read_only_disk
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcess
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import draft_at
from tests.web.world import everything_stored

WORDS = "This server's disk is full, or can't be written to. Nothing was saved."

Trouble = Callable[[Flask], AbstractContextManager[None]]


@contextmanager
def full(app: Flask) -> Iterator[None]:
    with full_disk():
        yield


@contextmanager
def read_only(app: Flask) -> Iterator[None]:
    path = sa.make_url(app.config["DATABASE_URL"]).database
    assert path is not None
    with app.app_context():
        # As after a restart: files that were open for writing before could still be written.
        db.engine.dispose()
    with read_only_disk(Path(path).parent):
        yield


both_troubles = pytest.mark.parametrize("trouble", [full, read_only], ids=["full", "read only"])


@both_troubles
def test_what_was_typed_is_kept_and_sent_again_with_one_click(
    web: Flask, ada: Visitor, trouble: Trouble
) -> None:
    page = ada.get("/jobs/new")
    draft = draft_at(ada, 1, "finalize")
    last = ada.get(f"{draft}/finalize")
    with in_rows(web):
        before = everything_stored()
    with trouble(web):
        job = ada.submit(page, "Add job", status=503, title="Data <Analyst>")
        interview = ada.submit(last, "Schedule Interview", status=503)
        for refused in (job, interview):
            assert refused.heading == "Not possible right now"
            assert WORDS in refused.text
            assert refused.headers["Retry-After"] == "60"
        again = ada.submit(job, "Try again", status=503)
        typed = {**page.fields("Add job"), "title": "Analyst"}
        assert WORDS in ada.post("/jobs/new", typed, status=503, htmx=True).text
        if trouble is full:
            assert ada.get("/jobs").heading == "Jobs"
        else:
            # SQLite opens no database whose log it cannot write.
            shown = ada.get("/jobs", status=503)
            assert [link["href"] for link in shown.tree.all("a") if link.text == "Try again"] == ["/jobs"]
            assert ada.get("/healthz", status=503).response.get_json()["status"] == "failing"
    with in_rows(web):
        assert everything_stored() == before
    assert "Data <Analyst>" in ada.follow(ada.submit(again, "Try again", status=303)).text
    ada.submit(interview, "Try again", leads_to="/interviews/1")


@both_troubles
def test_signing_in_shows_no_password_and_works_afterwards(
    web: Flask, ada: Visitor, trouble: Trouble
) -> None:
    visitor = Visitor(web)
    page = visitor.get("/login")
    with trouble(web):
        refused = visitor.submit(
            page, "Sign in", status=503, email="ada@northlight.example", password=PASSWORD
        )
        assert PASSWORD not in refused.html
        assert "Go back to your form" in refused.text
    visitor.submit(page, "Sign in", leads_to="/", email="ada@northlight.example", password=PASSWORD)


@both_troubles
def test_file_that_has_no_room_is_explained(web: Flask, ada: Visitor, trouble: Trouble) -> None:
    draft = draft_at(ada, 1, "details")
    page = ada.get(f"{draft}/details")
    with trouble(web):
        refused = ada.submit(page, "Continue", status=503, files=[(io.BytesIO(PDF), "plan.pdf")])
        assert WORDS in refused.text
        # A page cannot send a file again; the form itself still has it.
        assert not refused.has_button("Try again")
    uploads = Path(web.config["INSTANCE_PATH"]) / "uploads"
    assert not list(uploads.glob("*"))


def test_what_a_database_or_a_file_says_about_room_becomes_the_same_page(new_app: Flask) -> None:
    new_app.config["PROPAGATE_EXCEPTIONS"] = False
    not_now = "The database isn't available right now."
    for error, words in (
        (OperationalError("INSERT", None, DiskFull("could not extend file")), WORDS),
        (OperationalError("INSERT", None, AdminShutdown("terminating connection")), not_now),
        (PoolTimeoutError("QueuePool limit reached"), not_now),
        (OSError(errno.ENOSPC, "No space left on device"), WORDS),
    ):

        def fail(error: Exception = error) -> Response:
            raise error

        new_app.view_functions["first_run.setup"] = fail
        assert words in Visitor(new_app).get("/setup", status=503).text


def test_upload_that_has_no_room_ends_no_worker(shared_server: ServerProcess) -> None:
    workers = shared_server.pids
    with full_disk(workers), requests.Session() as http:
        http.trust_env = False
        refused = http.post(f"{shared_server.base_url}/login", data=b"x" * 2_000_000, timeout=20)
        assert refused.status_code == 503
        assert "disk is full" in refused.text
        # It is the same process, which has neither ended nor lost its thread.
        assert http.get(f"{shared_server.base_url}/login", timeout=20).status_code == 200
    assert shared_server.pids == workers
