"""What a dialog is about: its words, its steps, and the command behind its last button.

Scheduling a new interview is one subject. Changing one, asking a candidate for times, and accepting one of
them go through the same steps with the same forms; each is another row here and not a second dialog.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from blueprints.schedule_interview.forms.attendees import AttendeesForm
from blueprints.schedule_interview.forms.base import StepForm
from blueprints.schedule_interview.forms.date_time import DateTimeForm
from blueprints.schedule_interview.forms.details import DetailsForm
from blueprints.schedule_interview.forms.finalize import FinalizeForm
from blueprints.schedule_interview.forms.preview import PreviewForm
from blueprints.schedule_interview.forms.setup import SetupForm
from models import Draft, DraftSubject, Interview, User
from scheduling.commands.change import finish_change
from scheduling.commands.schedule import schedule_interview
from scheduling.commands.ticket import Ticket
from scheduling.plans import Plan
from scheduling.rules import Rules


@dataclass(frozen=True)
class Subject:
    """`heading` is above every step, and `stepper` names the list of steps for screen readers. `last_button`
    is Finalize's button, and `nothing_done` what the person is told while an earlier step needs another look.
    `command` gets who acts, what was decided, what comes with it, and the rules; it raises what
    `schedule_interview` raises.
    `changes`: it is about an interview that exists, and may also raise what `finish_change` does.
    """

    heading: str
    stepper: str
    steps: tuple[type[StepForm], ...]
    last_button: str
    nothing_done: str
    command: Callable[[User, Plan, Ticket, Rules], Interview]
    # What the person is told when it is done; "" where the next page says it.
    done: str = ""
    changes: bool = False

    @property
    def asking(self) -> tuple[type[StepForm], ...]:
        """The steps that ask for something the interview cannot do without."""
        return tuple(step for step in self.steps if step.asks)


NEW_INTERVIEW = Subject(
    heading="Schedule Interview",
    stepper="Steps to schedule the interview",
    steps=(SetupForm, DateTimeForm, AttendeesForm, DetailsForm, PreviewForm, FinalizeForm),
    last_button="Schedule Interview",
    nothing_done="Nothing has been scheduled yet.",
    command=schedule_interview,
    done="Interview scheduled.",
)

CHANGE = Subject(
    heading="Change Interview",
    stepper="Steps to change the interview",
    steps=NEW_INTERVIEW.steps,
    last_button="Save changes",
    nothing_done="Nothing has been changed yet.",
    command=finish_change,
    changes=True,
)

_SUBJECTS = {DraftSubject.NEW_INTERVIEW: NEW_INTERVIEW, DraftSubject.CHANGE: CHANGE}


def subject_of(draft: Draft) -> Subject:
    """What the draft is about."""
    return _SUBJECTS[draft.subject]
