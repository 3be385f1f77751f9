"""The search in the top bar: its results, and what it suggests while someone is typing."""

from __future__ import annotations

from flask import Blueprint, jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

import htmx
from hiring.misspelled import Among, candidate_names_meant, teammates_meant
from hiring.search import SUGGESTED, find, is_too_short
from scheduling.reading.days import day_in
from scheduling.reading.meant import asked_for
from timezones import utc_now
from web.lists import asked_text
from web.signed_in import person

search = Blueprint("search", __name__)


@search.get("/search")
def results() -> ResponseReturnValue:
    user, text = person(), asked_text()
    today = day_in(utc_now(), user.timezone)
    asked = asked_for(text, today)
    return render_template(
        "search/results.html",
        searched=text,
        asked=asked,
        found=find(user, text, may_guess=asked is None) if text else None,
        today=today,
    )


@search.get("/search/names")
def names() -> ResponseReturnValue:
    """Who may be meant by a name that a list on the page does not have: on the team, or of the candidates
    with whom one may schedule an interview (`of`). For the script that looks through the list itself."""
    text, of = asked_text(), request.args.get("of", "")
    if of == "team":
        return jsonify(teammates_meant(text))
    return jsonify(candidate_names_meant(person(), text, Among.TO_SCHEDULE))


@search.get("/search/suggestions")
def suggestions() -> ResponseReturnValue:
    """The piece below the field, for the script that asks for it; otherwise the page of results."""
    user, text = person(), asked_text()
    if not htmx.is_htmx():
        return htmx.go_to(url_for("search.results", q=text or None))
    today = day_in(utc_now(), user.timezone)
    asked, found = asked_for(text, today), None
    if not is_too_short(text):
        found = find(user, text, most=SUGGESTED, with_people=False, may_guess=asked is None)
    html = render_template("search/_suggestions.html", searched=text, asked=asked, found=found, today=today)
    return htmx.varies(make_response(html))
