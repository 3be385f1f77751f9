"""The interviews of a month."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from blueprints.calendar_page.months import days_of, month_of, read_month, span_of
from scheduling.reading.lists import CALENDAR_LIMIT, between
from timezones import utc_now
from web.signed_in import person

calendar_page = Blueprint("calendar_page", __name__)


@calendar_page.get("/calendar")
def index() -> ResponseReturnValue:
    """A month that cannot be read is the current one."""
    user, now = person(), utc_now()
    this_month = month_of(now, user.timezone)
    month = read_month(request.args.get("month", "")) or this_month
    start, end = span_of(month, user.timezone)
    span = between(user, start, end)
    days = days_of(month, span.interviews, now, user.timezone)
    return render_template(
        "calendar_page/month.html",
        month=month,
        this_month=this_month,
        previous=month.moved(-1),
        next=month.moved(1),
        days=days,
        is_empty=not any(day.interviews for day in days),
        is_cut=span.is_cut,
        most=CALENDAR_LIMIT,
        zone_name=user.timezone,
    )
