"""Erasing candidates who were asked to choose a time."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from extensions import db
from hiring.commands import HiringError
from hiring.erasing import erase_candidate
from models import Candidate, Interview, InterviewStatus, PhoneCaller
from scheduling.venues import PhoneCall
from tests.factories import Team, create_team, request_slots
from tests.hiring.conftest import rows_of
from tests.hiring.test_erasing import PHONE, everything_stored, user
from tests.machines.clock import Clock


@pytest.fixture
def both(clock: Clock, app: Flask) -> Iterator[Team]:
    """The team on each kind of database, inside its application context."""
    with rows_of(app)():
        yield create_team()


def test_candidate_who_is_asked_for_a_time_is_erased_after_the_request(both: Team, clock: Clock) -> None:
    ada, candidate = user(both.ada), db.session.get_one(Candidate, both.dina.id)
    first = (clock.now + timedelta(days=2)).replace(hour=9)
    asked = db.session.get_one(
        Interview,
        request_slots(
            both.ada, both.dina, first, first + timedelta(days=3), venue=PhoneCall(PHONE, PhoneCaller.TEAM)
        ),
    )
    # One of the times has passed, the other is still to come.
    clock.move(timedelta(days=4))
    with pytest.raises(HiringError, match="Cancel the upcoming interviews first"):
        erase_candidate(ada, candidate)
    clock.move(timedelta(days=4))
    erase_candidate(ada, candidate)
    db.session.commit()
    assert asked.status is InterviewStatus.CANCELLED
    assert "345 67" not in everything_stored()
