"""Reading a list of candidates as spreadsheets write it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from blueprints.hiring.forms import ADDRESS_WORDS, NAME_LENGTH, PHONE, PHONE_LENGTH, PHONE_WORDS
from blueprints.hiring.formulas import unguarded
from hiring.imports import Line
from timezones import zone_names
from web.addresses import normal_address
from web.forms import clean_line

MOST_BYTES = 1024 * 1024
MOST_LINES = 2000

_COLUMNS = ("name", "email", "phone", "timezone")
_REQUIRED = ("name", "email")
# How much of a value that is wrong is repeated beside the reason.
_SHOWN = 200


class UnreadableListError(Exception):
    """Nothing of the list can be used; the words say why, for the person who sent it."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True)
class CandidateList:
    """The lines of a list, those with errors included, and the headings that mean nothing here."""

    lines: list[Line]
    ignored: list[str]


_NOT_UTF8 = "The file is not in UTF-8. In Excel, save it as “CSV UTF-8 (Comma delimited)”."


def decoded(content: bytes) -> str:
    """The text of an uploaded file. Raises `UnreadableListError`."""
    if len(content) > MOST_BYTES:
        raise UnreadableListError("The file is larger than 1 MB. Split it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableListError(_NOT_UTF8) from None
    if "\0" in text:
        # UTF-16 without its mark passes for UTF-8, with a NUL beside each letter.
        raise UnreadableListError(_NOT_UTF8)
    return text


def read_list(text: str) -> CandidateList:
    """The lines of the list. Raises `UnreadableListError` when it has no usable header or is too long."""
    text = text.removeprefix("\ufeff")
    rows = _rows(text)
    header = next(rows, None)
    if header is None:
        raise UnreadableListError("The list is empty.")
    names = [_plain(cell) for cell in header[1]]
    missing = [name for name in _REQUIRED if name not in names]
    if missing:
        raise UnreadableListError(
            f"The first row must name the columns, and {' and '.join(missing)} must be among them: "
            "name,email,phone,timezone."
        )
    twice = [name for name in _COLUMNS if names.count(name) > 1]
    if twice:
        raise UnreadableListError(f"The column {twice[0]} is there twice.")
    lines: list[Line] = []
    for number, cells in rows:
        if len(lines) >= MOST_LINES:
            raise UnreadableListError(f"At most {MOST_LINES} candidates at a time. Split the list.")
        lines.append(_line(number, names, cells))
    if not lines:
        raise UnreadableListError("There's no one below the column names.")
    ignored = [
        clean_line(cell) or "" for cell, name in zip(header[1], names, strict=True) if name not in _COLUMNS
    ]
    return CandidateList(lines, [name[:_SHOWN] for name in ignored if name])


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not empty, with the number of the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error:
        raise UnreadableListError(
            f"The quotation marks don't match in the row that starts on line {begins}."
        ) from None


def _delimiter(text: str) -> str:
    """Spreadsheets write semicolons where the comma is part of numbers, and the clipboard holds tabs."""
    header = text.partition("\n")[0]
    return max((",", ";", "\t"), key=header.count)


def _plain(heading: str) -> str:
    """A heading as it is compared: `Email` and `Time zone` are what people write."""
    return "".join(letter for letter in heading.casefold() if letter.isalnum())


def _line(number: int, names: list[str], cells: list[str]) -> Line:
    row = {name: clean_line(unguarded(cell)) or "" for name, cell in zip(names, cells, strict=False)}
    name, typed, phone, zone = (row.get(column, "") for column in _COLUMNS)
    shown = Line(number, name[:_SHOWN], typed[:_SHOWN], phone[:_SHOWN])

    def wrong(words: str) -> Line:
        return Line(number, shown.name, shown.email, shown.phone, error=words)

    if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
        return wrong(
            "There are more values than columns. Put values that contain a comma in quotation marks."
        )
    if not name:
        return wrong("The name is missing.")
    if len(name) > NAME_LENGTH:
        return wrong(f"The name is longer than {NAME_LENGTH} characters.")
    try:
        email = normal_address(typed)
    except ValueError:
        return wrong(ADDRESS_WORDS if typed else "The email address is missing.")
    if phone and (len(phone) > PHONE_LENGTH or not PHONE.match(phone)):
        return wrong(f"Phone: at most {PHONE_LENGTH} characters. {PHONE_WORDS}")
    zone_name = _zones().get(zone.casefold().replace(" ", "_")) if zone else None
    if zone and zone_name is None:
        return wrong(f"“{zone[:60]}” isn't a time zone. Write it like Europe/Zurich, or leave it out.")
    return Line(number, name, email, phone, zone_name)


@cache
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in zone_names()}
