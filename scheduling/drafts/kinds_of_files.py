"""Which files may go with an invitation, recognized by their name and by their content.

Both have to agree: a name alone says nothing about a file's content, but the reader's computer picks the
program by the name.
"""

from __future__ import annotations

import io
import re
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
        try:
            # Reads only the list of contents, no matter how large the archive would be unpacked.
            names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
            return False
        has_macros = any(name.endswith("vbaProject.bin") for name in names)
        return {"[Content_Types].xml", main_part} <= names and not has_macros

    return holds


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
