"""Which files may go with an invitation, recognized by their name and by their content.

Both have to agree: a name alone says nothing about a file's content, but the reader's computer picks the
program by the name.
"""

from __future__ import annotations

import io
import re
import struct
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

_NAME_LIMIT = 160
# Characters that one system or another does not allow in a file's name.
_NOT_IN_NAMES = re.compile(r'[/\\:*?"<>|]')
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_ODT = b"application/vnd.oasis.opendocument.text"


@dataclass(frozen=True)
class Kind:
    """One kind of file: its MIME type, and a check whether content is of this kind."""

    content_type: str
    holds: Callable[[bytes], bool]


def _begins_with(*beginnings: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(beginnings)


def _office(main_part: str) -> Callable[[bytes], bool]:
    """Word, Excel, and PowerPoint files are ZIP archives with a part of this name. We refuse one with macros,
    because those programs do not open it under this extension either."""

    def holds(content: bytes) -> bool:
        if not content.startswith(b"PK\x03\x04"):
            return False
        if not _list_is_short(content):
            return False
        try:
            # Reads only the list of contents, no matter how large the archive would be unpacked.
            names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
            return False
        # Office compares the names of parts without regard to case.
        has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
        return {"[Content_Types].xml", main_part} <= names and not has_macros

    return holds


# Hundreds of times what Office writes. Listing an archive takes about 20 ms for a thousand entries.
_MOST_ENTRIES = 5000
_MOST_BYTES_OF_LIST = 1024 * 1024
_END_RECORD = struct.Struct("<4s4H2LH")
_END_MARK, _LARGE_ARCHIVE_MARK = b"PK\x05\x06", b"PK\x06\x07"


def _list_is_short(content: bytes) -> bool:
    """Whether an archive's list of contents may be read at all, as its own end record says.

    The record is looked for as `zipfile` does: at the very end, or before a comment. Its number of entries
    may be untrue, but `zipfile` reads no more of the list than the length that is said here. Archives in the
    format for more than 4 GB or 65,535 entries state both elsewhere and are nothing that fits into a mail.
    """
    at = len(content) - _END_RECORD.size
    if at < 0:
        return False
    if not (content[at:].startswith(_END_MARK) and content.endswith(b"\0\0")):
        at = content.rfind(_END_MARK, max(0, at - 0xFFFF))
        if at < 0 or len(content) - at < _END_RECORD.size:
            return False
    if _LARGE_ARCHIVE_MARK in content[max(0, at - 20) : at]:
        return False
    end: tuple[int, ...] = _END_RECORD.unpack_from(content, at)
    [*_, entries, length, _start, _comment] = end
    return entries <= _MOST_ENTRIES and length <= _MOST_BYTES_OF_LIST


def _is_opendocument_text(content: bytes) -> bool:
    """The format requires its type as the first entry, uncompressed, so the first bytes are enough."""
    return content[:4] == b"PK\x03\x04" and content[30:].startswith(b"mimetype" + _ODT + b"PK")


def _is_text(content: bytes) -> bool:
    """Text in UTF-8, in an older eight-bit encoding, or in UTF-16 with a byte order mark."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return "\0" not in content.decode("utf-16")
        except UnicodeDecodeError:
            return False
    return _CONTROLS.search(content) is None


_OFFICE = "application/vnd.openxmlformats-officedocument"
_JPEG = Kind("image/jpeg", _begins_with(b"\xff\xd8\xff"))
_TEXT = Kind("text/plain", _is_text)

KINDS: dict[str, Kind] = {
    "pdf": Kind("application/pdf", _begins_with(b"%PDF-")),
    "docx": Kind(f"{_OFFICE}.wordprocessingml.document", _office("word/document.xml")),
    "xlsx": Kind(f"{_OFFICE}.spreadsheetml.sheet", _office("xl/workbook.xml")),
    "pptx": Kind(f"{_OFFICE}.presentationml.presentation", _office("ppt/presentation.xml")),
    "odt": Kind(_ODT.decode(), _is_opendocument_text),
    "txt": _TEXT,
    "md": _TEXT,
    "png": Kind("image/png", _begins_with(b"\x89PNG\r\n\x1a\n")),
    "jpg": _JPEG,
    "jpeg": _JPEG,
}


def kind_of(name: str, content: bytes) -> Kind | None:
    """The kind that matches both the name's extension and the content, or None."""
    kind = KINDS.get(name.rpartition(".")[2].lower()) if "." in name else None
    return kind if kind is not None and kind.holds(content) else None


def clean_name(name: str) -> str:
    """A file's name as it may be shown and sent: without folders, without characters that are invisible or
    reverse the reading direction, and cut to the maximum length. May be empty."""
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(sign for sign in base if unicodedata.category(sign)[0] != "C" or sign == "\t")
    base = _NOT_IN_NAMES.sub("_", " ".join(visible.split())).strip(". ")
    stem, dot, ending = base.rpartition(".")
    if not dot or len(ending) > 10:
        return base[:_NAME_LIMIT]
    return f"{stem[: _NAME_LIMIT - len(ending) - 1].rstrip('. ')}.{ending}"


def numbered(name: str, taken: set[str]) -> str:
    """`name`, with a number before its extension if another file already has that name."""
    if name.casefold() not in taken:
        return name
    stem, dot, ending = name.rpartition(".")
    for number in range(2, len(taken) + 3):
        suffix = f" ({number})"
        other = f"{stem[: _NAME_LIMIT - len(suffix) - len(dot + ending)]}{suffix}{dot}{ending}"
        if other.casefold() not in taken:
            return other
    raise AssertionError("there are more numbers than names")
