"""The forms of the six steps. They check what was typed; rules about the world are the domain's."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import getaddresses

from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from models import InterviewType, MeetingSoftware
from scheduling.commands import NewAttendee
from timezones import (
    AmbiguousTimeError,
    NonexistentTimeError,
    UnknownZoneError,
    parse_local,
    utc_now,
    zone_short_name,
)
from web.addresses import normal_address
from web.forms import CheckboxesField, Form, ZoneField

# What Zoom takes as a passcode, by its API reference: at most ten characters, letters, digits and @ - _ *.
_PASSCODE = re.compile(r"[A-Za-z0-9@_*-]{1,10}")
_OTHERS_ALLOWED = 30
# Beyond this the year is a slip of the finger.
_YEARS_AHEAD = 5


class StepForm(Form):
    """A step's form; `version` says which state of the draft it was opened on."""

    version = HiddenField()


class SetupStep(StepForm):
    # Left out when the candidate is on one job only. Its values are applications.
    job = SelectField("Job", coerce=int)
    interview_type = RadioField(
        "Interview type",
        choices=[SelectChoice(InterviewType.VIDEO.value, "Video")],
        default=InterviewType.VIDEO.value,
    )
    meeting_software = SelectField(
        "Meeting Software",
        choices=[SelectChoice(MeetingSoftware.ZOOM.value, "Zoom")],
        default=MeetingSoftware.ZOOM.value,
    )
    agenda = TextAreaField(
        "Agenda",
        validators=[
            DataRequired("Enter an agenda, so that everybody knows what to expect."),
            Length(max=2000, message="Zoom takes at most 2000 characters."),
        ],
        render_kw={"placeholder": "Introduction, experience discussion, Q&A", "maxlength": "2000"},
    )
    password = StringField("Password", validators=[Optional()])

    def validate_password(self, field: Field) -> None:
        if not _PASSCODE.fullmatch(field.data):
            raise ValidationError("Use at most 10 letters, digits and the characters @ _ * - without spaces.")


class DateTimeStep(StepForm):
    date = DateField("Date", validators=[InputRequired("Choose a date.")])
    time = TimeField("Time", validators=[InputRequired("Choose a time.")])
    duration_minutes = IntegerField(
        "Duration in minutes",
        default=45,
        validators=[
            InputRequired("Enter how long the interview takes."),
            NumberRange(5, 1440, "Enter between 5 and 1440 minutes."),
        ],
    )
    timezone = ZoneField("Time zone", validators=[DataRequired("Choose a time zone.")])
    # Shown only when the clock strikes this time twice that day.
    occurrence = RadioField("Which one?", choices=[], validate_choice=False, validators=[Optional()])
    clash_ok = BooleanField("Schedule it all the same")

    starts_at: datetime | None = None

    def validate_time(self, field: Field) -> None:
        """Turn wall time and zone into an instant; ask about a repeated hour, refuse a skipped one."""
        if self.date.data is None or field.data is None or not self.timezone.data or self.timezone.errors:
            return
        later = {"first": False, "second": True}.get(self.occurrence.data or "")
        try:
            self.starts_at = parse_local(self.date.data, field.data, self.timezone.data, later=later)
        except NonexistentTimeError as gap:
            raise ValidationError(
                f"The clocks go forward that day: after {gap.before:%H:%M} comes {gap.after:%H:%M}. "
                "Choose a time that exists."
            ) from None
        except AmbiguousTimeError as twice:
            self._ask_which(twice)
            raise ValidationError(
                "The clocks go back that day, so this time comes twice. Say which one."
            ) from None
        except (UnknownZoneError, OverflowError):
            raise ValidationError("This date and time cannot be used.") from None
        if later is not None:
            self.keep_asking()
        if self.starts_at <= utc_now():
            raise ValidationError("This time has passed. Choose a later one.")
        if self.starts_at > utc_now() + timedelta(days=366 * _YEARS_AHEAD):
            raise ValidationError(f"This is more than {_YEARS_AHEAD} years ahead. Check the year.")

    def keep_asking(self) -> None:
        """Show the question that was answered again, if the clock strikes this time twice."""
        if self.date.data is None or self.time.data is None:
            return
        try:
            parse_local(self.date.data, self.time.data, self.timezone.data or "")
        except AmbiguousTimeError as twice:
            self._ask_which(twice)
        except (NonexistentTimeError, UnknownZoneError, OverflowError):
            # Whatever is wrong with it is said where the answer is checked.
            return

    def _ask_which(self, twice: AmbiguousTimeError) -> None:
        zone = self.timezone.data
        self.occurrence.choices = [
            SelectChoice(
                "first", f"The first, {zone_short_name(twice.earlier, zone)} ({_utc(twice.earlier)})"
            ),
            SelectChoice("second", f"The second, {zone_short_name(twice.later, zone)} ({_utc(twice.later)})"),
        ]

    @property
    def wall_time(self) -> str:
        return f"{self.date.data:%Y-%m-%d}T{self.time.data:%H:%M}"


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%H:%M} UTC"


class AttendeesStep(StepForm):
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


class DetailsStep(StepForm):
    title = StringField(
        "Title",
        validators=[DataRequired("Enter a title."), Length(max=200, message="At most 200 characters.")],
    )
    message_to_candidate = TextAreaField("Message to the candidate", validators=[Length(max=4000)])
    internal_notes = TextAreaField("Internal notes", validators=[Length(max=8000)])


class PreviewStep(StepForm):
    """Shows, and asks nothing."""


class FinalizeStep(StepForm):
    reminders = CheckboxesField("Reminders", coerce=int, validators=[Optional()])


FORMS: dict[str, type[StepForm]] = {
    "setup": SetupStep,
    "date-time": DateTimeStep,
    "attendees": AttendeesStep,
    "details": DetailsStep,
    "preview": PreviewStep,
    "finalize": FinalizeStep,
}
