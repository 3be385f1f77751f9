"""Settings → Availability: when someone takes interviews, and how many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.settings.availability_forms import COPY_MONDAY, DAYS, AvailabilityForm, OtherDaysForm
from extensions import db
from scheduling.availability import keeping
from scheduling.availability.hours import OtherDays
from scheduling.reading.own_interviews import interviews_left_outside, interviews_on
from timezones import in_zone, utc_now
from web.notices import say
from web.signed_in import actor
from web.still_planned import Planned, say_with_planned, stay_as_planned
from web.times import day_in


def availability() -> ResponseReturnValue:
    return _page(AvailabilityForm.of(keeping.availability_of(actor())))


def change_availability() -> ResponseReturnValue:
    form = AvailabilityForm()
    if COPY_MONDAY in request.form:
        form.copy_monday()
        return _page(form)
    if not form.validate():
        return _page(form), 422
    user = actor()
    before = keeping.clock_of(user)
    changed = keeping.change(user, form.availability(before.availability.other_days))
    db.session.commit()
    left = interviews_left_outside(user, before, keeping.clock_of(user)) if changed else []
    say_with_interviews("Saved." if changed else "Nothing to save.", left, "outside these hours")
    return redirect(url_for("settings.availability"), 303)


def add_days() -> ResponseReturnValue:
    user, form = actor(), OtherDaysForm()
    form.today = _today()
    if not form.validate():
        return _page(AvailabilityForm.of(keeping.availability_of(user)), form), 422
    days = form.days()
    try:
        keeping.add_days(user, days, today=form.today)
    except keeping.OverlappingDaysError as error:
        db.session.rollback()
        form.refuse("first", f"You have already entered {in_words(error.days)}. Remove it first.")
        return _page(AvailabilityForm.of(keeping.availability_of(actor())), form), 422
    db.session.commit()
    planned = interviews_on(user, days)
    say_with_interviews(f"Added {in_words(days)}.", planned, "then")
    return _back_to_days(planned)


def remove_days(first: str) -> ResponseReturnValue:
    user, on = actor(), day_in(first)
    before = keeping.clock_of(user)
    removed = keeping.remove_days(user, on) if on is not None else None
    db.session.commit()
    if removed is None:
        say("That was removed already.", "info")
        return _back_to_days()
    left = interviews_left_outside(user, before, keeping.clock_of(user))
    say_with_interviews(f"Removed {in_words(removed)}.", left, "outside your hours now")
    return _back_to_days(left)


def say_with_interviews(words: str, planned: Sequence[Planned], where: str) -> None:
    """Say this to the actor on the next page, with these interviews of theirs, which stay as planned; `where`
    says how they collide with what was changed: `outside your hours now`."""
    user = actor()
    if planned:
        words = f"{words} {stay_as_planned(len(planned), where)}"
    say_with_planned(words, planned, user.timezone, url_for("interviews.index", who=user.id))


def _back_to_days(planned: Sequence[Planned] = ()) -> ResponseReturnValue:
    # The message is at the top, and only that has to be seen.
    return redirect(url_for("settings.availability", _anchor="messages" if planned else "other-days"), 303)


def in_words(days: OtherDays) -> str:
    """Which days these are: `24 December 2026`, `24 December 2026 to 2 January 2027`."""
    first = f"{days.first.day} {days.first:%B %Y}"
    return first if days.last == days.first else f"{first} to {days.last.day} {days.last:%B %Y}"


def _today() -> date:
    return in_zone(utc_now(), actor().timezone).date()


def _page(form: AvailabilityForm, days_form: OtherDaysForm | None = None) -> str:
    user, today = actor(), _today()
    coming = [days for days in keeping.availability_of(user).other_days if days.last >= today]
    return render_template(
        "settings/availability.html",
        form=form,
        days_form=days_form or OtherDaysForm(formdata=None),
        days=DAYS,
        copy_monday=COPY_MONDAY,
        other_days=[(days, in_words(days)) for days in coming],
        zone_name=user.timezone,
    )


def register(blueprint: Blueprint) -> None:
    """Add these pages to the settings' blueprint."""
    blueprint.get("/account/availability")(availability)
    blueprint.post("/account/availability")(change_availability)
    blueprint.post("/account/availability/days")(add_days)
    blueprint.post("/account/availability/days/<first>/remove")(remove_days)
