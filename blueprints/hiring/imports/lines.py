"""The candidates of a list: each row checked like the form of one candidate."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from blueprints.hiring.forms import ADDRESS_WORDS, NAME_LENGTH
from blueprints.hiring.formulas import unguarded
from blueprints.hiring.imports.columns import Columns, Meaning, is_enough, understood
from blueprints.hiring.imports.files import UnreadableListError
from blueprints.hiring.imports.table import MOST_COLUMNS, Row, read_table, says_nothing
from hiring.imported_lines import Line, Problem
from hiring.imports import Answers
from phone_numbers import WORDS as PHONE_WORDS
from phone_numbers import is_phone_number
from timezones import zone_as_written, zones_meant
from web.addresses import normal_address, people_in, why_not_one
from web.forms import clean_line

# How much of a value that is wrong is repeated beside the reason.
_SHOWN = 200
_NAMES = frozenset({Meaning.NAME, Meaning.FIRST, Meaning.LAST})
# Numbers that a program calculated with: 491714567890.0, and 4.91715E+11, whose digits are lost.
_CALCULATED = re.compile(r"([0-9]{7,})\.0")
_ROUNDED = re.compile(r"[0-9][.,]?[0-9]*E\+?[0-9]{1,2}", re.I)
_ROUNDED_WORDS = "A spreadsheet shortened this number. Enter all of it, or leave it out."


@dataclass(frozen=True)
class CandidateList:
    """What a text holds: its rows, what its columns mean, the candidates, and the headings no one uses."""

    rows: list[Row]
    columns: Columns
    lines: list[Line]
    ignored: list[str]


def read_list(text: str, answers: Answers) -> CandidateList:
    """The candidates of a list, as far as its columns are known. Raises `UnreadableListError`."""
    rows = read_table(text)
    columns = understood(rows)
    if answers.columns is not None and answers.heading is not None:
        columns = _as_answered(rows, columns, answers.columns, answers.heading)
    below = [row for row in rows if row.number > columns.heading]
    if not below:
        raise UnreadableListError("There's no one below the column names.")
    # What is beyond the headings came from a comma inside a value, unless someone said what it is.
    width = MOST_COLUMNS
    if columns.heading and answers.columns is None:
        width = next(len(row.cells) for row in rows if row.number == columns.heading)
    lines = [_line(row, columns.meanings, width, answers) for row in below]
    ignored = [
        (clean_line(name) or "")[:_SHOWN]
        for name, meaning in zip(columns.names, columns.meanings, strict=True)
        if name and not meaning
    ]
    return CandidateList(rows, columns, lines, ignored)


def is_usable(found: CandidateList) -> bool:
    """Whether anyone on the list has a name: in a column of its own, or before the address."""
    return is_enough([*found.columns.meanings, Meaning.EMAIL]) or any(line.name for line in found.lines)


def people_as_table(text: str) -> str:
    """A line of people as mail programs copy it, `Ortiz, Sam <sam@partner.example>; …`, as a list with
    headings; every other text as it is."""
    people = people_in(text)
    if not people or not all(name for name, _ in people):
        return text
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerows([("name", "email"), *people])
    return file.getvalue()


def _as_answered(rows: Sequence[Row], columns: Columns, meanings: Sequence[str], heading: int) -> Columns:
    width = len(columns.meanings)
    chosen = tuple(Meaning(each) for each in meanings[:width]) + (Meaning.NOTHING,) * (width - len(meanings))
    cells = next((row.cells for row in rows if row.number == heading), [])
    names = tuple(" ".join(cell.split()) for cell in cells) + ("",) * (width - len(cells))
    return Columns(chosen, heading, names, is_sure=True)


def _line(row: Row, meanings: Sequence[Meaning], width: int, answers: Answers) -> Line:
    typed = {
        meaning: clean_line(unguarded(cell)) or ""
        for meaning, cell in zip(meanings, row.cells, strict=False)
        if meaning and (meaning in _NAMES or not says_nothing(cell))
    }
    name = typed.get(Meaning.NAME) or " ".join(
        part for part in (typed.get(Meaning.FIRST), typed.get(Meaning.LAST)) if part
    )
    email = typed.get(Meaning.EMAIL, "")
    if not name and len(people := people_in(email)) == 1:
        name = people[0][0]
    jobs = tuple(title.strip() for title in typed.get(Meaning.JOB, "").split(";") if title.strip())
    phone = typed.get(Meaning.PHONE, "")
    if calculated := _CALCULATED.fullmatch(phone):
        phone = calculated[1]
    written = Line(row.number, name, email, phone, typed.get(Meaning.ZONE) or None, jobs=jobs)
    if (right := answers.corrected.get(row.number)) is not None:
        return checked(
            replace(written, name=right.name, email=right.email, phone=right.phone, timezone=right.timezone),
            answers.zones,
        )
    if row.number in answers.skipped:
        return replace(checked(written, answers.zones), is_skipped=True)
    if row.is_broken:
        return _wrong(written, Problem("The quotation marks in this row don't match."))
    if any(cell.strip() for cell in row.cells[width:]):
        words = "There are more values than columns. Put values that contain a comma in quotation marks."
        return _wrong(written, Problem(words))
    return checked(written, answers.zones)


def checked(line: Line, zones: Mapping[str, str]) -> Line:
    """The line with its values in the form in which they are kept, or with all that is wrong with them.
    `zones` are the sender's answers about those that could be several."""
    name, typed, phone, zone = line.name, line.email, line.phone, line.timezone or ""
    problems: list[Problem] = []
    if not name:
        problems.append(Problem("The name is missing.", "name"))
    elif len(name) > NAME_LENGTH:
        problems.append(Problem(f"The name is longer than {NAME_LENGTH} characters.", "name"))
    email = typed
    try:
        email = normal_address(typed)
    except ValueError:
        words = why_not_one(typed, ADDRESS_WORDS) if typed else "The email address is missing."
        problems.append(Problem(words, "email"))
    if phone and not is_phone_number(phone):
        problems.append(Problem(_ROUNDED_WORDS if _ROUNDED.fullmatch(phone) else PHONE_WORDS, "phone"))
    zone_name = zone_as_written(zone) if zone else None
    is_unclear = bool(zone) and zone_name is None
    if is_unclear and not zones_meant(zone):
        words = f"“{zone[:60]}” isn't a time zone. Write it like Europe/Zurich, or leave it out."
        problems.append(Problem(words, "timezone"))
    if problems:
        return _wrong(replace(line, email=email), *problems)
    if not is_unclear:
        return replace(line, email=email, timezone=zone_name)
    answer = zones.get(zone.casefold())
    return replace(line, email=email, timezone=answer or None, unclear_zone=zone, is_zone_open=answer is None)


def _wrong(line: Line, *problems: Problem) -> Line:
    return replace(
        line,
        name=line.name[:_SHOWN],
        email=line.email[:_SHOWN],
        phone=line.phone[:_SHOWN],
        timezone=(line.timezone or "")[:_SHOWN] or None,
        problems=problems,
    )
