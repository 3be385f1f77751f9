"""The subject of a dialog: its words, its steps, and the command behind its last button.

Scheduling a new interview is one subject. Changing one, asking a candidate to choose a time, and a last look
at what they chose go through the same steps with the same forms; each is another row here and not a second
dialog.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from blueprints.schedule_interview.forms.attendees import AttendeesForm
from blueprints.schedule_interview.forms.base import StepForm
from blueprints.schedule_interview.forms.date_time import DateTimeForm
from blueprints.schedule_interview.forms.details import DetailsForm
from blueprints.schedule_interview.forms.finalize import FinalizeForm
from blueprints.schedule_interview.forms.preview import PreviewForm
from blueprints.schedule_interview.forms.setup import SetupForm
from models import Draft, DraftSubject, Interview, SchedulingMethod, User
from scheduling.commands.change import finish_change
from scheduling.commands.schedule import schedule_interview
from scheduling.commands.ticket import Ticket
from scheduling.commands.time_slots import finish_acceptance, request_slots
from scheduling.plans import Plan
from scheduling.rules import Rules
from scheduling.slots import Offer


@dataclass(frozen=True)
class Decided:
    """Everything that was decided in a dialog, for its command. `offer` is None where the team has chosen the
    time."""

    plan: Plan
    ticket: Ticket
    offer: Offer | None = None


@dataclass(frozen=True)
class Subject:
    """`heading` is above every step, and `stepper` names the list of steps for screen readers. `last_button`
    is Finalize's button, and `nothing_done` what the person is told while an earlier step needs another look.
    `command` gets who acts, what was decided, what comes with it, and the rules; it raises what
    `schedule_interview` raises.
    `exists`: it is about an interview that exists. `changes`: people know that interview, and are told what
    changes; its command may also raise what `finish_change` does. `offers_slots`: the candidate chooses the
    time from several.
    """

    heading: str
    stepper: str
    steps: tuple[type[StepForm], ...]
    last_button: str
    nothing_done: str
    command: Callable[[User, Decided, Rules], Interview]
    # What the person is told when it is done, with the candidate's first name as `{name}`; "" where the next
    # page says it.
    done: str = ""
    exists: bool = False
    changes: bool = False
    offers_slots: bool = False

    @property
    def asking(self) -> tuple[type[StepForm], ...]:
        """The steps that ask for something the interview cannot do without."""
        return tuple(step for step in self.steps if step.asks)


def _without_offer(
    command: Callable[[User, Plan, Ticket, Rules], Interview],
) -> Callable[[User, Decided, Rules], Interview]:
    return lambda actor, decided, rules: command(actor, decided.plan, decided.ticket, rules)


def _ask(actor: User, decided: Decided, rules: Rules) -> Interview:
    assert decided.offer is not None
    return request_slots(actor, decided.plan, decided.offer, decided.ticket, rules)


NEW_INTERVIEW = Subject(
    heading="Schedule Interview",
    stepper="Steps to schedule the interview",
    steps=(SetupForm, DateTimeForm, AttendeesForm, DetailsForm, PreviewForm, FinalizeForm),
    last_button="Schedule Interview",
    nothing_done="Nothing has been scheduled yet.",
    command=_without_offer(schedule_interview),
    done="Interview scheduled.",
)

# The same dialog, once Setup says that the candidate chooses.
REQUEST = replace(
    NEW_INTERVIEW,
    last_button="Send request",
    nothing_done="Nothing has been sent yet.",
    command=_ask,
    done="Request sent to {name}.",
    offers_slots=True,
)

CHANGE = Subject(
    heading="Change Interview",
    stepper="Steps to change the interview",
    steps=NEW_INTERVIEW.steps,
    last_button="Save changes",
    nothing_done="Nothing has been changed yet.",
    command=_without_offer(finish_change),
    exists=True,
    changes=True,
)

# The last look at an interview whose time the candidate has chosen.
ACCEPTANCE = replace(NEW_INTERVIEW, command=_without_offer(finish_acceptance), exists=True)

_SUBJECTS = {
    DraftSubject.NEW_INTERVIEW: NEW_INTERVIEW,
    DraftSubject.CHANGE: CHANGE,
    DraftSubject.ACCEPTANCE: ACCEPTANCE,
}


def subject_of(draft: Draft) -> Subject:
    """What the draft is about."""
    setup = draft.payload.get(SetupForm.key, {})
    if draft.subject is DraftSubject.NEW_INTERVIEW and setup.get("method") == [SchedulingMethod.TIME_SLOTS]:
        return REQUEST
    return _SUBJECTS[draft.subject]
