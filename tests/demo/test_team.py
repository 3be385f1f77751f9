"""What the demo begins with."""

import pytest
from flask import Flask

from demo.team import ForeignDatabaseError, seed
from extensions import db
from models import Interview, InterviewType, Mail, User
from services import services
from tests.factories import create_team
from tests.machines.rows import in_rows
from timezones import in_zone, utc_now


def plant(app: Flask) -> bool:
    return seed(app.config["INSTALLATION_ID"], services(app).rules, "a password of its own")


def test_demo_begins_with_coming_interviews_of_several_kinds_and_is_planted_once(sqlite_app: Flask) -> None:
    with in_rows(sqlite_app):
        assert plant(sqlite_app) is True
        interviews = db.session.scalars(db.select(Interview)).all()
        assert {interview.interview_type for interview in interviews} == set(InterviewType)
        for interview in interviews:
            assert interview.starts_at > utc_now()
            assert in_zone(interview.starts_at, interview.timezone).weekday() < 5
            assert interview.meeting is None or interview.meeting.called == "Webex"
        assert plant(sqlite_app) is False
        assert len(db.session.scalars(db.select(Interview.id)).all()) == len(interviews)
        # No one real is ever written to.
        addresses = {*db.session.scalars(db.select(Mail.address)), *db.session.scalars(db.select(User.email))}
        assert all(address.endswith(".example") for address in addresses)


def test_demo_leaves_a_real_database_alone(sqlite_app: Flask) -> None:
    with in_rows(sqlite_app):
        create_team()
        with pytest.raises(ForeignDatabaseError):
            plant(sqlite_app)
