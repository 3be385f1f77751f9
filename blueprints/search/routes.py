"""The search in the top bar: its results, and what it suggests while someone is typing."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

import htmx
from hiring.search import SUGGESTED, find, is_too_short
from scheduling.reading.days import day_in
from timezones import utc_now
from web.lists import asked_text
from web.signed_in import person

search = Blueprint("search", __name__)


@search.get("/search")
def results() -> ResponseReturnValue:
    user, text = person(), asked_text()
    return render_template(
        "search/results.html",
        searched=text,
        found=find(user, text) if text else None,
        today=day_in(utc_now(), user.timezone),
    )


@search.get("/search/suggestions")
def suggestions() -> ResponseReturnValue:
    """The piece below the field, for the script that asks for it; otherwise the page of results."""
    user, text = person(), asked_text()
    if not htmx.is_htmx():
        return htmx.go_to(url_for("search.results", q=text or None))
    html = render_template(
        "search/_suggestions.html",
        searched=text,
        found=None if is_too_short(text) else find(user, text, most=SUGGESTED, with_people=False),
        today=day_in(utc_now(), user.timezone),
    )
    return htmx.varies(make_response(html))
