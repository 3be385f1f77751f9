"""Finalize: everything once more, the reminders, and the one click."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from blueprints.schedule_interview.clash_check import clash_box, clashes_then
from blueprints.schedule_interview.hosting import hosting_warnings, meeting_in_words
from blueprints.schedule_interview.outsiders import outsider_warnings
from blueprints.schedule_interview.preview import ROLES_IN_WORDS, Preview
from blueprints.schedule_interview.steps.base import Step, StepForm
from messaging.wording import duration_words
from scheduling.drafts import attachments
from scheduling.mails.queue import span
from scheduling.plans import THE_CANDIDATE, Plan, Reminders
from timezones import local_moment
from web.forms import CheckboxesField

if TYPE_CHECKING:
    from blueprints.schedule_interview.dialog import Dialog


class FinalizeForm(StepForm):
    reminders = CheckboxesField("Reminders", coerce=int, validators=[Optional()])
    reminders_to = CheckboxesField("Reminders go to", validators=[Optional()])
    # Whom the page asked about. By the time it is sent an earlier step may have broken, and then nobody can
    # tell any more who was there.
    asked_about = CheckboxesField(validate_choice=False, validators=[Optional()])

    # None for a draft that is not complete any more; its form is only shown beside what is saved.
    preview: Preview | None = None

    @property
    def no_reminder_for(self) -> frozenset[str]:
        """The addresses of those whose tick was taken away."""
        return frozenset(self.asked_about.data or ()) - frozenset(self.reminders_to.data or ())

    def chosen(self, candidate_email: str) -> Reminders:
        """The reminders as they were just sent; without anyone to remind there are none."""
        if not self.reminders_to.data:
            return Reminders()
        not_for = self.no_reminder_for
        if candidate_email.lower() in not_for:
            not_for = not_for - {candidate_email.lower()} | {THE_CANDIDATE}
        return Reminders(tuple(self.reminders.data or ()), not_for)


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
            "warnings": [*outsider_warnings(dialog), *hosting_warnings(dialog)],
            "will_not_happen": form.preview.will_not_happen(),
        }


FINALIZE = FinalizeStep()


def _summary(dialog: Dialog) -> list[tuple[str, str, str]]:
    """What, in words, and the step at which it can be changed."""
    plan = dialog.plan()
    files = [
        f"{row.name} (only for the team)" if row.is_for_team_only else row.name
        for row in attachments.of_draft(dialog.draft.id)
    ]
    rows = [
        ("Job", dialog.job.title if dialog.job else "", "setup"),
        ("How", meeting_in_words(dialog), "setup"),
        ("When", "\n".join(_when(dialog, plan)), "date-time"),
        ("At the same time", "\n".join(_accepted(dialog, plan)), "date-time"),
        ("Candidate", f"{dialog.candidate.name} <{dialog.candidate.email}>", ""),
        ("With", "\n".join(_with_whom(dialog, plan)), "attendees"),
        ("Agenda", plan.agenda, "setup"),
        ("Title", plan.title, "details"),
        ("Message", plan.message, "details"),
        ("Internal notes", plan.notes, "details"),
        ("Attachments", "\n".join(files), "details"),
    ]
    return [row for row in rows if row[1]]


def _when(dialog: Dialog, plan: Plan) -> Iterator[str]:
    chosen = local_moment(plan.when.starts_at, plan.when.timezone)
    yield f"{chosen.full}, {duration_words(plan.when.duration_minutes)}"
    theirs = dialog.candidate.timezone
    if theirs is not None and local_moment(plan.when.starts_at, theirs).full != chosen.full:
        yield f"For {dialog.candidate.name}: {local_moment(plan.when.starts_at, theirs).full}"


def _accepted(dialog: Dialog, plan: Plan) -> list[str]:
    """The other interviews then, all of which were accepted on the way here."""
    clashes = clashes_then(
        dialog,
        plan.when.starts_at,
        plan.when.duration_minutes,
        manager=dialog.hiring_manager,
        user_ids=dialog.busy_user_ids(),
    )
    return [clash.words for clash in clash_box(clashes, (), dialog.actor.timezone).clashes]


def _with_whom(dialog: Dialog, plan: Plan) -> Iterator[str]:
    if dialog.hiring_manager is not None:
        yield f"{dialog.hiring_manager.name} (hiring manager)"
    for person in plan.attendees:
        yield person.name if person.user_id is not None else f"{person.name} (from outside)"
