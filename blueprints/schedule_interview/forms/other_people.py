"""The rows for people outside the team: what was typed or pasted there, and what is wrong with which."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from wtforms import FieldList

from models import User
from scheduling.plans import Participant
from text import shortened
from web.addresses import normal_address, people_in, unreadable_part

MOST_OTHERS = 30
# A form has far fewer rows; no one types more.
_MOST_ROWS = 200
_LONGEST_NAME = 120
# How much of what is no address is repeated in the message about it.
_SHOWN = 60


class RowsField(FieldList):
    """Rows of the same fields, as many as were sent, up to a limit on the row numbers."""

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        beginning = f"{prefix}-"
        found = {
            number
            for name in formdata
            if name.startswith(beginning)
            and (number := name[len(beginning) :].partition("-")[0]).isdigit()
            # Python does not read every Unicode digit as a number, and takes long over a long one.
            and number.isascii()
            and len(number) <= 4
        }
        yield from sorted(map(int, found))[:_MOST_ROWS]


class RowError(str):
    """A message about one row; `control_id` is the field that it leads to."""

    control_id: str

    def __new__(cls, words: str, number: int) -> RowError:
        error = super().__new__(cls, words)
        error.control_id = f"other_people-{number}-email"
        return error


@dataclass(frozen=True)
class PersonRow:
    name: str
    email: str
    error: str = ""


@dataclass(frozen=True)
class Reading:
    """What the rows say. `people` are the valid ones; `taken` are people on the team whose address was typed.
    They count as team members, so that they see the interview in their own list and zone.
    """

    rows: tuple[PersonRow, ...]
    people: tuple[Participant, ...]
    taken: tuple[User, ...]

    @property
    def errors(self) -> list[RowError]:
        return [RowError(row.error, number) for number, row in enumerate(self.rows) if row.error]


def read_rows(
    typed: Iterable[tuple[str, str]],
    *,
    team: Collection[User],
    hiring_manager: User | None,
    candidate_email: str,
) -> Reading:
    """Read the rows, each a name and an address as they were typed; empty ones are left out."""
    by_address = {user.email.lower(): user for user in team}
    rows: list[PersonRow] = []
    people: dict[str, tuple[int, Participant]] = {}
    taken: dict[int, User] = {}
    for row in _split(typed):
        number = len(rows)
        try:
            address = normal_address(row.email)
        except ValueError:
            rows.append(replace(row, error=_not_an_address(row)))
            continue
        member = by_address.get(address)
        if address == candidate_email.lower():
            error = "This is the candidate, who is already invited. Clear this row."
        elif member is not None and hiring_manager is not None and member.id == hiring_manager.id:
            error = f"This is {member.name}, the hiring manager, who is already invited. Clear this row."
        elif member is not None:
            taken[member.id] = member
            continue
        elif address in people:
            error = f"This address is in row {people[address][0] + 1} already. Clear one of the two."
        elif len(row.name) > _LONGEST_NAME:
            error = f"A name has at most {_LONGEST_NAME} characters."
        elif len(people) >= MOST_OTHERS:
            error = f"At most {MOST_OTHERS} guests."
        else:
            error = ""
            # Shown, so that people can replace it with a real name.
            row = PersonRow(row.name or address.partition("@")[0], address)
            people[address] = number, Participant(row.name, row.email)
        rows.append(replace(row, error=error))
    return Reading(tuple(rows), tuple(person for _, person in people.values()), tuple(taken.values()))


def _split(typed: Iterable[tuple[str, str]]) -> Iterator[PersonRow]:
    """The rows with name and address apart, wherever `Sam Ortiz <sam@partner.example>` was pasted."""
    for name, email in typed:
        if not name and not email:
            continue
        pasted = people_in(email) or ([] if email else people_in(name))
        if not pasted:
            yield PersonRow(name, email)
        for found_name, address in pasted:
            # A name that was typed beside the address takes precedence over the one that was pasted with it.
            own = name if email and len(pasted) == 1 else ""
            yield PersonRow(own or found_name, address)


def _not_an_address(row: PersonRow) -> str:
    part = unreadable_part(row.email or row.name)
    if not row.email and not part:
        return f"Enter the email address of {row.name}."
    return f"“{shortened(part or row.email, _SHOWN)}” isn't an email address."
