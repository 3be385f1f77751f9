"""A meeting that is no longer wanted is removed, and does not keep another one from being made."""

import pytest
from sqlalchemy.exc import IntegrityError

from extensions import db
from models import CallKind, CallState, FailureReason, Interview, MeetingSoftware, MeetingState
from scheduling.meetings.wanting import want_meeting
from tests.factories import LENA, PRIYA
from tests.tasks.installation import Installation, another_runner
from tests.tasks.test_changed_meetings import CREATED, scheduled
from work.protocol import ClaimedTask
from work.runner import Phase

DELETED = (CallKind.DELETE, CallState.DONE)


def want_new(installation: Installation, interview: int) -> None:
    with installation.writing():
        row = db.session.get_one(Interview, interview)
        want_meeting(row, MeetingSoftware.ZOOM, installation.rules)
        db.session.commit()


def test_meeting_that_is_not_wanted_is_removed_in_zoom(installation: Installation) -> None:
    interview = scheduled(installation)
    installation.call_off_meeting(interview)
    installation.run_due()
    assert installation.living_meetings() == []
    [row] = installation.rows(interview)
    assert (row.state, row.join_url) == (MeetingState.REMOVED, None)
    assert row.calls == (CREATED, DELETED)
    assert "Zoom meeting removed from Ben's account" in installation.timeline(interview)


def test_meeting_that_its_host_deleted_first_counts_as_removed(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    interview = scheduled(installation)
    installation.simulators.delete_meeting(str(installation.meeting(interview).provider_meeting_id))
    installation.call_off_meeting(interview)
    installation.run_due()
    [row] = installation.rows(interview)
    assert (row.state, row.calls[-1]) == (MeetingState.REMOVED, DELETED)


def test_removal_whose_answer_was_lost_is_settled_by_doing_it_again(installation: Installation) -> None:
    interview = scheduled(installation)
    installation.simulators.zoom_switches(lose_next_deletes=1)
    installation.call_off_meeting(interview)
    installation.run_due()
    [row] = installation.rows(interview)
    assert (row.state, row.calls[-1]) == (MeetingState.READY, (CallKind.DELETE, CallState.UNKNOWN))
    installation.later(minutes=3)
    [row] = installation.rows(interview)
    assert row.state is MeetingState.REMOVED
    assert row.calls == (CREATED, DELETED, DELETED)


def test_removal_from_an_account_that_dropped_out_is_made_when_it_is_back(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    interview = scheduled(installation)
    installation.simulators.revoke(LENA)
    installation.call_off_meeting(interview)
    installation.run_due()
    [row] = installation.rows(interview)
    assert (row.state, row.failure) == (MeetingState.READY, FailureReason.RECONNECT_NEEDED)
    assert any("hasn't been removed yet" in line for line in installation.timeline(interview))
    installation.connect(installation.team.ben)
    installation.run_due()
    assert installation.rows(interview)[0].state is MeetingState.REMOVED
    assert installation.living_meetings() == []


def test_meeting_that_was_never_made_needs_no_call(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    interview = installation.schedule()
    installation.run_due()
    installation.call_off_meeting(interview)
    installation.connect(installation.team.ben)
    installation.run_due()
    [row] = installation.rows(interview)
    assert (row.state, row.calls) == (MeetingState.REMOVED, ())
    assert installation.calls("create") == installation.calls("delete") == []


def test_what_a_lost_create_of_a_meeting_left_is_removed_with_it(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(lose_next_creates=1)
    interview = installation.schedule()
    installation.run_due()
    assert len(installation.living_meetings()) == 1
    installation.call_off_meeting(interview)
    installation.later(minutes=2)
    assert installation.living_meetings() == []
    assert installation.rows(interview)[0].calls == ((CallKind.CREATE, CallState.REMOVED),)


def test_an_interview_wants_one_meeting_at_most(installation: Installation) -> None:
    interview = scheduled(installation)
    with installation.writing():
        row = db.session.get_one(Interview, interview)
        with pytest.raises(IntegrityError):
            want_meeting(row, MeetingSoftware.ZOOM, installation.rules)
        db.session.rollback()
    installation.call_off_meeting(interview)
    want_new(installation, interview)
    installation.run_due()
    old, new = installation.rows(interview)
    assert (old.is_wanted, old.state) == (False, MeetingState.REMOVED)
    assert (new.is_wanted, new.state) == (True, MeetingState.READY)
    [living] = installation.living_meetings()
    assert str(living["id"]) == new.provider_meeting_id
    with installation.reading():
        row = db.session.get_one(Interview, interview)
        assert row.meeting is row.meetings[1]


def test_old_meeting_on_an_account_out_of_reach_does_not_hold_up_the_new_one(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    interview = scheduled(installation, PRIYA)
    installation.connect(installation.team.ada, LENA)
    installation.simulators.revoke(PRIYA)
    installation.call_off_meeting(interview)
    want_new(installation, interview)
    installation.run_due()
    old, new = installation.rows(interview)
    assert (old.state, new.state) == (MeetingState.READY, MeetingState.READY)
    assert installation.meeting(interview).host == "Ada Berg"
    installation.connect(installation.team.ben, PRIYA)
    installation.run_due()
    [living] = installation.living_meetings()
    assert living["host"] == LENA


def test_meeting_that_is_called_off_while_it_is_created_is_removed_and_no_link_of_it_leaves(
    installation: Installation,
) -> None:
    installation.connect(installation.team.ben)
    interview = installation.schedule()

    def team_changes_its_mind(phase: Phase, task: ClaimedTask) -> None:
        if (phase, task.kind) == ("called", "sync_meeting") and installation.rows(interview)[0].is_wanted:
            installation.call_off_meeting(interview)

    another_runner(installation, on_phase=team_changes_its_mind).run_due()
    installation.run_due()
    assert installation.living_meetings() == []
    assert installation.rows(interview)[0].calls == (CREATED, DELETED)
    assert installation.simulators.mails() == []


@pytest.mark.parametrize("phase", ["claimed", "loaded", "called", "recorded"])
def test_process_that_dies_while_it_removes_a_meeting_leaves_the_same_end_behind(
    installation: Installation, phase: Phase
) -> None:
    interview = scheduled(installation)
    installation.call_off_meeting(interview)
    installation.die_after(phase, "sync_meeting")
    installation.later(seconds=1)
    assert installation.living_meetings() == []
    [row] = installation.rows(interview)
    assert row.state is MeetingState.REMOVED
    assert set(row.calls[1:]) == {DELETED}
