"""An interview with everything that emails and calendar entries name, for those who write them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from extensions import db
from models import Application, Attendee, Interview

_IN_FULL = (
    sa.select(Interview)
    .where(Interview.id == sa.bindparam("interview_id"))
    .options(
        joinedload(Interview.application, innerjoin=True).options(
            joinedload(Application.candidate, innerjoin=True), joinedload(Application.job, innerjoin=True)
        ),
        joinedload(Interview.scheduler, innerjoin=True),
        joinedload(Interview.hiring_manager, innerjoin=True),
        joinedload(Interview.meeting),
        joinedload(Interview.attendees).joinedload(Attendee.user),
        joinedload(Interview.attachments),
    )
)


def in_full(interview_id: int) -> Interview:
    """The interview with its people, its meeting, and its files, in one statement instead of one for each.
    What the session holds of it already stays as it is."""
    return db.session.scalars(_IN_FULL, {"interview_id": interview_id}).unique().one()
