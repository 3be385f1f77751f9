"""The files of interview templates, which go with the invitations of interviews that start from them.

Commands change rows in the current transaction; the bytes are written and removed in `scheduling.files`.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from extensions import db
from models import Attachment, InterviewTemplate, User
from scheduling.drafts.attachments import new_attachment
from scheduling.files.keeping import KeptFile
from scheduling.files.removing import give_up


def of_template(template: InterviewTemplate) -> list[Attachment]:
    """Its files in the order in which they were added."""
    rows = sa.select(Attachment).where(Attachment.template_id == template.id).order_by(Attachment.id)
    return list(db.session.scalars(rows))


def add(actor: User, template: InterviewTemplate, kept: KeptFile, *, is_for_team_only: bool) -> Attachment:
    """Add a file to a template; the limits are those of an interview. Raises `FileError`."""
    # Two tabs that add at the same moment must not get past the limits.
    db.session.refresh(template, attribute_names=["id"], with_for_update=True)
    row = new_attachment(actor, kept, of_template(template), is_for_team_only=is_for_team_only)
    row.template_id = template.id
    db.session.add(row)
    db.session.flush()
    return row


def delete(template: InterviewTemplate, file_ids: Collection[int]) -> None:
    """Remove those of these files that the template has. Interviews and drafts that started from it keep
    theirs."""
    if file_ids:
        give_up(Attachment.id.in_(file_ids), Attachment.template_id == template.id)
