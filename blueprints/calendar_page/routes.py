"""The interviews of a month."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from blueprints.calendar_page import events, feed, refreshing
from blueprints.calendar_page.months import AHEAD, days_of, month_of, read_month, shown_days, span_of
from scheduling.reading.lists import CALENDAR_LIMIT, between
from timezones import utc_now
from web.signed_in import person

calendar_page = Blueprint("calendar_page", __name__)
feed.register(calendar_page)
events.register(calendar_page)
refreshing.register(calendar_page)


@calendar_page.get("/calendar")
def index() -> ResponseReturnValue:
    """A month that cannot be read is the current one. Where no month is chosen, a phone lists the next days
    instead, whichever months they are in."""
    user, now = person(), utc_now()
    this_month, chosen = month_of(now, user.timezone), read_month(request.args.get("month", ""))
    month, is_ahead = chosen or this_month, chosen is None
    on = shown_days(month, now, user.timezone, with_ahead=is_ahead)
    start, end = span_of(on, user.timezone)
    span = between(user, start, end)
    days = days_of(month, on, span.interviews, now, user.timezone)
    return render_template(
        "calendar_page/month.html",
        month=month,
        this_month=this_month,
        previous=month.moved(-1),
        next=month.moved(1),
        days=days,
        is_empty=not any(day.interviews for day in days if not day.is_beyond),
        is_ahead=is_ahead,
        ahead=AHEAD,
        nothing_ahead=not any(day.interviews for day in days if day.is_ahead),
        is_cut=span.is_cut,
        most=CALENDAR_LIMIT,
        zone_name=user.timezone,
    )
