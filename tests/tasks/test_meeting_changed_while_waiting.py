"""Code that waits for an interview's lock gets the meeting that the interview has by then."""

import threading

import pytest

from extensions import db
from models import Interview, MeetingSoftware
from scheduling.commands.locking import locked
from scheduling.meetings.wanting import want_meeting
from tests.machines.locks import is_waiting_for_a_lock
from tests.machines.processes import wait_until
from tests.tasks.installation import Installation


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_waiting_for_an_interview_returns_the_meeting_it_was_given_meanwhile(
    installation: Installation,
) -> None:
    interview_id = installation.schedule()
    found: list[tuple[int, int]] = []

    def wait_for_it() -> None:
        with installation.writing():
            interview, meeting = locked(db.session.get_one(Interview, interview_id))
            assert meeting is not None
            assert interview.meeting is not None
            found.append((meeting.id, interview.meeting.id))
            db.session.rollback()

    other = threading.Thread(target=wait_for_it)
    with installation.writing():
        interview, before = locked(db.session.get_one(Interview, interview_id))
        assert before is not None
        other.start()
        wait_until(lambda: is_waiting_for_a_lock(installation.app), what="the other waits", timeout=10)
        before.is_wanted = False
        db.session.flush()
        wanted = want_meeting(interview, MeetingSoftware.ZOOM, installation.rules)
        db.session.commit()
        expected = wanted.id
    other.join(10)
    assert found == [(expected, expected)]
