"""The parts of the user interface, one package each."""

from __future__ import annotations

from flask import Flask

from blueprints.connected_apps.routes import connected_apps
from blueprints.dashboard.routes import dashboard
from blueprints.hiring.routes import hiring
from blueprints.interviews.routes import interviews
from blueprints.join.routes import join
from blueprints.people.routes import people
from blueprints.schedule_interview.routes import schedule_interview
from blueprints.status.routes import status

ALL = (connected_apps, dashboard, hiring, interviews, join, people, schedule_interview, status)


def register_blueprints(app: Flask) -> None:
    for blueprint in ALL:
        app.register_blueprint(blueprint)
