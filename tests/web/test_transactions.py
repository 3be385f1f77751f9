"""What a request may do to the database, and what it says when the database cannot be used."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, Response
from sqlalchemy import event

import database
from extensions import db
from models import Job, User
from tests.factories import create_team
from tests.machines.application import build_app, close_app, settings_for
from tests.machines.apps import Seeded
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import draft_at, send
from tests.web.world import everything_stored
from web.access import ACCESS, Public

AddRoute = Callable[[Flask, Callable[[], Response]], str]


@pytest.fixture
def add_route() -> Iterator[AddRoute]:
    """Give an app a route for this test, before its first request, and return the route's address."""

    def add(app: Flask, view: Callable[[], Response]) -> str:
        app.config["PROPAGATE_EXCEPTIONS"] = False
        app.add_url_rule("/only-here", "only_here", view, methods=["GET", "POST"])
        ACCESS["only_here"] = Public("exists in this test only")
        return "/only-here"

    yield add
    ACCESS.pop("only_here", None)


@pytest.mark.both_databases
def test_reading_request_cannot_write_even_if_its_route_tries(
    database_url: str, instance_path: Path, add_route: AddRoute
) -> None:
    def write() -> Response:
        db.session.execute(db.update(User).values(name="Overwritten"))
        db.session.commit()
        return Response("written", mimetype="text/plain")

    app = build_app(settings_for(database_url, instance_path))
    address = add_route(app, write)
    with in_rows(app):
        create_team()
    visitor = Visitor(app)
    assert visitor.client.get(address, base_url=visitor.base_url).status_code in (500, 503)
    with in_rows(app):
        assert not db.session.scalar(db.select(User).where(User.name == "Overwritten"))
    # The same connection can write again in the next request that may.
    assert visitor.post(address).html == "written"
    with in_rows(app):
        assert db.session.scalar(db.select(User).where(User.name == "Overwritten"))
    close_app(app)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait only 50 ms instead of seconds for SQLite's write lock."""
    monkeypatch.setattr(database, "SQLITE_BUSY_TIMEOUT_MS", 50)


@contextmanager
def write_lock(app: Flask) -> Iterator[None]:
    """Let someone else write the whole time."""
    path = sa.make_url(app.config["DATABASE_URL"]).database
    assert path is not None
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.usefixtures("impatient")
def test_locked_database_is_explained_and_nothing_is_half_done(
    clock: Clock, web: Flask, ada: Visitor
) -> None:
    page = ada.get("/jobs/new")
    draft = draft_at(ada, 1, "finalize")
    last = ada.get(f"{draft}/finalize")
    with in_rows(web):
        before = everything_stored()
    with write_lock(web):
        refused = ada.submit(page, "Add job", status=503, title="Data Analyst")
        assert refused.heading == "Not possible right now"
        assert "Nothing was saved" in refused.text
        assert ada.submit(last, "Schedule Interview", status=503).heading == "Not possible right now"
        piece = ada.post("/interviews/1/retry", {"csrf_token": "x"}, status=419, htmx=True)
        assert "Please send it again" in piece.html
        # Readers never wait for the writer.
        assert ada.get("/jobs").heading == "Jobs"
    with in_rows(web):
        assert everything_stored() == before
    ada.submit(page, "Add job", status=303, title="Data Analyst")
    ada.submit(last, "Schedule Interview", leads_to="/interviews/1")


@pytest.mark.usefixtures("impatient")
def test_page_is_shown_although_the_visit_cannot_be_recorded(clock: Clock, web: Flask, ada: Visitor) -> None:
    clock.move(timedelta(hours=1))
    with write_lock(web):
        assert ada.get("/jobs").heading == "Jobs"


def test_full_disk_is_explained_and_nothing_is_half_done(clock: Clock, web: Flask, ada: Visitor) -> None:
    # Too much for the space that is left in the tables' existing pages.
    draft = draft_at(ada, 1, "finalize", {"details": {"internal_notes": "x" * 8000}})
    with in_rows(web):
        before = everything_stored()

    def no_room(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    with web.app_context():
        engine = db.engine
        engine.dispose()
    event.listen(engine, "connect", no_room)
    try:
        fields = ada.get("/jobs/new").fields("Add job")
        for number in range(200):
            # Pages that earlier rows gave back are used up first.
            data = {**fields, "title": f"Job {number} {'x' * 140}", "department": "y" * 120}
            answer = ada.client.post("/jobs/new", base_url=ada.base_url, data=data)
            if answer.status_code == 503:
                break
        assert answer.status_code == 503
        assert send(ada, draft, "finalize", status=503).heading == "Not possible right now"
    finally:
        event.remove(engine, "connect", no_room)
        engine.dispose()
    with in_rows(web):
        after = everything_stored()
    assert after["interviews"] == before["interviews"] == []
    assert after["drafts"] == before["drafts"]
    assert after["tasks"] == before["tasks"]
    send(ada, draft, "finalize")


def test_database_that_is_gone_is_explained(postgres_url: str, instance_path: Path) -> None:
    app = build_app(settings_for(postgres_url, instance_path))
    with in_rows(app):
        team = create_team()
    visitor = Visitor(app).enter(team.ada)
    page = visitor.get("/jobs/new")
    nowhere = sa.make_url(postgres_url).set(database="there_is_no_such_database")
    gone = build_app(settings_for(nowhere.render_as_string(hide_password=False), instance_path))
    elsewhere = Visitor(gone)
    elsewhere.plant_cookie(visitor.session_cookie())
    for answer in (
        elsewhere.get("/jobs", status=503),
        elsewhere.get("/login", status=503),
        elsewhere.get("/j/1.candidate.0.whatever-proves-it", status=503),
        elsewhere.post("/jobs/new", page.fields("Add job"), status=503),
    ):
        assert answer.heading == "Not possible right now"
    health = elsewhere.get("/healthz", status=503)
    said = health.response.get_json()
    assert (said["status"], said["database"]) == ("failing", "unreachable")
    close_app(gone)
    close_app(app)


def test_mistake_of_ours_is_explained_without_its_internals(
    new_app: Flask, seeded: Seeded, add_route: AddRoute
) -> None:
    team = seeded(new_app, create_team)

    def fail() -> Response:
        db.session.add(Job(title="Half done", hiring_manager_id=team.ben.id))
        db.session.flush()
        raise RuntimeError("s3cret insides")

    address = add_route(new_app, fail)
    visitor = Visitor(new_app).enter(team.ada)
    page = visitor.post(address, status=500)
    assert page.heading == "Our mistake"
    assert "s3cret" not in page.html
    assert page.headers["X-Request-Id"] in page.text
    assert "Our mistake" in visitor.post(address, status=500, htmx=True).html
    with in_rows(new_app):
        assert db.session.scalar(db.select(Job).where(Job.title == "Half done")) is None
