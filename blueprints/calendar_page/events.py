"""Custom events: adding, showing, changing and removing them. Each page leads back to the view from which
someone came (`coming_back.py`)."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from blueprints.calendar_page.coming_back import back_to, came_from
from blueprints.calendar_page.event_forms import EventForm
from extensions import db
from hiring import queries
from hiring.queries import OpenJob
from models import CustomEvent, CustomEventKind, User
from scheduling.errors import SchedulingError
from scheduling.events import commands, reach
from scheduling.reading.own_interviews import interviews_between
from timezones import in_zone, utc_now
from web.notices import say
from web.signed_in import actor
from web.still_planned import say_with_planned, stay_as_planned
from web.times import day_in, instant_in


def new_event() -> ResponseReturnValue:
    """An empty form, which `?on=2026-12-01`, `?at=2026-12-01T09:00Z` and `?job=3` fill in."""
    user, form = actor(), EventForm()
    form.timezone = user.timezone
    _offer(form, user, None)
    if not form.is_submitted():
        today = in_zone(utc_now(), user.timezone).date()
        on = day_in(request.args.get("on", ""))
        job = request.args.get("job", "")
        offered = {choice.value for choice in form.job.choices} if "job" in form else set()
        form.begin_with(
            on or today, instant_in(request.args.get("at", "")), int(job) if job and job in offered else None
        )
        return _form_page(form, None)
    if not form.validate():
        return _form_page(form, None), 422
    try:
        event = commands.add(user, form.wanted(), form.form_id.data)
    except SchedulingError as error:
        db.session.rollback()
        form.refuse(error.field, error.words)
        return _form_page(form, None), 422
    title, where = event.title, _back_to(event)
    db.session.commit()
    _say(f"Added: {title}.", event)
    return redirect(where, 303)


def event(event_id: int) -> ResponseReturnValue:
    """The form, for people who may change the event; others who see it can only read it."""
    found = _found(event_id)
    user = actor()
    if not reach.may_change(user, found):
        if request.method == "POST":
            abort(403)
        return render_template(
            "calendar_page/event.html", event=found, when=in_words(found), back=_back_to(found)
        )
    form = EventForm()
    form.timezone = found.timezone
    _offer(form, user, found)
    if not form.is_submitted():
        form.fill(found)
        return _form_page(form, found)
    if not form.validate():
        return _form_page(form, found), 422
    try:
        is_changed = commands.change(user, found, form.wanted())
    except SchedulingError as error:
        db.session.rollback()
        form.refuse(error.field, error.words)
        return _form_page(form, _found(event_id)), 422
    where = _back_to(found)
    db.session.commit()
    if is_changed:
        _say("Saved.", found)
    else:
        say("Nothing to save.")
    return redirect(where, 303)


def remove_event(event_id: int) -> ResponseReturnValue:
    """Asks first, because it cannot be brought back."""
    found, user = _found(event_id), actor()
    if not reach.may_change(user, found):
        abort(403)
    if request.method == "GET":
        return render_template(
            "calendar_page/remove_event.html", event=found, when=in_words(found), came_from=came_from()
        )
    title, where = found.title, _back_to(found)
    commands.remove(user, found)
    db.session.commit()
    say(f"Removed: {title}.")
    return redirect(where, 303)


def _say(words: str, event: CustomEvent) -> None:
    """A message about what was done, and about the person's own interviews in the time that they blocked."""
    user, is_blocked = actor(), event.kind is CustomEventKind.BLOCKED
    planned = interviews_between(user, event.starts_at, event.ends_at) if is_blocked else []
    if planned:
        words = f"{words} {stay_as_planned(len(planned), 'then')}"
    say_with_planned(words, planned, user.timezone, url_for("interviews.index", who=user.id))


def in_words(event: CustomEvent) -> str:
    """When an event is, in the zone in which it was meant: `1 December 2026, 09:00 to 10:30`."""
    if event.first_day is not None and event.last_day is not None:
        first, last = _day(event.first_day), _day(event.last_day)
        return first if first == last else f"{first} to {last}"
    begin, end = (in_zone(instant, event.timezone) for instant in (event.starts_at, event.ends_at))
    until = f"{end:%H:%M}" if end.date() == begin.date() else f"{_day(end.date())}, {end:%H:%M}"
    return f"{_day(begin.date())}, {begin:%H:%M} to {until}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _found(event_id: int) -> CustomEvent:
    return reach.seen_event(actor(), event_id) or abort(404)


def _back_to(event: CustomEvent) -> str:
    """Where this person came from, otherwise the day of the event, or the one on which it begins for them."""
    return back_to(event.first_day or in_zone(event.starts_at, actor().timezone).date())


def _offer(form: EventForm, user: User, event: CustomEvent | None) -> None:
    has_kinds = reach.plans_interview_days(user)
    jobs: list[OpenJob] = []
    if has_kinds and (event is None or event.kind is CustomEventKind.INTERVIEW_DAY):
        jobs = queries.open_jobs_to_choose(user, Action.SEE)
        if event is not None and event.job is not None and event.job_id not in {job.id for job in jobs}:
            jobs = [*jobs, OpenJob(event.job.id, event.job.title)]
    kind = event.kind if event is not None else CustomEventKind.BLOCKED
    form.offer(jobs, has_kinds=has_kinds, is_new=event is None, kind=kind)


def _form_page(form: EventForm, event: CustomEvent | None) -> str:
    back = _back_to(event) if event is not None else came_from() or url_for("calendar_page.index")
    return render_template(
        "calendar_page/event_form.html",
        form=form,
        event=event,
        has_kinds="kind" in form,
        zone_name=form.timezone,
        back=back,
        came_from=came_from(),
    )


def register(blueprint: Blueprint) -> None:
    """Add these pages to the calendar's blueprint."""
    blueprint.route("/calendar/events/new", methods=["GET", "POST"])(new_event)
    blueprint.route("/calendar/events/<int:event_id>", methods=["GET", "POST"])(event)
    blueprint.route("/calendar/events/<int:event_id>/remove", methods=["GET", "POST"])(remove_event)
