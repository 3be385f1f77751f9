"""Moving an application along when its interview is scheduled."""

from __future__ import annotations

from extensions import db
from models import Application, Interview, Stage, User
from scheduling.timeline import note

_BEFORE_INTERVIEWS = (Stage.NEW, Stage.SCREENING)


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
    db.session.refresh(application, attribute_names=["stage"], with_for_update=True)
    before = application.stage
    if before not in _BEFORE_INTERVIEWS:
        return False
    application.stage = Stage.INTERVIEW
    note(
        interview.id,
        f"{application.candidate.name} moved from {before.label} to {Stage.INTERVIEW.label}",
        actor=actor,
    )
    return True
