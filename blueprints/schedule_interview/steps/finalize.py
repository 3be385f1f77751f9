"""Finalize: everything once more, the reminders, and the one click."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from blueprints.schedule_interview.hosting import hosting_warnings, meeting_in_words
from blueprints.schedule_interview.preview import ROLES_IN_WORDS, Preview, span
from blueprints.schedule_interview.steps.base import Step, StepForm
from messaging.wording import duration_words
from scheduling import attachments
from timezones import local_moment
from web.forms import CheckboxesField

if TYPE_CHECKING:
    from blueprints.schedule_interview.dialog import Dialog


class FinalizeForm(StepForm):
    reminders = CheckboxesField("Reminders", coerce=int, validators=[Optional()])
    reminders_to = CheckboxesField("Reminders go to", validators=[Optional()])

    # None for a draft that is not complete any more; its form is only shown beside what is saved.
    preview: Preview | None = None

    @property
    def no_reminder_for(self) -> frozenset[str]:
        """The addresses of those whose tick was taken away."""
        return frozenset(value for value, *_ in self.reminders_to.iter_choices()) - frozenset(
            self.reminders_to.data or ()
        )


class FinalizeStep(Step[FinalizeForm]):
    key, label = "finalize", "Finalize"
    form_class = FinalizeForm

    def prepare(self, dialog: Dialog, form: FinalizeForm) -> None:
        form.reminders.choices = [
            SelectChoice(minutes, f"{span(minutes)} before the interview")
            for minutes in dialog.rules.reminder_minutes
        ]
        form.preview = Preview(dialog) if dialog.first_incomplete() is None else None
        form.reminders_to.choices = [
            SelectChoice(who.address.lower(), f"{who.name} ({ROLES_IN_WORDS[who.role].lower()})")
            for who in (form.preview.recipients if form.preview else ())
        ]

    def suggest(self, dialog: Dialog, form: FinalizeForm) -> None:
        form.reminders.data = list(dialog.rules.reminder_minutes)
        form.reminders_to.data = [choice.value for choice in form.reminders_to.choices]

    def show_saved(self, dialog: Dialog, form: FinalizeForm) -> None:
        # Whoever came to take part since gets reminders, like everybody of whom nothing else was said.
        without = set(dialog.draft.payload[self.key].get("no_reminder_for", []))
        form.reminders_to.data = [
            choice.value for choice in form.reminders_to.choices if choice.value not in without
        ]

    def answers(self, dialog: Dialog, form: FinalizeForm) -> dict[str, list[str]]:
        reminders = super().answers(dialog, form)["reminders"]
        return {"reminders": reminders, "no_reminder_for": sorted(form.no_reminder_for)}

    def context(self, dialog: Dialog, form: FinalizeForm) -> dict[str, Any]:
        assert form.preview is not None
        return {
            "summary": _summary(dialog),
            "hosting_warnings": hosting_warnings(dialog),
            "will_not_happen": form.preview.will_not_happen(),
        }


FINALIZE = FinalizeStep()


def _summary(dialog: Dialog) -> list[tuple[str, str, str]]:
    """What, in words, and the step at which it can be changed."""
    command = dialog.command(dialog.draft.version)
    when = local_moment(command.starts_at, command.timezone)
    manager = dialog.hiring_manager
    with_whom = [manager.name if manager else "", *(person.name for person in command.attendees)]
    files = [
        f"{row.name} (only for the team)" if row.is_for_team_only else row.name
        for row in attachments.of_draft(dialog.draft.id)
    ]
    rows = [
        ("Job", dialog.job.title if dialog.job else "", "setup"),
        ("How", meeting_in_words(dialog), "setup"),
        ("When", f"{when.full}, {duration_words(command.duration_minutes)}", "date-time"),
        ("Candidate", f"{dialog.candidate.name} <{dialog.candidate.email}>", ""),
        ("With", ", ".join(name for name in with_whom if name), "attendees"),
        ("Title", command.title, "details"),
        ("Message", command.message_to_candidate, "details"),
        ("Attachments", "\n".join(files), "details"),
    ]
    return [row for row in rows if row[1]]
