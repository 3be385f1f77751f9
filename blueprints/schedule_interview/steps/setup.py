"""Setup: for which job, what kind of interview, where it is held, and what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from wtforms import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length

from blueprints.schedule_interview.hosting import account_warnings, hosting
from blueprints.schedule_interview.steps.base import Step, StepForm
from models import InterviewType, MeetingSoftware, PhoneCaller
from phone_numbers import same_number
from scheduling.reading.hosting_version import hosting_version
from scheduling.software import DEFAULT, OFFERED, spec_of
from scheduling.venues import (
    ADDRESS_LIMIT,
    DIRECTIONS_LIMIT,
    LABEL_LIMIT,
    PHONE_LIMIT,
    OnlineMeeting,
    OnSite,
    PastedLink,
    PhoneCall,
    Venue,
    problems_of,
)

if TYPE_CHECKING:
    from blueprints.schedule_interview.dialog import Dialog

VenueKind = Literal["online", "link", "phone", "on_site"]

# What is asked for each kind beside what is asked for all; nothing else of it is checked or kept.
_ASKED_FOR: dict[VenueKind, frozenset[str]] = {
    "online": frozenset({"meeting_software", "password"}),
    "link": frozenset({"meeting_software", "link_label", "link_url"}),
    "phone": frozenset({"phone_number", "phone_caller"}),
    "on_site": frozenset({"address", "directions"}),
}
_ASKED_FOR_SOME = frozenset().union(*_ASKED_FOR.values())


class _Needed:
    """Marks a field that its kind of interview cannot do without. Whether it is filled in is checked with
    the venue, because the other kinds can."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, form: StepForm, field: Field) -> None:
        return


class SetupForm(StepForm):
    # Left out when the candidate is on one job only. Its values are applications.
    job = SelectField("Job", coerce=int)
    interview_type = RadioField(
        "Interview type",
        choices=[SelectChoice(kind.value, kind.label) for kind in InterviewType],
        default=InterviewType.VIDEO.value,
    )
    meeting_software = SelectField(
        "Meeting Software",
        choices=[
            SelectChoice(software.value, software.label) for software in (*OFFERED, MeetingSoftware.OTHER)
        ],
        default=DEFAULT.value,
    )
    link_label = StringField(
        "Name of the software", validators=[_Needed()], render_kw={"maxlength": str(LABEL_LIMIT)}
    )
    link_url = StringField("Link", validators=[_Needed()])
    phone_caller = RadioField(
        "Who calls?",
        choices=[
            SelectChoice(PhoneCaller.TEAM.value, "We call the candidate"),
            SelectChoice(PhoneCaller.CANDIDATE.value, "The candidate calls us"),
        ],
        default=PhoneCaller.TEAM.value,
    )
    phone_number = StringField(
        "Phone number", validators=[_Needed()], render_kw={"maxlength": str(PHONE_LIMIT)}
    )
    address = TextAreaField("Address", validators=[_Needed()])
    directions = TextAreaField("How to get there")
    agenda = TextAreaField(
        "Agenda",
        validators=[
            DataRequired("Enter an agenda, so that everybody knows what to expect."),
            Length(max=2000, message="An agenda has at most 2000 characters."),
        ],
    )
    password = StringField("Password")

    # Whom the interview is with, filled in by the step.
    candidate_phone = ""

    def _calls_themselves(self) -> bool:
        is_theirs = same_number(self.phone_number.data or "", self.candidate_phone)
        return is_theirs and self.kind == "phone" and self.phone_caller.data == PhoneCaller.CANDIDATE

    @property
    def kind(self) -> VenueKind:
        """Which of the kinds is chosen, from a form whose choices were found right."""
        if self.interview_type.data == InterviewType.PHONE:
            return "phone"
        if self.interview_type.data == InterviewType.IN_PERSON:
            return "on_site"
        return "link" if self.meeting_software.data == MeetingSoftware.OTHER else "online"

    @property
    def venue(self) -> Venue:
        """Where it is held, from a form whose choices were found right."""
        match self.kind:
            case "online":
                return OnlineMeeting(MeetingSoftware(self.meeting_software.data), self.password.data or None)
            case "link":
                return PastedLink(self.link_url.data or "", self.link_label.data or "")
            case "phone":
                return PhoneCall(self.phone_number.data or "", PhoneCaller(self.phone_caller.data))
            case "on_site":
                return OnSite(self.address.data or "", self.directions.data or "")

    def validate(self, extra_validators: dict[str, Sequence[Any]] | None = None) -> bool:
        is_right = bool(super().validate(extra_validators))
        if self.interview_type.errors or self.meeting_software.errors or self.phone_caller.errors:
            return False
        problems = problems_of(self.venue)
        if self._calls_themselves() and not problems:
            problems = {"phone_number": "This is the candidate's own number. Enter the one they are to call."}
        for name, words in problems.items():
            self.refuse(name, words)
        return is_right and not problems


class SetupStep(Step[SetupForm]):
    key, label = "setup", "Setup"
    form_class = SetupForm

    def prepare(self, dialog: Dialog, form: SetupForm) -> None:
        form.candidate_phone = dialog.candidate.phone
        form.job.choices = [SelectChoice(a.id, a.job.title) for a in dialog.applications]
        if len(dialog.applications) == 1 and dialog.application is not None:
            del form.job

    def suggest(self, dialog: Dialog, form: SetupForm) -> None:
        self.show_saved(dialog, form)

    def show_saved(self, dialog: Dialog, form: SetupForm) -> None:
        # Waits in its field for somebody who chooses the phone.
        if form.kind != "phone":
            form.phone_number.data = dialog.candidate.phone

    def answers(self, dialog: Dialog, form: SetupForm) -> dict[str, list[str]]:
        applying = _ASKED_FOR[form.kind]
        answers = {
            name: values
            for name, values in super().answers(dialog, form).items()
            if name in applying or name not in _ASKED_FOR_SOME
        }
        if "job" not in answers and dialog.application is not None:
            # Kept although nobody had to choose: should this job close and another open before the last
            # step, the interview must not move there by itself.
            answers["job"] = [str(dialog.application.id)]
        return answers

    def context(self, dialog: Dialog, form: SetupForm) -> dict[str, Any]:
        return {
            **self.hosting_context(dialog),
            "software_label": dialog.software.label,
            "address_limit": ADDRESS_LIMIT,
            "directions_limit": DIRECTIONS_LIMIT,
        }

    def hosting_context(self, dialog: Dialog) -> dict[str, Any]:
        """What the part that says who hosts needs, in the page and when it is asked for alone. The version
        comes first: whatever changes after it is noticed by the next poll."""
        version = hosting_version()
        return {
            "hosting_version": version,
            "hosting": hosting(dialog),
            "hosting_app": spec_of(dialog.software).app,
            "hosting_warnings": account_warnings(dialog),
        }


SETUP = SetupStep()
