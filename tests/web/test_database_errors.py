"""What a database error says in a log: which rule was broken, but nothing about what was stored."""

import logging
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from extensions import db
from models import Meeting, Role, User
from tests.factories import create_team, schedule
from tests.machines.rows import in_rows

CANARY = "canary-7c1f"


@pytest.mark.both_databases
@pytest.mark.parametrize("broken", ["unique", "not null", "reference", "by hand"])
def test_error_does_not_say_what_was_stored(
    app: Flask, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    with in_rows(app):
        team = create_team()
        interview_id = schedule(team.ada, team.dina)
        user: dict[str, Any] = {
            "name": CANARY,
            "email": f"{CANARY}@x.example",
            "role": Role.OWNER,
            "timezone": CANARY,
        }
        user["password_hash"] = CANARY
        with pytest.raises(IntegrityError) as caught:
            break_it(broken, user, interview_id)
        logging.getLogger("web").error("as every log entry of ours is written", exc_info=caught.value)
        db.session.rollback()
    assert "constraint" in caplog.text.lower()
    assert CANARY[:10] not in caplog.text


def break_it(broken: str, user: dict[str, Any], interview_id: int) -> None:
    if broken == "unique":
        db.session.add_all(User(**user, is_active=True) for _ in range(2))
        db.session.flush()
    elif broken == "not null":
        db.session.execute(sa.insert(User).values(**user, is_active=None))
    elif broken == "reference":
        values = {"join_url": CANARY, "passcode": CANARY[:10], "interview_id": 999_999}
        db.session.execute(sa.update(Meeting).where(Meeting.interview_id == interview_id).values(values))
        db.session.commit()
    else:
        db.session.execute(sa.text("INSERT INTO jobs (title) VALUES (:title)"), {"title": CANARY})
