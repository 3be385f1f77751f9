"""The addresses of the dialog."""

from __future__ import annotations

from flask import Blueprint

from blueprints.schedule_interview.routes import accepting, again, changing, files, live, picking, steps

schedule_interview = Blueprint("schedule_interview", __name__)
for _part in (steps, picking, again, changing, accepting, live, files):
    _part.register(schedule_interview)
