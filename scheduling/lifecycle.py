"""Which status may follow which. Pure, and the only place that says so."""

from __future__ import annotations

from models import InterviewStatus as S

TRANSITIONS: dict[S, frozenset[S]] = {
    S.REQUESTED: frozenset({S.ACCEPTED, S.CANCELLED}),
    S.ACCEPTED: frozenset({S.SCHEDULED, S.CANCELLED}),
    S.SCHEDULED: frozenset({S.COMPLETED, S.CANCELLED, S.NO_SHOW}),
    # A click on the wrong button can be taken back among the three ways an interview ends for the team.
    S.COMPLETED: frozenset({S.NO_SHOW}),
    S.NO_SHOW: frozenset({S.COMPLETED}),
    S.CANCELLED: frozenset(),
}


def may_become(now: S, then: S) -> bool:
    """Whether an interview in one status may be moved to another."""
    return then in TRANSITIONS[now]
