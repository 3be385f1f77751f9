"""Every page of owners and admins says when background work has stopped."""

import pytest
from flask import Flask

from tests.factories import Team, create_team
from tests.machines.application import MakeApp
from tests.machines.apps import Seeded
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor
from work import heartbeat

STOPPED = "Background work has stopped"


@pytest.fixture
def server(make_app: MakeApp) -> Flask:
    """A server that should do background work; the test is its metronome."""
    return make_app({"SCHEDULER_ENABLED": "true"})


@pytest.fixture
def people(server: Flask, seeded: Seeded) -> Team:
    return seeded(server, create_team)


def test_stopped_metronome_is_on_every_page_of_those_who_can_restart_the_server(
    clock: Clock, server: Flask, people: Team
) -> None:
    ada, ben = Visitor(server).enter(people.ada), Visitor(server).enter(people.ben)
    assert STOPPED in ada.get("/jobs").text
    with in_rows(server):
        heartbeat.beat()
    assert STOPPED not in ada.get("/jobs").text
    clock.move(heartbeat.DEAD_AFTER)
    assert STOPPED in ada.get("/jobs").text
    assert STOPPED not in ben.get("/jobs").text


def test_server_that_leaves_background_work_to_others_says_nothing(make_app: MakeApp) -> None:
    server = make_app({"SCHEDULER_ENABLED": "false"})
    with in_rows(server):
        team = create_team()
    assert STOPPED not in Visitor(server).enter(team.ada).get("/jobs").text
