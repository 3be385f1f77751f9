"""What a candidate has said about an interview on their own page, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from extensions import db
from models import AnswerKind, CandidateAnswer, Interview, RequestState, User
from timezones import utc_now

# From then on people can say that they are late or cannot get in, until the end.
LATE_FROM = timedelta(hours=2)


@dataclass(frozen=True)
class CandidateSays:
    """The answers that still apply. `confirmed_at` is only set if the candidate confirmed the current time.
    `request` waits for the team; `last_request` is the newest one, answered or not. `notices` say that the
    candidate is late or cannot get in, the newest first."""

    confirmed_at: datetime | None
    request: CandidateAnswer | None
    last_request: CandidateAnswer | None
    notices: tuple[CandidateAnswer, ...]

    @property
    def mark(self) -> str:
        """Changes when people would see something different."""
        shown = [self.last_request, *self.notices]
        parts = [f"{each.id}{each.state or ''}" for each in shown if each is not None]
        return "-".join(["confirmed" if self.confirmed_at else "", *parts])


_NOTICES = (AnswerKind.LATE, AnswerKind.CANNOT_JOIN)
_REQUESTS = (AnswerKind.MOVE, AnswerKind.NONE_FIT)


def what_candidate_says(interview: Interview) -> CandidateSays:
    """Reads the interview's answers."""
    about_now = [each for each in interview.answers if each.starts_at == interview.starts_at]
    requests = [each for each in interview.answers if each.kind in _REQUESTS]
    return CandidateSays(
        confirmed_at=next((each.at for each in about_now if each.kind is AnswerKind.CONFIRMED), None),
        request=next((each for each in requests if each.state is RequestState.OPEN), None),
        last_request=requests[-1] if requests else None,
        notices=tuple(each for each in reversed(about_now) if each.kind in _NOTICES),
    )


def settle_by_moving(actor: User, interview: Interview) -> None:
    """The interview was just moved and has its new time and revision, so no request is waiting anymore."""
    request = _open_request(interview.id)
    if request is not None:
        suits = any(time.starts_at == interview.starts_at for time in request.times)
        settle(
            request, RequestState.TAKEN if suits else RequestState.MOVED, actor, revision=interview.revision
        )


def settle_by_offering(actor: User, interview: Interview) -> None:
    """Other times were just offered, which answers a candidate for whom none worked."""
    request = _open_request(interview.id)
    if request is not None:
        settle(request, RequestState.MOVED, actor)


def settle(
    request: CandidateAnswer, state: RequestState, actor: User | None, *, revision: int | None = None
) -> None:
    """Record what became of a request for another time. `actor` is None for the candidate; `revision` is the
    interview's, if that settled it."""
    request.state, request.settled_at, request.settled_in = state, utc_now(), revision
    request.settled_by_id = actor.id if actor is not None else None


def withdraw_request(interview_id: int) -> None:
    """The candidate has said something else, which replaces it."""
    request = _open_request(interview_id)
    if request is not None:
        settle(request, RequestState.WITHDRAWN, None)
        db.session.flush()


def wait_again(interview_id: int, revision: int) -> None:
    """The revision that settled a request was undone, so the request waits again, unless there is another one
    waiting."""
    settled = db.session.scalar(
        sa.select(CandidateAnswer).where(
            CandidateAnswer.interview_id == interview_id, CandidateAnswer.settled_in == revision
        )
    )
    if settled is not None and _open_request(interview_id) is None:
        settled.state = RequestState.OPEN
        settled.settled_at = settled.settled_by_id = settled.settled_in = None


def answers_since(interview_id: int, since: datetime) -> int:
    """How many things the candidate has said since an instant (aware UTC)."""
    count = db.session.scalar(
        sa.select(sa.func.count(CandidateAnswer.id)).where(
            CandidateAnswer.interview_id == interview_id, CandidateAnswer.at > since
        )
    )
    return count or 0


def erase(interview_ids: Iterable[int]) -> None:
    """Erase what was said about these interviews; it belongs to the candidate."""
    for answer in db.session.scalars(
        sa.select(CandidateAnswer).where(CandidateAnswer.interview_id.in_(list(interview_ids)))
    ):
        db.session.delete(answer)


def _open_request(interview_id: int) -> CandidateAnswer | None:
    return db.session.scalar(
        sa.select(CandidateAnswer).where(
            CandidateAnswer.interview_id == interview_id, CandidateAnswer.state == RequestState.OPEN
        )
    )
