"""The state of the requests to choose a time, for lists of interviews: since when the candidate is asked, and
what they have said."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from database import written_out
from models import CandidateAnswer, RequestState, Slot, SlotRequest
from paging import Query
from rows import rows_of
from timezones import utc_now


class TimeRequest(NamedTuple):
    """`number` of times were offered at `asked_at`, the last of which begins at `last_starts_at`; the
    candidate can choose until `expires_at`. `picked_at`: when they did. `none_fit_at`: when they said that
    none of the times suits, if no one has answered yet. All aware UTC."""

    interview_id: int
    asked_at: datetime
    expires_at: datetime
    picked_at: datetime | None
    number: int
    last_starts_at: datetime
    none_fit_at: datetime | None

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= utc_now()

    @property
    def is_nothing_left(self) -> bool:
        """Whether all offered times have begun, so that only other times help."""
        return self.last_starts_at <= utc_now()


def time_requests_of(interview_ids: Iterable[int]) -> dict[int, TimeRequest]:
    """The requests of these interviews, by interview. One statement."""
    told = {"interview_ids": list(interview_ids)}
    return {row[0]: TimeRequest._make(row) for row in rows_of(_of_interviews(), told)}


def of_newest_round(what: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
    """An aggregate over the times that were offered last, beside a column of `SlotRequest`."""
    return (
        sa.select(what)
        .where(Slot.interview_id == SlotRequest.interview_id, Slot.round == SlotRequest.round)
        .correlate(SlotRequest)
        .scalar_subquery()
    )


@cache
def _of_interviews() -> Query:
    none_fit_at = (
        sa.select(CandidateAnswer.at)
        .where(
            CandidateAnswer.interview_id == SlotRequest.interview_id,
            CandidateAnswer.state == written_out(RequestState.OPEN),
        )
        .correlate(SlotRequest)
        .scalar_subquery()
    )
    return sa.select(
        SlotRequest.interview_id,
        SlotRequest.asked_at,
        SlotRequest.expires_at,
        SlotRequest.picked_at,
        of_newest_round(sa.func.count()),
        of_newest_round(sa.func.max(Slot.starts_at)),
        none_fit_at,
    ).where(SlotRequest.interview_id.in_(sa.bindparam("interview_ids", expanding=True)))
