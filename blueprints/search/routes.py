"""The results of the search in the top bar."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from hiring.search import find
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
