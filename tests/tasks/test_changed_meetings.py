"""A meeting that exists follows what the team wants: changed where it differs, and read back."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from connections.grants import with_grant
from database import read_only
from extensions import db
from models import CallKind, CallState, Connection, FailureReason, Meeting, MeetingSoftware, MeetingState
from providers.base import MeetingChange
from scheduling.meetings.budget import budget_of
from scheduling.software import spec_of
from services import services
from tests.factories import LENA, in_three_days
from tests.tasks.installation import Installation, another_runner
from tests.tasks.test_hosts import SOFIA
from work.protocol import ClaimedTask
from work.runner import Phase

CREATED, UPDATED = (CallKind.CREATE, CallState.DONE), (CallKind.UPDATE, CallState.DONE)


def scheduled(installation: Installation, account: str = LENA, **wanted: Any) -> int:
    """An interview with its meeting."""
    installation.connect(installation.team.ben, account)
    interview = installation.schedule(**wanted)
    installation.run_due()
    assert installation.meeting(interview).state is MeetingState.READY
    return interview


def bodies(installation: Installation) -> list[dict[str, object]]:
    """What the simulated Zoom was asked to change, in order."""
    return [call["body"] for call in installation.calls("update")]


def in_zoom(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def test_what_zoom_shows_of_a_new_meeting_is_kept(installation: Installation) -> None:
    interview = scheduled(installation)
    [row] = installation.rows(interview)
    assert (row.shown_topic, row.shown_duration_minutes) == ("Backend Engineer Interview", 45)
    assert (row.shown_starts_at, row.shown_timezone) == (in_three_days(), "Europe/Zurich")
    assert row.shown_settings == {
        "waiting_room": False,
        "join_before_host": True,
        "sign_in_required": False,
        "auto_recording": False,
    }


def test_topic_is_the_jobs_no_matter_what_the_interview_is_called(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    installation.simulators.zoom_switches(lose_next_creates=1)
    installation.connect(installation.team.ben)
    interview = installation.schedule(title="Chat with the CTO")
    installation.run_due()
    installation.later(seconds=5)
    # The lost create was found again, by the exact text that it was asked for with.
    assert [call["body"]["topic"] for call in installation.calls("create")] == ["Backend Engineer Interview"]
    [row] = installation.rows(interview)
    assert (row.shown_topic, row.calls) == ("Backend Engineer Interview", (CREATED,))
    installation.change(interview, title="Chat with the CEO")
    installation.run_due()
    assert installation.calls("update") == []


def test_new_time_is_all_that_is_sent_and_the_meeting_stays_the_same(installation: Installation) -> None:
    interview = scheduled(installation)
    before = installation.meeting(interview)
    later = in_three_days() + timedelta(hours=2)
    installation.change(interview, starts_at=later, duration_minutes=30)
    installation.run_due()
    assert bodies(installation) == [{"start_time": in_zoom(later), "duration": 30}]
    [living] = installation.living_meetings()
    assert (living["start_time"], living["duration"]) == (in_zoom(later), 30)
    [row] = installation.rows(interview)
    assert (row.shown_starts_at, row.shown_duration_minutes) == (later, 30)
    assert row.calls == (CREATED, UPDATED)
    assert installation.meeting(interview).join_url == before.join_url
    assert "Zoom meeting updated" in installation.timeline(interview)
    # Everyone has this link already.
    assert len(installation.mails(interview)) == 2


def test_nothing_is_sent_while_nothing_differs(sqlite_installation: Installation) -> None:
    # Zoom calls this zone by another name, and cuts agendas.
    interview = scheduled(sqlite_installation, timezone="America/Toronto", agenda="Questions " * 300)
    [row] = sqlite_installation.rows(interview)
    assert row.shown_timezone == "America/Montreal"
    for _ in range(2):
        sqlite_installation.change(interview)
        sqlite_installation.run_due()
    assert sqlite_installation.calls("update") == []


def test_what_the_host_changed_in_zoom_stays(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    interview = scheduled(installation)
    by_the_host = MeetingChange(topic="Ben's talk with Dina")
    change_in_zoom(installation, interview, by_the_host)
    installation.change(interview, duration_minutes=60)
    installation.run_due()
    assert bodies(installation)[1:] == [{"duration": 60}]
    [living] = installation.living_meetings()
    assert living["topic"] == "Ben's talk with Dina"
    [row] = installation.rows(interview)
    assert row.shown_topic == "Ben's talk with Dina"


def change_in_zoom(installation: Installation, interview: int, change: MeetingChange) -> None:
    with installation.app.app_context():
        with read_only():
            row = db.session.scalars(db.select(Meeting).where(Meeting.interview_id == interview)).one()
            connection_id, number = row.connection_id, row.provider_meeting_id
            db.session.rollback()
        assert connection_id is not None
        assert number is not None
        provider = services(installation.app).connections.clients[spec_of(MeetingSoftware.ZOOM).app].meetings
        assert provider is not None
        with_grant(connection_id, lambda grant: provider.update_meeting(grant, number, change))


def test_new_passcode_makes_a_new_link_that_everyone_gets(installation: Installation) -> None:
    interview = scheduled(installation, passcode="first-1")
    before = installation.meeting(interview)
    installation.change(interview, requested_passcode="second-2")
    installation.run_due()
    assert bodies(installation) == [{"password": "second-2"}]
    seen = installation.meeting(interview)
    assert seen.passcode == "second-2"
    assert seen.join_url not in (None, before.join_url)
    newest = installation.simulators.mails("dina.kaur@mail.example")[-1]
    text = newest.message.get_body(("plain",))
    assert text is not None
    assert str(seen.join_url) in text.get_content()


def test_passcode_that_the_account_refuses_later_leaves_the_one_there_is(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    interview = scheduled(installation, SOFIA)
    before = installation.meeting(interview)
    installation.change(interview, requested_passcode="abc", duration_minutes=30)
    installation.run_due()
    seen = installation.meeting(interview)
    assert (seen.passcode, seen.join_url) == (before.passcode, before.join_url)
    assert any("didn't accept the password" in line for line in installation.timeline(interview))
    [living] = installation.living_meetings()
    assert living["duration"] == 30


def test_change_whose_answer_was_lost_is_found_by_reading_back(installation: Installation) -> None:
    interview = scheduled(installation)
    installation.simulators.zoom_switches(lose_next_updates=1)
    installation.change(interview, duration_minutes=30)
    installation.run_due()
    assert installation.rows(interview)[0].calls[-1] == (CallKind.UPDATE, CallState.UNKNOWN)
    installation.later(minutes=3)
    [row] = installation.rows(interview)
    assert row.calls == (CREATED, UPDATED)
    assert (row.shown_duration_minutes, row.failure) == (30, None)
    assert len(installation.calls("update")) == 1


def test_change_that_was_not_made_is_made_after_reading_back(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    interview = scheduled(installation)
    installation.simulators.zoom_switches(fail_next=1, fail_status=503, fail_operation="update")
    installation.change(interview, duration_minutes=30)
    installation.run_due()
    installation.later(minutes=3)
    [row] = installation.rows(interview)
    assert row.calls == (CREATED, (CallKind.UPDATE, CallState.ABSENT), UPDATED)
    assert row.shown_duration_minutes == 30


def test_change_during_a_create_follows_it(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    installation.connect(installation.team.ben)
    interview = installation.schedule()

    def team_changes_its_mind(phase: Phase, task: ClaimedTask) -> None:
        if (phase, task.kind) == ("called", "sync_meeting") and not installation.rows(interview)[0].join_url:
            installation.change(interview, duration_minutes=30)

    another_runner(installation, on_phase=team_changes_its_mind).run_due()
    installation.run_due()
    [living] = installation.living_meetings()
    assert living["duration"] == 30
    assert installation.rows(interview)[0].calls == (CREATED, UPDATED)


def test_lost_create_is_found_although_the_team_changed_the_interview_since(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(lose_next_creates=1)
    interview = installation.schedule()
    installation.run_due()
    installation.change(interview, duration_minutes=30)
    installation.later(seconds=5)
    [living] = installation.living_meetings()
    assert living["duration"] == 30
    assert installation.rows(interview)[0].calls == (CREATED, UPDATED)
    assert len(installation.calls("create")) == 1


def test_change_that_the_day_has_no_room_for_waits_for_the_next_day(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    interview = scheduled(installation)
    installation.simulators.zoom_switches(daily_limit_reached=[LENA])
    installation.change(interview, duration_minutes=30)
    installation.run_due()
    seen = installation.meeting(interview)
    assert (seen.state, seen.failure) == (MeetingState.READY, FailureReason.DAILY_LIMIT)
    assert seen.join_url is not None
    assert any("hasn't been updated yet" in line for line in installation.timeline(interview))
    *_, task = installation.tasks("sync_meeting")
    assert (task.run_at.hour, task.run_at.minute) == (0, 1)
    installation.simulators.zoom_switches(daily_limit_reached=[])
    installation.clock.forward(task.run_at - installation.clock.now)
    installation.run_due()
    assert installation.rows(interview)[0].shown_duration_minutes == 30
    assert installation.meeting(interview).failure is None


def test_change_on_an_account_that_dropped_out_is_made_when_it_is_back(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    interview = scheduled(installation)
    installation.simulators.revoke(LENA)
    installation.change(interview, duration_minutes=30)
    installation.run_due()
    assert installation.meeting(interview).failure is FailureReason.RECONNECT_NEEDED
    installation.connect(installation.team.ben)
    installation.run_due()
    [living] = installation.living_meetings()
    assert living["duration"] == 30
    assert installation.meeting(interview).failure is None


def test_meeting_that_zoom_denies_twice_is_replaced_and_everyone_gets_the_new_link(
    installation: Installation,
) -> None:
    interview = scheduled(installation)
    old = installation.meeting(interview)
    installation.simulators.delete_meeting(str(old.provider_meeting_id))
    installation.change(interview, duration_minutes=30)
    installation.run_due()
    # Zoom in trouble has denied meetings that it showed again later.
    assert installation.meeting(interview) == old.__class__(
        **{**vars(old), "calls": (*old.calls, CallState.ABSENT)}
    )
    installation.later(minutes=3)
    before, after = installation.rows(interview)
    assert (before.is_wanted, before.state, before.join_url) == (False, MeetingState.REMOVED, None)
    assert (after.is_wanted, after.state) == (True, MeetingState.READY)
    [living] = installation.living_meetings()
    assert (str(living["id"]), living["duration"]) == (after.provider_meeting_id, 30)
    newest = installation.simulators.mails("dina.kaur@mail.example")[-1]
    text = newest.message.get_body(("plain",))
    assert text is not None
    assert str(after.join_url) in text.get_content()


def test_days_budget_counts_what_is_created_and_changed_and_not_what_is_removed(
    installation: Installation,
) -> None:
    interview = scheduled(installation)
    for minutes in (30, 60):
        installation.change(interview, duration_minutes=minutes)
        installation.run_due()
    installation.call_off_meeting(interview)
    installation.run_due()
    [row] = installation.rows(interview)
    assert [kind for kind, _ in row.calls] == ["create", "update", "update", "delete"]
    limit = spec_of(MeetingSoftware.ZOOM).daily_limit
    assert limit is not None
    with installation.reading():
        connection = db.session.scalars(db.select(Connection)).one()
        assert budget_of(connection, limit, installation.clock.now).used == 3
        assert budget_of(connection, limit, installation.clock.now + timedelta(days=1)).used == 0


@pytest.mark.parametrize("phase", ["claimed", "loaded", "called", "recorded"])
def test_process_that_dies_while_it_changes_a_meeting_leaves_the_same_end_behind(
    installation: Installation, phase: Phase
) -> None:
    interview = scheduled(installation)
    installation.change(interview, duration_minutes=30)
    installation.die_after(phase, "sync_meeting")
    installation.later(seconds=1)
    [living] = installation.living_meetings()
    assert living["duration"] == 30
    [row] = installation.rows(interview)
    assert (row.shown_duration_minutes, row.calls[-1]) == (30, UPDATED)
    assert len(installation.simulators.mails()) == 2
