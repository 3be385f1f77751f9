"""Which view someone returns to from a page outside the calendar."""

from __future__ import annotations

from datetime import date

from flask import request, url_for

from blueprints.calendar_page.asked import View
from security import safe_next
from web.calendar_choices import read_choices

# What phone browsers have in their user agents.
_PHONE = "Mobi"


def usual_view() -> View:
    """The one used last; at first, on a phone, the agenda, which needs no width."""
    kept = read_choices().view
    if kept in set(View):
        return View(kept)
    return View.AGENDA if _PHONE in request.user_agent.string else View.WEEK


def came_from() -> str | None:
    """The view from which someone came to this page: `next` in its address, which the forms there keep, or
    the page on which its link was followed. None if neither is one of our addresses.

    The calendar is rendered once for many addresses, so its links don't say which one they are on, but the
    browser does.
    """
    asked = safe_next(request.args.get("next"))
    if asked is not None:
        return asked
    here, page = request.host_url.removesuffix("/"), request.referrer or ""
    views = tuple(f"{here}{url_for('calendar_page.index')}/{view}/" for view in View)
    return safe_next(page.removeprefix(here)) if page.startswith(views) else None


def back_to(on: date) -> str:
    """Where someone came from, otherwise that day in the view that they used last."""
    return came_from() or url_for("calendar_page.view", view=usual_view().value, on=on.isoformat())
