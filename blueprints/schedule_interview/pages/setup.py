"""Setup, with who will host an online meeting."""

from __future__ import annotations

from typing import Any

from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.forms.setup import SetupForm
from blueprints.schedule_interview.pages.base import Page, host_question
from blueprints.schedule_interview.panels.host import account_warnings, hosting
from hiring.plan_menus import PlanEntry, entries
from models import MeetingSoftware
from scheduling.reading.hosting_version import hosting_version
from scheduling.software import OFFERED, spec_of
from scheduling.venues import ADDRESS_LIMIT, DIRECTIONS_LIMIT


class SetupPage(Page[SetupForm]):
    form_class = SetupForm

    def context(self, dialog: Dialog, form: SetupForm) -> dict[str, Any]:
        return {
            **self.hosting_context(dialog),
            "taken": dialog.beginning.template,
            "menu": self._menu(dialog),
            "missing_software": _missing_software(dialog),
            "software_label": dialog.software.label,
            "address_limit": ADDRESS_LIMIT,
            "directions_limit": DIRECTIONS_LIMIT,
        }

    def _menu(self, dialog: Dialog) -> tuple[PlanEntry, ...]:
        """The templates of the job's plan, for an interview that is new."""
        return () if dialog.job is None or dialog.subject.changes else entries(dialog.job.templates)

    def hosting_context(self, dialog: Dialog) -> dict[str, Any]:
        """What the part that says who hosts needs, both within the page and on its own. The version is read
        first, so that the next poll notices every later change.
        """
        version = hosting_version()
        asked = host_question(dialog)
        return {
            "hosting_version": version,
            "hosting": hosting(asked),
            "hosting_app": spec_of(dialog.software).app,
            "hosting_warnings": account_warnings(asked),
        }


SETUP = SetupPage()


def _missing_software(dialog: Dialog) -> str:
    """The meeting software that the template asks for and nobody can choose here; "" for none."""
    taken = dialog.beginning.template
    if taken is None or dialog.is_saved(SetupForm):
        return ""
    for value in taken.answers[SetupForm.key].get("meeting_software", ()):
        software = MeetingSoftware(value)
        if software not in (*OFFERED, MeetingSoftware.OTHER):
            return software.label
    return ""
