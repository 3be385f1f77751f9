"""The files that come with a form. They are read, checked and written to the disk before the transaction that
adds them begins, because no one else can write to SQLite while it is open.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import request
from werkzeug.datastructures import FileStorage

from models import Attachment
from scheduling.files.keeping import MOST_BYTES, FileError, KeptFile, Upload, copy_of, drop, keep, too_many
from scheduling.files.kinds_of_files import clean_name
from services import services


@dataclass(frozen=True)
class Received:
    """What is on the disk and may be added, and why the others were refused. `for_team`: the copy of a file
    that only the team may have, no matter what the form says of new files."""

    kept: tuple[KeptFile, ...] = ()
    for_team: tuple[KeptFile, ...] = ()
    refused: tuple[str, ...] = ()


NOTHING = Received()


def sent_files() -> list[FileStorage]:
    """The files of this request's form; an empty field sends one without a name."""
    return [sent for sent in request.files.getlist("files") if sent.filename]


def receive(most: int) -> Received:
    """Check and store the files of this request's form, `most` at most: no more than there may be, or a form
    could keep the server busy with thousands."""
    files, sent = services().attachment_files, sent_files()
    kept: list[KeptFile] = []
    refused: list[str] = []
    for one in sent[:most]:
        # One byte more than is allowed shows that there is too much; the rest need not be read.
        upload = Upload(one.filename or "", one.stream.read(MOST_BYTES + 1))
        try:
            kept.append(keep(upload, files))
        except FileError as error:
            refused.append(error.words)
    beyond = [clean_name(one.filename or "") for one in sent[most:]]
    if beyond:
        refused.append(too_many(most, beyond[0], and_more=len(beyond) - 1).words)
    return Received(tuple(kept), refused=tuple(refused))


def drop_all(received: Received) -> None:
    """Remove what was stored, because nothing of it is added after all."""
    for kept in (*received.kept, *received.for_team):
        drop(kept, services().attachment_files)


def with_copy(received: Received, row: Attachment) -> Received:
    """The same with a copy of a stored file for the team; does not use the database."""
    try:
        return replace(received, for_team=(copy_of(row, services().attachment_files),))
    except FileError as error:
        return replace(received, refused=(*received.refused, error.words))
