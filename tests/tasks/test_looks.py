"""Hosts delete and change meetings on Zoom's own pages: noticed before a reminder leads to a dead link."""

from datetime import timedelta
from typing import Any

import pytest

from extensions import db
from models import Interview, Lane, MeetingState
from scheduling.meetings.looks import LOOK_AT_MEETING, look_because_opened, look_now
from scheduling.meetings.restoring import restore
from scheduling.reading.meeting_card import MeetingCard
from scheduling.reading.progress import progress_of
from tests.factories import LENA, in_three_days
from tests.machines.simulators import Simulators
from tests.tasks.installation import Installation
from tests.tasks.test_changed_meetings import bodies, in_zoom, scheduled
from work.runner import Phase

DINA = "dina.kaur@mail.example"


def number_of(installation: Installation, interview: int) -> str:
    return str(installation.meeting(interview).provider_meeting_id)


def card_of(installation: Installation, interview: int) -> MeetingCard:
    with installation.reading():
        card = progress_of(db.session.get_one(Interview, interview)).card
    assert card is not None
    return card


def look(installation: Installation, interview: int) -> None:
    """Have Zoom asked at once, and do everything that follows."""
    with installation.writing():
        meeting = db.session.get_one(Interview, interview).meeting
        assert meeting is not None
        assert look_now(meeting)
        db.session.commit()
    installation.run_due()


def newest_text(simulators: Simulators) -> str:
    text = simulators.mails(DINA)[-1].message.get_body(("plain",))
    assert text is not None
    return str(text.get_content())


@pytest.mark.both_databases
def test_meeting_that_was_deleted_in_zoom_is_replaced_before_the_reminder_goes_out(
    installation: Installation,
) -> None:
    interview = scheduled(installation, reminder_minutes=(24 * 60,))
    due = in_three_days() - timedelta(hours=24)
    installation.clock.forward(due - timedelta(minutes=6) - installation.clock.now)
    installation.run_due()
    old = installation.meeting(interview)
    installation.simulators.delete_meeting(str(old.provider_meeting_id))
    installation.later(minutes=1)
    # Zoom in trouble has denied meetings that it showed again later.
    assert installation.meeting(interview) == old
    installation.later(minutes=2)
    new = installation.meeting(interview)
    assert new.state is MeetingState.READY
    assert new.join_url not in (None, old.join_url)
    assert any("someone deleted it in Zoom" in line for line in installation.timeline(interview))
    assert str(new.join_url) in newest_text(installation.simulators)
    installation.clock.forward(due - installation.clock.now)
    installation.run_due()
    reminder = newest_text(installation.simulators)
    assert str(old.join_url) not in reminder
    assert len(installation.living_meetings()) == 1


def test_meeting_that_zoom_denies_once_stays(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    interview = scheduled(installation)
    before = installation.meeting(interview)
    installation.simulators.zoom_switches(deny_next_meetings=1)
    look(installation, interview)
    for _ in range(3):
        installation.later(minutes=5)
    # If it is denied again much later, that counts as the first time.
    installation.simulators.zoom_switches(deny_next_meetings=1)
    look(installation, interview)
    installation.later(minutes=5)
    assert installation.meeting(interview) == before
    assert len(installation.calls("create")) == 1


def test_passcode_that_was_changed_in_zoom_reaches_everyone(installation: Installation) -> None:
    interview = scheduled(installation, passcode="first-1")
    before = installation.meeting(interview)
    installation.simulators.change_meeting(number_of(installation, interview), password="second-2")
    look(installation, interview)
    seen = installation.meeting(interview)
    assert seen.passcode == "second-2"
    assert seen.join_url != before.join_url
    assert str(seen.join_url) in newest_text(installation.simulators)
    # It is the host's decision, and is not reverted.
    assert bodies(installation) == []


def test_meeting_that_was_moved_in_zoom_is_pointed_out_and_moved_back_with_one_click(
    installation: Installation,
) -> None:
    interview = scheduled(installation)
    elsewhere = in_three_days() + timedelta(hours=5)
    installation.simulators.change_meeting(number_of(installation, interview), start_time=in_zoom(elsewhere))
    look(installation, interview)
    assert card_of(installation, interview).moved_to == (elsewhere, 45)
    moved = [line for line in installation.timeline(interview) if "was moved in Zoom" in line]
    look(installation, interview)
    assert [line for line in installation.timeline(interview) if "was moved in Zoom" in line] == moved
    assert len(moved) == 1
    assert bodies(installation) == []
    assert len(installation.mails(interview)) == 2
    with installation.writing():
        assert restore(db.session.get_one(Interview, interview))
        db.session.commit()
    installation.run_due()
    assert bodies(installation) == [{"start_time": in_zoom(in_three_days())}]
    assert card_of(installation, interview).moved_to is None
    with installation.writing():
        assert not restore(db.session.get_one(Interview, interview))


def test_what_zoom_does_not_change_back_is_not_sent_again_and_again(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    interview = scheduled(installation)
    installation.simulators.change_meeting(number_of(installation, interview), duration=300)
    look(installation, interview)
    with installation.writing():
        restore(db.session.get_one(Interview, interview))
        db.session.commit()
    installation.simulators.zoom_switches(ignore_next_updates=1)
    installation.run_due()
    assert card_of(installation, interview).moved_to == (in_three_days(), 300)
    installation.change(interview)
    installation.run_due()
    assert bodies(installation) == [{"duration": 45}]


def test_looks_come_closer_together_toward_the_start_and_end_with_it(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    starts_at, interview = in_three_days(), scheduled(installation)
    left = starts_at - installation.clock.now
    gaps = []
    while (waiting := installation.tasks(LOOK_AT_MEETING.name)[-1]).state == "ready":
        gaps.append(waiting.run_at - installation.clock.now)
        installation.clock.forward(gaps[-1])
        installation.run_due(Lane.PROVIDER)
    assert gaps[0] == left / 10
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] == timedelta(minutes=10)
    assert installation.clock.now < starts_at <= installation.clock.now + timedelta(minutes=10)
    assert len(gaps) < 60
    assert installation.meeting(interview).state is MeetingState.READY


def test_looking_at_a_meeting_out_of_reach_goes_on_when_it_is_back(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    interview = scheduled(installation)
    installation.simulators.revoke(LENA)
    installation.simulators.delete_meeting(number_of(installation, interview))
    look(installation, interview)
    seen = installation.meeting(interview)
    assert (seen.state, seen.failure) == (MeetingState.READY, None)
    installation.connect(installation.team.ben)
    for _ in range(3):
        installation.later(hours=8)
        installation.later(minutes=3)
    assert len(installation.living_meetings()) == 1
    assert installation.meeting(interview).join_url != seen.join_url


@pytest.mark.parametrize("fault", [{"fail_next": 5, "fail_status": 503}, {"bad_answer": "another"}])
def test_answer_that_tells_nothing_leaves_the_meeting_as_it_is(
    sqlite_installation: Installation, fault: dict[str, Any]
) -> None:
    installation = sqlite_installation
    other = scheduled(installation)
    interview = installation.schedule()
    installation.run_due()
    before = installation.meeting(interview)
    installation.simulators.zoom_switches(**fault)
    look(installation, interview)
    look(installation, other)
    assert installation.meeting(interview) == before
    [task] = [
        task for task in installation.tasks(LOOK_AT_MEETING.name) if task.subject.endswith(f":{interview}")
    ]
    assert (task.state, task.failures) == ("ready", 0)


def test_opening_the_page_asks_zoom_unless_it_was_asked_a_moment_ago(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    interview = scheduled(installation)

    def opened() -> bool:
        with installation.writing():
            meeting = db.session.get_one(Interview, interview).meeting
            assert meeting is not None
            wanted = look_because_opened(meeting)
            db.session.commit()
            return wanted

    assert not opened()
    installation.later(minutes=3)
    assert opened()
    assert card_of(installation, interview).is_looked_at
    installation.run_due()
    assert not card_of(installation, interview).is_looked_at
    assert not opened()
    assert len(installation.calls("get")) == 1


@pytest.mark.both_databases
@pytest.mark.parametrize("phase", ["claimed", "loaded", "called", "recorded"])
def test_process_that_dies_while_it_looks_leaves_the_same_end_behind(
    installation: Installation, phase: Phase
) -> None:
    interview = scheduled(installation)
    installation.simulators.delete_meeting(number_of(installation, interview))
    with installation.writing():
        meeting = db.session.get_one(Interview, interview).meeting
        assert meeting is not None
        look_now(meeting)
        db.session.commit()
    installation.die_after(phase, LOOK_AT_MEETING.name)
    for _ in range(3):
        installation.later(minutes=2)
    assert installation.meeting(interview).state is MeetingState.READY
    assert len(installation.living_meetings()) == 1
    assert len(installation.mails(interview)) == 4
