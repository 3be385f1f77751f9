"""The text of a list of candidates, no matter which program wrote the file.

Programs save lists as UTF-8, as UTF-16, in the code page of the machine, or as an Excel workbook. The file
does not say which code page it was, so the text is read the likeliest way, and the person who sent it can
choose another while looking at the words that differ.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from scheduling.files.kinds_of_files import list_is_short

MOST_BYTES = 1024 * 1024
# A workbook is compressed; what comes out of it has limits of its own. Parsing a tag takes about 3 µs and 200
# bytes, and a cell with a text has four to eight.
_MOST_UNPACKED = 12 * 1024 * 1024
_MOST_TAGS = 600_000
_MOST_ROWS, _MOST_COLUMNS = 5000, 60
# How many bytes without a mark are looked at to tell UTF-16 by its zeros.
_LOOKED_AT = 4096

# Each way of reading a file whose encoding is not known, likeliest first, and what people call it.
READINGS: dict[str, str] = {
    "utf-8": "Unicode (UTF-8)",
    "cp1252": "Western European (Windows)",
    "mac_roman": "Western European (Mac)",
    "cp1250": "Central European (Windows)",
    "cp1257": "Baltic (Windows)",
    "cp1254": "Turkish (Windows)",
    "cp1251": "Cyrillic (Windows)",
    "cp1253": "Greek (Windows)",
    "cp1255": "Hebrew (Windows)",
    "cp1256": "Arabic (Windows)",
    "cp850": "Western European (DOS)",
    "cp932": "Japanese (Shift JIS)",
    "gb18030": "Chinese (GB 18030)",
    "big5hkscs": "Chinese (Big5)",
    "cp949": "Korean",
    "utf-16-le": "Unicode (UTF-16, little-endian)",
    "utf-16-be": "Unicode (UTF-16, big-endian)",
}


class UnreadableListError(Exception):
    """Nothing on the list can be used; the words say why, for the person who sent it."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True)
class ReadFile:
    """A file's text. `reading` is one of `READINGS` where it was guessed; empty where the file says it."""

    text: str
    reading: str = ""


def read_file(content: bytes) -> ReadFile:
    """The text of an uploaded file. Raises `UnreadableListError` for one that holds no table."""
    if len(content) > MOST_BYTES:
        raise UnreadableListError("The file is larger than 1 MB. Split it.")
    if content.startswith(b"PK\x03\x04"):
        return ReadFile(_workbook(content))
    for mark, words in _OTHER_KINDS.items():
        if content.startswith(mark):
            raise UnreadableListError(words)
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return ReadFile(content[len(mark) :].decode(encoding, "replace"))
    if (wide := _wide(content)) is not None:
        return ReadFile(content.decode(wide, "replace"))
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        best = "utf-8" if _is_damaged_utf8(content) else _likeliest(content)
        return ReadFile(read_as(content, best), best)
    if re.match(r"\s*<(?:!doctype|html|table|\?xml|meta)", text[:200], re.I):
        raise UnreadableListError(
            "This is a web page, whatever its name. Open it in a spreadsheet and save it as “Excel Workbook "
            "(.xlsx)” or as CSV."
        )
    if "\0" in text:
        raise UnreadableListError("This isn't a list. Upload a CSV file or an Excel workbook (.xlsx).")
    return ReadFile(text)


def read_as(content: bytes, reading: str) -> str:
    """The file's text in one of `READINGS`; what has no meaning there is shown as a replacement character."""
    return content.decode(reading, "replace")


def telling_words(text: str, most: int = 6) -> list[str]:
    """The first different words of a text with letters beyond ASCII: they show whether it was read well."""
    found: dict[str, None] = {}
    for word in re.findall(r"[^\s,;|\"\t]*[^\x00-\x7f][^\s,;|\"\t]*", text):
        found.setdefault(word[:40])
        if len(found) == most:
            break
    return list(found)


_OTHER_KINDS = {
    b"\xd0\xcf\x11\xe0": (
        "This is an old Excel workbook (.xls), or one with a password. Save it as “Excel Workbook (.xlsx)” "
        "without a password, or as CSV."
    ),
    b"%PDF": "This is a PDF. Upload a CSV file or an Excel workbook (.xlsx).",
    b"{\\rtf": "This is a text document. Upload a CSV file or an Excel workbook (.xlsx).",
    b"BEGIN:VCARD": "These are contact cards. Upload a CSV file or an Excel workbook (.xlsx).",
}


_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def _wide(content: bytes) -> str | None:
    """UTF-16 without its mark: in names and addresses nearly every second byte is a zero."""
    part = content[:_LOOKED_AT]
    even, odd = part[0::2].count(0), part[1::2].count(0)
    half = len(part) // 2
    if half and len(content) % 2 == 0:
        if odd > half * 0.4 and even < half * 0.1:
            return "utf-16-le"
        if even > half * 0.4 and odd < half * 0.1:
            return "utf-16-be"
    return None


def _is_damaged_utf8(content: bytes) -> bool:
    """Whether all but a few of the signs beyond ASCII are right in UTF-8, which hardly happens by chance."""
    text = content.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    right = sum(sign > "\x7f" for sign in text) - wrong
    return right > 3 * wrong


def _likeliest(content: bytes) -> str:
    """The reading in which the signs beyond ASCII fit their neighbors best; of several, the first.

    Nothing in the file says it: "Müller" in one code page is "Mьller" in another.
    """
    return max(READINGS, key=lambda reading: _plausibility(content, reading))


def _plausibility(content: bytes, reading: str) -> float:
    """How well the characters beyond ASCII fit where they are, from -1 to 1."""
    try:
        text = content.decode(reading)
    except UnicodeDecodeError:
        return -1
    if not ("@" in text and "\n" in text):
        # Two bytes of each sign have been taken for one of another script.
        return -1
    total, length = 0.0, 0
    for found in _BEYOND.finditer(text):
        before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
        total += _fit(found[0], before, after) * len(found[0])
        length += len(found[0])
    return total / max(1, length)


_BEYOND = re.compile("[^\x00-\x7f]+")
# The letters beyond ASCII that Western and Northern European names have most, and what word processors put.
_USUAL = frozenset("äöüßÄÖÜéèêëàâçîïôûùÉÈñÑáíóúÁÍÓÚåæøÅÆØãõœ")
_TYPESET = frozenset("“”‘’„–—…€ \xa0")
_NEVER_IN_NAMES = frozenset({"Cc", "Cn", "Co", "So", "Sm", "Sc"})
_JAPANESE = frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC"})
# As many accented letters in a row are another script that was misread.
_TOO_MANY_ACCENTS = 5


def _fit(run: str, before: str, after: str) -> float:
    """How well a run of signs beyond ASCII fits between its neighbors, from -1 to 1."""
    if not run.isalpha():
        if all(sign in _TYPESET or sign in _USUAL for sign in run):
            return 0.8
        return -1 if any(unicodedata.category(sign) in _NEVER_IN_NAMES for sign in run) else 0
    if any(one.islower() and other.isupper() for one, other in zip(run, run[1:] + after, strict=False)):
        return -0.5
    scripts = {unicodedata.name(sign, "?").partition(" ")[0] for sign in run}
    if scripts != {"LATIN"}:
        if before.isalpha() or after.isalpha():
            return -0.5
        return 0.95 if len(scripts) == 1 else 0.9 if scripts <= _JAPANESE else -0.5
    is_capital_inside = run[0].isupper() and before.isalpha() and after.islower()
    if is_capital_inside or len(run) >= _TOO_MANY_ACCENTS:
        return -0.5
    return 1 if all(sign in _USUAL for sign in run) else 0.9


_DAMAGED = "This file is damaged. Save it again, as CSV or as an Excel workbook (.xlsx)."
_TOO_LARGE = "The workbook is too large. Save the sheet with the candidates as CSV."


def _refuse_costly_markup(parts: zipfile.ZipFile) -> None:
    """Raises `UnreadableListError` for a workbook whose markup takes long to parse: a few kilobytes can
    unpack to a million cells, or to entities that grow without end, which the standard forbids."""
    tags = 0
    for part in parts.infolist():
        # All of them, because a workbook names its sheets as it likes. UTF-16 has a zero beside each letter.
        markup = parts.read(part).replace(b"\0", b"")
        if b"<!DOCTYPE" in markup:
            raise UnreadableListError(_DAMAGED)
        tags += markup.count(b"<")
    if tags > _MOST_TAGS:
        raise UnreadableListError(_TOO_LARGE)


def _workbook(content: bytes) -> str:
    """The first sheet of an Excel workbook with anything on it, as CSV."""
    if not list_is_short(content):
        raise UnreadableListError(_DAMAGED)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            names = set(parts.namelist())
            # Asked before anything is unpacked; no part gives more than it says.
            if sum(part.file_size for part in parts.infolist()) > _MOST_UNPACKED:
                raise UnreadableListError(_TOO_LARGE)
            kind = parts.read("mimetype")[:80] if "mimetype" in names else b""
            _refuse_costly_markup(parts)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
        raise UnreadableListError(_DAMAGED) from None
    if b"opendocument.spreadsheet" in kind:
        raise UnreadableListError(
            "This is an OpenDocument spreadsheet. Save it as “Excel Workbook (.xlsx)” or as CSV."
        )
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise UnreadableListError("This isn't a spreadsheet. Upload a CSV file or an Excel workbook (.xlsx).")
    rows = _first_sheet(content)
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue()


def _first_sheet(content: bytes) -> list[list[str]]:
    # Imported on first use: most processes never need it.
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            for sheet in book.worksheets:
                if sheet.sheet_state != "visible":
                    continue
                found = [
                    [_cell(value) for value in row]
                    for row in sheet.iter_rows(max_row=_MOST_ROWS, max_col=_MOST_COLUMNS, values_only=True)
                ]
                if any(any(row) for row in found):
                    return found
        finally:
            book.close()
    except UnreadableListError:
        raise
    except Exception as error:  # the library raises whatever a damaged file makes of its parser
        raise UnreadableListError(
            "This workbook can't be read. Save it again as “Excel Workbook (.xlsx)”, or as CSV."
        ) from error
    return []


def _cell(value: Any) -> str:
    """A cell's value as its reader sees it: numbers without an exponent or a needless fraction."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    text = str(value)
    # What Excel writes where a formula has no result.
    return "" if text.startswith("#") and text.rstrip("!?").isupper() and "@" not in text else text
