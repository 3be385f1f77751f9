"""A day and an hour before an interview, everything that it needs is checked, and fixed or reported once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from extensions import db
from models import FailureReason, Interview, InterviewStatus, MeetingState, PhoneCaller
from scheduling.mails.queue import PREFLIGHT_PROBLEMS
from scheduling.preflight import PREFLIGHT, problems_of
from scheduling.venues import PhoneCall
from tasks.preflight import ASK_FOR_PREFLIGHTS
from tests.factories import PRIYA
from tests.machines.simulators import ReceivedMail
from tests.tasks.installation import Installation
from tests.tasks.test_changed_meetings import bodies, in_zoom
from work.runner import Phase

DINA, BEN, ADA = "dina.kaur@mail.example", "ben@northlight.example", "ada@northlight.example"
DAY, HOUR = timedelta(hours=24, minutes=5), timedelta(hours=1, minutes=5)


@pytest.fixture
def installation(sqlite_installation: Installation) -> Installation:
    sqlite_installation.connect(sqlite_installation.team.ben, PRIYA)
    return sqlite_installation


def in_three_days(installation: Installation, **wishes: Any) -> int:
    start = (installation.clock.now + timedelta(days=3)).replace(second=0, microsecond=0)
    interview = installation.schedule(starts_at=start, **wishes)
    installation.run_due()
    return interview


def start_of(installation: Installation, interview: int) -> datetime:
    with installation.reading():
        return db.session.get_one(Interview, interview).starts_at


def tick(installation: Installation) -> None:
    with installation.app.app_context():
        ASK_FOR_PREFLIGHTS.run()
    installation.run_due()


def wait_until(installation: Installation, interview: int, before: timedelta) -> None:
    """Let time pass until this long before the start."""
    installation.clock.forward(start_of(installation, interview) - before - installation.clock.now)


def check(installation: Installation, interview: int, before: timedelta) -> None:
    """Let time pass until this long before the start, and do everything that follows from the check."""
    wait_until(installation, interview, before)
    tick(installation)
    for _ in range(4):
        installation.later(minutes=1)


def warnings(installation: Installation, address: str) -> list[ReceivedMail]:
    received = installation.simulators.mails(address)
    return [mail for mail in received if str(mail.message["Subject"]).startswith("Please check: ")]


def text_of(mail: ReceivedMail) -> str:
    part = mail.message.get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())


def number_of(installation: Installation, interview: int) -> str:
    return str(installation.meeting(interview).provider_meeting_id)


def found(installation: Installation, interview: int) -> str | None:
    with installation.reading():
        return db.session.get_one(Interview, interview).checked_problems


def test_each_interview_is_checked_a_day_and_an_hour_before(installation: Installation) -> None:
    interview = in_three_days(installation)
    start, at = start_of(installation, interview), []
    wait_until(installation, interview, timedelta(hours=27))
    for _ in range(27):
        installation.clock.forward(timedelta(hours=1))
        before = len(installation.tasks(PREFLIGHT.name))
        tick(installation)
        tick(installation)
        at += [start - installation.clock.now] * (len(installation.tasks(PREFLIGHT.name)) - before)
    assert at == [timedelta(hours=24), timedelta(hours=1)]
    assert {task.state for task in installation.tasks(PREFLIGHT.name)} == {"done"}
    assert found(installation, interview) is None
    assert warnings(installation, BEN) == warnings(installation, ADA) == []


def test_interview_that_was_only_scheduled_after_its_check_is_not_checked(installation: Installation) -> None:
    installation.schedule(starts_at=installation.clock.now + timedelta(hours=5))
    tick(installation)
    assert installation.tasks(PREFLIGHT.name) == []
    installation.later(hours=4)
    tick(installation)
    assert len(installation.tasks(PREFLIGHT.name)) == 1


def test_moved_interview_is_checked_again_and_a_cancelled_one_is_not(installation: Installation) -> None:
    interview = in_three_days(installation)
    check(installation, interview, DAY)
    with installation.writing():
        row = db.session.get_one(Interview, interview)
        row.starts_at += timedelta(days=2)
        db.session.commit()
    tick(installation)
    assert len(installation.tasks(PREFLIGHT.name)) == 1
    check(installation, interview, DAY)
    assert len(installation.tasks(PREFLIGHT.name)) == 2
    # Requested, and then the team changed its mind before it was done.
    wait_until(installation, interview, HOUR)
    with installation.app.app_context():
        ASK_FOR_PREFLIGHTS.run()
    reads = len(installation.calls("get"))
    with installation.writing():
        db.session.get_one(Interview, interview).status = InterviewStatus.CANCELLED
        db.session.commit()
    installation.run_due()
    assert [task.state for task in installation.tasks(PREFLIGHT.name)] == ["done"] * 3
    assert len(installation.calls("get")) == reads
    installation.clock.forward(timedelta(minutes=30))
    tick(installation)
    assert len(installation.tasks(PREFLIGHT.name)) == 3


@pytest.mark.parametrize("before", [DAY, HOUR])
def test_meeting_that_was_deleted_in_zoom_is_made_again(
    installation: Installation, before: timedelta
) -> None:
    interview = in_three_days(installation)
    wait_until(installation, interview, before + timedelta(minutes=1))
    installation.run_due()
    old = installation.meeting(interview)
    installation.simulators.delete_meeting(str(old.provider_meeting_id))
    check(installation, interview, before)
    new = installation.meeting(interview)
    assert new.state is MeetingState.READY
    assert new.join_url != old.join_url
    assert len(installation.living_meetings()) == 1
    # Everyone has the new link, so there is nothing to warn about.
    assert warnings(installation, BEN) == []


def test_time_that_was_changed_in_zoom_is_changed_back(installation: Installation) -> None:
    interview = in_three_days(installation)
    start = start_of(installation, interview)
    installation.clock.forward(timedelta(days=1))
    installation.simulators.change_meeting(
        number_of(installation, interview), start_time=in_zoom(start + timedelta(hours=5))
    )
    check(installation, interview, DAY)
    assert bodies(installation) == [{"start_time": in_zoom(start)}]
    [meeting] = installation.living_meetings()
    assert meeting["start_time"] == in_zoom(start)
    said = "Checked before the start: the meeting is at another time in Zoom. It's being changed back"
    assert said in installation.timeline(interview)
    assert found(installation, interview) is None
    assert warnings(installation, BEN) == []


def test_time_that_zoom_does_not_change_back_is_reported_once(installation: Installation) -> None:
    interview = in_three_days(installation)
    elsewhere = in_zoom(start_of(installation, interview) + timedelta(hours=5))
    installation.simulators.change_meeting(number_of(installation, interview), start_time=elsewhere)
    installation.simulators.zoom_switches(ignore_next_updates=10)
    check(installation, interview, DAY)
    for address in (BEN, ADA):
        [warning] = warnings(installation, address)
        words = "In Zoom, the meeting is at another time, and that couldn't be changed back."
        assert words in text_of(warning)
    check(installation, interview, HOUR)
    assert len(warnings(installation, BEN)) == 1
    assert found(installation, interview) is not None


def test_waiting_room_that_the_host_turned_on_is_turned_off_again(installation: Installation) -> None:
    interview = in_three_days(installation)
    settings = {"waiting_room": True, "join_before_host": False, "meeting_authentication": True}
    installation.simulators.change_meeting(number_of(installation, interview), settings=settings)
    check(installation, interview, DAY)
    [meeting] = installation.living_meetings()
    assert {name: meeting["settings"][name] for name in settings} == {
        "waiting_room": False,
        "join_before_host": True,
        "meeting_authentication": False,
    }
    assert warnings(installation, BEN) == []
    # If the account has started to insist on it since, that is reported.
    installation.simulators.zoom_switches(locked_settings=["waiting_room"])
    installation.simulators.change_meeting(
        number_of(installation, interview), settings={"waiting_room": True}
    )
    check(installation, interview, HOUR)
    [warning] = warnings(installation, BEN)
    assert (
        "People get into the meeting differently than they were told. The host's account uses a waiting"
        in text_of(warning)
    )


def test_what_the_account_insisted_on_from_the_start_is_nothing_new(installation: Installation) -> None:
    installation.simulators.zoom_switches(locked_settings=["waiting_room"])
    interview = in_three_days(installation)
    check(installation, interview, DAY)
    assert bodies(installation) == []
    assert found(installation, interview) is None


def test_ended_account_is_reported_to_those_who_do_not_know(
    installation: Installation,
) -> None:
    interview = in_three_days(installation)
    installation.simulators.revoke(PRIYA)
    check(installation, interview, DAY)
    # Ben was asked to reconnect it; Ada, who scheduled, learns of it here.
    assert warnings(installation, BEN) == []
    [warning] = warnings(installation, ADA)
    text = text_of(warning)
    assert (
        "Ben's Zoom account isn't connected anymore, so we can't tell whether the meeting still exists."
        in text
    )
    assert "What helps: Ben needs to reconnect it in Settings → Connected Apps." in text
    assert f"/interviews/{interview}" in text
    check(installation, interview, HOUR)
    assert len(warnings(installation, ADA)) == 1
    # Reconnected: nothing is wrong anymore.
    installation.connect(installation.team.ben, PRIYA)
    with installation.reading():
        assert problems_of(db.session.get_one(Interview, interview)) == ()


def test_token_that_has_run_out_is_renewed_by_the_check(installation: Installation) -> None:
    interview = in_three_days(installation)
    before = len(installation.simulators.ledger()["token_log"])
    check(installation, interview, DAY)
    assert len(installation.simulators.ledger()["token_log"]) > before
    assert found(installation, interview) is None


def test_undelivered_invitation_is_reported_unless_it_was_before(
    installation: Installation,
) -> None:
    installation.simulators.mail_switches(defer_recipients={DINA: 451})
    interview = in_three_days(installation)
    check(installation, interview, DAY)
    [warning] = warnings(installation, BEN)
    assert "Dina Kaur has not received the invitation." in text_of(warning)
    assert "What helps: Open the interview to send it again, or tell them yourself." in text_of(warning)
    # What the server answered may repeat an address, and not everyone who reads the timeline may see it.
    assert "451" in text_of(warning)
    said = "Checked before the start: Dina Kaur has not received the invitation."
    assert said in installation.timeline(interview)
    installation.simulators.mail_switches(defer_recipients={}, reject_recipients={DINA: 550})
    other = in_three_days(installation)
    check(installation, other, DAY)
    # Both were told that the address refuses emails.
    with installation.reading():
        assert db.session.get_one(Interview, other).checked_problems == "r0d"
    assert installation.mails(other, PREFLIGHT_PROBLEMS) == []


def test_missing_meeting_is_tried_again_and_not_reported_twice(installation: Installation) -> None:
    installation.simulators.zoom_switches(no_license=[PRIYA])
    interview = in_three_days(installation)
    assert installation.meeting(interview).failure is FailureReason.NOT_ALLOWED
    urgent = len(installation.simulators.mails(BEN))
    wait_until(installation, interview, DAY + timedelta(minutes=1))
    installation.run_due()
    creates = len(installation.calls("create"))
    check(installation, interview, DAY)
    assert len(installation.calls("create")) > creates
    assert warnings(installation, BEN) == []
    assert len(installation.simulators.mails(BEN)) == urgent


def test_zoom_that_cannot_be_reached_alarms_no_one(installation: Installation) -> None:
    interview = in_three_days(installation)
    installation.simulators.zoom_switches(fail_next=1000, fail_status=503)
    check(installation, interview, DAY)
    for _ in range(4):
        installation.later(minutes=20)
    assert {task.state for task in installation.tasks(PREFLIGHT.name)} == {"done"}
    assert warnings(installation, BEN) == []


def test_interview_by_phone_has_its_invitations_checked(installation: Installation) -> None:
    venue = PhoneCall("+41 44 668 18 00", PhoneCaller.TEAM)
    installation.simulators.mail_switches(defer_recipients={DINA: 451})
    interview = in_three_days(installation, venue=venue)
    check(installation, interview, HOUR)
    assert len(warnings(installation, ADA)) == 1


@pytest.mark.both_databases
@pytest.mark.parametrize("phase", ["claimed", "loaded", "called", "recorded"])
def test_process_that_dies_during_a_check_leaves_the_same_end_behind(
    installation: Installation, phase: Phase
) -> None:
    interview = in_three_days(installation)
    elsewhere = in_zoom(start_of(installation, interview) + timedelta(hours=5))
    installation.simulators.change_meeting(number_of(installation, interview), start_time=elsewhere)
    wait_until(installation, interview, DAY)
    with installation.app.app_context():
        ASK_FOR_PREFLIGHTS.run()
    installation.die_after(phase, PREFLIGHT.name)
    for _ in range(4):
        installation.later(minutes=1)
    assert bodies(installation) == [{"start_time": in_zoom(start_of(installation, interview))}]
    assert found(installation, interview) is None
    assert len([line for line in installation.timeline(interview) if "Checked before" in line]) == 1
