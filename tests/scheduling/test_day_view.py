"""Which interviews belong to a day."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from extensions import db
from models import User
from scheduling.reading import day
from tests.factories import create_team, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows


def test_the_evening_before_takes_no_place_of_the_day(
    sqlite_app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day, "_MOST", 2)
    begins = datetime(2027, 3, 10, tzinfo=UTC)
    with in_rows(sqlite_app):
        team = create_team()
        for hours in (-8, -6, -4, 9, 11):
            schedule(team.ada, team.dina, starts_at=begins + timedelta(hours=hours))
        # Begins the evening before and reaches into the day.
        schedule(team.ada, team.dina, starts_at=begins - timedelta(hours=1), duration_minutes=120)
        ada = db.session.get_one(User, team.ada.id)
        shown = day.interviews_of_day(ada, begins, begins + timedelta(days=1))
        assert [entry.starts_at - begins for entry in shown] == [timedelta(hours=-1), timedelta(hours=9)]
