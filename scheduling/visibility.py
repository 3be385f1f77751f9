"""Which interviews a person may see or act on, as a condition for queries."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement

from accounts.permissions import Action, Scope, scope_of
from hiring.queries import Asker, own_interview_ids, own_job_ids
from models import Application, Interview, User


def interview_is_within(actor: User | Asker, action: Action) -> ColumnElement[bool]:
    """The condition on `Interview` for what `actor` may do this to."""
    match scope_of(actor.role, action):
        case Scope.ALL:
            return sa.true()
        case Scope.OWN_JOBS:
            return Interview.application_id.in_(
                sa.select(Application.id).where(Application.job_id.in_(own_job_ids(actor)))
            )
        case Scope.OWN_INTERVIEWS:
            return Interview.id.in_(own_interview_ids(actor))
        case _:
            return sa.false()
