"""The baseline for lists: a Flask page that reads as many rows with the same ORM and shows them in a table.

The same tables, engine rules and page size as the product, and nothing around them: no sign-in, no
permissions, no search or counts, no layout.
"""

from __future__ import annotations

import os

import sqlalchemy as sa
from flask import Flask, render_template_string
from sqlalchemy.orm import joinedload, selectinload

from database import begin_reading, listen
from extensions import db
from models import Application, Candidate, Interview, InterviewStatus

_ROWS = 25

_CANDIDATES = """<!doctype html><title>Candidates</title><table>{% for candidate in rows %}
<tr><td><a href="/candidates/{{ candidate.id }}">{{ candidate.name }}</a></td>
<td>{{ candidate.applications | map(attribute="job.title") | join(", ") }}</td>
<td>{{ candidate.created_at.isoformat() }}</td>
<td>{% for application in candidate.applications %}{{ application.stage.label }}{% endfor %}</td></tr>
{% endfor %}</table>"""
_INTERVIEWS = """<!doctype html><title>Interviews</title><table>{% for interview in rows %}
<tr><td><a href="/interviews/{{ interview.id }}">{{ interview.candidate.name }}</a></td>
<td>{{ interview.application.job.title }}</td><td>{{ interview.starts_at.isoformat() }}</td>
<td>{{ interview.duration_minutes }}</td><td>{{ interview.meeting.software.label }}</td>
<td>{{ interview.meeting.state }}</td></tr>
{% endfor %}</table>"""


def application() -> Flask:
    """Build the pages for gunicorn; the database comes from the environment."""
    app = Flask("bare")
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["BARE_DATABASE_URL"]
    db.init_app(app)
    with app.app_context():
        listen(db.engine)
        db.engine.dispose()
    app.before_request(begin_reading)

    @app.get("/")
    def ready() -> str:
        return "ready"

    @app.get("/candidates")
    def candidates() -> str:
        query = (
            sa.select(Candidate)
            .where(Candidate.erased_at.is_(None))
            .options(selectinload(Candidate.applications).joinedload(Application.job))
            .order_by(Candidate.name_key, Candidate.id)
            .limit(_ROWS)
        )
        return render_template_string(_CANDIDATES, rows=db.session.scalars(query).all())

    @app.get("/interviews")
    def interviews() -> str:
        query = (
            sa.select(Interview)
            .where(Interview.status == InterviewStatus.SCHEDULED)
            .options(
                joinedload(Interview.application).joinedload(Application.candidate),
                joinedload(Interview.application).joinedload(Application.job),
                joinedload(Interview.meeting),
            )
            .order_by(Interview.starts_at, Interview.id)
            .limit(_ROWS)
        )
        return render_template_string(_INTERVIEWS, rows=db.session.scalars(query).all())

    return app
