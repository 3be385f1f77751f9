"""Whom to schedule an interview with if no candidate is open: a popup or, without a script, a page."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue

import htmx
from accounts.row_permissions import Reader
from blueprints.schedule_interview.chosen_time import chosen_time
from hiring.picking import candidates_to_schedule
from phone_numbers import searched_digits
from scheduling.drafts.unfinished import OpenDraft, open_drafts
from scheduling.reading.days import day_in
from timezones import utc_now
from web.lists import asked_text
from web.signed_in import person

# More than anyone leaves unfinished at a time.
_MOST_UNFINISHED = 100


def register(blueprint: Blueprint) -> None:
    """Add the page to the blueprint."""
    blueprint.add_url_rule("/interviews/new", view_func=pick)


def pick() -> ResponseReturnValue:
    """Candidates on open jobs. The button of each one starts the interview, or opens the one that was
    started, with the time that was clicked in the calendar (`chosen_time.py`) if someone comes from there."""
    user, text = person(), asked_text()
    template = "schedule_interview/_pick.html" if htmx.is_htmx() else "schedule_interview/pick.html"
    html = render_template(
        template,
        picks=candidates_to_schedule(user, text),
        text=text,
        chosen=chosen_time(),
        new_candidate=_as_candidate(text),
        today=day_in(utc_now(), user.timezone),
        unfinished=_unfinished(user),
    )
    return htmx.varies(make_response(html))


def _unfinished(user: Reader) -> dict[tuple[int, int | None], OpenDraft]:
    """What the person has begun, by candidate and job: the row's button opens it again."""
    drafts = open_drafts(user, limit=_MOST_UNFINISHED)
    return {(draft.candidate_id, draft.job_id): draft for draft in drafts if not draft.is_change}


def _as_candidate(text: str) -> dict[str, str]:
    """What was typed, as the field of a new candidate that it belongs into."""
    if not text:
        return {}
    field = "email" if "@" in text else "phone" if searched_digits(text) is not None else "name"
    return {field: text}
