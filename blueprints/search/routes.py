"""The results of the search in the top bar."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from hiring.search import find, jobs_of
from web.lists import asked_text
from web.signed_in import actor

search = Blueprint("search", __name__)


@search.get("/search")
def results() -> ResponseReturnValue:
    user, text = actor(), asked_text()
    found = find(user, text) if text else None
    return render_template(
        "search/results.html",
        searched=text,
        found=found,
        jobs_of=jobs_of(user, found.candidates) if found else {},
    )
