"""Files that go with an invitation: how many there may be, who gets them, and when they are given up.

The rows change in the current transaction; their bytes are written and removed in `scheduling.files`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from extensions import db
from models import Attachment, Draft, User
from rows import change_rows
from scheduling.drafts.drafts import LIFETIME
from scheduling.files.keeping import MEGABYTE, FileError, KeptFile, too_many
from scheduling.files.kinds_of_files import numbered
from scheduling.files.removing import give_up
from work.chores import Chore, daily

MOST_FILES = 5
# Encoding makes a file a third larger. Many mail servers accept 20 MB, some only 10 MB.
MOST_BYTES_TOGETHER = 10 * MEGABYTE


def of_draft(draft_id: str) -> list[Attachment]:
    """The files of a draft in the order in which they were added."""
    return list(
        db.session.scalars(
            sa.select(Attachment).where(Attachment.draft_id == draft_id).order_by(Attachment.id)
        )
    )


def add(actor: User, draft: Draft, kept: KeptFile, *, is_for_team_only: bool) -> Attachment:
    """Add a file to a draft. Raises `FileError`."""
    attachment = new_attachment(actor, kept, of_draft(draft.id), is_for_team_only=is_for_team_only)
    attachment.draft_id = draft.id
    db.session.add(attachment)
    db.session.flush()
    return attachment


def new_attachment(
    actor: User, kept: KeptFile, present: Collection[Attachment], *, is_for_team_only: bool
) -> Attachment:
    """A row for a file that goes with an invitation beside those that are `present`, in no session and in no
    place yet. Raises `FileError` if there is no room for it."""
    if len(present) >= MOST_FILES:
        raise too_many(MOST_FILES, kept.name)
    if sum(row.size_bytes for row in present) + kept.size_bytes > MOST_BYTES_TOGETHER:
        raise FileError(
            f"“{kept.name}” was not added: together the files may have {MOST_BYTES_TOGETHER // MEGABYTE} MB, "
            "because many mail servers take no more."
        )
    return Attachment(
        name=numbered(kept.name, {row.name.casefold() for row in present}),
        content_type=kept.content_type,
        size_bytes=kept.size_bytes,
        content_hash=kept.content_hash,
        stored_as=kept.stored_as,
        is_for_team_only=is_for_team_only,
        uploaded_by_id=actor.id,
    )


def of_templates(template_ids: Collection[int]) -> list[Attachment]:
    """The files of these templates in the order in which they were added, to be copied in this transaction:
    until it ends they are not given up, and so neither are the bytes that the copies share."""
    return list(
        db.session.scalars(
            sa.select(Attachment)
            .where(Attachment.template_id.in_(template_ids))
            .order_by(Attachment.id)
            .with_for_update(read=True)
        )
    )


def add_those_of_template(actor: User, draft: Draft, template_id: int) -> tuple[list[int], list[str]]:
    """Give a draft the files of a template; returns the ids of the new rows, and why others are missing."""
    added, refused = [], []
    for row in of_templates([template_id]):
        kept = KeptFile(row.name, row.content_type, row.size_bytes, row.content_hash, row.stored_as)
        try:
            added.append(add(actor, draft, kept, is_for_team_only=row.is_for_team_only).id)
        except FileError as error:
            refused.append(error.words)
    return added, refused


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
    give_up(Attachment.id == attachment.id, Attachment.draft_id == draft_id)
    return name


_MOVE_TO_INTERVIEW = (
    sa.update(Attachment)
    .where(Attachment.draft_id == sa.bindparam("of_draft"))
    .values(draft_id=None, interview_id=sa.bindparam("interview"))
)


def move_to_interview(draft_id: str, interview_id: int) -> None:
    """Move the files of a draft to the interview it has become."""
    change_rows(_MOVE_TO_INTERVIEW, {"of_draft": draft_id, "interview": interview_id})


def give_up_of_expired_drafts() -> Chore:
    """The daily chore that gives up the files of expired drafts, for `removing_bytes` to remove."""

    def do(now: datetime) -> bool:
        expired = sa.select(Draft.id).where(Draft.updated_at < now - LIFETIME)
        give_up(Attachment.draft_id.in_(expired))
        return True

    return daily("files of expired drafts", lambda now: now, do)
