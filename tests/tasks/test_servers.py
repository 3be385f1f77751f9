"""Several server processes on one database do each piece of work once."""

from collections import Counter
from datetime import timedelta

import pytest

from extensions import db
from models import Mail, MailState
from tests.factories import LENA, PRIYA
from tests.machines.counts import Counts
from tests.machines.processes import wait_until
from tests.machines.servers import ServerProcesses
from tests.tasks.installation import Office
from tests.tasks.real_time import (
    FAST,
    assert_one_meeting_each,
    copies_of_each_mail,
    sqlite_in_full_runs,
    wait_until_settled,
)
from timezones import utc_now


@sqlite_in_full_runs
def test_two_servers_with_two_workers_each_do_every_task_once(
    office: Office, server_processes: ServerProcesses, counts: Counts
) -> None:
    total = counts(ordinary=12, full=30)
    office.connect(office.team.ben, PRIYA)
    office.connect(office.team.cleo, LENA)
    interviews = [
        office.schedule(hiring_manager=office.team.ben if number % 2 else office.team.cleo)
        for number in range(total // 2)
    ]
    server_processes.start(2, workers=2, overrides={"TICK_SECONDS": FAST["TICK_SECONDS"]})
    # The other half arrives while the first is being worked on.
    interviews += [
        office.schedule(hiring_manager=office.team.ben if number % 2 else office.team.cleo)
        for number in range(total - len(interviews))
    ]
    wait_until_settled(office, interviews)
    assert_one_meeting_each(office, interviews)
    assert len(office.calls("create")) == total
    copies = copies_of_each_mail(office, interviews)
    assert len(copies) == 2 * total
    assert set(copies.values()) == {1}
    assert {task.failures for task in office.tasks()} == {0}
    assert {task.starts for task in office.tasks("sync_meeting")} == {1}


@pytest.mark.full
def test_two_servers_with_six_workers_send_each_email_once(
    office: Office, server_processes: ServerProcesses
) -> None:
    total = 30
    office.connect(office.team.ben, PRIYA)
    office.connect(office.team.cleo, LENA)
    # Reminders fall due while the invitations are still on their way.
    starts_at = utc_now() + timedelta(days=1, seconds=12)
    interviews = [
        office.schedule(
            hiring_manager=office.team.ben if number % 2 else office.team.cleo,
            starts_at=starts_at,
            reminder_minutes=(24 * 60,),
        )
        for number in range(total)
    ]
    server_processes.start(2, workers=3, overrides={"TICK_SECONDS": FAST["TICK_SECONDS"]})

    def unsent() -> int:
        with office.reading():
            return (
                db.session.scalar(db.select(db.func.count(Mail.id)).where(Mail.state != MailState.SENT)) or 0
            )

    wait_until(lambda: not unsent(), what="invitations and reminders have left", timeout=90, every=0.2)
    assert_one_meeting_each(office, interviews)
    with office.reading():
        kept = Counter(db.session.scalars(db.select(Mail.message_id)))
    # An invitation and a reminder for each of the two, and the scheduler's copy of the candidate's reminder.
    assert len(kept) == 5 * total
    assert Counter(str(mail.message["Message-ID"]) for mail in office.simulators.mails()) == kept
