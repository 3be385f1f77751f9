"""What is found wrong with background work, both for the health page and for the System log."""

from datetime import timedelta

import pytest
from flask import Flask

from tests.machines.clock import Clock
from tests.work.probes import Probe
from timezones import utc_now
from work import heartbeat
from work.findings import BackgroundState, background_state


@pytest.fixture
def probe(app: Flask, clock: Clock) -> Probe:
    return Probe(app)


def state_of(app: Flask, *, is_expected: bool = True) -> BackgroundState:
    with app.app_context():
        return background_state(utc_now(), is_expected=is_expected)


def tick(app: Flask) -> None:
    with app.app_context():
        heartbeat.beat()


def test_working_server_has_no_findings(app: Flask, probe: Probe) -> None:
    tick(app)
    assert state_of(app) == BackgroundState(timedelta(), timedelta(), ())


def test_silent_metronome_is_found_where_one_is_expected(app: Flask, probe: Probe, clock: Clock) -> None:
    never = state_of(app)
    assert [finding.level for finding in never.findings] == ["danger"]
    tick(app)
    clock.move(heartbeat.DEAD_AFTER)
    dead = state_of(app)
    assert (dead.beat_age, dead.findings) == (heartbeat.DEAD_AFTER, never.findings)
    assert state_of(app, is_expected=False).findings == ()


def test_work_that_no_one_starts_is_found_and_a_retry_that_waits_is_not(
    app: Flask, probe: Probe, clock: Clock
) -> None:
    probe.enqueue(1)
    probe.enqueue(2, run_at=utc_now() + timedelta(hours=1))
    clock.move(timedelta(minutes=6))
    tick(app)
    late = state_of(app)
    assert late.overdue == timedelta(minutes=6)
    assert [finding.level for finding in late.findings] == ["warning"]
