"""Which files may go with an invitation, recognized by their name and by their content.

Both have to agree: a name alone says nothing about a file's content, but the reader's computer picks the
program by the name.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import unquote
from xml.etree import ElementTree

_NAME_LIMIT = 160
# Characters that one system or another does not allow in a file's name.
_NOT_IN_NAMES = re.compile(r'[/\\:*?"<>|]')
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_ODT = b"application/vnd.oasis.opendocument.text"
_MANIFEST = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}"


@dataclass(frozen=True)
class Kind:
    """One kind of file: its MIME type, and a check whether content is of this kind."""

    content_type: str
    holds: Callable[[bytes], bool]


def _begins_with(*beginnings: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(beginnings)


# Far more than any program writes into the parts that identify a file.
_MOST_BYTES_OF_A_PART = 1024 * 1024
_PACKAGES = "{http://schemas.openxmlformats.org/package/2006/"


def _office(content_type: str) -> Callable[[bytes], bool]:
    """Word, Excel and PowerPoint files, as their specification identifies them (ECMA-376, part 2): the
    package's relations name its main part, which may be called anything, and the list of content types says
    what that part is. A file with macros is not one of them: Office refuses to open it under this extension,
    and so do we.
    """

    def holds(content: bytes) -> bool:
        parts = _parts_of(content)
        if parts is None:
            return False
        named = {_comparable(name): part for name, part in parts.items()}
        types, relations = named.get("[content_types].xml"), named.get("_rels/.rels")
        if types is None or relations is None or any(name.endswith("vbaproject.bin") for name in named):
            return False
        main = _main_part(relations())
        return main in named and _type_of(main, types()) == f"{content_type}.main+xml"

    return holds


def _comparable(name: str) -> str:
    """A part's name as the standard compares it: without regard to case, percent-encoded or not."""
    return unquote(name).replace("\\", "/").lstrip("/").casefold()


def _parts_of(content: bytes) -> dict[str, Callable[[], ElementTree.Element | None]] | None:
    """The parts of an archive by name, each with a function that reads it as XML; None if it is not an
    archive. Only the list of contents is read here, no matter how large the archive would unpack.
    """
    if not content.startswith(b"PK\x03\x04") or not list_is_short(content):
        return None
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        return None
    return {info.filename: partial(_xml, archive, info) for info in archive.infolist()}


def _part(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """The beginning of one part, which in any real file is all of it; nothing if it cannot be read."""
    try:
        with archive.open(info) as part:
            return part.read(_MOST_BYTES_OF_A_PART)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError):
        return b""


def _xml(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> ElementTree.Element | None:
    content = _part(archive, info)
    # The standard forbids a document type here, and with one a few bytes can grow without end.
    if b"<!DOCTYPE" in content.replace(b"\0", b""):
        return None
    try:
        return ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError):
        return None


def _main_part(relations: ElementTree.Element | None) -> str | None:
    """The name of the part that a package is about, in the form of `_comparable`."""
    for relation in (
        relations.iter(f"{_PACKAGES}relationships}}Relationship") if relations is not None else ()
    ):
        # Strict and transitional files have different addresses with the same end.
        if relation.get("Type", "").endswith("/relationships/officeDocument"):
            return _comparable(posixpath.normpath("/" + relation.get("Target", "").replace("\\", "/")))
    return None


def _type_of(part: str | None, types: ElementTree.Element | None) -> str | None:
    """The content type of a part, in lower case: its own, or that of its extension."""
    if types is None or part is None:
        return None
    for own in types.iter(f"{_PACKAGES}content-types}}Override"):
        if _comparable(own.get("PartName", "")) == part:
            return own.get("ContentType", "").lower()
    for default in types.iter(f"{_PACKAGES}content-types}}Default"):
        if default.get("Extension", "").casefold() == part.rpartition(".")[2]:
            return default.get("ContentType", "").lower()
    return None


# Hundreds of times what Office writes. Listing an archive takes about 20 ms for a thousand entries.
_MOST_ENTRIES = 5000
_MOST_BYTES_OF_LIST = 1024 * 1024
_END_RECORD = struct.Struct("<4s4H2LH")
_END_MARK, _LARGE_ARCHIVE_MARK = b"PK\x05\x06", b"PK\x06\x07"


def list_is_short(content: bytes) -> bool:
    """Whether an archive's list of contents may be read at all, as its own end record says.

    The record is looked for as `zipfile` does: at the very end, or before a comment. Its number of entries
    may be wrong, but `zipfile` reads no more of the list than the length stated here. Archives in the format
    for more than 4 GB or 65,535 entries state both elsewhere and are nothing that fits into a mail.
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
    """The format requires its type as the first entry, uncompressed; readers also accept it elsewhere in the
    archive and, if it is missing, in the manifest (OpenDocument 1.3, part 2, 3.2 and 3.3).
    """
    parts = _parts_of(content)
    if parts is None:
        return False
    archive = zipfile.ZipFile(io.BytesIO(content))
    if "mimetype" in parts:
        return _part(archive, archive.getinfo("mimetype")).strip() == _ODT
    manifest = parts["META-INF/manifest.xml"]() if "META-INF/manifest.xml" in parts else None
    return manifest is not None and any(
        entry.get(f"{_MANIFEST}full-path") == "/" and entry.get(f"{_MANIFEST}media-type") == _ODT.decode()
        for entry in manifest.iter(f"{_MANIFEST}file-entry")
    )


def _is_pdf(content: bytes) -> bool:
    """Readers look for the mark in the first kilobyte, because mail gateways and printers put lines before
    it. A file that begins like a web page is one.
    """
    return b"%PDF-" in content[:1024] and content.lstrip()[:1] != b"<"


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
    "pdf": Kind("application/pdf", _is_pdf),
    "docx": Kind(f"{_OFFICE}.wordprocessingml.document", _office(f"{_OFFICE}.wordprocessingml.document")),
    "xlsx": Kind(f"{_OFFICE}.spreadsheetml.sheet", _office(f"{_OFFICE}.spreadsheetml.sheet")),
    "pptx": Kind(f"{_OFFICE}.presentationml.presentation", _office(f"{_OFFICE}.presentationml.presentation")),
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
