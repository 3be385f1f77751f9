"""The first page after signing in, where the day starts: what is on now and next, what needs attention, what
comes after, what was started, and the week in numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import Blueprint, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

import htmx
from accounts.permissions import Action, Scope, may_anywhere, scope_of
from accounts.row_permissions import is_settled
from blueprints.dashboard.day import Day, day_of
from connections.catalogue import available, label_of
from models import Candidate, Connection, Interview, Job, Role
from paging import Query
from rows import rows_of
from scheduling.drafts.unfinished import open_drafts
from scheduling.reading import today as reading
from scheduling.reading.days import day_in
from scheduling.reading.interview_rows import InterviewRow
from scheduling.reading.own_events import own_events
from scheduling.reading.time_requests import TimeRequest
from scheduling.reading.today import TodaysRow, Week, week_columns, week_parameters
from scheduling.slots import ENDS_SOON
from scheduling.software import DEFAULT
from services import services
from timezones import start_of_day, utc_now
from web.signed_in import SignedInPerson, connecting_is_open, person
from wording import ago, possessive

dashboard = Blueprint("dashboard", __name__)

_UPCOMING = 6
# How many of the person's other appointments today are shown.
_BESIDE = 8


@dataclass(frozen=True)
class FirstStep:
    label: str
    url: str
    done: bool


class Attention(NamedTuple):
    """Something to do about an interview: what is wrong, and the one thing that helps."""

    interview: InterviewRow
    words: str
    label: str
    url: str


@dashboard.get("/")
def home() -> ResponseReturnValue:
    user, now = person(), utc_now()
    schedules = may_anywhere(user.role, Action.SCHEDULE)
    week, first_steps = _numbers(user, now)
    found = reading.today_and_later(user, *_day_around(user, now), limit=_UPCOMING)
    return render_template(
        "dashboard/home.html",
        **_day(user, found.today, now),
        upcoming=found.later,
        attention=list(_attention(user)) if schedules else [],
        drafts=open_drafts(user) if schedules else [],
        week=week,
        first_steps=first_steps,
    )


@dashboard.get("/today")
def today() -> ResponseReturnValue:
    """Today's part of the page, which updates on its own. `version` is what the page already shows."""
    if not htmx.is_htmx():
        return htmx.go_to(url_for("dashboard.home"))
    user, now = person(), utc_now()
    shown = _day(user, reading.todays(user, *_day_around(user, now)), now)
    if request.args.get("version") == shown["day"].version:
        return htmx.nothing_new()
    return htmx.varies(make_response(render_template("dashboard/_today.html", **shown)))


def _day_around(user: SignedInPerson, now: datetime) -> tuple[datetime, datetime]:
    """When the reader's day begins and ends."""
    return _begins(user, now), _begins(user, now, days=1)


def _day(user: SignedInPerson, rows: tuple[TodaysRow, ...], now: datetime) -> dict[str, Day]:
    others = own_events(user, day_in(now, user.timezone), user.timezone, now, limit=_BESIDE)
    # Someone who sees an interview sees its link too, or no links at all: only the role decides.
    sees_link = bool(is_settled(user, Action.SEE_JOIN_LINK))
    return {"day": day_of(rows, others, now, user.timezone, sees_link=sees_link)}


def _attention(user: SignedInPerson) -> Iterator[Attention]:
    for row in reading.needing_attention(user):
        interview, page = row.interview, url_for("interviews.detail", interview_id=row.interview.id)
        if row.request is not None:
            yield from _about_request(interview, row.request, page)
        elif row.asked_at is not None:
            words = f"{interview.candidate_name} asked for another time {ago(utc_now() - row.asked_at)}"
            yield Attention(interview, words, "Answer", page)
        if row.lacks_link:
            repair = url_for("interviews.repair", interview_id=interview.id)
            yield Attention(interview, "No meeting link yet", "Add a link", repair)
        if row.refused_candidate:
            edit = url_for("hiring.edit_candidate", candidate_id=interview.candidate_id)
            words = f"{possessive(interview.candidate_name)} email address was refused"
            yield Attention(interview, words, "Correct the address", edit)
        if row.refused_others:
            yield Attention(interview, "An email could not be delivered", "Send it again", page)


def _about_request(interview: InterviewRow, asked: TimeRequest, page: str) -> Iterator[Attention]:
    """What the team owes a candidate who is asked to choose a time, and since when."""
    name, now = interview.candidate_name, utc_now()
    other_times = url_for("interviews.other_times", interview_id=interview.id)
    if asked.picked_at is not None:
        yield Attention(interview, f"{name} chose a time {ago(now - asked.picked_at)}", "Schedule", page)
    elif asked.none_fit_at is not None:
        words = f"None of the times work for {name}, they said {ago(now - asked.none_fit_at)}"
        yield Attention(interview, words, "Answer", page)
    elif asked.is_expired:
        words = f"{possessive(name)} link to choose a time has expired, asked {ago(now - asked.asked_at)}"
        if asked.is_nothing_left:
            yield Attention(interview, words, "Offer other times", other_times)
        else:
            yield Attention(interview, words, "Send again", page)
    elif asked.expires_at <= now + ENDS_SOON:
        words = f"{name} has one day or less to choose a time, asked {ago(now - asked.asked_at)}"
        yield Attention(interview, words, "Offer other times", other_times)


def _begins(user: SignedInPerson, now: datetime, *, days: int = 0) -> datetime:
    """When the day that many days from now begins for this reader."""
    return start_of_day(day_in(now, user.timezone) + timedelta(days=days), user.timezone)


def _numbers(user: SignedInPerson, now: datetime) -> tuple[Week, list[FirstStep]]:
    """This week's numbers, and what a new team does first; one statement has both."""
    since_monday = day_in(now, user.timezone).weekday()
    begins, ends = (_begins(user, now, days=days - since_monday) for days in (0, 7))
    [row] = rows_of(_counting(user.role), week_parameters(user, begins, ends))
    return Week._make(row[: len(Week._fields)]), _first_steps(user, row)


@cache
def _counting(role: Role) -> Query:
    return sa.select(
        *week_columns(role),
        # Whether there are any of each: one row of each is enough.
        sa.exists().where(Connection.app.in_(_apps_that_host())).label("connections"),
        sa.select(Job.id).exists().label("jobs"),
        sa.select(Candidate.id).exists().label("candidates"),
        sa.select(Interview.id).exists().label("interviews"),
    )


def _apps_that_host() -> list[str]:
    """The keys of the apps on whose accounts meetings are made."""
    return [spec.key for spec in available() if spec.meetings]


def _first_steps(user: SignedInPerson, begun: Any) -> list[FirstStep]:
    """What a new team does first; empty once everything is done, and for people who could not do it."""
    if scope_of(user.role, Action.MANAGE_JOBS) is not Scope.ALL:
        return []
    steps = []
    if may_anywhere(user.role, Action.CONNECT_APPS, connecting_is_open=connecting_is_open()):
        set_up = services().connections.clients
        labels = [label_of(app) for app in _apps_that_host() if app in set_up] or [DEFAULT.label]
        label = f"Connect {' or '.join(labels)}"
        steps.append(FirstStep(label, url_for("connected_apps.index"), begun.connections))
    steps += [
        FirstStep("Add a job", url_for("hiring.new_job"), begun.jobs),
        FirstStep("Add a candidate", url_for("hiring.new_candidate"), begun.candidates),
        FirstStep("Schedule an interview", url_for("schedule_interview.pick"), begun.interviews),
    ]
    return [] if all(step.done for step in steps) else steps
