"""What Prometheus collects, and who gets it."""

from datetime import timedelta

import pytest
from flask import Flask

from extensions import db
from models import Task
from tests.factories import create_team, schedule
from tests.machines.application import MakeApp
from tests.machines.rows import in_rows
from timezones import utc_now
from work.heartbeat import mark_and_commit

TOKEN = "a-token-that-no-one-guesses"


def lines(app: Flask) -> dict[str, float]:
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    samples = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in samples)}


def test_without_a_token_there_is_no_such_page(make_app: MakeApp) -> None:
    client = make_app().test_client()
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("given", [None, "Bearer", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ü"])
def test_another_token_is_refused(make_app: MakeApp, given: str | None) -> None:
    client = make_app({"METRICS_TOKEN": TOKEN}).test_client()
    answer = client.get("/metrics", headers={"Authorization": given} if given else {})
    assert answer.status_code == 401
    assert "smoothhiring_" not in answer.text


def test_figures_are_those_of_the_database(make_app: MakeApp) -> None:
    app = make_app({"METRICS_TOKEN": TOKEN})
    with in_rows(app):
        team = create_team()
        schedule(team.ada, team.dina)
        mark_and_commit("metronome", utc_now() - timedelta(seconds=50))
        db.session.execute(db.update(Task).values(run_at=utc_now() - timedelta(minutes=10)))
        db.session.commit()
    found = lines(app)
    assert found['smoothhiring_interviews_upcoming{status="scheduled"}'] == 1
    assert found['smoothhiring_mails_waiting{kind="invitation"}'] == 2
    assert 50 <= found["smoothhiring_heartbeat_age_seconds"] < 60
    assert 600 <= found["smoothhiring_tasks_oldest_due_seconds"] < 610
    assert sum(value for name, value in found.items() if name.startswith("smoothhiring_tasks_overdue")) >= 1
    [info] = [name for name in found if name.startswith("smoothhiring_info")]
    assert 'time_zone_data="' in info
