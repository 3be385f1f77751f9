"""Attendees: who takes part beside the candidate."""

from __future__ import annotations

from email.utils import getaddresses
from typing import TYPE_CHECKING

from wtforms import Field, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Length, Optional, ValidationError

from blueprints.schedule_interview.steps.base import Step, StepForm
from scheduling.commands import NewAttendee
from web.addresses import normal_address
from web.forms import CheckboxesField

if TYPE_CHECKING:
    from blueprints.schedule_interview.dialog import Dialog

_OTHERS_ALLOWED = 30


class AttendeesForm(StepForm):
    hiring_manager = SelectField("Hiring manager", coerce=int)
    people = CheckboxesField("From the team", coerce=int, validators=[Optional()])
    others = TextAreaField("Other people", validators=[Length(max=8000)])

    candidate_email: str = ""
    other_people: tuple[NewAttendee, ...] = ()

    def validate_others(self, field: Field) -> None:
        """One person a line, as `Name <address>` or just an address."""
        found: dict[str, NewAttendee] = {}
        for line in (field.data or "").splitlines():
            if not line.strip():
                continue
            if len(found) >= _OTHERS_ALLOWED:
                raise ValidationError(f"At most {_OTHERS_ALLOWED} other people.")
            person = _person_in(line)
            if person.email == self.candidate_email:
                raise ValidationError("The candidate is invited anyway; leave their address out here.")
            found.setdefault(person.email, person)
        self.other_people = tuple(found.values())


def _person_in(line: str) -> NewAttendee:
    parsed = getaddresses([line])
    name, address = parsed[0] if len(parsed) == 1 else ("", "")
    try:
        address = normal_address(address)
    except ValueError:
        shown = line if len(line) <= 60 else line[:59] + "…"
        raise ValidationError(f"“{shown}” is not a person: write Name <name@company.example>.") from None
    if len(name) > 120:
        raise ValidationError("A name is too long.")
    return NewAttendee(name=name or address.partition("@")[0], email=address)


class AttendeesStep(Step[AttendeesForm]):
    key, label = "attendees", "Attendees"
    form_class = AttendeesForm

    def prepare(self, dialog: Dialog, form: AttendeesForm) -> None:
        form.hiring_manager.choices = [SelectChoice(user.id, user.name) for user in dialog.team]
        form.people.choices = [
            SelectChoice(user.id, f"{user.name} · {user.role.label}") for user in dialog.team
        ]
        form.candidate_email = dialog.candidate.email

    def suggest(self, dialog: Dialog, form: AttendeesForm) -> None:
        form.hiring_manager.data = dialog.job.hiring_manager_id if dialog.job else None


ATTENDEES = AttendeesStep()
