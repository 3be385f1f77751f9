"""Attendees: who takes part besides the candidate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import wtforms
from werkzeug.datastructures import MultiDict
from wtforms import Field, FormField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Optional

from blueprints.schedule_interview.forms.base import (
    EVERYTHING_ELSE_IS_KEPT,
    Answers,
    Gone,
    Offered,
    StepForm,
)
from blueprints.schedule_interview.forms.clash_tick import OFFER_ANYWAY, ClashTick
from blueprints.schedule_interview.forms.other_people import Reading, RowsField, read_rows
from models import User
from scheduling.plans import Participant
from web.addresses import clean_pasted
from web.forms import CheckboxesField
from wording import listed

# Empty rows below the filled ones, for people without JavaScript.
_SPARE_ROWS = 3


def _user_id(text: Any) -> int | None:
    return int(text) if text else None


class PersonForm(wtforms.Form):
    """One row for a person from outside. A part of the step's form, so without a token of its own."""

    name = StringField("Name", filters=[clean_pasted])
    email = StringField("Email", filters=[clean_pasted])


class AttendeesForm(StepForm):
    key, label = "attendees", "Attendees"
    lists_guests = True

    hiring_manager = SelectField(
        "Hiring manager", coerce=_user_id, validators=[DataRequired("Choose a hiring manager.")]
    )
    people = CheckboxesField("From the team", coerce=int, validators=[Optional()])
    other_people = RowsField(FormField(PersonForm), "Other people")
    # The guests of last time, by address. A checked one becomes a row like those that are typed.
    guests_again = CheckboxesField(
        "Guests of the last interview", validate_choice=False, validators=[Optional()]
    )
    accepted_clashes = ClashTick("Schedule anyway")

    # Taken from what is offered.
    team: Sequence[User] = ()
    guests: Sequence[Participant] = ()
    candidate_email: str = ""

    def offer(self, offered: Offered) -> None:
        self.team, self.candidate_email = offered.team, offered.candidate.email
        self.guests = offered.guests
        choices = [SelectChoice(user.id, user.name) for user in offered.team]
        manager_of_job = offered.application.job.hiring_manager_id if offered.application else None
        if manager_of_job not in {user.id for user in offered.team}:
            # No one becomes the hiring manager just by being first in the list.
            choices.insert(0, SelectChoice("", "Choose someone"))
        self.hiring_manager.choices = choices
        self.people.choices = [SelectChoice(user.id, user.name) for user in offered.team]
        if offered.offers_slots:
            self.accepted_clashes.label.text = OFFER_ANYWAY

    def suggest(self, offered: Offered) -> None:
        manager_of_job = offered.application.job.hiring_manager_id if offered.application else None
        is_here = manager_of_job in {user.id for user in offered.team}
        self.hiring_manager.data = manager_of_job if is_here else None

    def explain(self, offered: Offered, gone: Gone) -> None:
        here = {user.id for user in offered.team}
        manager_id = self.hiring_manager.data
        if manager_id is not None and manager_id not in here:
            name = gone.names.get(manager_id, "Someone")
            self.hiring_manager.errors = [
                f"{name} is no longer active on your team. Choose another hiring manager. "
                f"{EVERYTHING_ELSE_IS_KEPT}"
            ]
            self.hiring_manager.data = None
            self._ask_for_manager()
        left = [user_id for user_id in self.people.data or [] if user_id not in here]
        if left:
            names = listed([gone.names.get(user_id, "Someone") for user_id in left])
            verb = "is" if len(left) == 1 else "are"
            self.people.errors = [f"{names} {verb} no longer active on your team. Continue without them?"]

    def _ask_for_manager(self) -> None:
        """Offer no one as the first choice, so that no one takes over by being first in the list."""
        if all(value != "" for value, *_ in self.hiring_manager.choices):
            self.hiring_manager.choices.insert(0, SelectChoice("", "Choose someone"))

    def validate_other_people(self, field: Field) -> None:
        field.errors = [*field.errors, *self.reading.errors]
        # A person on the team counts as such, no matter how they were entered.
        self.people.data = list(
            dict.fromkeys([*(self.people.data or ()), *(u.id for u in self.reading.taken)])
        )

    @cached_property
    def reading(self) -> Reading:
        """What the rows for guests say, with the guests of the last interview who were checked after them."""
        typed = [(row["name"] or "", row["email"] or "") for row in self.other_people.data]
        known = {email.casefold() for _, email in typed}
        again = [
            (guest.name, guest.email)
            for guest in self.guests
            if guest.email in (self.guests_again.data or ()) and guest.email.casefold() not in known
        ]
        return read_rows(
            typed + again,
            team=self.team,
            hiring_manager=self.manager,
            candidate_email=self.candidate_email,
        )

    def lay_out_rows(self) -> None:
        """Show the rows as they were read, each with what was found wrong with it, and empty ones below."""
        rows = self.reading.rows
        self.other_people.process(None, [{"name": row.name, "email": row.email} for row in rows])
        for entry, row in zip(self.other_people.entries, rows, strict=True):
            entry.form.email.errors = [row.error] if row.error and self.other_people.errors else []
        for _ in range(_SPARE_ROWS):
            self.other_people.append_entry()
        shown = {row.email.casefold() for row in rows}
        self.guests_again.choices = [
            SelectChoice(guest.email, f"{guest.name} ({guest.email})")
            for guest in self.guests
            if guest.email.casefold() not in shown
        ]

    def answers(self) -> Answers:
        reading, kept = self.reading, super().answers()
        del kept["other_people"], kept["guests_again"]
        chosen = dict.fromkeys([*(self.people.data or ()), *(user.id for user in reading.taken)])
        kept["people"] = [str(number) for number in chosen]
        return kept | answers_for_others((row.name, row.email) for row in reading.rows)

    def changes_from(self, shown: StepForm) -> Answers:
        """The rows for other people change together: clearing one moves those below it up."""
        changes, mine = super().changes_from(shown), self.answers()
        if any(_is_of_a_row(name) for name in changes):
            changes |= {name: values for name, values in mine.items() if _is_of_a_row(name)}
        return changes

    def fill_in(self, answers: Mapping[str, list[str]]) -> None:
        super().fill_in(answers)
        if self.manager is None:
            # Who was chosen has left since; Continue will say that someone is missing.
            self._ask_for_manager()
        rows = {name: values for name, values in answers.items() if _is_of_a_row(name)}
        if rows:
            self.other_people.process(
                MultiDict((name, value) for name, values in rows.items() for value in values)
            )

    def words_of(self, field: Field) -> Iterator[tuple[str, str]]:
        if field is not self.other_people:
            yield from super().words_of(field)
            return
        for label, words in self._columns(", "):
            yield label, words or "–"

    def typed_in(self, field: Field) -> Iterator[tuple[str, str]]:
        yield from self._columns("\n") if field is self.other_people else super().typed_in(field)

    def _columns(self, between: str) -> Iterator[tuple[str, str]]:
        """The rows as two texts, to read and copy."""
        for label, name in (("Names of guests", "name"), ("Email addresses of guests", "email")):
            yield label, between.join(row[name] for row in self.other_people.data if row[name])

    @property
    def manager(self) -> User | None:
        return next((user for user in self.team if user.id == self.hiring_manager.data), None)

    @property
    def attendees(self) -> tuple[Participant, ...]:
        """Everyone who was chosen besides the hiring manager, team members first."""
        chosen = set(self.people.data or ()) - {self.hiring_manager.data}
        team = tuple(Participant(u.name, u.email, u.id) for u in self.team if u.id in chosen)
        known = {person.email for person in team}
        return team + tuple(person for person in self.reading.people if person.email not in known)

    @property
    def busy_user_ids(self) -> set[int]:
        """Everyone on the team whose time is taken."""
        manager = {self.manager.id} if self.manager is not None else set()
        return manager | set(self.people.data or ()) | {user.id for user in self.reading.taken}


def _is_of_a_row(name: str) -> bool:
    return name.startswith("other_people-")


def answers_for_others(people: Iterator[tuple[str, str]]) -> Answers:
    """The answers of the rows for people from outside, each a name and an address."""
    return {
        f"other_people-{number}-{column}": [text]
        for number, row in enumerate(people)
        for column, text in zip(("name", "email"), row, strict=True)
    }
