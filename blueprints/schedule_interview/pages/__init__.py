"""The pages of the dialog, one for each form, by their key."""

from typing import Any

from blueprints.schedule_interview.pages.attendees import ATTENDEES
from blueprints.schedule_interview.pages.base import Page
from blueprints.schedule_interview.pages.date_time import DATE_TIME
from blueprints.schedule_interview.pages.details import DETAILS
from blueprints.schedule_interview.pages.finalize import FINALIZE
from blueprints.schedule_interview.pages.preview import PREVIEW
from blueprints.schedule_interview.pages.setup import SETUP

# A page is typed by its form; code that handles all pages uses no form's own fields.
BY_KEY: dict[str, Page[Any]] = {
    page.key: page for page in (SETUP, DATE_TIME, ATTENDEES, DETAILS, PREVIEW, FINALIZE)
}
