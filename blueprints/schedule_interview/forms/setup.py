"""Setup: for which job, what kind of interview, where it is held, and what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from wtforms import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length

from blueprints.schedule_interview.forms.base import EVERYTHING_ELSE_IS_KEPT, Answers, Gone, Offered, StepForm
from models import Application, InterviewType, MeetingSoftware, PhoneCaller, SchedulingMethod
from phone_numbers import same_number
from scheduling.software import DEFAULT, WITH_PASSCODE, in_choices
from scheduling.venues import (
    LABEL_LIMIT,
    PHONE_LIMIT,
    OnlineMeeting,
    OnSite,
    PastedLink,
    PhoneCall,
    Venue,
    problems_of,
)

VenueKind = Literal["online", "link", "our_call", "their_call", "on_site"]

# What is asked for each kind in addition to what is asked for all; nothing else is checked or kept.
_ASKED_FOR: dict[VenueKind, frozenset[str]] = {
    "online": frozenset({"meeting_software", "password"}),
    "link": frozenset({"meeting_software", "link_label", "link_url"}),
    "our_call": frozenset({"phone_caller", "phone_number"}),
    "their_call": frozenset({"phone_caller", "number_to_call"}),
    "on_site": frozenset({"address", "directions"}),
}
_ASKED_FOR_SOME = frozenset().union(*_ASKED_FOR.values())

# The field's name, where it is filled in before anyone has said anything.
SOFTWARE = "meeting_software"
AGENDA_LIMIT = 2000
AGENDA_RULE = Length(max=AGENDA_LIMIT, message=f"An agenda has at most {AGENDA_LIMIT} characters.")


def _application_id(text: Any) -> int | None:
    return int(text) if text else None


class Needed:
    """Marks a field that its kind of interview requires. Whether it is filled in is checked with the venue,
    because other kinds do not need it.
    """

    field_flags: ClassVar = {"required": True}

    def __call__(self, form: StepForm, field: Field) -> None:
        return


class SetupForm(StepForm):
    key, label = "setup", "Setup"
    # A job that was just chosen only decides what the rest of the step begins with.
    begins_quietly: ClassVar = frozenset({"job"})

    # Left out when the candidate is on one job only. Its values are applications.
    job = SelectField("Job", coerce=_application_id, validators=[DataRequired("Choose a job.")])
    interview_type = RadioField(
        "Interview type",
        choices=[SelectChoice(kind.value, kind.label) for kind in InterviewType],
        default=InterviewType.VIDEO.value,
    )
    # Left out for an interview that exists: its time was chosen, one way or the other.
    method = RadioField(
        "Scheduling method",
        choices=[SelectChoice(method.value, method.label) for method in SchedulingMethod],
        default=SchedulingMethod.DIRECT.value,
    )
    meeting_software = SelectField(
        "Meeting Software",
        choices=in_choices,
        default=DEFAULT.value,
    )
    link_label = StringField(
        "Name of the software", validators=[Needed()], render_kw={"maxlength": str(LABEL_LIMIT)}
    )
    link_url = StringField("Link", validators=[Needed()])
    phone_caller = RadioField(
        "Who calls?",
        choices=[
            SelectChoice(PhoneCaller.TEAM.value, "We call the candidate"),
            SelectChoice(PhoneCaller.CANDIDATE.value, "The candidate calls us"),
        ],
        default=PhoneCaller.TEAM.value,
    )
    # Two fields, so that the one who is called and the other never get each other's number.
    phone_number = StringField(
        "Candidate's number", validators=[Needed()], render_kw={"maxlength": str(PHONE_LIMIT)}
    )
    number_to_call = StringField(
        "Number to call", validators=[Needed()], render_kw={"maxlength": str(PHONE_LIMIT)}
    )
    address = TextAreaField("Address", validators=[Needed()])
    directions = TextAreaField("How to get there")
    agenda = TextAreaField(
        "Agenda",
        validators=[
            DataRequired("Enter an agenda so everyone knows what to expect."),
            AGENDA_RULE,
        ],
    )
    password = StringField("Password")

    # Taken from what is offered.
    candidate_phone = ""
    application: Application | None = None

    def offer(self, offered: Offered) -> None:
        self.candidate_phone, self.application = offered.candidate.phone, offered.application
        self.job.choices = [SelectChoice(a.id, a.job.title) for a in offered.applications]
        if offered.application is None:
            # No job is chosen by being the first in the list.
            self.job.choices.insert(0, SelectChoice("", "Choose a job"))
        elif len(offered.applications) == 1:
            del self.job
        if not offered.is_new:
            del self.method

    def suggest(self, offered: Offered) -> None:
        if "job" in self and offered.intended_id in {a.id for a in offered.applications}:
            self.job.data = offered.intended_id
        self._keep_their_number_ready()

    def show_saved(self, offered: Offered, saved: Answers) -> None:
        self._keep_their_number_ready()

    def _keep_their_number_ready(self) -> None:
        """In its field, for someone who chooses the phone."""
        if self.kind != "our_call":
            self.phone_number.data = self.candidate_phone

    def explain(self, offered: Offered, gone: Gone) -> None:
        if offered.application is not None:
            return
        if gone.closed_job is not None:
            words = f"{gone.closed_job} was closed in the meantime. Choose another job."
        else:
            words = f"{offered.candidate.name} is no longer on the job that you chose. Choose another."
        self.job.errors = [f"{words} {EVERYTHING_ELSE_IS_KEPT}"]

    def answers(self) -> Answers:
        applying = _ASKED_FOR[self.kind]
        if not self._takes_password:
            applying -= {"password"}
        answers = {
            name: values
            for name, values in super().answers().items()
            if name in applying or name not in _ASKED_FOR_SOME
        }
        if "job" not in answers and self.application is not None:
            # Kept although there was nothing to choose: if this job closes and another opens before the last
            # step, the interview must not move there on its own.
            answers["job"] = [str(self.application.id)]
        return answers

    def refuse(self, field: str, words: str) -> None:
        """The domain has one number; which of the two fields it is from depends on who calls."""
        super().refuse("number_to_call" if field == "phone_number" and self._is_their_call else field, words)

    @property
    def _is_their_call(self) -> bool:
        return self.kind == "their_call"

    def _calls_themselves(self) -> bool:
        return self._is_their_call and same_number(self.number_to_call.data or "", self.candidate_phone)

    @property
    def kind(self) -> VenueKind:
        """Which kind is chosen, from a form whose choices are valid."""
        if self.interview_type.data == InterviewType.PHONE:
            return "their_call" if self.phone_caller.data == PhoneCaller.CANDIDATE else "our_call"
        if self.interview_type.data == InterviewType.IN_PERSON:
            return "on_site"
        return "link" if self.meeting_software.data == MeetingSoftware.OTHER else "online"

    @property
    def _takes_password(self) -> bool:
        """Whether one can be chosen. What was typed before other software was chosen stays in its field."""
        return self.kind == "online" and self.meeting_software.data in WITH_PASSCODE

    @property
    def venue(self) -> Venue:
        """Where it is held, from a form whose choices are valid."""
        match self.kind:
            case "online":
                software = MeetingSoftware(self.meeting_software.data)
                return OnlineMeeting(software, self.password.data or None if self._takes_password else None)
            case "link":
                return PastedLink(self.link_url.data or "", self.link_label.data or "")
            case "our_call":
                return PhoneCall(self.phone_number.data or "", PhoneCaller.TEAM)
            case "their_call":
                return PhoneCall(self.number_to_call.data or "", PhoneCaller.CANDIDATE)
            case "on_site":
                return OnSite(self.address.data or "", self.directions.data or "")

    def validate(self, extra_validators: dict[str, Sequence[Any]] | None = None) -> bool:
        is_right = bool(super().validate(extra_validators))
        if self.interview_type.errors or self.meeting_software.errors or self.phone_caller.errors:
            return False
        problems = problems_of(self.venue)
        if self._calls_themselves() and not problems:
            problems = {
                "phone_number": "That's the candidate's own number. Enter the number they should call."
            }
        for name, words in problems.items():
            self.refuse(name, words)
        return is_right and not problems
