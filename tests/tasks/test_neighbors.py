"""Work that is stuck outside holds up nothing else."""

import pytest

from models import MailState, MeetingState, TaskState
from tests.machines.processes import wait_until
from tests.machines.servers import ServerProcesses
from tests.tasks.installation import Office
from tests.tasks.real_time import (
    FAST,
    assert_one_meeting_each,
    copies_of_each_mail,
    postgresql_in_full_runs,
    wait_until_settled,
)

# Stuck work has to be stuck for a while.
pytestmark = [postgresql_in_full_runs, pytest.mark.slow]

FAST_TICK = {"TICK_SECONDS": FAST["TICK_SECONDS"]}


def test_mail_server_that_never_answers_stops_no_meeting_and_gets_every_mail_once_in_the_end(
    office: Office, server_processes: ServerProcesses
) -> None:
    office.connect(office.team.ben)
    office.simulators.mail_switches(silent=True)
    server_processes.start(1, settings={"MAIL_TIMEOUT": "1"}, overrides=FAST_TICK)
    interviews = [office.schedule() for _ in range(12)]

    def all_ready() -> bool:
        return all(office.meeting(interview).state is MeetingState.READY for interview in interviews)

    wait_until(all_ready, what="all meetings are ready", timeout=20, every=0.1)
    states = [mail.state for interview in interviews for mail in office.mails(interview)]
    assert states == [MailState.QUEUED] * 24
    assert office.simulators.mails() == []
    office.simulators.mail_switches(silent=False)
    wait_until_settled(office, interviews)
    assert_one_meeting_each(office, interviews)
    assert set(copies_of_each_mail(office, interviews).values()) == {1}


def test_zoom_that_hangs_keeps_no_mail_from_leaving(
    office: Office, server_processes: ServerProcesses
) -> None:
    office.connect(office.team.ben)
    office.simulators.zoom_switches(latency_ms=30_000)
    # More meetings than a process has threads for, all waiting for Zoom.
    stuck = [office.schedule() for _ in range(6)]
    server_processes.start(1, settings={"PROVIDER_TIMEOUT_SECONDS": "15"}, overrides=FAST_TICK)

    def zoom_is_busy() -> bool:
        running = [task for task in office.tasks("sync_meeting") if task.state is TaskState.RUNNING]
        return len(running) == 3

    wait_until(zoom_is_busy, what="every thread of the lane waits for Zoom", timeout=20)
    by_phone = office.schedule(software=None)
    office.simulators.wait_for_mails(2, timeout=10)
    wait_until(
        lambda: all(mail.state is MailState.SENT for mail in office.mails(by_phone)),
        what="that the mails were taken is written down",
        timeout=5,
    )
    assert {office.meeting(interview).state for interview in stuck} == {MeetingState.WAITING}
