"""Setup: for which job, what kind of interview, and on whose account it is held."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wtforms import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from blueprints.schedule_interview.steps.base import Step, StepForm
from models import FailureReason, InterviewType, MeetingSoftware
from scheduling.hosts import first_usable
from scheduling.venues import OnlineMeeting, Venue

if TYPE_CHECKING:
    from blueprints.schedule_interview.dialog import Dialog

# What Zoom takes as a passcode, by its API reference: at most ten characters, letters, digits and @ - _ *.
_PASSCODE = re.compile(r"[A-Za-z0-9@_*-]{1,10}")


class SetupForm(StepForm):
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

    @property
    def venue(self) -> Venue:
        """Where it is held, from a form that was found right."""
        return OnlineMeeting(MeetingSoftware(self.meeting_software.data), self.password.data or None)


class SetupStep(Step[SetupForm]):
    key, label = "setup", "Setup"
    form_class = SetupForm

    def prepare(self, dialog: Dialog, form: SetupForm) -> None:
        form.job.choices = [SelectChoice(a.id, a.job.title) for a in dialog.applications]
        if len(dialog.applications) == 1 and dialog.application is not None:
            del form.job

    def answers(self, dialog: Dialog, form: SetupForm) -> dict[str, list[str]]:
        answers = super().answers(dialog, form)
        if "job" not in answers and dialog.application is not None:
            # Kept although nobody had to choose: should this job close and another open before the last
            # step, the interview must not move there by itself.
            answers["job"] = [str(dialog.application.id)]
        return answers

    def context(self, dialog: Dialog, form: SetupForm) -> dict[str, Any]:
        return {"hosting": hosting(dialog)}


SETUP = SetupStep()


@dataclass(frozen=True)
class Hosting:
    """Whose account will host, in words."""

    words: str
    is_connected: bool
    email: str | None


def hosting(dialog: Dialog) -> Hosting:
    """Whose account hosts, and why, or what happens when nobody's can."""
    hosts = dialog.hosts()
    host = first_usable(hosts)
    if host is not None and host.connection is not None:
        is_own = host.user.id == dialog.actor.id
        whose = "Your" if is_own else f"{host.user.name}'s"
        because = "you are" if is_own else "they are"
        return Hosting(
            f"{whose} Zoom account hosts, because {because} {host.because}.",
            True,
            host.connection.account_email,
        )
    ended = any(host.unusable is FailureReason.RECONNECT_NEEDED for host in hosts)
    problem = "The Zoom connection has ended" if ended else "Zoom is not connected"
    return Hosting(
        f"{problem}: the interview will be saved and everybody invited, without a link for now.", False, None
    )
