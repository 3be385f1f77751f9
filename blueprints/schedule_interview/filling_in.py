"""Saving steps that were never opened, with their initial values, on the way straight to Finalize."""

from __future__ import annotations

from typing import Any

from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.forms.base import StepForm
from blueprints.schedule_interview.pages import BY_KEY
from blueprints.schedule_interview.pages.base import Page
from scheduling.drafts import drafts


def save_the_rest(dialog: Dialog) -> tuple[Page[Any], StepForm] | None:
    """Save what each step shows that Finalize needs and no one has continued with, as Continue there would.

    Returns the first page on which something is wrong, with its form and what is wrong beside its fields;
    the steps before it are saved. None if nothing is wrong. A saved step that is no longer valid is not
    checked: its page says so when it is opened.
    """
    # Made for the draft as it is now, because a dialog remembers what it has checked.
    dialog = Dialog(dialog.actor, dialog.draft, dialog.rules)
    for step in dialog.subject.asking:
        if dialog.is_saved(step):
            continue
        page, form = BY_KEY[step.key], dialog.filled_in(step)
        if not page.holds(dialog, form):
            shown = dialog.shown(step)
            shown.take_errors_of(form)
            return page, shown
        drafts.save_step(dialog.draft, dialog.draft.version, step.key, form.answers())
    return None
