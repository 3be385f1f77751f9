"""The baseline for the dialog: a Flask page with a form of the same size that reads and saves one draft.

The same forms library, tables, engine rules, protection against forgery and way of saving as the product, and
nothing around them: no sign-in, no permissions, no other people's schedules, no layout.
"""

from __future__ import annotations

import os

import sqlalchemy as sa
from flask import Flask, redirect, render_template_string, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from database import begin_reading, begin_writing, listen
from extensions import db
from models import Draft
from timezones import utc_now

_PAGE = """<!doctype html><title>Step</title><form method="post">{{ form.hidden_tag() }}
{% for field in form if field.name != "version" and field.name != "csrf_token" %}
<p>{{ field.label }} {{ field }}{% for error in field.errors %} {{ error }}{% endfor %}</p>{% endfor %}
<button>Continue</button></form>"""


class _StepForm(FlaskForm):
    version = HiddenField()
    kind = SelectField("Kind", choices=[("video", "Video"), ("phone", "Phone")])
    software = SelectField("Software", choices=[("zoom", "Zoom"), ("other", "Other")])
    agenda = TextAreaField("Agenda", validators=[DataRequired(), Length(max=2000)])
    password = StringField("Password", validators=[Length(max=10)])


def application() -> Flask:
    """Build the page for gunicorn; the database comes from the environment."""
    app = Flask("bare")
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["BARE_DATABASE_URL"]
    app.config["SECRET_KEY"] = "measured, and never deployed"
    db.init_app(app)
    with app.app_context():
        listen(db.engine)
        db.engine.dispose()

    @app.before_request
    def begin() -> None:
        begin_reading() if request.method == "GET" else begin_writing()

    @app.route("/", methods=["GET", "POST"])
    def step() -> ResponseReturnValue:
        draft = db.session.scalars(sa.select(Draft).order_by(Draft.created_at.desc()).limit(1)).first()
        if draft is None:
            return "no draft yet"
        form = _StepForm(data={name: values[0] for name, values in draft.payload.items()})
        if request.method == "GET" or not form.validate():
            form.version.data = str(draft.version)
            return render_template_string(_PAGE, form=form)
        answers = {name: [str(field.data)] for name, field in form._fields.items() if name != "csrf_token"}
        db.session.execute(
            sa.update(Draft)
            .where(Draft.id == draft.id, Draft.version == draft.version)
            .values(payload=answers, version=Draft.version + 1, updated_at=utc_now())
        )
        db.session.commit()
        return redirect("/", 303)

    return app
