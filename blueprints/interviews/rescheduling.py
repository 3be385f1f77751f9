"""Moving an interview to another time: one page, which shows what changes before it is confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import htmx
from blueprints.interviews.forms import WORDS_LIMIT, RescheduleForm
from blueprints.interviews.moving_by import steps_from
from blueprints.interviews.to_change import to_change
from blueprints.schedule_interview.forms.clash_tick import TICK_NEEDED
from blueprints.schedule_interview.forms.when import LONGEST, SHORTEST
from blueprints.schedule_interview.panels.around_time import around_time
from blueprints.schedule_interview.panels.clashes import clash_box
from blueprints.schedule_interview.panels.local_times import Person, local_times, someone
from database import read_row_id
from extensions import db
from messaging.wording import period
from models import Interview
from scheduling.availability.hours import OnTheirClock
from scheduling.availability.keeping import clock_of
from scheduling.clashes import clashes_of_change, needs_of_change
from scheduling.commands.change import (
    Change,
    ChangedMeanwhileError,
    NothingChangedError,
    NotScheduledError,
    can_be_changed,
    change_interview,
    mark_of,
)
from scheduling.commands.requested_times import when_in_plan
from scheduling.errors import SchedulingError
from scheduling.free_times import Asked, OnTheTeam
from scheduling.meetings.restoring import time_at_provider
from scheduling.outside.busy import known_of
from scheduling.plans import When, plan_of
from scheduling.roles import attendee_in_words
from services import services
from timezones import is_zone
from web.lists import asked_instant
from web.notices import say, say_it_is_settled
from web.signed_in import actor
from web.times import instant_as_text


@dataclass(frozen=True)
class FromTo:
    """The old and the new time in one zone, and whose zone it is."""

    whose: str
    old: str
    new: str


def reschedule(interview_id: int) -> ResponseReturnValue:
    interview = to_change(interview_id)
    if not can_be_changed(interview):
        return _not_scheduled(interview)
    when = plan_of(interview).when
    asked = asked_instant("at")
    if asked is not None:
        # One that the candidate named, with which something clashes; or to which someone moved the entry in
        # their calendar.
        when = when_in_plan(when, asked)
        minutes = request.args.get("minutes", type=int)
        if minutes is not None and SHORTEST <= minutes <= LONGEST:
            when = replace(when, duration_minutes=minutes)
    typed = datetime.fromisoformat(when.wall_time)
    known = {
        "date": typed.date(),
        "time": typed.time(),
        "duration_minutes": when.duration_minutes,
        "timezone": when.timezone,
        "occurrence": instant_as_text(when.starts_at),
    }
    return _page(interview, _asking(RescheduleForm(formdata=None, data=known)))


def look_at_new_time(interview_id: int) -> ResponseReturnValue:
    """The consequences of a new time, while it is being typed."""
    interview = to_change(interview_id)
    if not htmx.is_htmx():
        return htmx.go_to(url_for("interviews.reschedule", interview_id=interview_id))
    form = _asking(RescheduleForm(formdata=request.args, meta={"csrf": False}))
    form.validate()
    is_typed = form.date.data is not None and form.time.data is not None
    problem = next(iter([*form.date.errors, *form.time.errors]), "") if is_typed else ""
    consequences = _consequences(interview, form, asks_calendars=True)
    context = {**consequences, "form": form, "problem": problem, "out_of_band": True}
    return htmx.varies(make_response(render_template("interviews/_new_time.html", **context)))


def move(interview_id: int) -> ResponseReturnValue:
    interview, form = to_change(interview_id), _asking(RescheduleForm())
    if form.take_from_button(request.form):
        return _page(interview, form)
    if not form.validate():
        return _page(interview, form, 422)
    when = form.when
    assert when is not None, "a valid form has a time"
    if form.shown.data != form.key:
        # Without a script, or before it has run: the consequences are shown first, and nothing is done yet.
        return _page(interview, form)
    plan = replace(plan_of(interview), when=when)
    change = Change(plan, form.seen.data or "", form.words.data or "", form.accepted_clashes.keys)
    try:
        change_interview(actor(), interview, change, services().rules)
    except NotScheduledError:
        db.session.rollback()
        return _not_scheduled(interview)
    except ChangedMeanwhileError:
        db.session.rollback()
        return _page(to_change(interview_id), form, 409, is_changed=True)
    except NothingChangedError:
        db.session.rollback()
        form.time.errors = ["This is the time it has now. Choose another one."]
        return _page(interview, form, 422)
    except SchedulingError as error:
        db.session.rollback()
        form.refuse(error.field, TICK_NEEDED if error.field == "accepted_clashes" else error.words)
        return _page(to_change(interview_id), form, 422)
    db.session.commit()
    return redirect(url_for("interviews.detail", interview_id=interview_id), 303)


def take_providers_time(interview_id: int) -> ResponseReturnValue:
    """The meeting was moved on the provider's own pages: move the interview there too. Its host has already
    decided on the time, so no clashes are asked about."""
    interview = to_change(interview_id)
    when = time_at_provider(interview)
    if when is None:
        say("The meeting is at the interview's time already.", "info")
        return redirect(url_for("interviews.detail", interview_id=interview_id), 303)
    plan = replace(plan_of(interview), when=when)
    accepted = {clash.key for clash in clashes_of_change(plan, interview, interview.hiring_manager, actor())}
    try:
        change_interview(
            actor(), interview, Change(plan, mark_of(interview), accepted_clashes=accepted), services().rules
        )
    except (NotScheduledError, ChangedMeanwhileError, NothingChangedError):
        db.session.rollback()
        return _not_scheduled(interview)
    except SchedulingError as error:
        db.session.rollback()
        say(error.words, "warning")
        return redirect(url_for("interviews.detail", interview_id=interview_id), 303)
    db.session.commit()
    return redirect(url_for("interviews.detail", interview_id=interview_id), 303)


def _asking(form: RescheduleForm) -> RescheduleForm:
    form.keep_asking()
    return form


def _not_scheduled(interview: Interview) -> ResponseReturnValue:
    db.session.refresh(interview)
    say_it_is_settled(interview.status)
    return redirect(url_for("interviews.detail", interview_id=interview.id), 303)


def _page(
    interview: Interview, form: RescheduleForm, status: int = 200, *, is_changed: bool = False
) -> ResponseReturnValue:
    """`is_changed`: someone else has changed the interview since this form was opened. Their changes are
    shown, and the form now applies to the current interview.
    """
    lines = interview.timeline
    known = read_row_id(form.since.data) or 0
    context = {
        **_consequences(interview, form),
        "form": form,
        "problem": "",
        "out_of_band": False,
        "words_limit": WORDS_LIMIT,
        "meanwhile": [line for line in lines if line.id > known] if is_changed else [],
    }
    form.seen.data, form.since.data = mark_of(interview), str(lines[-1].id if lines else 0)
    return render_template("interviews/reschedule.html", **context), status


def _consequences(
    interview: Interview, form: RescheduleForm, *, asks_calendars: bool = False
) -> dict[str, Any]:
    """What belongs beside a form as it is: right, wrong, or half typed. `asks_calendars` as in
    `around_time`."""
    old, new = plan_of(interview).when, form.when
    zone = form.timezone.data if is_zone(form.timezone.data or "") else old.timezone
    is_another = new is not None and new != old
    plan = plan_of(interview)
    people, minutes = _people(interview), form.minutes or old.duration_minutes
    known = [(each, each.clock) for each in people if each.clock is not None]
    asked = Asked(
        needs_of_change(plan, interview, interview.hiring_manager),
        minutes,
        zone,
        team=tuple(
            OnTheTeam(each.user_id, each.name, clock) for each, clock in known if each.user_id is not None
        ),
        others=frozenset(clock for each, clock in known if each.user_id is None),
        own=OnTheirClock(actor().timezone),
    )
    starts_at = new.starts_at if new is not None else None
    around = around_time(
        actor(),
        asked,
        _names(interview),
        form.date.data,
        starts_at,
        read=known_of(plan.user_ids),
        asks_calendars=asks_calendars,
    )
    clashes = around.clashes if is_another else []
    form.shown.data = form.key
    return {
        "interview": interview,
        "candidate": interview.candidate,
        "from_to": [FromTo(whose, _told(old, there), _told(new, there)) for whose, there in _zones(interview)]
        if new is not None and is_another
        else [],
        "clash_box": clash_box(clashes, form.accepted_clashes.keys, zone, on=form.date.data),
        "local_times": local_times(new.starts_at, minutes, zone, people, around.around)
        if new is not None
        else None,
        "times": around.times,
        "steps": steps_from(old.starts_at, zone, starts_at),
        "day": around.day,
        "can_ask": around.can_ask,
        "hosting_warnings": (),
        "offers_slots": False,
    }


def _told(when: When, zone: str) -> str:
    return period(when.starts_at, when.duration_minutes, zone)


def _zones(interview: Interview) -> Iterator[tuple[str, str]]:
    """The zones in which people think of the interview: as it was agreed, the reader's and the candidate's,
    each once."""
    seen = {interview.timezone}
    yield "In the interview's time zone", interview.timezone
    for whose, zone in (("You", actor().timezone), (interview.candidate.name, interview.candidate.timezone)):
        if zone and zone not in seen:
            seen.add(zone)
            yield f"For {whose.lower() if whose == 'You' else whose}", zone


def _names(interview: Interview) -> list[str]:
    """Of those whose time is known: guests have none that could be looked up."""
    attending = [each.name for each in interview.attendees if each.user_id is not None]
    return [interview.candidate.name, interview.hiring_manager.name, *attending]


def _people(interview: Interview) -> list[Person]:
    manager = interview.hiring_manager
    people = [someone(interview.candidate.name, "Candidate", interview.candidate.timezone)]
    people.append(Person(manager.name, "Hiring manager", clock_of(manager), manager.id))
    people += [
        Person(
            each.name,
            attendee_in_words(each.user_id),
            clock_of(each.user) if each.user is not None else None,
            each.user_id,
        )
        for each in interview.attendees
    ]
    return people


def register(blueprint: Blueprint) -> None:
    """Add these pages to the blueprint of interviews."""
    blueprint.get("/<int:interview_id>/reschedule")(reschedule)
    blueprint.get("/<int:interview_id>/reschedule/look")(look_at_new_time)
    blueprint.post("/<int:interview_id>/reschedule")(move)
    blueprint.post("/<int:interview_id>/take-time")(take_providers_time)
