"""Uploaded files, no matter what they belong to: which are accepted, how large they may be, and writing them
to the disk.

A file's bytes are written before its row is committed and removed after the row was given up
(`scheduling.files.removing`), so a crash at any point leaves at most a file that no row refers to, which the
daily chore finds.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass

from attachment_files import AttachmentFiles
from models import Attachment
from scheduling.files.kinds_of_files import clean_name, kind_of

log = logging.getLogger("attachments")

MEGABYTE = 1024 * 1024
MOST_BYTES = 5 * MEGABYTE
KINDS_IN_WORDS = "PDF, Word, Excel, PowerPoint, OpenDocument text, plain text, Markdown, PNG or JPEG"


@dataclass(frozen=True)
class Upload:
    """One file as it was uploaded, with the name from the person's computer."""

    name: str
    content: bytes


@dataclass(frozen=True)
class KeptFile:
    """A file that was accepted and whose bytes are on the disk; nothing refers to it yet. `content_hash` is
    the same for files with the same content."""

    name: str
    content_type: str
    size_bytes: int
    content_hash: str
    stored_as: str


class FileError(Exception):
    """The file cannot be added; `words` say why and what to do."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def keep(upload: Upload, files: AttachmentFiles) -> KeptFile:
    """Check one file on its own and write its bytes to the disk. Does not use the database, so it can be
    called while no transaction is open: the disk may be slow. Raises `FileError`."""
    name = clean_name(upload.name) or "file"
    shown = f"“{name}”"
    if not upload.content:
        raise FileError(f"{shown} was not added: it is empty.")
    if len(upload.content) > MOST_BYTES:
        raise FileError(
            f"{shown} was not added: it is larger than {MOST_BYTES // MEGABYTE} MB. "
            "Make it smaller, or put a link into the message."
        )
    kind = kind_of(name, upload.content)
    if kind is None:
        raise FileError(
            f"{shown} was not added: use {KINDS_IN_WORDS}, "
            "and make sure that the name's ending fits what is in the file."
        )
    try:
        stored_as = files.keep(upload.content)
    except OSError:
        log.exception("an uploaded file could not be written")
        raise FileError(
            f"{shown} was not added: this server could not store it. "
            "Everything else works without it; tell the person who looks after the server."
        ) from None
    content_hash = hashlib.sha256(upload.content).hexdigest()
    return KeptFile(name, kind.content_type, len(upload.content), content_hash, stored_as)


def copy_of(row: Attachment, files: AttachmentFiles) -> KeptFile:
    """Write the bytes of a stored file to the disk once more, so that each has its own life. Raises
    `FileError`; like `keep`, it does not use the database."""
    try:
        stored_as = files.keep(files.read(row.stored_as))
    except OSError:
        log.exception("a stored file could not be copied")
        raise FileError(
            f"“{row.name}” was not attached: this server could not read or store it. "
            "Tell the person who looks after the server."
        ) from None
    return KeptFile(row.name, row.content_type, row.size_bytes, row.content_hash, stored_as)


def too_many(most: int, name: str, and_more: int = 0) -> FileError:
    """The error for a file for which there is no room, and for the others that were uploaded after it."""
    which = f"“{name}” and {and_more} more were" if and_more else f"“{name}” was"
    return FileError(f"{which} not added: at most {most} files. Remove one first.")


def drop(kept: KeptFile, files: AttachmentFiles) -> None:
    """Remove the bytes of a file that was not added after all."""
    is_removed(files, kept.stored_as)


def is_removed(files: AttachmentFiles, stored_as: str) -> bool:
    """Remove a file's bytes; False if they cannot be removed now, which is retried the next time."""
    try:
        files.remove(stored_as)
    except OSError:
        log.exception("an uploaded file could not be removed")
        return False
    return True
