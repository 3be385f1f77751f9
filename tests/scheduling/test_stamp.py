"""The stamp of an interview changes with what its page shows, and with nothing that no one sees."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from extensions import Model, db
from models import (
    Candidate,
    Connection,
    ConnectionState,
    FailureReason,
    Interview,
    InterviewStatus,
    Mail,
    MailState,
    MailTrouble,
    Meeting,
    MeetingState,
    Role,
    Task,
    TaskState,
    TimelineEntry,
    User,
)
from scheduling.reading.stamp import stamp_of
from tests.factories import create_connection, create_team, create_user, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows

LATER = datetime(2027, 6, 1, tzinfo=UTC)
Changes = list[tuple[type[Model], dict[str, Any]]]
SEEN: Changes = [
    *((Interview, {"status": InterviewStatus.CANCELLED}), (Interview, {"undo_until": LATER})),
    *((Interview, {"title": "Another title"}), (Interview, {"wall_time": "2027-06-01T09:00"})),
    *((Mail, {"state": MailState.SENT}), (Mail, {"words": ""}), (Mail, {"sent_at": LATER})),
    *((Mail, {"trouble": MailTrouble.ADDRESS}), (Mail, {"leaves_files_out": True})),
    *((Meeting, {"join_url": "https://zoom.example/j/1"}), (Meeting, {"state": MeetingState.FAILED})),
    *(
        (Meeting, {"failure": FailureReason.UNREACHABLE}),
        (Meeting, {"shown_settings": {"waiting_room": True}}),
    ),
    *((Task, {"run_at": LATER}), (Task, {"state": TaskState.DONE})),
    *((User, {"name": "Someone Else"}), (Candidate, {"name": "Someone Else"})),
    *((Connection, {"problem": "Zoom ended it."}), (Connection, {"state": ConnectionState.RECONNECT_NEEDED})),
]
UNSEEN: Changes = [
    *((Task, {"lease": "a process"}), (Task, {"starts": 3}), (Connection, {"ciphertext": "renewed"})),
    *((Connection, {"expires_at": LATER}), (User, {"password_hash": "another"})),
]


@pytest.mark.both_databases
def test_stamp_changes_with_what_is_seen_and_with_nothing_else(app: Flask, clock: Clock) -> None:
    with in_rows(app):
        team = create_team()
        create_connection(team.ada.id)
        interview_id = schedule(team.ada, team.dina)
        db.session.commit()
        ada = db.session.get_one(User, team.ada.id)
        stamp = stamp_of(ada, interview_id)
        for table, values in UNSEEN:
            db.session.execute(sa.update(table).values(values))
            assert stamp_of(ada, interview_id) == stamp, values
        for table, values in SEEN:
            db.session.execute(sa.update(table).values(values))
            before, stamp = stamp, stamp_of(ada, interview_id)
            assert stamp != before, values
        db.session.add(TimelineEntry(interview_id=interview_id, words="Something happened"))
        assert stamp_of(ada, interview_id) != stamp
        db.session.rollback()


def test_stamp_changes_when_an_announced_time_has_come(sqlite_app: Flask, clock: Clock) -> None:
    with in_rows(sqlite_app):
        team = create_team()
        interview = db.session.get_one(Interview, schedule(team.ada, team.dina))
        interview.undo_until = clock.now + timedelta(seconds=10)
        db.session.commit()
        before = stamp_of(interview.scheduler, interview.id)
        clock.move(timedelta(seconds=11))
        assert stamp_of(interview.scheduler, interview.id) != before


def test_stamp_is_only_for_those_who_may_see_the_interview(sqlite_app: Flask) -> None:
    with in_rows(sqlite_app):
        team = create_team()
        interview_id = schedule(team.ada, team.dina)
        stranger = create_user("Sam Stranger", Role.INTERVIEWER)
        db.session.commit()
        assert stamp_of(db.session.get_one(User, team.ada.id), interview_id) is not None
        assert stamp_of(db.session.get_one(User, stranger.id), interview_id) is None
        assert stamp_of(db.session.get_one(User, team.ada.id), interview_id + 1) is None
