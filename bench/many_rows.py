"""Installations with many candidates and interviews, filled without the product's commands, which handle one
at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from tests.machines.application import build_app, close_app, migrate_database, settings_for

OWNER, PASSWORD = "olga@northlight.example", "a long enough password"
_JOBS = 40
_AT_ONCE = 5000
_FIRST = ("Ada", "Boris", "Chloé", "Dmitri", "Elif", "Farid", "Gökçe", "Hana", "Ivo", "Jana", "Kofi", "Lea")
_LAST = ("Moser", "Nagy", "Okafor", "Petrov", "Quist", "Rossi", "Sato", "Tanaka", "Ueda", "Vogel", "Weiss")
# Of ten interviews, how many are upcoming and how many are past.
_STATUSES = ("scheduled",) * 4 + ("completed",) * 4 + ("cancelled", "no_show")


def make(folder: Path, candidates: int, *, statuses: Sequence[str] = _STATUSES) -> dict[str, str]:
    """An installation with this many candidates, each with an interview; returns its server's settings.

    The interviews have these statuses in turn."""
    instance = folder / "instance"
    url = f"sqlite:///{folder / 'product.sqlite3'}"
    migrate_database(url, instance)
    settings = settings_for(url, instance)
    app = build_app(settings)
    from accounts.first_run import FirstRun, set_up
    from extensions import db
    from hiring.commands import NewJob, add_job

    with app.app_context():
        owner = set_up(
            FirstRun("Northlight", "Europe/Berlin", "Olga Owner", OWNER, PASSWORD, True),
            installation_id=app.config["INSTALLATION_ID"],
        )
        db.session.flush()
        jobs = [add_job(NewJob(f"Engineer {number:02}", "", "", owner.id)).id for number in range(_JOBS)]
        db.session.flush()
        for start in range(0, candidates, _AT_ONCE):
            _fill(range(start, min(start + _AT_ONCE, candidates)), jobs, owner.id, statuses)
        db.session.commit()
    close_app(app)
    return settings


def _fill(numbers: range, jobs: list[int], owner: int, statuses: Sequence[str]) -> None:
    from extensions import db
    from models import (
        Application,
        Candidate,
        Interview,
        InterviewType,
        Meeting,
        MeetingSoftware,
        MeetingState,
        SchedulingMethod,
        Stage,
        search_key,
    )
    from timezones import utc_now

    now, stages = utc_now(), list(Stage)
    names = [f"{_FIRST[n % len(_FIRST)]} {_LAST[n // len(_FIRST) % len(_LAST)]} {n}" for n in numbers]

    def starts_at(n: int) -> datetime:
        return now + timedelta(minutes=15 * (n - len(_STATUSES)) + n % 7)

    rows: dict[type, list[dict[str, object]]] = {
        Candidate: [
            {
                "id": n + 1,
                "name": name,
                "name_key": search_key(name),
                "email": f"candidate{n}@mail.example",
                "timezone": "Europe/London",
            }
            for n, name in zip(numbers, names, strict=True)
        ],
        Application: [
            {
                "id": n + 1,
                "candidate_id": n + 1,
                "job_id": jobs[n % len(jobs)],
                "stage": stages[n % len(stages)],
            }
            for n in numbers
        ],
        Interview: [
            {
                "id": n + 1,
                "application_id": n + 1,
                "scheduler_id": owner,
                "hiring_manager_id": owner,
                "interview_type": InterviewType.VIDEO,
                "method": SchedulingMethod.DIRECT,
                "status": statuses[n % len(statuses)],
                "title": "Engineer Interview",
                "agenda": "Introduction, experience discussion, Q&A",
                "starts_at": starts_at(n),
                "duration_minutes": 45,
                "ends_at": starts_at(n) + timedelta(minutes=45),
                "wall_time": "2030-01-01T09:00",
                "timezone": "Europe/Berlin",
                "ics_uid": f"{n}@northlight.example",
            }
            for n in numbers
        ],
        Meeting: [
            {
                "interview_id": n + 1,
                "software": MeetingSoftware.ZOOM,
                "state": MeetingState.READY,
                "join_url": f"https://zoom.example/j/{n}",
                "grace_ends_at": now,
            }
            for n in numbers
        ],
    }
    for table, values in rows.items():
        db.session.execute(sa.insert(table), values)
