"""Buttons of the dialog's pages that do one thing and show the same page again, or say why they could not.

The value they act on follows their name: `toggle-slot 09:30`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeGuard

from flask import request

from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.forms.attendees import AttendeesForm
from blueprints.schedule_interview.forms.base import StepForm
from blueprints.schedule_interview.forms.date_time import DateTimeForm
from blueprints.schedule_interview.pages.date_time import DATE_TIME
from scheduling.drafts import drafts
from web.notices import say

# Does it, and says whether it could: otherwise the reason is beside a field of the form.
Staying = Callable[[Dialog, StepForm], bool]


def button_in(sent: Mapping[str, str]) -> Staying | None:
    """What the button does that sent a form, if it is one of these."""
    return _STAYING.get(sent.get("direction", "").partition(" ")[0])


def _choose_job(dialog: Dialog, form: StepForm) -> bool:
    """The page is then filled in from the last interview on that job, except for what was already typed."""
    dialog.keep(form)
    return True


def _forget(dialog: Dialog, form: StepForm) -> bool:
    """Show the saved answers again instead of what was typed since."""
    drafts.keep_typed(dialog.draft, form.opened_on, form.key, {})
    return True


def _add_me(dialog: Dialog, form: StepForm) -> bool:
    """Take part in the interview, from the page that says who would be missing."""
    dialog.keep(form)
    if dialog.is_saved(AttendeesForm):
        dialog.add_actor(form.opened_on)
        say("You'll take part in this interview.", "info")
    return True


def _move_to(dialog: Dialog, form: StepForm) -> bool:
    """Take a time at which everyone who is selected is free."""
    dialog.keep(form)
    if dialog.is_saved(DateTimeForm):
        dialog.move_to(form.opened_on, _what_with())
    return True


def _add_slot(dialog: Dialog, form: StepForm) -> bool:
    """Let the candidate choose the time that is filled in."""
    if _has_slots(form) and not form.add():
        return False
    dialog.keep(form)
    return True


def _toggle_slot(dialog: Dialog, form: StepForm) -> bool:
    """Let the candidate choose a free time, or not anymore."""
    if _has_slots(form) and not form.toggle(_what_with()):
        return False
    dialog.keep(form)
    return True


def _remove_slot(dialog: Dialog, form: StepForm) -> bool:
    """Take a time out of the list, from its page or from the one that says who would be busy then."""
    if _has_slots(form):
        form.remove(_what_with())
        dialog.keep(form)
    else:
        dialog.keep(form)
        dialog.remove_slot(form.opened_on, _what_with())
    return True


def _suggest_slots(dialog: Dialog, form: StepForm) -> bool:
    """Let the candidate choose free times on the next days."""
    if _has_slots(form) and not DATE_TIME.add_suggested(dialog, form):
        say("Found no more days on which everyone is free. Add times yourself.", "info")
    dialog.keep(form)
    return True


def _has_slots(form: StepForm) -> TypeGuard[DateTimeForm]:
    return isinstance(form, DateTimeForm) and form.offers_slots


def _what_with() -> str:
    """What follows the name of the button that was pressed."""
    return request.form.get("direction", "").partition(" ")[2]


_STAYING: Mapping[str, Staying] = {
    "choose-job": _choose_job,
    "forget": _forget,
    "add-me": _add_me,
    "move-to": _move_to,
    "add-slot": _add_slot,
    "toggle-slot": _toggle_slot,
    "remove-slot": _remove_slot,
    "suggest-slots": _suggest_slots,
}
