"""The part of the dialog that brings itself up to date: whose account will host."""

from __future__ import annotations

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

import htmx
from blueprints.schedule_interview.open_draft import open_dialog
from blueprints.schedule_interview.routes import schedule_interview
from blueprints.schedule_interview.steps import SETUP
from scheduling.errors import DraftGoneError, DraftUsedError
from scheduling.reading.hosting_version import hosting_version


@schedule_interview.get("/schedule/<draft_id>/hosting")
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
