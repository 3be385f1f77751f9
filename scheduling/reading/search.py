"""The interviews that a search text means, for the search of everything."""

from __future__ import annotations

from functools import cache

import sqlalchemy as sa

from accounts.permissions import Action
from accounts.row_permissions import Asker, Reader, interview_is_within
from models import BEING_ARRANGED, Interview, InterviewStatus, Role
from paging import Query
from scheduling.reading.interview_rows import InterviewRow, found, instant, select_rows
from scheduling.reading.matching import interview_matches, parameters, words_about_interviews
from timezones import utc_now


def first_interviews(actor: Reader, text: str, most: int) -> tuple[InterviewRow, ...]:
    """The first of those that `actor` sees and that the text means: those to come, soonest first, and then
    the others, newest first. A text that means all of them finds only those to come. The rows name no
    attendees."""
    words = words_about_interviews(text)
    return found(
        _first(actor.role, len(words)), asker_id=actor.id, now=utc_now(), most=most, **parameters(text)
    )


@cache
def _first(role: Role, words: int) -> Query:
    is_to_come = sa.or_(
        sa.and_(Interview.status == InterviewStatus.SCHEDULED, Interview.ends_at > instant("now")),
        Interview.status.in_(BEING_ARRANGED),
    )
    order = (
        sa.case((is_to_come, 0), else_=1),
        sa.case((is_to_come, Interview.starts_at)),
        Interview.starts_at.desc(),
        Interview.id,
    )
    # Found and sorted first: otherwise the columns of the rows would be looked up for all that match.
    first = (
        sa.select(Interview.id)
        .where(
            interview_is_within(Asker(role), Action.SEE),
            interview_matches(words) if words else is_to_come,
        )
        .order_by(*order)
        .limit(sa.bindparam("most", type_=sa.Integer()))
    )
    return select_rows(with_people=False).where(Interview.id.in_(first)).order_by(*order)
