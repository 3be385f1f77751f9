"""Files that go with an invitation: what may be added, who gets them, and when they are removed.

The rows change in the current transaction. A file's bytes are written before its row is committed and
removed after the row was given up, so a crash at any point leaves at most a file that no row refers to, and
`sweeping` finds it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from attachment_files import AttachmentFiles
from extensions import db
from models import Attachment, Draft, User
from rows import change_rows
from scheduling.drafts.drafts import LIFETIME
from scheduling.drafts.kinds_of_files import clean_name, kind_of, numbered
from timezones import utc_now
from work.chores import Chore, daily, frequent

log = logging.getLogger("attachments")

MEGABYTE = 1024 * 1024
MOST_FILES = 5
MOST_BYTES = 5 * MEGABYTE
# Encoding makes a file a third larger. Many mail servers accept 20 MB, some only 10 MB.
MOST_BYTES_TOGETHER = 10 * MEGABYTE
KINDS_IN_WORDS = "PDF, Word, Excel, PowerPoint, OpenDocument text, plain text, Markdown, PNG or JPEG"

# A file's name can contain a person's name, so it is cleared when the row is given up.
_GIVEN_UP = "removed"
# Long enough for any upload that is still in progress.
_YOUNG = timedelta(hours=1)
_AT_ONCE = 50


@dataclass(frozen=True)
class Upload:
    """One file as it was uploaded, with the name from the person's computer."""

    name: str
    content: bytes


@dataclass(frozen=True)
class KeptFile:
    """A file that was accepted and whose bytes are on the disk; it does not belong to a draft yet."""

    name: str
    content_type: str
    size_bytes: int
    stored_as: str


class AttachmentError(Exception):
    """The file cannot be added; `words` say why and what to do."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def of_draft(draft_id: str) -> list[Attachment]:
    """The files of a draft in the order in which they were added."""
    return list(
        db.session.scalars(
            sa.select(Attachment).where(Attachment.draft_id == draft_id).order_by(Attachment.id)
        )
    )


def keep(upload: Upload, files: AttachmentFiles) -> KeptFile:
    """Check one file on its own and write its bytes to the disk. Does not use the database, so it can be
    called while no transaction is open: the disk may be slow. Raises `AttachmentError`."""
    name = clean_name(upload.name) or "file"
    shown = f"“{name}”"
    if not upload.content:
        raise AttachmentError(f"{shown} was not added: it is empty.")
    if len(upload.content) > MOST_BYTES:
        raise AttachmentError(
            f"{shown} was not added: it is larger than {MOST_BYTES // MEGABYTE} MB. "
            "Make it smaller, or put a link into the message."
        )
    kind = kind_of(name, upload.content)
    if kind is None:
        raise AttachmentError(
            f"{shown} was not added: use {KINDS_IN_WORDS}, "
            "and make sure that the name's ending fits what is in the file."
        )
    try:
        stored_as = files.keep(upload.content)
    except OSError:
        log.exception("an attachment could not be written")
        raise AttachmentError(
            f"{shown} was not added: this server could not store it. "
            "The interview can be scheduled without it; tell the person who looks after the server."
        ) from None
    return KeptFile(name, kind.content_type, len(upload.content), stored_as)


def add(actor: User, draft: Draft, kept: KeptFile, *, is_for_team_only: bool) -> Attachment:
    """Add a file to a draft. Raises `AttachmentError`."""
    present = of_draft(draft.id)
    if len(present) >= MOST_FILES:
        raise too_many(kept.name)
    if sum(row.size_bytes for row in present) + kept.size_bytes > MOST_BYTES_TOGETHER:
        raise AttachmentError(
            f"“{kept.name}” was not added: together the files may have {MOST_BYTES_TOGETHER // MEGABYTE} MB, "
            "because many mail servers take no more."
        )
    attachment = Attachment(
        draft_id=draft.id,
        name=numbered(kept.name, {row.name.casefold() for row in present}),
        content_type=kept.content_type,
        size_bytes=kept.size_bytes,
        stored_as=kept.stored_as,
        is_for_team_only=is_for_team_only,
        uploaded_by_id=actor.id,
    )
    db.session.add(attachment)
    db.session.flush()
    return attachment


def too_many(name: str, and_more: int = 0) -> AttachmentError:
    """The error for a file for which there is no room, and for the others that were uploaded after it."""
    which = f"“{name}” and {and_more} more were" if and_more else f"“{name}” was"
    return AttachmentError(f"{which} not added: at most {MOST_FILES} files. Remove one first.")


def drop(kept: KeptFile, files: AttachmentFiles) -> None:
    """Remove the bytes of a file that was not added to a draft."""
    _is_removed(files, kept.stored_as)


def choose_readers(draft_id: str, among_ids: Collection[int], team_only_ids: Collection[int]) -> None:
    """Of a draft's files in `among_ids`, those in `team_only_ids` go only to the team, and the others to
    everyone. All other files are left as they are."""
    for attachment in of_draft(draft_id):
        is_for_team_only = attachment.id in team_only_ids
        if attachment.id in among_ids and attachment.is_for_team_only != is_for_team_only:
            db.session.execute(
                sa.update(Attachment)
                .where(Attachment.id == attachment.id, Attachment.draft_id == draft_id)
                .values(is_for_team_only=is_for_team_only)
            )


def remove(draft_id: str, attachment_id: int) -> str | None:
    """Remove a file from a draft and return its name; None if it is already gone."""
    attachment = next((row for row in of_draft(draft_id) if row.id == attachment_id), None)
    if attachment is None:
        return None
    name = attachment.name
    _give_up(Attachment.id == attachment.id, Attachment.draft_id == draft_id)
    return name


_MOVE_TO_INTERVIEW = (
    sa.update(Attachment)
    .where(Attachment.draft_id == sa.bindparam("of_draft"))
    .values(draft_id=None, interview_id=sa.bindparam("interview"))
)


def move_to_interview(draft_id: str, interview_id: int) -> None:
    """Move the files of a draft to the interview it has become."""
    change_rows(_MOVE_TO_INTERVIEW, {"of_draft": draft_id, "interview": interview_id})


def give_up_all_of(candidate_id: int, interview_ids: Collection[int]) -> None:
    """Give up all files of a candidate who is erased, both those of drafts and those of interviews."""
    drafts = sa.select(Draft.id).where(Draft.candidate_id == candidate_id)
    _give_up(sa.or_(Attachment.interview_id.in_(interview_ids), Attachment.draft_id.in_(drafts)))


def _give_up(*which: sa.ColumnElement[bool]) -> None:
    """In one statement, so that a file that has just moved to an interview is not taken from it."""
    db.session.execute(
        sa.update(Attachment)
        .where(*which)
        .values(draft_id=None, interview_id=None, name=_GIVEN_UP)
        .execution_options(synchronize_session="fetch")
    )


# Removing the bytes


def removing_bytes(files: AttachmentFiles) -> Chore:
    """The chore that removes the files whose rows were given up."""

    def do(given_up: list[tuple[int, str]]) -> None:
        for attachment_id, stored_as in given_up:
            if _is_removed(files, stored_as):
                db.session.execute(sa.delete(Attachment).where(Attachment.id == attachment_id))

    return frequent("removed attachments", lambda now: _given_up(), do)


def sweeping(files: AttachmentFiles) -> Chore:
    """The daily chore that gives up the files of expired drafts, for the other chore to remove, and removes
    files that no row refers to."""

    def look(now: datetime) -> list[str]:
        """Files on the disk that no row refers to, left by a crash between the disk and the database."""
        old = set(files.written_before(now - _YOUNG))
        known = set(db.session.scalars(sa.select(Attachment.stored_as))) if old else set()
        return sorted(old - known)

    def do(unknown: list[str]) -> bool:
        _give_up_of_expired_drafts(utc_now())
        db.session.commit()
        for stored_as in unknown:
            _is_removed(files, stored_as)
        return True

    return daily("attachments", look, do)


def _given_up() -> list[tuple[int, str]]:
    rows = db.session.execute(
        sa.select(Attachment.id, Attachment.stored_as)
        .where(Attachment.draft_id.is_(None), Attachment.interview_id.is_(None))
        .order_by(Attachment.id)
        .limit(_AT_ONCE)
    )
    return [(row.id, row.stored_as) for row in rows]


def _give_up_of_expired_drafts(now: datetime) -> None:
    expired = sa.select(Draft.id).where(Draft.updated_at < now - LIFETIME)
    _give_up(Attachment.draft_id.in_(expired))


def _is_removed(files: AttachmentFiles, stored_as: str) -> bool:
    """A file that cannot be removed now is retried at the next look."""
    try:
        files.remove(stored_as)
    except OSError:
        log.exception("an attachment could not be removed")
        return False
    return True
