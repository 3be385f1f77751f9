"""Files that go with an invitation: what may be added, to whom they go, and when they are removed.

The rows change in the current transaction. A file's bytes are written before its row is committed and
removed after the row was given up, so a crash at any point leaves at most a file that nobody refers to, and
`sweep` finds it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from attachment_files import AttachmentFiles
from database import read_only, writing
from extensions import db
from models import Attachment, Draft, Heartbeat, User
from scheduling.attachment_kinds import clean_name, kind_of, numbered
from scheduling.drafts import LIFETIME
from timezones import utc_now

log = logging.getLogger("attachments")

MEGABYTE = 1024 * 1024
MOST_FILES = 5
MOST_BYTES = 5 * MEGABYTE
# On its way a file grows by a third. Many mail servers take 20 MB, some only 10 MB.
MOST_BYTES_TOGETHER = 10 * MEGABYTE
KINDS_IN_WORDS = "PDF, Word, Excel, PowerPoint, OpenDocument text, plain text, Markdown, PNG or JPEG"

# A name can name a person, so it goes when the row is given up.
_GIVEN_UP = "removed"
_MARK = "attachments"
_EVERY = timedelta(days=1)
# Long enough for every upload that is still under way.
_YOUNG = timedelta(hours=1)
_AT_ONCE = 50


@dataclass(frozen=True)
class Upload:
    """One file as it was sent, under the name that the person's computer gave it."""

    name: str
    content: bytes


class AttachmentError(Exception):
    """The file cannot be added; `words` say why and what helps."""

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


def add(
    actor: User, draft: Draft, upload: Upload, files: AttachmentFiles, *, is_for_team_only: bool
) -> Attachment:
    """Add a file to a draft. Raises `AttachmentError`."""
    present = of_draft(draft.id)
    name = clean_name(upload.name) or "file"
    shown = f"“{name}”"
    if len(present) >= MOST_FILES:
        raise AttachmentError(f"{shown} was not added: at most {MOST_FILES} files. Remove one first.")
    if not upload.content:
        raise AttachmentError(f"{shown} was not added: it is empty.")
    if len(upload.content) > MOST_BYTES:
        raise AttachmentError(
            f"{shown} was not added: it is larger than {MOST_BYTES // MEGABYTE} MB. "
            "Make it smaller, or put a link into the message."
        )
    if sum(row.size_bytes for row in present) + len(upload.content) > MOST_BYTES_TOGETHER:
        raise AttachmentError(
            f"{shown} was not added: together the files may have {MOST_BYTES_TOGETHER // MEGABYTE} MB, "
            "because many mail servers take no more."
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
            "The interview can be scheduled without it; tell whoever looks after the server."
        ) from None
    attachment = Attachment(
        draft_id=draft.id,
        name=numbered(name, {row.name.casefold() for row in present}),
        content_type=kind.content_type,
        size_bytes=len(upload.content),
        stored_as=stored_as,
        is_for_team_only=is_for_team_only,
        uploaded_by_id=actor.id,
    )
    db.session.add(attachment)
    db.session.flush()
    return attachment


def choose_readers(draft_id: str, team_only_ids: Collection[int]) -> None:
    """Of a draft's files, those in `team_only_ids` go to the team alone, and the others to everybody."""
    for attachment in of_draft(draft_id):
        attachment.is_for_team_only = attachment.id in team_only_ids


def remove(draft_id: str, attachment_id: int) -> str | None:
    """Take a file out of a draft and return what it was called; None when it is not there any more."""
    attachment = db.session.get(Attachment, attachment_id)
    if attachment is None or attachment.draft_id != draft_id:
        return None
    name = attachment.name
    _give_up(attachment)
    return name


def move_to_interview(draft_id: str, interview_id: int) -> None:
    """The draft has become an interview, which takes its files along."""
    db.session.execute(
        sa.update(Attachment)
        .where(Attachment.draft_id == draft_id)
        .values(draft_id=None, interview_id=interview_id)
        .execution_options(synchronize_session=False)
    )


def give_up_all_of(candidate_id: int, interview_ids: Collection[int]) -> None:
    """Nothing of a candidate shall be left: neither the files of drafts nor those of interviews."""
    drafts = sa.select(Draft.id).where(Draft.candidate_id == candidate_id)
    for attachment in db.session.scalars(
        sa.select(Attachment).where(
            sa.or_(Attachment.interview_id.in_(interview_ids), Attachment.draft_id.in_(drafts))
        )
    ):
        _give_up(attachment)
    db.session.flush()


def _give_up(attachment: Attachment) -> None:
    attachment.draft_id = attachment.interview_id = None
    attachment.name = _GIVEN_UP


# Removing the bytes


def sweep(files: AttachmentFiles) -> None:
    """One look, a chore of the metronome: most of the time it reads two rows and is done.

    Removes the files whose rows were given up, at once; once a day also those of expired drafts, and files
    that no row knows.
    """
    now = utc_now()
    with read_only():
        given_up = _given_up()
        looked_at = db.session.scalar(sa.select(Heartbeat.beat_at).where(Heartbeat.name == _MARK))
        db.session.rollback()
    is_time = looked_at is None or now - looked_at >= _EVERY
    if not given_up and not is_time:
        return
    with writing():
        if is_time:
            _give_up_of_expired_drafts(now)
            given_up = _given_up()
            db.session.merge(Heartbeat(name=_MARK, beat_at=now))
        for attachment_id, stored_as in given_up:
            if _is_removed(files, stored_as):
                db.session.execute(sa.delete(Attachment).where(Attachment.id == attachment_id))
        try:
            db.session.commit()
        except IntegrityError:
            # Another process began the day at the same moment, and does all of this.
            db.session.rollback()
    if is_time:
        _remove_unknown(files, now)


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
    for attachment in db.session.scalars(sa.select(Attachment).where(Attachment.draft_id.in_(expired))):
        _give_up(attachment)
    db.session.flush()


def _remove_unknown(files: AttachmentFiles, now: datetime) -> None:
    old = set(files.written_before(now - _YOUNG))
    with read_only():
        known = set(db.session.scalars(sa.select(Attachment.stored_as))) if old else set()
        db.session.rollback()
    for stored_as in old - known:
        _is_removed(files, stored_as)


def _is_removed(files: AttachmentFiles, stored_as: str) -> bool:
    """What cannot be removed now is tried again at the next look."""
    try:
        files.remove(stored_as)
    except OSError:
        log.exception("an attachment could not be removed")
        return False
    return True
