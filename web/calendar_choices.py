"""How someone wants to see the calendar, as stored in their browser: the view they used last, and the sources
they have turned off. A cookie, because it belongs to the browser: a phone shows another view than a desk."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from flask import Response, after_this_request, current_app, request

_NAME, _LIFETIME = "calendar", timedelta(days=365)
_WORD = re.compile(r"[a-z][a-z-]{0,30}")


@dataclass(frozen=True)
class CalendarChoices:
    """`view` is "" before one was ever chosen. `hidden` are the sources that are turned off. Both come from
    the browser unchecked: the caller has to know which views and sources there are."""

    view: str = ""
    hidden: frozenset[str] = frozenset()


def read_choices() -> CalendarChoices:
    """The choices in this request's cookie, without any that cannot be read."""
    view, *hidden = request.cookies.get(_NAME, "")[:200].split(".")
    words = [word for word in hidden if _WORD.fullmatch(word)]
    return CalendarChoices(view if _WORD.fullmatch(view) else "", frozenset(words))


def keep_choices(choices: CalendarChoices) -> None:
    """Store these in the browser with the response to this request."""
    if choices == read_choices():
        return

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(
            _NAME,
            ".".join([choices.view, *sorted(choices.hidden)]),
            max_age=_LIFETIME,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response
