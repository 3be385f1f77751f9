"""Files that come with a form for a candidate: what the form says of them, and adding them."""

from __future__ import annotations

from typing import Any

from hiring import files
from hiring.files import MOST_BYTES_TOGETHER, MOST_FILES
from models import Candidate, User
from scheduling.files.keeping import MEGABYTE, MOST_BYTES, FileError, drop
from scheduling.files.kinds_of_files import KINDS
from services import services
from web.received_files import Received

# More attributes of the field, for the browser.
FIELD: dict[str, Any] = {
    "accept": ",".join(f".{ending}" for ending in KINDS),
    "data-largest-file": MOST_BYTES,
}
WHAT_FITS = (
    "PDF, Word, Excel, PowerPoint, OpenDocument, text or pictures (PNG, JPEG). "
    f"Up to {MOST_FILES} files, {MOST_BYTES // MEGABYTE} MB each and "
    f"{MOST_BYTES_TOGETHER // MEGABYTE} MB in total."
)


def add_received(user: User, candidate: Candidate, received: Received) -> tuple[list[str], list[str]]:
    """Add what was received to a candidate, in the current transaction; returns the names of what was added,
    and why the rest was not."""
    added, refused = [], list(received.refused)
    for kept in received.kept:
        try:
            added.append(files.add(user, candidate, kept).name)
        except FileError as error:
            drop(kept, services().attachment_files)
            refused.append(error.words)
    return added, refused
