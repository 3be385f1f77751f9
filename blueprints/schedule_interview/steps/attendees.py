"""Attendees: who takes part beside the candidate."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wtforms import Field, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Optional

from blueprints.schedule_interview.clash_check import TICK_NEEDED, ClashTick, clash_box, clashes_then
from blueprints.schedule_interview.other_people import ColumnField, Reading, read_rows
from blueprints.schedule_interview.outsiders import outsiders
from blueprints.schedule_interview.steps.base import Step, StepForm
from blueprints.schedule_interview.steps.date_time import DATE_TIME
from models import User
from scheduling.clashes import Clash, ClashKind
from scheduling.plans import Participant
from scheduling.reading.load import Load, loads
from timezones import local_moment, utc_now
from web.forms import CheckboxesField
from web.notices import say

if TYPE_CHECKING:
    from blueprints.schedule_interview.dialog import Dialog

# A longer list of the team gets a field to search it by.
_SEARCHED_FROM = 13


def _user_id(text: Any) -> int | None:
    return int(text) if text else None


class AttendeesForm(StepForm):
    hiring_manager = SelectField(
        "Hiring manager", coerce=_user_id, validators=[DataRequired("Choose a hiring manager.")]
    )
    people = CheckboxesField("From the team", coerce=int, validators=[Optional()])
    other_names = ColumnField("Names of other people")
    other_emails = ColumnField("Email addresses of other people")
    accepted_clashes = ClashTick("Schedule it all the same")

    team: Sequence[User] = ()
    candidate_email: str = ""

    def validate_other_emails(self, field: Field) -> None:
        field.errors.extend(self.reading.errors)
        # Somebody of the team by whatever way is somebody of the team.
        self.people.data = list(
            dict.fromkeys([*(self.people.data or ()), *(u.id for u in self.reading.taken)])
        )

    @cached_property
    def reading(self) -> Reading:
        """What the rows for other people say."""
        return read_rows(
            self.other_names.data or (),
            self.other_emails.data or (),
            team=self.team,
            hiring_manager=self.manager,
            candidate_email=self.candidate_email,
        )

    @property
    def manager(self) -> User | None:
        return next((user for user in self.team if user.id == self.hiring_manager.data), None)

    @property
    def other_people(self) -> tuple[Participant, ...]:
        return self.reading.people

    @property
    def busy_user_ids(self) -> set[int]:
        """Everybody of the team whose time is taken."""
        manager = {self.manager.id} if self.manager is not None else set()
        return manager | set(self.people.data or ()) | {user.id for user in self.reading.taken}


@dataclass(frozen=True)
class TeamMember:
    """One line of the list to choose interviewers from. `is_busy`: with another interview at that time.
    `is_outsider`: somebody who cannot open the interview's page."""

    id: int
    name: str
    role: str
    load: str
    is_busy: bool
    is_outsider: bool


class AttendeesStep(Step[AttendeesForm]):
    key, label = "attendees", "Attendees"
    form_class = AttendeesForm

    def prepare(self, dialog: Dialog, form: AttendeesForm) -> None:
        form.team = dialog.team
        form.candidate_email = dialog.candidate.email
        choices = [SelectChoice(user.id, user.name) for user in dialog.team]
        manager_of_job = dialog.job.hiring_manager_id if dialog.job else None
        if manager_of_job not in {user.id for user in dialog.team}:
            # Nobody becomes the hiring manager by being first in the list.
            choices.insert(0, SelectChoice("", "Choose somebody"))
        form.hiring_manager.choices = choices
        form.people.choices = [SelectChoice(user.id, user.name) for user in dialog.team]

    def suggest(self, dialog: Dialog, form: AttendeesForm) -> None:
        form.hiring_manager.data = dialog.job.hiring_manager_id if dialog.job else None

    def check(self, dialog: Dialog, form: AttendeesForm) -> bool:
        if not form.validate():
            return False
        clashes = _clashes(dialog, form.manager, form.busy_user_ids)
        if any(clash.key not in form.accepted_clashes.keys for clash in clashes):
            form.refuse("accepted_clashes", TICK_NEEDED)
            return False
        for words in _taken(form):
            say(words, "info")
        return True

    def answers(self, dialog: Dialog, form: AttendeesForm) -> dict[str, list[str]]:
        reading = form.reading
        chosen = dict.fromkeys([*(form.people.data or ()), *(user.id for user in reading.taken)])
        return {
            **super().answers(dialog, form),
            "people": [str(number) for number in chosen],
            "other_names": [row.name for row in reading.rows],
            "other_emails": [row.email for row in reading.rows],
        }

    def context(self, dialog: Dialog, form: AttendeesForm) -> dict[str, Any]:
        everybody = {user.id for user in dialog.team}
        clashes = _clashes(dialog, form.manager, everybody)
        busy = {clash.subject_id for clash in clashes if clash.kind is ClashKind.PERSON}
        chosen = form.busy_user_ids
        shown = [c for c in clashes if c.kind is not ClashKind.PERSON or c.subject_id in chosen]
        load, when = loads(utc_now()), dialog.checked(DATE_TIME)
        outside = outsiders(dialog)
        form.hiring_manager.choices = [
            SelectChoice(value, f"{label} (not on this job)" if value in outside else label)
            for value, label, *_ in form.hiring_manager.choices
        ]
        return {
            "has_outsiders": bool(outside),
            "clash_box": clash_box(shown, form.accepted_clashes.keys, dialog.actor.timezone),
            "when": local_moment(when.starts_at, dialog.actor.timezone) if when and when.starts_at else None,
            "members": [
                TeamMember(
                    user.id,
                    user.name,
                    user.role.label,
                    _in_words(load.get(user.id, Load())),
                    is_busy=user.id in busy,
                    is_outsider=user.id in outside,
                )
                for user in dialog.team
            ],
            "is_searched": len(dialog.team) >= _SEARCHED_FROM,
            "rows": form.reading.rows,
            "taken": _taken(form) if form.errors else [],
        }


ATTENDEES = AttendeesStep()


def _clashes(dialog: Dialog, manager: User | None, user_ids: Collection[int]) -> list[Clash]:
    """What the time clashes with for these people, without what was accepted with the time itself."""
    when = dialog.checked(DATE_TIME)
    if when is None or when.starts_at is None or when.minutes is None:
        return []
    found = clashes_then(dialog, when.starts_at, when.minutes, manager=manager, user_ids=user_ids)
    return [clash for clash in found if clash.key not in when.accepted_clashes.keys]


def _taken(form: AttendeesForm) -> list[str]:
    return [
        f"{user.email} is {user.name} of your team, who is ticked there now." for user in form.reading.taken
    ]


def _in_words(load: Load) -> str:
    words = f"{load.recent} in 4 weeks"
    return f"{words}, {load.coming} coming" if load.coming else words
