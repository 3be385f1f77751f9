"""The files that come with a form. They are read, checked and written to the disk before the transaction that
adds them to a draft begins, because no one else can write to SQLite while it is open.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import FileStorage

from scheduling.drafts import attachments
from scheduling.drafts.attachments import MOST_BYTES, MOST_FILES, AttachmentError, KeptFile, Upload
from scheduling.drafts.kinds_of_files import clean_name
from services import services


@dataclass(frozen=True)
class Received:
    """What is on the disk and may be added to the draft, and why the others were refused."""

    kept: tuple[KeptFile, ...] = ()
    refused: tuple[str, ...] = ()


NOTHING = Received()


def sent_files() -> list[FileStorage]:
    """The files of this request's form; an empty field sends one without a name."""
    return [sent for sent in request.files.getlist("files") if sent.filename]


def receive() -> Received:
    """Check no more files than a draft may have, or a form could keep the server busy with thousands."""
    files, sent = services().attachment_files, sent_files()
    kept: list[KeptFile] = []
    refused: list[str] = []
    for one in sent[:MOST_FILES]:
        # One byte more than is allowed shows that there is too much; the rest need not be read.
        upload = Upload(one.filename or "", one.stream.read(MOST_BYTES + 1))
        try:
            kept.append(attachments.keep(upload, files))
        except AttachmentError as error:
            refused.append(error.words)
    beyond = [clean_name(one.filename or "") for one in sent[MOST_FILES:]]
    if beyond:
        refused.append(attachments.too_many(beyond[0], and_more=len(beyond) - 1).words)
    return Received(tuple(kept), tuple(refused))
