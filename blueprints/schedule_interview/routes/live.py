"""The parts of the dialog's pages that have addresses of their own: who hosts, what goes with a time, a
mail."""

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
    """Put these parts of pages on the blueprint."""
    blueprint.add_url_rule("/schedule/<draft_id>/hosting", view_func=hosting)
    blueprint.add_url_rule("/schedule/<draft_id>/date-time/look", view_func=look_at_time)
    blueprint.add_url_rule("/schedule/<draft_id>/letters/<int:number>", view_func=letter_frame)


def hosting(draft_id: str) -> ResponseReturnValue:
    """The hosting of the first step, or nothing when it is as `seen`. What is typed around it is not asked
    for and not touched."""
    if not htmx.is_htmx():
        return htmx.go_to(url_for("schedule_interview.step", draft_id=draft_id, step=SETUP.key))
    # Before the draft is looked at, whosever it is: that nobody's account has changed is no secret.
    if request.args.get("seen") == hosting_version():
        return htmx.nothing_new()
    try:
        dialog = open_dialog(draft_id)
    except (DraftGoneError, DraftUsedError):
        # The page that is still open has nothing to show instead; its own form says why.
        return htmx.nothing_new()
    context = {"draft": dialog.draft, **SETUP.hosting_context(dialog)}
    return htmx.varies(make_response(render_template("schedule_interview/_hosting.html", **context)))


@with_dialog
def look_at_time(dialog: Dialog) -> ResponseReturnValue:
    """What goes beside Date & Time, for the time that is being typed."""
    if not htmx.is_htmx():
        return htmx.go_to(dialog.address(DateTimeForm.key))
    context = DATE_TIME.look(dialog, request.args)
    return htmx.varies(make_response(render_template("schedule_interview/_at_that_time.html", **context)))


@with_dialog
def letter_frame(dialog: Dialog, number: int) -> ResponseReturnValue:
    """One reader's mail as its own page, shut off from the page around it."""
    if dialog.first_incomplete() is not None:
        abort(404)
    letter = preview_of(dialog, dialog.files()).letter(number) or abort(404)
    response = make_response(letter.html)
    response.headers["X-Framed-Mail"] = "yes"
    return response
