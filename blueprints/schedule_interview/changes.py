"""What became of a choice that was right when it was made, said beside its field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms.fields import SelectChoice

from accounts.permissions import Action
from blueprints.schedule_interview.steps.attendees import AttendeesForm
from blueprints.schedule_interview.steps.base import StepForm
from blueprints.schedule_interview.steps.setup import SetupForm
from extensions import db
from hiring import queries
from models import User
from scheduling.drafts import drafts
from web.row_ids import LARGEST_ROW_ID
from wording import listed

if TYPE_CHECKING:
    from blueprints.schedule_interview.dialog import Dialog

_KEPT = "Everything else is kept."


def say_what_changed(dialog: Dialog, form: StepForm) -> None:
    """Replace what a checker says about a choice that is not offered any more. What else is wrong, such as
    a time that has passed, says its own words."""
    if isinstance(form, SetupForm) and dialog.application is None:
        form.job.errors = [_about_the_job(dialog)]
    if isinstance(form, AttendeesForm):
        _about_the_people(dialog, form)


def _about_the_job(dialog: Dialog) -> str:
    application_id = drafts.chosen_application_id(dialog.draft)
    application = queries.application(dialog.actor, dialog.candidate.id, application_id, Action.SEE)
    if application is not None and not application.job.is_open:
        return f"{application.job.title} was closed meanwhile. Choose another job. {_KEPT}"
    return f"{dialog.candidate.name} is no longer on the job that you chose. Choose another. {_KEPT}"


def _about_the_people(dialog: Dialog, form: AttendeesForm) -> None:
    here = {user.id for user in dialog.team}
    manager_id = form.hiring_manager.data
    if manager_id is not None and manager_id not in here:
        name = _name_of(manager_id)
        form.hiring_manager.errors = [
            f"{name} is no longer active in your team. Choose another hiring manager. {_KEPT}"
        ]
        form.hiring_manager.data = None
        if all(value != "" for value, *_ in form.hiring_manager.choices):
            # Nobody takes over by being first in the list.
            form.hiring_manager.choices.insert(0, SelectChoice("", "Choose somebody"))
    left = [user_id for user_id in form.people.data or [] if user_id not in here]
    if left:
        names = listed([_name_of(user_id) for user_id in left])
        verb = "is" if len(left) == 1 else "are"
        form.people.errors = [f"{names} {verb} no longer active in your team. Continue without them?"]


def _name_of(user_id: int) -> str:
    user = db.session.get(User, user_id) if 0 < user_id <= LARGEST_ROW_ID else None
    return user.name if user is not None else "Somebody"
