"""Settings → Availability: when someone takes interviews, and how many."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.settings.availability_forms import COPY_MONDAY, DAYS, AvailabilityForm, OtherDaysForm
from extensions import db
from scheduling.availability import keeping
from scheduling.availability.hours import OtherDays
from scheduling.reading.own_interviews import interviews_on
from timezones import in_zone, utc_now
from web.notices import say
from web.signed_in import actor
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
    said = keeping.availability_of(user)
    changed = keeping.change(user, form.availability(said.other_days))
    db.session.commit()
    say("Saved." if changed else "Nothing to save.")
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
    number = len(interviews_on(user, days))
    if number:
        stays = "an interview then. It stays" if number == 1 else f"{number} interviews then. They stay"
        say(f"Added {in_words(days)}. You have {stays} as planned.", "warning")
    else:
        say(f"Added {in_words(days)}.")
    # What is said stands at the top, and only this has to be seen.
    return redirect(url_for("settings.availability", _anchor="messages" if number else "other-days"), 303)


def remove_days(first: str) -> ResponseReturnValue:
    on = day_in(first)
    removed = keeping.remove_days(actor(), on) if on is not None else None
    db.session.commit()
    if removed is not None:
        say(f"Removed {in_words(removed)}.")
    else:
        say("That was removed already.", "info")
    return redirect(url_for("settings.availability", _anchor="other-days"), 303)


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
