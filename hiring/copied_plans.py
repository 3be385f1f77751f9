"""A new job's interview plan: a copy of the organization's, and from then on its own."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from extensions import db
from models import Attachment, InterviewTemplate, Job
from scheduling.drafts import attachments

# The columns that a copy does not share.
_OWN = frozenset({"id", "job_id", "created_at"})
_COPIED = tuple(column.name for column in InterviewTemplate.__table__.columns if column.name not in _OWN)

_COPIED_OF_FILES = (
    *("name", "content_type", "size_bytes", "content_hash", "stored_as"),
    *("is_for_team_only", "uploaded_by_id"),
)


def templates_of(job_id: int | None) -> list[InterviewTemplate]:
    """The interview plan of a job, or the organization's for None, in its order and with the people named."""
    of_plan = InterviewTemplate.job_id == job_id if job_id is not None else InterviewTemplate.job_id.is_(None)
    return list(
        db.session.scalars(
            sa.select(InterviewTemplate)
            .where(of_plan)
            .options(selectinload(InterviewTemplate.people))
            .order_by(InterviewTemplate.position, InterviewTemplate.id)
        )
    )


def copy_to(job: Job) -> int:
    """Add the organization's templates with their files to a job's plan, in the current transaction; returns
    how many."""
    copies = {
        template.id: InterviewTemplate(
            job_id=job.id,
            people=list(template.people),
            **{name: getattr(template, name) for name in _COPIED},
        )
        for template in templates_of(None)
    }
    db.session.add_all(copies.values())
    db.session.flush()
    db.session.add_all(
        Attachment(
            template_id=copies[file.template_id].id,
            **{name: getattr(file, name) for name in _COPIED_OF_FILES},
        )
        for file in attachments.of_templates(copies)
        if file.template_id is not None
    )
    db.session.flush()
    return len(copies)
