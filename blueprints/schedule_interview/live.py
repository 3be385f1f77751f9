"""The part of the dialog that brings itself up to date: whose account will host."""

from __future__ import annotations

from flask import abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

import htmx
from blueprints.schedule_interview import views
from blueprints.schedule_interview.routes import find_dialog, schedule_interview
from scheduling.drafts import STEPS
from scheduling.errors import DraftGoneError, DraftUsedError
from scheduling.hosting_version import hosting_version


@schedule_interview.get("/schedule/<draft_id>/hosting")
def hosting(draft_id: str) -> ResponseReturnValue:
    """The hosting of the first step, or nothing when it is as `seen`. What is typed around it is not asked
    for and not touched."""
    if not htmx.is_htmx():
        return htmx.go_to(url_for("schedule_interview.step", draft_id=draft_id, step=STEPS[0]))
    # Before the draft is looked at, whosever it is: that nobody's account has changed is no secret.
    if request.args.get("seen") == hosting_version():
        return htmx.nothing_new()
    try:
        context = views.hosting_context(find_dialog(draft_id))
    except (DraftGoneError, DraftUsedError):
        abort(404)
    return htmx.varies(make_response(render_template("schedule_interview/_hosting.html", **context)))
