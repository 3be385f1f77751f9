"""Every state that people were told about is a row: who changed what, and why."""

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from extensions import db
from hiring.erasing import erase_candidate
from models import Candidate, Interview, InterviewStatus, Revision, RevisionReason, User
from scheduling.mails import address_changes
from scheduling.plans import from_json, plan_of
from scheduling.revisions import raise_revision
from services import services
from tests.factories import create_team, schedule
from tests.machines.rows import in_rows


def test_scheduling_writes_the_first_revision_and_a_corrected_address_the_next(sqlite_app: Flask) -> None:
    with in_rows(sqlite_app):
        team = create_team()
        interview = db.session.get_one(Interview, schedule(team.ada, team.dina))
        candidate, ada = interview.candidate, db.session.get_one(User, team.ada.id)
        candidate.email = "dina.kaur@mail.example"
        address_changes.move(ada, candidate, services().rules)
        db.session.commit()
        db.session.expire_all()
        first, second = interview.revisions
        assert (first.number, first.reason, first.actor_id) == (0, RevisionReason.SCHEDULED, team.ada.id)
        assert first.before is None
        assert first.after is not None
        assert from_json(first.after) == plan_of(interview)
        assert (second.number, second.reason) == (1, RevisionReason.ADDRESS_CORRECTED)
        assert (second.actor, second.before, second.after) == (ada, None, None)
        assert interview.revision == 1


def test_change_of_plan_is_kept_with_both_and_no_number_twice(sqlite_app: Flask) -> None:
    with in_rows(sqlite_app):
        team = create_team()
        interview = db.session.get_one(Interview, schedule(team.ada, team.dina))
        plan = plan_of(interview)
        raised = raise_revision(interview, RevisionReason.LINK_CAME_LATE, before=plan, after=plan)
        db.session.commit()
        assert (raised.number, raised.actor_id) == (1, None)
        assert raised.before is not None
        assert from_json(raised.before) == plan
        interview.revision = 0
        raise_revision(interview, RevisionReason.LINK_CAME_LATE)
        with pytest.raises(IntegrityError):
            db.session.commit()
        db.session.rollback()


def test_erased_candidate_takes_what_was_decided_along(sqlite_app: Flask) -> None:
    with in_rows(sqlite_app):
        team = create_team()
        interview = db.session.get_one(Interview, schedule(team.ada, team.dina, internal_notes="About Dina"))
        interview.status = InterviewStatus.CANCELLED
        erase_candidate(None, db.session.get_one(Candidate, team.dina.id))
        db.session.commit()
        assert [(row.before, row.after) for row in db.session.scalars(db.select(Revision))] == [(None, None)]


def test_end_follows_start_and_duration(sqlite_app: Flask) -> None:
    with in_rows(sqlite_app):
        team = create_team()
        interview = db.session.get_one(Interview, schedule(team.ada, team.dina, duration_minutes=90))
        begins = interview.starts_at
        assert (interview.ends_at - begins).total_seconds() == 90 * 60
        interview.duration_minutes = 30
        db.session.commit()
        db.session.expire_all()
        assert (interview.ends_at - begins).total_seconds() == 30 * 60
        interview.ends_at = begins
        with pytest.raises(IntegrityError):
            db.session.commit()
        db.session.rollback()
