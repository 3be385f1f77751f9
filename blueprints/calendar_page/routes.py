"""The calendar: its views, which sources they show, and having connected calendars read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.permissions import Action, may_anywhere
from blueprints.calendar_page import agenda, feed, hours, lists, months, side, sources
from blueprints.calendar_page.asked import Asked, View, asked_whose, may_look_at_others
from blueprints.calendar_page.months import read_month
from blueprints.calendar_page.pages import Page
from connections.catalogue import label_of
from extensions import db
from hiring.choices import jobs_to_choose_from, people_to_choose_from
from scheduling.outside.sync import ask_now
from scheduling.reading.calendar import OURS, Of, may_see_busy_times
from scheduling.reading.calendar_sources import connected_calendars
from timezones import in_zone, utc_now
from web.calendar_choices import keep_choices, read_choices
from web.notices import say
from web.signed_in import actor, current_organization, person
from web.times import day_in
from wording import listed

calendar_page = Blueprint("calendar_page", __name__)
feed.register(calendar_page)

_VIEWS = {
    View.DAY: hours.draw,
    View.WEEK: hours.draw,
    View.MONTH: months.draw,
    View.AGENDA: agenda.draw,
    View.LIST: lists.draw,
}
# How the browsers of phones call themselves.
_PHONE = "Mobi"


@calendar_page.get("/calendar")
def index() -> ResponseReturnValue:
    """Today, in the view that was used last. An older address that names a month leads to that month."""
    month = read_month(request.args.get("month", ""))
    if month is not None:
        on = date(month.year, month.number, 1).isoformat()
        return redirect(url_for("calendar_page.view", view=View.MONTH.value, on=on), 302)
    return _show(_usual_view(), in_zone(utc_now(), person().timezone).date())


@calendar_page.get(f"/calendar/<any({','.join(View)}):view>/<on>")
def view(view: str, on: str) -> ResponseReturnValue:
    """A view of the day, or of the week or month that the day belongs to. It is shown again next time."""
    day = day_in(on) or abort(404)
    keep_choices(replace(read_choices(), view=view))
    return _show(View(view), day)


@calendar_page.post("/calendar/sources")
def switch() -> ResponseReturnValue:
    """Show a source, or hide it, in this browser."""
    choices, source = read_choices(), request.form.get("source", "")
    if source != OURS and source not in {each.app for each in connected_calendars(person(), utc_now())}:
        abort(404)
    keep_choices(replace(choices, hidden=choices.hidden ^ {source}))
    return redirect(_back(), 303)


@calendar_page.post("/calendar/refresh")
def refresh() -> ResponseReturnValue:
    """Have one's own connected calendars read now."""
    asked = ask_now(actor())
    db.session.commit()
    if asked.reading:
        say(f"Reading {listed([label_of(app) for app in asked.reading])} now. Reload the page in a moment.")
    elif asked.just_asked:
        say("Your calendars were asked for a moment ago. Try again in half a minute.", "info")
    else:
        say("You have no connected calendar that can be read.", "warning")
    return redirect(_back(), 303)


def _usual_view() -> View:
    """The one used last; at first, on a phone, the agenda, which needs no width."""
    kept = read_choices().view
    if kept in set(View):
        return View(kept)
    return View.AGENDA if _PHONE in request.user_agent.string else View.WEEK


def _back() -> str:
    """The page of the calendar from which a button was pressed."""
    there = request.form.get("back", "")
    return there if there.startswith("/calendar/") else url_for("calendar_page.index")


def _show(shown: View, on: date) -> ResponseReturnValue:
    reader, now, here = person(), utc_now(), current_organization()
    asked = Asked(shown, on, asked_whose(reader))
    calendars = connected_calendars(reader, now)
    of_another = asked.whose.of is Of.PERSON and may_see_busy_times(reader, asked.whose.id or 0)
    found = sources.sources_of(current_app.config["APP_NAME"], calendars, read_choices().hidden)
    page = Page(
        reader=reader,
        asked=asked,
        zone=reader.timezone,
        now=now,
        first_weekday=here.first_weekday if here is not None else 0,
        # A colleague's calendars may be others than one's own.
        sources=frozenset(each.key for each in found if each.is_shown)
        | (frozenset(sources.of_anyone()) - read_choices().hidden if of_another else frozenset()),
        may_add=may_anywhere(reader.role, Action.SCHEDULE),
    )
    drawn = _VIEWS[shown](page)
    looks_at_others = may_look_at_others(reader.role)
    return render_template(
        "calendar_page/page.html",
        page=page,
        asked=asked,
        drawn=drawn,
        views=tuple(View),
        sources=found,
        upcoming=side.upcoming_today(page, drawn, [each.key for each in found]),
        small=side.small_month(page, drawn.first, drawn.last),
        jobs=jobs_to_choose_from(reader, asked.whose.id if asked.whose.of is Of.JOB else None)
        if looks_at_others
        else (),
        people=people_to_choose_from() if looks_at_others else (),
        drawing_of=sources.drawing_of,
        zone_name=reader.timezone,
        **drawn.values,
    )
