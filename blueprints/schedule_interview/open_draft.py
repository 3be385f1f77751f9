"""The draft that an address names; and the pages for drafts that are gone, used, or newer than the form."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import htmx
from accounts.permissions import Action, Scope, scope_of
from blueprints.schedule_interview import views
from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.forms.details import DetailsForm
from blueprints.schedule_interview.pages import BY_KEY
from extensions import db
from hiring import files, queries
from models import Interview, InterviewStatus
from scheduling.drafts import drafts, starting
from scheduling.drafts.attachments import MOST_FILES
from scheduling.errors import (
    DraftExpiredError,
    DraftGoneError,
    DraftReplacedError,
    DraftStaleError,
    DraftUsedError,
)
from services import services
from web.received_files import NOTHING, Received, receive, sent_files, with_copy
from web.signed_in import actor


def open_dialog(draft_id: str, received: Received = NOTHING) -> Dialog:
    """The draft with everything that its steps need. Raises the errors of `drafts.find`."""
    user = actor()
    draft = drafts.find(user, draft_id)
    may_see_everyone = scope_of(user.role, Action.SCHEDULE) is Scope.ALL
    if not may_see_everyone and queries.candidate(user, draft.candidate_id, Action.SCHEDULE) is None:
        # This person may no longer see the candidate, and an older draft must not show them.
        raise DraftGoneError(draft_id)
    return Dialog(user, draft, services().rules, received)


def _open_with_files(draft_id: str, step: str) -> Dialog:
    """The draft, with the files that came for it. They are written to the disk between two transactions:
    after checking that this person may send them and that no one else has saved the draft since, but before
    anything is stored.
    """
    dialog = open_dialog(draft_id)
    if step != DetailsForm.key or request.method != "POST":
        return dialog
    form = DetailsForm()
    picked = form.attach.data
    if not (sent_files() or picked) or form.opened_on != dialog.draft.version:
        return dialog
    theirs = files.of_candidate(dialog.actor, dialog.draft.candidate_id) if picked else []
    row = next((each for each in theirs if each.id == picked), None)
    if row is not None:
        # Read once more below, when the database must not be asked.
        db.session.expunge(row)
    db.session.rollback()
    received = receive(MOST_FILES)
    return open_dialog(draft_id, with_copy(received, row) if row is not None else received)


def with_dialog(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Pass the draft's dialog to the view, and respond for drafts that cannot continue."""

    @wraps(view)
    def found(draft_id: str, **options: Any) -> ResponseReturnValue:
        step = str(options.get("step", ""))
        try:
            try:
                return view(_open_with_files(draft_id, step), **options)
            except DraftStaleError:
                db.session.rollback()
                if htmx.is_htmx():
                    # A part of a page has no room for both versions; the page's own form shows them.
                    return htmx.nothing_new()
                # Looked up again, because the change that made this form stale may also have used the draft.
                return _stale(open_dialog(draft_id), step)
        except (DraftGoneError, DraftUsedError) as error:
            db.session.rollback()
            if htmx.is_htmx():
                # A piece of a page that is still open has nothing to show; the page's form will say why.
                return htmx.nothing_new()
            return _used(error, step) if isinstance(error, DraftUsedError) else _gone(error, step)

    return found


def _stale(dialog: Dialog, key: str) -> ResponseReturnValue:
    """The draft was saved since this form was opened: continue if by the same form, otherwise show both."""
    page = BY_KEY[key]
    posted = dialog.posted(page.form_class)
    sent, differences = posted.answers(), page.differences(dialog, posted)
    if page.asks and sent == dialog.draft.payload.get(key) and not differences:
        return redirect(dialog.address(views.next_step(dialog, page)), 303)
    yours = [*posted.in_words(sent), *((label, yours) for label, _, yours in differences)]
    saved = [
        *dialog.saved(page.form_class).in_words(sent),
        *((label, saved) for label, saved, _ in differences),
    ]
    shown = render_template(
        "schedule_interview/stale.html",
        dialog=dialog,
        step=page,
        yours=yours if page.asks else [],
        saved=saved if page.asks else [],
        sent_again=views.sent_again(dialog) if page.asks else [],
        has_files=bool(sent_files()),
    )
    return shown, 409


def _used(error: DraftUsedError, key: str) -> ResponseReturnValue:
    address = url_for("interviews.detail", interview_id=error.interview_id) if error.interview_id else None
    here = BY_KEY.get(key)
    if request.method == "POST" and (here is None or not here.asks) and address:
        # A second click on the same button: show what the first one made.
        return redirect(address, 303)
    became = db.session.get(Interview, error.interview_id) if error.interview_id else None
    is_requested = became is not None and became.status is InterviewStatus.REQUESTED
    page = render_template(
        "schedule_interview/used.html",
        interview_url=address,
        is_requested=is_requested,
        typed=views.typed(key),
    )
    return page, 409 if request.method == "POST" else 200


def _gone(error: DraftGoneError, key: str) -> ResponseReturnValue:
    if isinstance(error, DraftReplacedError):
        return _replaced(error, key)
    expired_for = None
    if isinstance(error, DraftExpiredError):
        expired_for = queries.candidate(actor(), error.candidate_id, Action.SCHEDULE)
    page = render_template("schedule_interview/gone.html", expired_for=expired_for, typed=views.typed(key))
    return page, 404


def _replaced(error: DraftReplacedError, key: str) -> ResponseReturnValue:
    """The person started over in another tab, or pressed the button twice."""
    newer = starting.successor_of(actor(), error.draft_id)
    if newer is not None and request.form.get("direction") == "start-over":
        return redirect(views.where_to_go_on(newer, was_there=False), 303)
    page = render_template("schedule_interview/replaced.html", newer=newer, typed=views.typed(key))
    return page, 409 if request.method == "POST" else 404
