"""Several clicks at the same moment: one draft is one interview, and no one is double-booked unseen."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from threading import Barrier

import pytest
from flask import Flask

import instance_folder
from extensions import db
from models import Application, Draft, Interview, Mail, Meeting, Task
from tests.factories import PASSWORD, Team, create_candidate, create_job, create_team, create_user, schedule
from tests.machines.clock import Clock
from tests.machines.counts import Counts
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor, path_of
from tests.web.dialog_steps import draft_at, send, the_tick

# Locking and SQL that differs are their subject.
pytestmark = pytest.mark.both_databases


def at_once(clicks: list[Callable[[], Page]]) -> list[Page]:
    """Run all clicks in separate threads that start together."""
    barrier = Barrier(len(clicks))

    def click(what: Callable[[], Page]) -> Page:
        barrier.wait(timeout=20)
        return what()

    with ThreadPoolExecutor(len(clicks)) as threads:
        return list(threads.map(click, clicks))


def twin(visitor: Visitor) -> Visitor:
    """Another tab of the same browser."""
    tab = Visitor(visitor.app)
    tab.plant_cookie(visitor.session_cookie())
    return tab


def test_draft_sent_many_times_at_once_becomes_one_interview(
    app: Flask, clock: Clock, counts: Counts
) -> None:
    with in_rows(app):
        team = create_team()
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
    ada = Visitor(app).enter(team.ada)
    # Six tabs in each round; each round has a different day, so that it clashes with no other.
    for number in counts.repeat("double submits", ordinary=1, full=34):
        day = date(2027, 3, 1) + timedelta(days=number)
        with in_rows(app):
            early = datetime.combine(day, time(6), UTC)
            schedule(team.ada, omar, starts_at=early, duration_minutes=180, reminder_minutes=(1440, 60))
        draft = draft_with_the_tick(ada, team, day)
        fields = ada.get(f"{draft}/finalize").fields("Schedule Interview")
        before = how_many(app)
        answers = at_once(
            [partial(twin(ada).post, f"{draft}/finalize", {**fields}, status=303) for _ in range(6)]
        )
        landed = {path_of(answer.headers["Location"]) for answer in answers}
        assert len(landed) == 1
        assert landed.pop().startswith("/interviews/")
        after = how_many(app)
        assert {name: after[name] - before[name] for name in after} == {
            "interviews": 1,
            "meetings": 1,
            # Two invitations, and two reminders for each of the three: the scheduler gets copies.
            "mails": 8,
            "tasks": 9,
        }


def test_schedule_interview_pressed_many_times_at_once_begins_one_draft(app: Flask) -> None:
    with in_rows(app):
        team = create_team()
    ada = Visitor(app).enter(team.ada)
    fields = ada.get(f"/candidates/{team.dina.id}").fields("Schedule Interview")
    address = f"/candidates/{team.dina.id}/schedule"
    answers = at_once([partial(twin(ada).post, address, {**fields}, status=303) for _ in range(6)])
    assert len({answer.headers["Location"] for answer in answers}) == 1
    with in_rows(app):
        assert db.session.scalar(db.select(db.func.count(Draft.id))) == 1


def test_what_was_started_is_opened_and_started_over_once_by_many_clicks(app: Flask) -> None:
    with in_rows(app):
        team = create_team()
    ada = Visitor(app).enter(team.ada)
    draft = draft_at(ada, team.dina.id, "details")
    fields = ada.get(f"/candidates/{team.dina.id}").fields("Schedule Interview")
    address = f"/candidates/{team.dina.id}/schedule"
    answers = at_once([partial(twin(ada).post, address, {**fields}, status=303) for _ in range(4)])
    assert {path_of(answer.headers["Location"]) for answer in answers} == {f"{draft}?unfinished=1"}
    again = {**ada.get(f"{draft}/details").fields("Continue"), "direction": "start-over"}
    answers = at_once([partial(twin(ada).post, f"{draft}/details", {**again}, status=303) for _ in range(4)])
    assert len({answer.headers["Location"] for answer in answers}) == 1
    with in_rows(app):
        assert db.session.scalar(db.select(db.func.count(Draft.id)).where(Draft.set_aside_at.is_(None))) == 1


def test_two_drafts_never_get_the_same_job_at_once(app: Flask, counts: Counts) -> None:
    with in_rows(app):
        team = create_team()
        application = Application(candidate_id=team.dina.id, job_id=team.other_job_id)
        db.session.add(application)
        db.session.commit()
        chosen = application.id
    ada, here = Visitor(app).enter(team.ada), f"/candidates/{team.dina.id}/schedule"
    for _ in counts.repeat("jobs chosen at once", ordinary=1, full=10):
        with in_rows(app):
            db.session.execute(db.delete(Draft))
            db.session.commit()
        # Its Setup chooses the job for which a button elsewhere starts another one, and insists on it.
        wanted = {"csrf_token": ada.token(), "job": str(team.job_id)}
        draft = path_of(ada.post(here, wanted, status=303).headers["Location"]).removesuffix("/setup")
        fields = ada.get(f"{draft}/setup").fields("Continue")
        setup = {**fields, "job": str(chosen), "agenda": "Mine", "direction": "keep-this"}
        wanted["job"] = str(team.other_job_id)
        clicks = [partial(twin(ada).post, here, {**wanted}, status=303) for _ in range(3)]
        at_once([partial(twin(ada).post, f"{draft}/setup", setup, status=303), *clicks])
        with in_rows(app):
            found = db.session.execute(db.select(Draft.id, Draft.application_id)).all()
            assert [tuple(row) for row in found] == [(draft.rpartition("/")[2], chosen)]


def test_change_pressed_many_times_at_once_begins_one_draft(app: Flask) -> None:
    with in_rows(app):
        team = create_team()
        interview_id = schedule(team.ada, team.dina)
    ada = Visitor(app).enter(team.ada)
    ada.get(f"/interviews/{interview_id}")
    address = f"/interviews/{interview_id}/change"
    answers = at_once([partial(twin(ada).post, address, status=303) for _ in range(6)])
    assert len({answer.headers["Location"] for answer in answers}) == 1


def draft_with_the_tick(visitor: Visitor, team: Team, day: date) -> str:
    """A draft before its last click that may clash: nothing but the draft itself stops a second one."""
    draft = draft_at(visitor, team.dina.id, "date-time")
    page = send(visitor, draft, "date-time", status=422, date=day.isoformat())
    visitor.submit(page, "Continue", leads_to=f"{draft}/attendees", accepted_clashes=the_tick(page))
    for step in ("attendees", "details", "preview"):
        send(visitor, draft, step)
    return draft


def how_many(app: Flask) -> dict[str, int]:
    with in_rows(app):
        return {
            model.__tablename__: db.session.scalar(db.select(db.func.count()).select_from(model)) or 0
            for model in (Interview, Meeting, Mail, Task)
        }


def test_one_person_is_not_booked_twice_by_two_clicks_at_once(app: Flask, clock: Clock) -> None:
    with in_rows(app):
        team = create_team()
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
    pages = []
    for member, candidate in [(team.ada, team.dina), (team.ben, omar)]:
        visitor = Visitor(app).enter(member)
        draft = draft_at(visitor, candidate.id, "finalize")
        pages.append((visitor, draft, visitor.get(f"{draft}/finalize").fields("Schedule Interview")))

    def click(visitor: Visitor, draft: str, fields: dict[str, list[str]]) -> Page:
        answer = visitor.client.post(f"{draft}/finalize", base_url=visitor.base_url, data=fields)
        return Page(answer, draft)

    answers = at_once([partial(click, *page) for page in pages])
    assert sorted(answer.status for answer in answers) == [303, 422]
    [refused] = [answer for answer in answers if answer.status == 422]
    assert "just got another interview" in refused.error_at("accepted_clashes")
    assert how_many(app)["interviews"] == 1


def test_two_candidates_with_one_address_become_one(app: Flask) -> None:
    with in_rows(app):
        team = create_team()
    ada = Visitor(app).enter(team.ada)
    fields = {"name": "Nora Lund", "email": "nora@mail.example", "job": str(team.job_id), "timezone": ""}
    token = ada.token()
    tabs = [twin(ada) for _ in range(4)]

    def click(tab: Visitor) -> Page:
        data = {**fields, "csrf_token": token}
        return Page(tab.client.post("/candidates/new", base_url=tab.base_url, data=data), "/candidates/new")

    answers = at_once([partial(click, tab) for tab in tabs])
    assert sorted(answer.status for answer in answers) == [303, 422, 422, 422]
    for answer in answers:
        if answer.status == 422:
            assert "already a candidate" in answer.error_at("email")


def test_first_run_is_done_once_however_many_send_it(app: Flask) -> None:
    code = instance_folder.setup_code(app.config["INSTANCE_PATH"])
    visitors = [Visitor(app) for _ in range(4)]
    pages = [visitor.get("/setup") for visitor in visitors]

    def click(visitor: Visitor, page: Page) -> Page:
        data = {
            **page.fields("Finish setup"),
            "code": code,
            "organization_name": "Northlight",
            "timezone": "Europe/Zurich",
            "name": "Ada Berg",
            "email": "ada@northlight.example",
            "password": PASSWORD,
        }
        return Page(visitor.client.post("/setup", base_url=visitor.base_url, data=data), "/setup")

    answers = at_once([partial(click, *pair) for pair in zip(visitors, pages, strict=True)])
    assert sorted(answer.status for answer in answers) == [303, 404, 404, 404]


def test_interviews_of_different_people_are_scheduled_at_once(app: Flask, clock: Clock) -> None:
    with in_rows(app):
        team = create_team()
        managers = [create_user(f"Manager{n} Berg", team.ben.role) for n in range(3)]
        people = [
            create_candidate(f"Person {n}", f"person{n}@mail.example", create_job(f"Job {n}", manager))
            for n, manager in enumerate(managers)
        ]
    ready = []
    for manager, candidate in zip(managers, people, strict=True):
        visitor = Visitor(app).enter(manager)
        draft = draft_at(visitor, candidate.id, "finalize")
        ready.append(
            (visitor, f"{draft}/finalize", visitor.get(f"{draft}/finalize").fields("Schedule Interview"))
        )
    at_once([partial(visitor.post, there, fields, status=303) for visitor, there, fields in ready])
    assert how_many(app)["interviews"] == 3
