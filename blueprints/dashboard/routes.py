"""The first page after signing in: what comes next, what needs attention, what was started."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.permissions import Action, Scope, may_anywhere, scope_of
from accounts.row_permissions import Reader
from models import Candidate, Connection, Interview, Job
from rows import rows_of
from scheduling.drafts import drafts
from scheduling.reading import lists
from scheduling.software import DEFAULT, spec_of
from web.signed_in import connecting_is_open, person

dashboard = Blueprint("dashboard", __name__)


@dataclass(frozen=True)
class FirstStep:
    label: str
    url: str
    done: bool


@dashboard.get("/")
def home() -> ResponseReturnValue:
    user = person()
    schedules = may_anywhere(user.role, Action.SCHEDULE)
    return render_template(
        "dashboard/home.html",
        upcoming=lists.upcoming(user),
        attention=lists.without_link(user),
        drafts=drafts.open_drafts(user) if schedules else [],
        first_steps=_first_steps(user),
    )


# Whether there are any of each: one row of each is enough, and one statement finds them all.
_BEGUN = sa.select(
    sa.exists().where(Connection.app == spec_of(DEFAULT).app).label("connections"),
    sa.select(Job.id).exists().label("jobs"),
    sa.select(Candidate.id).exists().label("candidates"),
    sa.select(Interview.id).exists().label("interviews"),
)


def _first_steps(user: Reader) -> list[FirstStep]:
    """What a new team does first; empty once everything is done, and for people who could not do it."""
    if scope_of(user.role, Action.MANAGE_JOBS) is not Scope.ALL:
        return []
    [begun] = rows_of(_BEGUN)
    steps = []
    if may_anywhere(user.role, Action.CONNECT_APPS, connecting_is_open=connecting_is_open()):
        label = f"Connect {DEFAULT.label}"
        steps.append(FirstStep(label, url_for("connected_apps.index"), begun.connections))
    steps += [
        FirstStep("Add a job", url_for("hiring.new_job"), begun.jobs),
        FirstStep("Add a candidate", url_for("hiring.new_candidate"), begun.candidates),
        FirstStep("Schedule an interview", url_for("hiring.candidates"), begun.interviews),
    ]
    return [] if all(step.done for step in steps) else steps
