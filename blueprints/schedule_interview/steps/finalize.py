"""Finalize: everything once more, the reminders, and the one click."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from blueprints.schedule_interview import preview
from blueprints.schedule_interview.steps.base import Step, StepForm
from blueprints.schedule_interview.steps.setup import hosting
from timezones import local_moment
from web.forms import CheckboxesField

if TYPE_CHECKING:
    from blueprints.schedule_interview.dialog import Dialog


class FinalizeForm(StepForm):
    reminders = CheckboxesField("Reminders", coerce=int, validators=[Optional()])


class FinalizeStep(Step[FinalizeForm]):
    key, label = "finalize", "Finalize"
    form_class = FinalizeForm

    def prepare(self, dialog: Dialog, form: FinalizeForm) -> None:
        form.reminders.choices = [
            SelectChoice(minutes, f"{_span(minutes)} before the interview")
            for minutes in dialog.rules.reminder_minutes
        ]

    def suggest(self, dialog: Dialog, form: FinalizeForm) -> None:
        form.reminders.data = list(dialog.rules.reminder_minutes)

    def context(self, dialog: Dialog, form: FinalizeForm) -> dict[str, Any]:
        return {"summary": _summary(dialog), "will_not_happen": preview.will_not_happen(dialog)}


FINALIZE = FinalizeStep()


def _summary(dialog: Dialog) -> list[tuple[str, str, str]]:
    """What, in words, and the step at which it can be changed."""
    command = dialog.command(dialog.draft.version)
    when = local_moment(command.starts_at, command.timezone)
    manager = dialog.hiring_manager
    with_whom = [manager.name if manager else "", *(person.name for person in command.attendees)]
    return [
        ("Job", dialog.job.title if dialog.job else "", dialog.address("setup")),
        ("Interview type", "Video, by Zoom", dialog.address("setup")),
        ("Host", hosting(dialog).words, dialog.address("setup")),
        ("When", f"{when.full}, {command.duration_minutes} minutes", dialog.address("date-time")),
        ("Candidate", f"{dialog.candidate.name} <{dialog.candidate.email}>", dialog.address("attendees")),
        ("With", ", ".join(name for name in with_whom if name), dialog.address("attendees")),
        ("Title", command.title, dialog.address("details")),
    ]


def _span(minutes: int) -> str:
    time = timedelta(minutes=minutes)
    hours, rest = divmod(int(time.total_seconds()) // 60, 60)
    if rest:
        return f"{minutes} minutes"
    return "1 hour" if hours == 1 else f"{hours} hours"
