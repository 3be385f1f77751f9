"""The baseline for the last click: a Flask page that only inserts the rows of one scheduled interview.

The same tables, ORM, engine rules and commit as the product, and nothing around them: no session, no form,
no checks, no templates, no background work.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from datetime import timedelta

from flask import Flask, redirect
from flask.typing import ResponseReturnValue

from database import Base, listen
from extensions import db
from models import (
    Interview,
    InterviewStatus,
    InterviewType,
    Lane,
    Mail,
    Meeting,
    MeetingSoftware,
    ReaderRole,
    Revision,
    RevisionReason,
    SchedulingMethod,
    Stage,
    StageMove,
    Task,
    TimelineEntry,
)
from timezones import utc_now


def application() -> Flask:
    """Build the page for gunicorn; database and rows come from the environment."""
    app = Flask("bare")
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["BARE_DATABASE_URL"]
    db.init_app(app)
    with app.app_context():
        listen(db.engine)
        db.engine.dispose()
    # The interview itself is always one; everything else hangs on it.
    rows = {table: count for table, count in json.loads(os.environ["BARE_ROWS"]).items() if count}
    rows.pop("interviews")
    makers = [_MAKERS[table] for table, count in rows.items() for _ in range(count)]

    @app.get("/")
    def ready() -> str:
        return "ready"

    @app.post("/")
    def insert() -> ResponseReturnValue:
        interview = _interview()
        db.session.add(interview)
        db.session.flush()
        db.session.add_all([make(interview.id) for make in makers])
        db.session.commit()
        return redirect("/", 303)

    return app


def _interview() -> Interview:
    now = utc_now()
    return Interview(
        application_id=1,
        scheduler_id=1,
        hiring_manager_id=1,
        interview_type=InterviewType.VIDEO,
        method=SchedulingMethod.DIRECT,
        status=InterviewStatus.SCHEDULED,
        title="Engineer Interview",
        agenda="Introduction, experience discussion, Q&A",
        message_to_candidate="",
        internal_notes="",
        starts_at=now + timedelta(days=7),
        duration_minutes=45,
        wall_time="2030-01-01T09:00",
        timezone="Europe/Berlin",
        ics_uid=secrets.token_hex(16),
    )


def _meeting(interview_id: int) -> Base:
    return Meeting(interview_id=interview_id, software=MeetingSoftware.ZOOM, grace_ends_at=utc_now())


def _mail(interview_id: int) -> Base:
    token = secrets.token_hex(16)
    return Mail(
        interview_id=interview_id,
        about=f"interview:{interview_id}",
        kind="invitation",
        occasion="r0",
        role=ReaderRole.CANDIDATE,
        name="Candidate",
        address=f"{token}@mail.example",
        message_id=f"<{token}@northlight.example>",
        due_at=utc_now(),
    )


def _task(interview_id: int) -> Base:
    return Task(
        kind="send_mail",
        lane=Lane.MAIL,
        subject=f"interview:{interview_id}",
        payload={"mail_id": 1},
        run_at=utc_now(),
        dedupe_key=f"mail:{secrets.token_hex(8)}",
    )


def _timeline_entry(interview_id: int) -> Base:
    return TimelineEntry(interview_id=interview_id, words="Someone scheduled the interview")


def _revision(interview_id: int) -> Base:
    plan = {
        "application_id": 1,
        "venue": {"kind": "online", "software": "zoom", "passcode": None},
        "agenda": "Introduction, experience discussion, Q&A",
        "when": ["2030-01-01T08:00:00+00:00", "2030-01-01T09:00", "Europe/Berlin", 45],
        "hiring_manager_id": 1,
        "attendees": [],
        "title": "Engineer Interview",
        "reminders": [1440, 60],
    }
    return Revision(
        interview_id=interview_id, number=0, reason=RevisionReason.SCHEDULED, actor_id=1, after=plan
    )


def _stage_move(interview_id: int) -> StageMove:
    return StageMove(
        application_id=1, actor_id=1, before=Stage.NEW, after=Stage.INTERVIEW, by_scheduling=True
    )


_MAKERS: dict[str, Callable[[int], Base]] = {
    "meetings": _meeting,
    "mails": _mail,
    "tasks": _task,
    "timeline_entries": _timeline_entry,
    "revisions": _revision,
    "stage_moves": _stage_move,
}
