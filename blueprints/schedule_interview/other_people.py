"""The rows for people outside the team: what was typed or pasted there, and what is wrong with which."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from email.utils import getaddresses
from itertools import zip_longest

from wtforms import Field
from wtforms.widgets import TextInput

from models import User
from scheduling.plans import Participant
from web.addresses import normal_address
from web.forms import clean_line

MOST_OTHERS = 30
# A form has far fewer rows; whoever sends more has not typed them.
_MOST_ROWS = 200
_LONGEST_NAME = 120


class ColumnField(Field):
    """One column of the rows: a text for each of them, empty ones included."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = [clean_line(text) or "" for text in valuelist[:_MOST_ROWS]]


class RowError(str):
    """A message about one row; `control_id` is the field that it leads to."""

    control_id: str

    def __new__(cls, words: str, number: int) -> RowError:
        error = super().__new__(cls, words)
        error.control_id = f"other_emails-{number}"
        return error


@dataclass(frozen=True)
class PersonRow:
    name: str
    email: str
    error: str = ""


@dataclass(frozen=True)
class Reading:
    """What the rows say. `people` are those that are right; `taken` are members of the team whose address
    was typed, and who are taken as such: then they see the interview in their own list and zone."""

    rows: tuple[PersonRow, ...]
    people: tuple[Participant, ...]
    taken: tuple[User, ...]

    @property
    def errors(self) -> list[RowError]:
        return [RowError(row.error, number) for number, row in enumerate(self.rows) if row.error]


def read_rows(
    names: Iterable[str],
    emails: Iterable[str],
    *,
    team: Collection[User],
    hiring_manager: User | None,
    candidate_email: str,
) -> Reading:
    """Read the rows; empty ones are left out."""
    by_address = {user.email.lower(): user for user in team}
    rows: list[PersonRow] = []
    people: dict[str, tuple[int, Participant]] = {}
    taken: dict[int, User] = {}
    for row in _split(names, emails):
        number = len(rows)
        try:
            address = normal_address(row.email)
        except ValueError:
            rows.append(replace(row, error=_not_an_address(row)))
            continue
        member = by_address.get(address)
        if address == candidate_email.lower():
            error = "This is the candidate, who is invited anyway. Clear this row."
        elif member is not None and hiring_manager is not None and member.id == hiring_manager.id:
            error = f"This is {member.name}, the hiring manager, who is invited anyway. Clear this row."
        elif member is not None:
            taken[member.id] = member
            continue
        elif address in people:
            error = f"This address stands in row {people[address][0] + 1} already. Clear one of the two."
        elif len(row.name) > _LONGEST_NAME:
            error = f"A name has at most {_LONGEST_NAME} characters."
        elif len(people) >= MOST_OTHERS:
            error = f"At most {MOST_OTHERS} other people."
        else:
            error = ""
            # Shown, so that it can be made a real name.
            row = PersonRow(row.name or address.partition("@")[0], address)
            people[address] = number, Participant(row.name, row.email)
        rows.append(replace(row, error=error))
    return Reading(tuple(rows), tuple(person for _, person in people.values()), tuple(taken.values()))


def _split(names: Iterable[str], emails: Iterable[str]) -> Iterator[PersonRow]:
    """The rows with name and address apart, wherever `Sam Ortiz <sam@partner.example>` was pasted."""
    for name, email in zip_longest(names, emails, fillvalue=""):
        if not name and not email:
            continue
        pasted = _people_in(email) or ([] if email else _people_in(name))
        if not pasted:
            yield PersonRow(name, email)
        for found_name, address in pasted:
            # A name that was typed beside the address counts more than the one that came with it.
            typed = name if email and len(pasted) == 1 else ""
            yield PersonRow(typed or found_name, address)


def _people_in(text: str) -> list[tuple[str, str]]:
    """The names and addresses of a pasted text, or nothing when something in it is neither."""
    found = getaddresses([text.replace(";", ",")])
    return found if found and all("@" in address for _, address in found) else []


def _not_an_address(row: PersonRow) -> str:
    if not row.email:
        return f"Enter the email address of {row.name}."
    shown = row.email if len(row.email) <= 60 else row.email[:59] + "…"
    return f"“{shown}” is not an email address."
