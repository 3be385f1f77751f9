"""Setup, with who will host an online meeting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.forms.setup import SetupForm
from blueprints.schedule_interview.pages.base import Page, host_question
from blueprints.schedule_interview.panels.host import Hosting, HostWarning, account_warnings, hosting
from hiring.plan_menus import PlanEntry, entries
from models import Draft, MeetingSoftware
from scheduling.drafts import starting
from scheduling.reading.hosting_version import hosting_version
from scheduling.software import WITH_PASSCODE, offered, spec_of
from scheduling.venues import ADDRESS_LIMIT, DIRECTIONS_LIMIT
from wording import possessive


class SetupPage(Page[SetupForm]):
    form_class = SetupForm

    def check(self, dialog: Dialog, form: SetupForm) -> bool:
        if not form.validate():
            return False
        starting.take_turn(dialog.actor)
        if self.other_draft(dialog, form) is not None:
            form.refuse("job", "You've started another interview for this job. Choose which one to keep.")
            return False
        return True

    def other_draft(self, dialog: Dialog, form: SetupForm) -> Draft | None:
        """What this person has started for the job that is chosen in the form, if that is not this draft:
        they have one for each job of a candidate."""
        chosen = form.job.data if "job" in form else None
        application = next((a for a in dialog.applications if a.id == chosen), dialog.application)
        if dialog.subject.exists or application is None or application.id == dialog.draft.application_id:
            return None
        return starting.other_for(dialog.actor, dialog.draft, application.id)

    def context(self, dialog: Dialog, form: SetupForm) -> dict[str, Any]:
        return {
            **self.hosting_context(dialog),
            "other_draft": self.other_draft(dialog, form),
            "taken": dialog.beginning.template,
            "menu": self._menu(dialog),
            "missing_software": _missing_software(dialog),
            "with_password": _with_password(),
            "address_limit": ADDRESS_LIMIT,
            "directions_limit": DIRECTIONS_LIMIT,
        }

    def _menu(self, dialog: Dialog) -> tuple[PlanEntry, ...]:
        """The templates of the job's plan, for an interview that is new."""
        return () if dialog.job is None or dialog.subject.exists else entries(dialog.job.templates)

    def hosting_context(self, dialog: Dialog) -> dict[str, Any]:
        """What the part that says who hosts needs, both within the page and on its own. The version is read
        first, so that the next poll notices every later change.
        """
        version = hosting_version()
        return {
            "hosting_version": version,
            "hosting": [
                _hosted(dialog, place, software) for place, software in enumerate(offered(), start=1)
            ],
        }


@dataclass(frozen=True)
class HostedBy:
    """Who hosts if this software is chosen, which is the choice of this number in its list, from 1 on."""

    place: int
    words: Hosting
    app: str
    warnings: list[HostWarning]


@dataclass(frozen=True)
class WithPassword:
    """The software whose passwords people can choose: `places` are their numbers in the list of choices, and
    `whose` says whose password it is if none is chosen."""

    places: tuple[int, ...]
    whose: str


def _hosted(dialog: Dialog, place: int, software: MeetingSoftware) -> HostedBy:
    asked = host_question(dialog, software)
    return HostedBy(place, hosting(asked), spec_of(software).app, account_warnings(asked))


def _with_password() -> WithPassword:
    known = [(place, each) for place, each in enumerate(offered(), start=1) if each in WITH_PASSCODE]
    whose = " or ".join(possessive(software.label) for _, software in known)
    return WithPassword(tuple(place for place, _ in known), whose)


SETUP = SetupPage()


def _missing_software(dialog: Dialog) -> str:
    """The meeting software that the template asks for and no one can choose here; "" for none."""
    taken = dialog.beginning.template
    if taken is None or dialog.is_saved(SetupForm):
        return ""
    for value in taken.answers[SetupForm.key].get("meeting_software", ()):
        software = MeetingSoftware(value)
        if software not in (*offered(), MeetingSoftware.OTHER):
            return software.label
    return ""
