"""The form of one interview template. It has the same rules as the dialog that starts from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, Field, IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from blueprints.schedule_interview.forms.details import MESSAGE_LIMIT, NOTES_LIMIT, DetailsForm
from blueprints.schedule_interview.forms.setup import AGENDA_LIMIT, AGENDA_RULE, Needed, SetupForm
from blueprints.schedule_interview.forms.when import WhenFields
from database import row_id
from hiring.interview_plans import MOST_OF_TEAM, NAME_LIMIT, TemplateValues
from models import Interviewers, InterviewTemplate, InterviewType, MeetingSoftware, PhoneCaller, User
from scheduling.software import DEFAULT
from scheduling.venues import ADDRESS_LIMIT, DIRECTIONS_LIMIT, LABEL_LIMIT, OnSite, PhoneCall, problems_of
from web.forms import CheckboxesField, Form


class TemplateForm(Form):
    """What may be left empty here is asked when an interview is scheduled."""

    name = StringField(
        "Name",
        validators=[
            DataRequired("Enter a name, such as Phone screen."),
            Length(max=NAME_LIMIT, message=f"At most {NAME_LIMIT} characters."),
        ],
    )
    interview_type = SetupForm.interview_type
    meeting_software = SetupForm.meeting_software
    link_label = StringField(
        "Name of the software", validators=[Length(max=LABEL_LIMIT, message="At most %(max)d characters.")]
    )
    phone_caller = SetupForm.phone_caller
    number_to_call = StringField("Number to call")
    address = TextAreaField("Address")
    directions = SetupForm.directions
    duration_minutes = WhenFields.duration_minutes
    agenda = TextAreaField("Agenda", validators=[AGENDA_RULE])
    interviewers = RadioField(
        "Who takes part",
        choices=[
            SelectChoice(Interviewers.JOB_TEAM.value, "Everyone on the job's team"),
            SelectChoice(Interviewers.SOME_OF_TEAM.value, "Some of the job's team"),
            SelectChoice(Interviewers.CHOSEN.value, "People you choose"),
        ],
        default=Interviewers.JOB_TEAM.value,
    )
    team_count = IntegerField("How many", default=2, validators=[Optional(), Needed()])
    people = CheckboxesField("People", coerce=row_id, validators=[Optional()])
    message_to_candidate = DetailsForm.message_to_candidate
    internal_notes = DetailsForm.internal_notes
    files = MultipleFileField("Add files")
    new_files_for_team_only = BooleanField("Team only")
    # A file that is gone by now is no error.
    delete_files = CheckboxesField("Delete", coerce=row_id, validate_choice=False, validators=[Optional()])

    def offer(self, team: Sequence[User], template: InterviewTemplate | None) -> None:
        """The people who may be chosen: everyone active, and everyone whom the template names already."""
        people = {user.id: user for user in (*team, *(template.people if template is not None else ()))}
        self.people.choices = [
            SelectChoice(user.id, user.name if user.is_active else f"{user.name} (deactivated)")
            for user in people.values()
        ]

    def fill_from(self, template: InterviewTemplate) -> None:
        """Show what is stored."""
        for name, value in vars_of(template).items():
            self[name].data = value

    def validate_team_count(self, field: Field) -> None:
        if self.interviewers.data != Interviewers.SOME_OF_TEAM:
            return
        if field.data is None or not 1 <= field.data <= MOST_OF_TEAM:
            raise ValidationError(f"Enter a number from 1 to {MOST_OF_TEAM}.")

    def validate(self, extra_validators: dict[str, Sequence[Any]] | None = None) -> bool:
        """Places may be left empty, but anything that is there has to be valid."""
        is_right = bool(super().validate(extra_validators))
        if self.interview_type.errors or self.phone_caller.errors:
            return False
        problems: dict[str, str] = {}
        kind = self.interview_type.data
        if kind == InterviewType.IN_PERSON:
            problems = problems_of(OnSite(self.address.data or "-", self.directions.data or ""))
        elif (
            kind == InterviewType.PHONE
            and self.phone_caller.data == PhoneCaller.CANDIDATE
            and self.number_to_call.data
        ):
            found = problems_of(PhoneCall(self.number_to_call.data, PhoneCaller.CANDIDATE))
            problems = {"number_to_call": found["phone_number"]} if found else {}
        for name, words in problems.items():
            self.refuse(name, words)
        return is_right and not problems

    @property
    def values(self) -> TemplateValues:
        """What was typed, once the form is valid."""
        return TemplateValues(
            name=self.name.data,
            duration_minutes=self.duration_minutes.data,
            interview_type=InterviewType(self.interview_type.data),
            meeting_software=MeetingSoftware(self.meeting_software.data),
            phone_caller=PhoneCaller(self.phone_caller.data),
            interviewers=Interviewers(self.interviewers.data),
            link_label=self.link_label.data or "",
            number_to_call=self.number_to_call.data or "",
            address=self.address.data or "",
            directions=self.directions.data or "",
            agenda=self.agenda.data or "",
            message=self.message_to_candidate.data or "",
            notes=self.internal_notes.data or "",
            team_count=self.team_count.data,
            people_ids=tuple(self.people.data or ()),
        )


def vars_of(template: InterviewTemplate) -> dict[str, Any]:
    """The form's fields as a template has them, with what is usual where its type needs nothing."""
    return {
        "name": template.name,
        "interview_type": template.interview_type.value,
        "meeting_software": (template.meeting_software or DEFAULT).value,
        "link_label": template.link_label,
        "phone_caller": (template.phone_caller or PhoneCaller.TEAM).value,
        "number_to_call": template.number_to_call,
        "address": template.address,
        "directions": template.directions,
        "duration_minutes": template.duration_minutes,
        "agenda": template.agenda,
        "interviewers": template.interviewers.value,
        "team_count": template.team_count or 2,
        "people": [user.id for user in template.people],
        "message_to_candidate": template.message,
        "internal_notes": template.notes,
    }


# What the counters below the texts count to.
LIMITS = {
    "address": ADDRESS_LIMIT,
    "directions": DIRECTIONS_LIMIT,
    "agenda": AGENDA_LIMIT,
    "message": MESSAGE_LIMIT,
    "notes": NOTES_LIMIT,
}
