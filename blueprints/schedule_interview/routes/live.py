"""Parts of the dialog's pages with their own addresses: who hosts, what belongs to a time, an email."""

from __future__ import annotations

from flask import Blueprint, abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

import htmx
from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.forms.date_time import DateTimeForm
from blueprints.schedule_interview.open_draft import open_dialog, with_dialog
from blueprints.schedule_interview.pages.date_time import DATE_TIME
from blueprints.schedule_interview.pages.preview import preview_of
from blueprints.schedule_interview.pages.setup import SETUP
from scheduling.errors import DraftGoneError, DraftUsedError
from scheduling.reading.hosting_version import hosting_version


def register(blueprint: Blueprint) -> None:
    """Add these parts of pages to the blueprint."""
    blueprint.add_url_rule("/schedule/<draft_id>/hosting", view_func=hosting)
    blueprint.add_url_rule("/schedule/<draft_id>/date-time/look", view_func=look_at_time)
    blueprint.add_url_rule("/schedule/<draft_id>/letters/<int:number>", view_func=letter_frame)


def hosting(draft_id: str) -> ResponseReturnValue:
    """The first step's part that says who hosts, or nothing if it is still as `seen`. The rest of the page is
    not touched.
    """
    if not htmx.is_htmx():
        return htmx.go_to(url_for("schedule_interview.step", draft_id=draft_id, step=SETUP.key))
    # Before the draft is looked at, no matter whose it is: that no account has changed is no secret.
    if request.args.get("seen") == hosting_version():
        return htmx.nothing_new()
    try:
        dialog = open_dialog(draft_id)
    except (DraftGoneError, DraftUsedError):
        # The open page has nothing to show instead; its own form will say why.
        return htmx.nothing_new()
    context = {"draft": dialog.draft, **SETUP.hosting_context(dialog)}
    return htmx.varies(make_response(render_template("schedule_interview/_hosting.html", **context)))


@with_dialog
def look_at_time(dialog: Dialog) -> ResponseReturnValue:
    """What belongs beside Date & Time, for the time that is being typed."""
    if not htmx.is_htmx():
        return htmx.go_to(dialog.address(DateTimeForm.key))
    context = DATE_TIME.look(dialog, request.args)
    return htmx.varies(make_response(render_template("schedule_interview/_at_that_time.html", **context)))


@with_dialog
def letter_frame(dialog: Dialog, number: int) -> ResponseReturnValue:
    """One reader's email as its own page, isolated from the page around it."""
    if dialog.first_incomplete() is not None:
        abort(404)
    letter = preview_of(dialog, dialog.files()).letter(number) or abort(404)
    response = make_response(letter.html)
    response.headers["X-Framed-Mail"] = "yes"
    return response
