"""A create whose answer was lost is looked up before it is repeated, and anything it left behind is
removed."""

from datetime import timedelta

import pytest

from extensions import db
from models import CallState, Lane, MeetingState, Task, TaskState
from tests.factories import LENA, PRIYA
from tests.machines.processes import wait_until
from tests.tasks.installation import Installation, another_runner
from tests.tasks.real_time import shorten_deadlines
from work.protocol import ClaimedTask

# Locking and SQL that differs are their subject.
pytestmark = pytest.mark.both_databases


def test_meeting_of_a_lost_answer_is_found_and_not_made_again(installation: Installation) -> None:
    installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(lose_next_creates=1)
    interview = installation.schedule()
    installation.run_due()
    assert installation.meeting(interview).calls == (CallState.UNKNOWN,)
    installation.later(seconds=5)
    seen = installation.meeting(interview)
    [meeting] = installation.living_meetings()
    assert seen.provider_meeting_id == str(meeting["id"])
    assert seen.join_url == meeting["join_url"]
    assert seen.calls == (CallState.DONE,)
    assert len(installation.calls("create")) == 1
    assert len(installation.simulators.mails()) == 2


@pytest.mark.parametrize(
    "spoiled",
    # One that comes byte by byte holds its thread until the deadline.
    ["html", "empty", "truncated", "wrong_types", "huge", pytest.param("drip", marks=pytest.mark.full)],
)
def test_meeting_behind_an_unreadable_answer_is_found(
    sqlite_installation: Installation, monkeypatch: pytest.MonkeyPatch, spoiled: str
) -> None:
    installation = sqlite_installation
    if spoiled == "drip":
        shorten_deadlines(monkeypatch)
    installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(bad_answer=spoiled, bad_answer_calls=1)
    interview = installation.schedule()
    installation.run_due()
    installation.later(seconds=5)
    assert installation.meeting(interview).state is MeetingState.READY
    assert len(installation.living_meetings()) == 1
    assert len(installation.calls("create")) == 1


def test_connection_that_dropped_before_anything_was_made_is_followed_by_one_create(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(drop_next_creates=1)
    interview = installation.schedule()
    installation.run_due()
    installation.later(seconds=5)
    seen = installation.meeting(interview)
    assert seen.state is MeetingState.READY
    assert len(installation.living_meetings()) == 1
    installation.later(minutes=2)
    installation.later(minutes=15)
    assert installation.meeting(interview).calls == (CallState.ABSENT, CallState.DONE)
    assert len(installation.living_meetings()) == 1


def test_two_interviews_that_look_the_same_each_find_their_own_meeting(installation: Installation) -> None:
    installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(lose_next_creates=2)
    interviews = [installation.schedule(), installation.schedule()]
    installation.run_due()
    assert len(installation.living_meetings()) == 2
    for _ in range(3):
        installation.later(seconds=5)
    installation.later(minutes=2)
    installation.later(minutes=15)
    found = {installation.meeting(interview).provider_meeting_id for interview in interviews}
    assert found == {str(meeting["id"]) for meeting in installation.living_meetings()}
    assert len(found) == 2
    assert len(installation.calls("create")) == 2
    assert len(installation.simulators.mails()) == 4


def test_look_up_leaves_alone_what_the_twin_is_waiting_for(installation: Installation) -> None:
    installation.connect(installation.team.ben)
    first, second = installation.schedule(), installation.schedule()
    installation.simulators.zoom_switches(lose_next_creates=1)
    own: set[int] = set()
    awaited: list[str] = []

    def first_looks_up(phase: str, task: ClaimedTask) -> None:
        if task.subject != f"interview:{second}" or awaited:
            return
        if phase == "loaded":
            own.update(meeting["id"] for meeting in installation.living_meetings())
        if phase == "called":
            # The second interview's meeting exists in Zoom but is not recorded yet, and the first one's own
            # meeting is hidden, as in a list that is out of date.
            awaited.extend(str(m["id"]) for m in installation.living_meetings() if m["id"] not in own)
            installation.simulators.delete_meeting(str(own.pop()))
            installation.later(seconds=5)

    another_runner(installation, on_phase=first_looks_up).run_due(Lane.PROVIDER)
    assert installation.meeting(second).provider_meeting_id == awaited[0]
    for _ in range(4):
        installation.later(seconds=10)
    seen = installation.meeting(first)
    assert seen.state is MeetingState.READY
    assert seen.provider_meeting_id not in (None, awaited[0])
    assert len(installation.living_meetings()) == 2
    assert len(installation.simulators.mails()) == 4
    assert {task.last_error for task in installation.tasks("sync_meeting")} == {None}


def test_look_up_takes_what_the_twin_can_no_longer_be_waiting_for(installation: Installation) -> None:
    installation.connect(installation.team.ben)
    first, second = installation.schedule(), installation.schedule()
    # The process of the second one dies in the middle of its create, and no one takes over its work.
    installation.simulators.zoom_switches(lose_next_creates=1)
    with installation.writing():
        for task in db.session.scalars(db.select(Task).where(Task.subject == f"interview:{first}")):
            task.run_at += timedelta(minutes=1, seconds=30)
        db.session.commit()
    installation.die_after("called", "sync_meeting")
    assert installation.meeting(second).calls == (CallState.CALLING,)
    with installation.writing():
        for task in db.session.scalars(db.select(Task).where(Task.subject == f"interview:{second}")):
            task.run_at += timedelta(hours=1)
        db.session.commit()
    installation.simulators.zoom_switches(drop_next_creates=1)
    for _ in range(20):
        installation.later(seconds=5)
    assert installation.meeting(first).state is MeetingState.READY
    assert len(installation.calls("create")) == 2
    installation.later(hours=1)
    found = {installation.meeting(number).provider_meeting_id for number in (first, second)}
    assert found == {str(meeting["id"]) for meeting in installation.living_meetings()}
    assert len(found) == 2


def test_answer_that_shows_the_meeting_of_another_interview_is_not_believed(
    installation: Installation,
) -> None:
    installation.connect(installation.team.ben)
    first = installation.schedule()
    installation.run_due()
    installation.simulators.zoom_switches(bad_answer="another", bad_answer_calls=1)
    second = installation.schedule()
    installation.run_due()
    seen = installation.meeting(second)
    assert (seen.state, seen.calls) == (MeetingState.WAITING, (CallState.UNKNOWN,))
    installation.later(seconds=5)
    found = {installation.meeting(number).provider_meeting_id for number in (first, second)}
    assert found == {str(meeting["id"]) for meeting in installation.living_meetings()}
    assert len(found) == 2
    assert len(installation.calls("create")) == 2


@pytest.mark.slow
def test_meeting_that_appears_after_it_was_looked_for_is_removed(installation: Installation) -> None:
    installation.connect(installation.team.ben)
    # Here we wait six seconds for a create: we give up, and Zoom carries it out anyway.
    installation.simulators.zoom_switches(latency_ms=8000)
    interview = installation.schedule()
    installation.run_due()
    installation.simulators.zoom_switches(latency_ms=0)
    slow = installation.living_meetings()
    installation.later(seconds=5)
    seen = installation.meeting(interview)
    assert seen.state is MeetingState.READY
    assert slow == []
    wait_until(lambda: len(installation.living_meetings()) == 2, what="the slow create is done", timeout=10)
    installation.later(minutes=2)
    [left] = installation.living_meetings()
    assert seen.provider_meeting_id == str(left["id"])
    assert any("Removed a second Zoom meeting" in line for line in installation.timeline(interview))
    installation.later(minutes=15)
    assert len(installation.living_meetings()) == 1
    assert len(installation.simulators.mails()) == 2


def test_meeting_on_an_account_that_dropped_out_is_removed_when_it_is_back(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    installation.connect(installation.team.ben, PRIYA)
    installation.connect(installation.team.ada, LENA)
    installation.simulators.zoom_switches(lose_next_creates=1)
    interview = installation.schedule()
    installation.run_due()
    installation.simulators.revoke(PRIYA)
    installation.later(seconds=5)
    seen = installation.meeting(interview)
    assert (seen.state, seen.host) == (MeetingState.READY, "Ada Berg")
    assert len(installation.living_meetings()) == 2
    installation.later(minutes=5)
    what = "Another Zoom meeting for this interview may exist on Ben's account"
    for _ in range(3):
        installation.later(hours=1)
    assert sum(line.startswith(what) for line in installation.timeline(interview)) == 1
    assert f"problem: {what}" in installation.progress(interview)
    # Its owner reconnects: nothing waits for the next look, which is an hour away.
    installation.connect(installation.team.ben, PRIYA)
    installation.run_due()
    assert what not in installation.progress(interview)
    [left] = installation.living_meetings()
    assert left["host"] == LENA
    assert str(left["id"]) == installation.meeting(interview).provider_meeting_id


def test_meeting_that_was_lost_in_an_outage_is_not_left_beside_a_second_one(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(lose_next_creates=1)
    interview = installation.schedule()
    installation.run_due()
    installation.simulators.zoom_switches(fail_next=1000, fail_status=503)
    installation.until_grace_is_over()
    assert installation.meeting(interview).state is MeetingState.FAILED
    installation.simulators.zoom_switches(fail_next=0)
    for _ in range(3):
        installation.later(hours=1)
    [left] = installation.living_meetings()
    assert installation.meeting(interview).provider_meeting_id == str(left["id"])


def test_meeting_that_a_twin_is_about_to_write_down_is_not_taken_for_an_orphan(
    installation: Installation,
) -> None:
    installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(drop_next_creates=1)
    first = installation.schedule()
    installation.run_due()
    installation.later(seconds=5)
    assert installation.meeting(first).calls == (CallState.UNKNOWN, CallState.DONE)
    second = installation.schedule()

    def orphan_is_looked_for(phase: str, task: ClaimedTask) -> None:
        if phase == "called" and task.subject == f"interview:{second}":
            installation.later(minutes=2)

    another_runner(installation, on_phase=orphan_is_looked_for).run_due(Lane.PROVIDER)
    assert {task.starts for task in installation.tasks("remove_orphans")} != {0}
    living = {str(meeting["id"]) for meeting in installation.living_meetings()}
    assert living == {installation.meeting(number).provider_meeting_id for number in (first, second)}
    assert len(living) == 2


def test_server_killed_while_zoom_answers_sends_one_invitation_with_the_link(
    installation: Installation,
) -> None:
    installation.connect(installation.team.ben)
    began, interview = installation.clock.now, installation.schedule()
    installation.die_after("called", "sync_meeting")
    assert installation.clock.now - began < installation.rules.grace
    installation.run_due()
    installation.until_grace_is_over()
    seen = installation.meeting(interview)
    assert seen.state is MeetingState.READY
    [left] = installation.living_meetings()
    assert seen.provider_meeting_id == str(left["id"])
    assert len(installation.mails(interview)) == 2
    assert len(installation.simulators.mails()) == 2


def test_meeting_left_behind_is_adopted_by_an_interview_that_has_none(installation: Installation) -> None:
    installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(lose_next_creates=1)
    interview = installation.schedule()
    installation.run_due()
    # The list fails for longer than the invitation can wait, and recovers right before the search for
    # orphans.
    installation.simulators.zoom_switches(fail_next=1000, fail_status=503, fail_operation="list")
    installation.until_grace_is_over()
    assert installation.meeting(interview).state is MeetingState.FAILED
    installation.simulators.zoom_switches(fail_next=0)
    with installation.writing():
        # Whichever comes first settles it: here, the search for what was left behind.
        for task in db.session.scalars(db.select(Task).where(Task.state == TaskState.READY)):
            hunted = task.kind == "remove_orphans"
            task.run_at = installation.clock.now + timedelta(hours=0 if hunted else 1)
        db.session.commit()
    installation.run_due()
    seen = installation.meeting(interview)
    assert seen.state is MeetingState.READY
    [left] = installation.living_meetings()
    assert seen.provider_meeting_id == str(left["id"])
    assert not any("second" in line for line in installation.timeline(interview))
    installation.later(hours=2)
    assert len(installation.calls("create")) == 1
    assert installation.calls("delete") == []
