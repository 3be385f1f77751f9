"""Finalize: a summary, the reminders, and the last click."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.forms.attendees import AttendeesForm
from blueprints.schedule_interview.forms.base import StepForm
from blueprints.schedule_interview.forms.date_time import DateTimeForm
from blueprints.schedule_interview.forms.details import DetailsForm
from blueprints.schedule_interview.forms.finalize import WORDS_LIMIT, FinalizeForm
from blueprints.schedule_interview.forms.setup import SetupForm
from blueprints.schedule_interview.pages.base import Page, host_question
from blueprints.schedule_interview.pages.preview import preview_of
from blueprints.schedule_interview.panels.changes import Changed, changes_in_words
from blueprints.schedule_interview.panels.clashes import clash_box
from blueprints.schedule_interview.panels.host import all_warnings, meeting_in_words
from messaging.wording import period
from models import Attachment
from scheduling.plans import Plan, differences
from scheduling.software import WITH_PASSCODE
from scheduling.venues import OnlineMeeting, Venue
from timezones import in_zone, local_moment
from wording import duration, first_name, in_a_row


@dataclass(frozen=True)
class SummaryGroup:
    """What one step decides, in words: labels with values. `step` is where it is edited."""

    title: str
    step: type[StepForm]
    rows: tuple[tuple[str, str], ...]


class FinalizePage(Page[FinalizeForm]):
    form_class = FinalizeForm

    def context(self, dialog: Dialog, form: FinalizeForm) -> dict[str, Any]:
        files = dialog.files()
        preview = preview_of(dialog, files)
        too_late = preview.reminders_too_late()
        return {
            "summary": _summary(dialog, files, preview.sender_in_words),
            "reminders_in_words": form.reminders_in_words(too_late),
            "reminders_too_late": too_late,
            # Those that can still be sent.
            "reminder_times": {
                choice.value: duration(choice.value)
                for choice in form.reminders.choices
                if choice.value not in too_late
            },
            "hosting_warnings": all_warnings(host_question(dialog)),
            "will_not_happen": preview.will_not_happen(),
            "last_button": dialog.subject.last_button,
            "changes": _changes(dialog) if dialog.subject.changes else None,
            "words_limit": WORDS_LIMIT,
        }


FINALIZE = FinalizePage()


def _summary(dialog: Dialog, files: list[Attachment], sender: str) -> list[SummaryGroup]:
    """What it is, by the steps that decide it, without what was left empty."""
    plan = dialog.plan()
    names = [f"{row.name} (team only)" if row.is_for_team_only else row.name for row in files]
    candidate = f"{dialog.candidate.name} <{dialog.candidate.email}>"
    setup = (
        ("Job", dialog.job.title if dialog.job else ""),
        ("Type", meeting_in_words(host_question(dialog))),
        ("Password", _password(plan.venue)),
        ("Agenda", plan.agenda),
    )
    when = (*_times(dialog, plan), *_conflicts(dialog))
    people = (("Candidate", candidate), ("Interviewers", in_a_row(_with_whom(dialog, plan))))
    details = (
        ("Title", plan.title),
        ("Message", plan.message),
        ("Internal notes", plan.notes),
        ("Attachments", "\n".join(names)),
        ("Emails from", sender),
    )
    groups: tuple[tuple[str, type[StepForm], tuple[tuple[str, str], ...]], ...] = (
        ("Interview", SetupForm, setup),
        (DateTimeForm.label, DateTimeForm, when),
        ("People", AttendeesForm, people),
        (DetailsForm.label, DetailsForm, details),
    )
    return [SummaryGroup(title, step, tuple(row for row in rows if row[1])) for title, step, rows in groups]


def _changes(dialog: Dialog) -> list[Changed]:
    """What is different, with times in the zone that was chosen, the person's and the candidate's."""
    plan, before = dialog.plan(), dialog.plan_before
    found = differences(before, plan) if before is not None else ()
    zones = {plan.when.timezone: "", dialog.actor.timezone: "for you"}
    if dialog.candidate.timezone:
        zones.setdefault(dialog.candidate.timezone, f"for {dialog.candidate.name}")
    zones[plan.when.timezone] = ""
    return list(changes_in_words(found, [(whose, zone) for zone, whose in zones.items()]))


def _times(dialog: Dialog, plan: Plan) -> Iterator[tuple[str, str]]:
    if not dialog.subject.offers_slots:
        yield "When", "\n".join(_when(dialog, plan))
        return
    told = [period(slot.starts_at, slot.duration_minutes, slot.timezone) for slot in dialog.times]
    yield f"{first_name(dialog.candidate.name)} picks from", "\n".join(told)


def _when(dialog: Dialog, plan: Plan) -> Iterator[str]:
    chosen = local_moment(plan.when.starts_at, plan.when.timezone)
    yield f"{chosen.full}, {duration(plan.when.duration_minutes)}"
    theirs = dialog.candidate.timezone
    if theirs is not None and local_moment(plan.when.starts_at, theirs).full != chosen.full:
        yield f"For {dialog.candidate.name}: {local_moment(plan.when.starts_at, theirs).full}"


def _password(venue: Venue) -> str:
    """Whether a passcode is set, but never the passcode: the summary may be on a shared screen."""
    if not isinstance(venue, OnlineMeeting) or venue.software not in WITH_PASSCODE:
        return ""
    return "Set" if venue.passcode else f"Added by {venue.software.label}"


def _conflicts(dialog: Dialog) -> Iterator[tuple[str, str]]:
    """The other interviews at that time: those that were accepted, and those that came up since. The last
    button refuses while there are any of the second kind."""
    times = dialog.times
    found = dialog.clashes_at(times, manager=dialog.hiring_manager, user_ids=dialog.busy_user_ids())
    accepted = dialog.ticket(dialog.draft.version).accepted_clashes
    zone = dialog.actor.timezone
    on = in_zone(times[0].starts_at, zone).date() if len(times) == 1 else None
    shown = clash_box([clash for each in found for clash in each], accepted, zone, on=on).clashes
    yield "Accepted conflicts", "\n".join(clash.words for clash in shown if not clash.is_new)
    yield "New conflicts", "\n".join(clash.words for clash in shown if clash.is_new)


def _with_whom(dialog: Dialog, plan: Plan) -> Iterator[str]:
    if dialog.hiring_manager is not None:
        yield f"{dialog.hiring_manager.name} (hiring manager)"
    for person in plan.attendees:
        yield person.name if person.user_id is not None else f"{person.name} (guest)"
