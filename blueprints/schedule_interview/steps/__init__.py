"""The six steps, a file each, in the order of the dialog."""

from typing import Any

from blueprints.schedule_interview.steps.attendees import ATTENDEES
from blueprints.schedule_interview.steps.base import Step
from blueprints.schedule_interview.steps.date_time import DATE_TIME
from blueprints.schedule_interview.steps.details import DETAILS
from blueprints.schedule_interview.steps.finalize import FINALIZE
from blueprints.schedule_interview.steps.preview import PREVIEW
from blueprints.schedule_interview.steps.setup import SETUP

# A step is typed by its form; what goes over all of them asks for no field of its own.
ALL: tuple[Step[Any], ...] = (SETUP, DATE_TIME, ATTENDEES, DETAILS, PREVIEW, FINALIZE)
BY_KEY = {step.key: step for step in ALL}
# Those that ask for something that the interview cannot be without.
ASKING: tuple[Step[Any], ...] = (SETUP, DATE_TIME, ATTENDEES, DETAILS)


def asking_for(field: str) -> Step[Any]:
    """The first step whose form has that field. Raises `StopIteration` for a field that no form has."""
    return next(step for step in ALL if hasattr(step.form_class, field))
