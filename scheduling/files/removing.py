"""Giving up the rows of files, and removing their bytes. A row is given up in the transaction that no longer
needs its file: it loses its owner and its name. The chores here then remove the bytes, and the row with them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa

from attachment_files import AttachmentFiles
from extensions import db
from models import Attachment, Draft
from rows import rows_of
from scheduling.files.keeping import is_removed
from work.chores import Chore, daily, frequent

# The minimum time in which a file that was deleted from a candidate can be put back.
UNDO_FOR = timedelta(minutes=10)
# A file's name can contain a person's name, so it is cleared when the row is given up.
_GIVEN_UP = "removed"
# Long enough for any upload that is still in progress.
_YOUNG = timedelta(hours=1)
_AT_ONCE = 50


def give_up(*which: sa.ColumnElement[bool]) -> None:
    """Give up the files that meet all of these conditions, in the current transaction. It is one statement,
    so that a file that has just moved to an interview is not taken away from it."""
    db.session.execute(
        sa.update(Attachment)
        .where(*which)
        .values(draft_id=None, interview_id=None, candidate_id=None, template_id=None, name=_GIVEN_UP)
        .execution_options(synchronize_session="fetch")
    )


def give_up_all_of(candidate_id: int, interview_ids: Collection[int]) -> None:
    """Give up all files of a candidate who is erased: their own, and those of drafts and interviews."""
    drafts = sa.select(Draft.id).where(Draft.candidate_id == candidate_id)
    give_up(
        sa.or_(
            Attachment.candidate_id == candidate_id,
            Attachment.interview_id.in_(interview_ids),
            Attachment.draft_id.in_(drafts),
        )
    )


def removing_bytes(files: AttachmentFiles) -> Chore:
    """The chore that removes the files whose rows were given up."""

    def do(given_up: list[tuple[int, str]]) -> None:
        for attachment_id, stored_as in given_up:
            if _has_copies(attachment_id, stored_as) or is_removed(files, stored_as):
                db.session.execute(sa.delete(Attachment).where(Attachment.id == attachment_id))

    return frequent("removed attachments", lambda now: _given_up(), do)


# This and `_GIVEN_UP_ROWS` are looked at every few seconds in every process, so they are built once.
_DELETED_ROWS = (
    sa.select(Attachment.id)
    .where(
        Attachment.candidate_id.is_not(None),
        Attachment.removed_at < sa.bindparam("before", type_=Attachment.removed_at.type),
    )
    .limit(_AT_ONCE)
)


def _deleted_for_good(now: datetime) -> list[int]:
    return [row.id for row in rows_of(_DELETED_ROWS, {"before": now - UNDO_FOR})]


def _give_up_deleted(ids: list[int]) -> None:
    """Unless one of them was put back since it was found."""
    give_up(Attachment.id.in_(ids), Attachment.removed_at.is_not(None))


# Once this is committed a file cannot be put back, and only then are its bytes removed.
GIVE_UP_DELETED = frequent("deleted files", _deleted_for_good, _give_up_deleted)


def sweeping(files: AttachmentFiles) -> Chore:
    """The daily chore that removes files that no row refers to, left by a crash between the disk and the
    database."""

    def look(now: datetime) -> list[str]:
        old = set(files.written_before(now - _YOUNG))
        known = set(db.session.scalars(sa.select(Attachment.stored_as))) if old else set()
        return sorted(old - known)

    def do(unknown: list[str]) -> bool:
        for stored_as in unknown:
            is_removed(files, stored_as)
        return True

    return daily("attachments", look, do)


_GIVEN_UP_ROWS = (
    sa.select(Attachment.id, Attachment.stored_as)
    .where(
        Attachment.draft_id.is_(None),
        Attachment.interview_id.is_(None),
        Attachment.candidate_id.is_(None),
        Attachment.template_id.is_(None),
    )
    .order_by(Attachment.id)
    .limit(_AT_ONCE)
)


def _given_up() -> list[tuple[int, str]]:
    return [(row.id, row.stored_as) for row in rows_of(_GIVEN_UP_ROWS)]


def _has_copies(attachment_id: int, stored_as: str) -> bool:
    """Whether other rows share the bytes. Before copying a row, lock it, so that it is not given up before
    the copy can be seen here."""
    others = sa.select(Attachment.id).where(Attachment.stored_as == stored_as, Attachment.id != attachment_id)
    return db.session.scalar(others.limit(1)) is not None
