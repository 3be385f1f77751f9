"""The calendar: its views, which sources they show, and having connected calendars read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.calendar_page import events, feed, frame, refreshing
from blueprints.calendar_page.asked import View
from blueprints.calendar_page.coming_back import usual_view
from blueprints.calendar_page.months import read_month
from scheduling.reading.calendar import OURS
from scheduling.reading.calendar_sources import connected_calendars
from security import safe_next
from timezones import in_zone, utc_now
from web.calendar_choices import keep_choices, read_choices
from web.signed_in import person
from web.times import day_in

calendar_page = Blueprint("calendar_page", __name__)
feed.register(calendar_page)
events.register(calendar_page)
refreshing.register(calendar_page)


@calendar_page.get("/calendar")
def index() -> ResponseReturnValue:
    """Today, in the view that was used last. An older address that names a month leads to that month."""
    month = read_month(request.args.get("month", ""))
    if month is not None:
        return redirect(url_for("calendar_page.view", view=View.MONTH.value, on=month.first.isoformat()), 302)
    return frame.show(usual_view(), in_zone(utc_now(), person().timezone).date())


@calendar_page.get(f"/calendar/<any({','.join(View)}):view>/<on>")
def view(view: str, on: str) -> ResponseReturnValue:
    """A view of the day, or of the week or month that the day belongs to. It is shown again next time."""
    day: date = day_in(on) or abort(404)
    keep_choices(replace(read_choices(), view=view))
    return frame.show(View(view), day)


@calendar_page.post("/calendar/sources")
def switch() -> ResponseReturnValue:
    """Show a source, or hide it, in this browser, and go back to where the button was (`next`)."""
    choices, source = read_choices(), request.form.get("source", "")
    if source != OURS and source not in {each.app for each in connected_calendars(person(), utc_now())}:
        abort(404)
    keep_choices(replace(choices, hidden=choices.hidden ^ {source}))
    return redirect(safe_next(request.form.get("next")) or url_for("calendar_page.index"), 303)
