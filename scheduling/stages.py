"""An application's stage: each move is recorded, whether someone chose it or scheduling an interview caused
it."""

from __future__ import annotations

from extensions import db
from models import Application, Interview, Stage, StageMove, User
from scheduling.timeline import note

_BEFORE_INTERVIEWS = (Stage.NEW, Stage.SCREENING)


def move(actor: User, application: Application, stage: Stage) -> StageMove | None:
    """Move an application to the stage that `actor` chose, in the current transaction, and record it; None if
    it was there already. Its interviews are not affected."""
    _look_again(application)
    return _moved(actor, application, stage) if application.stage is not stage else None


def move_to_interview(actor: User, interview: Interview, application: Application) -> bool:
    """Move the application of a new interview from New or Screening to Interview, with a line on the
    interview's timeline; whether it was moved. Adds to the current transaction.

    Later stages stay, because a further conversation is no step back, and so does Rejected, which is only
    ever left by hand. Cancelling does not move an application back: most cancelled interviews get another
    time, and the team's decision to meet the candidate still holds. Undoing a cancellation or a change
    therefore has no stage to put back. Everyone who may schedule for the application causes this move, even
    without the permission to set stages freely.
    """
    if application.stage not in _BEFORE_INTERVIEWS:
        return False
    # Someone may be setting the stage by hand at this moment, and what they chose wins.
    _look_again(application)
    before = application.stage
    if before not in _BEFORE_INTERVIEWS:
        return False
    _moved(actor, application, Stage.INTERVIEW, by_scheduling=True)
    note(
        interview.id,
        f"{application.candidate.name} moved from {before.label} to {Stage.INTERVIEW.label}",
        actor=actor,
    )
    return True


def _look_again(application: Application) -> None:
    """Read the stage as it is now, and keep it from being changed by anyone else until the commit."""
    db.session.refresh(application, attribute_names=["stage"], with_for_update=True)


def _moved(actor: User, application: Application, stage: Stage, *, by_scheduling: bool = False) -> StageMove:
    made = StageMove(
        application_id=application.id,
        actor_id=actor.id,
        before=application.stage,
        after=stage,
        by_scheduling=by_scheduling,
    )
    application.stage = stage
    db.session.add(made)
    return made
