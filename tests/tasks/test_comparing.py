"""Meetings of ours that no one wants are found: removed if the ledger proves that they are ours, otherwise
listed."""

from datetime import datetime

from connections.grants import with_grant
from database import read_only
from extensions import db
from models import AuditEntry, Interview, InterviewStatus, Meeting, MeetingState, User
from providers.base import Grant, MeetingRequest
from scheduling.meetings import comparing
from services import services
from tests.factories import in_three_days
from tests.tasks.installation import Installation
from tests.tasks.test_changed_meetings import scheduled


def compare(installation: Installation) -> None:
    """Do what the daily chore does."""
    with installation.writing():
        comparing.compare(comparing.accounts(installation.clock.now))
        db.session.commit()
    installation.run_due()


def make_in_zoom(installation: Installation, connection_id: int, topic: str, starts_at: datetime) -> None:
    """Make a meeting on the account with no call of ours."""
    request = MeetingRequest(topic, "By hand", starts_at, 45, "Europe/Zurich")
    with installation.app.app_context():
        zoom = services().connections.clients["zoom"].meetings
        assert zoom is not None

        def make(grant: Grant) -> None:
            zoom.create_meeting(grant, request)

        with read_only():
            db.session.rollback()
        with_grant(connection_id, make)


def account(installation: Installation, interview: int) -> int:
    with installation.reading():
        meeting = db.session.get_one(Interview, interview).meetings[0]
        assert meeting.connection_id is not None
        return meeting.connection_id


def listed(installation: Installation) -> list[str]:
    with installation.reading():
        return [each.topic for each in comparing.listed_orphans()]


def test_meeting_that_counts_as_removed_and_is_there_again_is_removed(installation: Installation) -> None:
    interview = scheduled(installation)
    with installation.writing():
        meeting = db.session.scalars(db.select(Meeting)).one()
        # As after a meeting was recovered from Zoom's trash.
        meeting.interview.status = InterviewStatus.CANCELLED
        meeting.state, meeting.is_wanted = MeetingState.REMOVED, False
        meeting.join_url = meeting.passcode = None
        db.session.commit()
    assert len(installation.living_meetings()) == 1
    compare(installation)
    installation.run_due()
    assert installation.living_meetings() == []
    assert installation.rows(interview)[0].state is MeetingState.REMOVED
    assert any("exists again" in line for line in installation.timeline(interview))


def test_what_looks_like_ours_is_listed_and_removed_by_a_click(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    connection = account(installation, scheduled(installation))
    make_in_zoom(installation, connection, "Backend Engineer Interview", in_three_days())
    # Whatever else someone has on their account is their own business.
    make_in_zoom(installation, connection, "Lunch with Ana", in_three_days())
    compare(installation)
    # A create may still be looking for its own meeting.
    assert listed(installation) == []
    installation.later(minutes=40)
    compare(installation)
    assert listed(installation) == ["Backend Engineer Interview"]
    assert len(installation.living_meetings()) == 3
    with installation.writing():
        ada = db.session.get_one(User, installation.team.ada.id)
        [orphan] = comparing.listed_orphans()
        assert comparing.remove(ada, orphan.id)
        db.session.commit()
    installation.run_due()
    assert listed(installation) == []
    assert sorted(each["topic"] for each in installation.living_meetings()) == [
        "Backend Engineer Interview",
        "Lunch with Ana",
    ]
    with installation.reading():
        entries = db.session.scalars(db.select(AuditEntry)).all()
        assert any("which no interview wants" in entry.words for entry in entries)


def test_list_forgets_what_is_gone_from_the_account(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    interview = scheduled(installation)
    make_in_zoom(
        installation, account(installation, interview), "Backend Engineer Interview", in_three_days()
    )
    installation.later(minutes=40)
    compare(installation)
    ours = int(str(installation.meeting(interview).provider_meeting_id))
    [orphan] = [each["id"] for each in installation.living_meetings() if each["id"] != ours]
    assert listed(installation) == ["Backend Engineer Interview"]
    installation.simulators.delete_meeting(str(orphan))
    compare(installation)
    assert listed(installation) == []
    assert [each["id"] for each in installation.living_meetings()] == [ours]


def test_account_that_cannot_be_asked_changes_nothing(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    scheduled(installation)
    installation.simulators.zoom_switches(fail_next=5, fail_status=503)
    compare(installation)
    assert listed(installation) == []
    assert len(installation.living_meetings()) == 1
