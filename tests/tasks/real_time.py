"""What the tests with real server processes share: how fast things go, and when everything is settled."""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

import pytest

from extensions import db
from models import MailState, MeetingState, Task, TaskState
from providers import http
from providers.transport import Call
from tests.machines.processes import wait_until
from tests.tasks.installation import Office
from timezones import utc_now

# Leases that run out soon after a killed server is back, and ticks that notice it at once. A lease has to be
# longer than a call, even on a busy machine: shorter ones would cause the very fault that they should recover
# from.
FAST = {"TASK_LEASE_SECONDS": 3, "TICK_SECONDS": 0.2}

# For tests that fill seconds with real servers and whose subject is the same on both databases: PostgreSQL's
# turn is in full runs.
postgresql_in_full_runs = pytest.mark.parametrize(
    "database_url",
    ["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.full])],
    indirect=True,
)

# The same for tests about several servers on one database, for which people choose PostgreSQL.
sqlite_in_full_runs = pytest.mark.parametrize(
    "database_url",
    [pytest.param("sqlite", marks=pytest.mark.full), pytest.param("postgresql", marks=pytest.mark.postgres)],
    indirect=True,
)


# Work that is due later, when everything that people wait for is done.
WAITING = frozenset({"remove_orphans", "look_at_meeting", "sync_calendar"})


def shorten_deadlines(monkeypatch: pytest.MonkeyPatch) -> None:
    """For answers that never end: give up on a call to a provider after a tenth of the usual time limit."""

    def hurried(deadline_seconds: float, **more: Any) -> Call:
        return Call(deadline_seconds / 10, **more)

    monkeypatch.setattr(http, "Call", hurried)


def let_leases_run_out(office: Office) -> None:
    """Act as if the leases of a dead server had run out, without waiting for that. No other server may be at
    work."""
    with office.writing():
        db.session.execute(
            db.update(Task).where(Task.state == TaskState.RUNNING).values(leased_until=utc_now())
        )
        db.session.commit()


def wait_until_settled(office: Office, interviews: Iterable[int], *, timeout: float = 30) -> None:
    """Wait until every interview has its meeting and every invitation has left."""
    open_interviews = set(interviews)
    wait_until(
        lambda: is_settled(office, open_interviews),
        what="meetings are ready and mails have left",
        timeout=timeout,
        every=0.1,
    )


def is_settled(office: Office, open_interviews: Collection[int]) -> bool:
    """Whether every interview has its meeting, every invitation has left, and nothing else is left to do. A
    set forgets those that have."""
    for interview in list(open_interviews):
        if office.meeting(interview).state is not MeetingState.READY:
            return False
        if any(mail.state is not MailState.SENT for mail in office.mails(interview)):
            return False
        if isinstance(open_interviews, set):
            open_interviews.discard(interview)
    return all(task.state is TaskState.DONE for task in office.tasks() if task.kind not in WAITING)


def assert_one_meeting_each(office: Office, interviews: Iterable[int]) -> None:
    """Compare Zoom's own ledger with what the interviews show."""
    shown = sorted(str(office.meeting(interview).provider_meeting_id) for interview in interviews)
    living = sorted(str(meeting["id"]) for meeting in office.living_meetings())
    assert living == shown
    assert len(set(shown)) == len(shown)


def copies_of_each_mail(office: Office, interviews: Iterable[int]) -> Counter[str]:
    """How many times each invitation arrived, by its Message-ID.

    Every copy must have come to the one recipient whom the mail was for.
    """
    recipients = {
        mail.message_id: mail.address for interview in interviews for mail in office.mails(interview)
    }
    arrived = office.simulators.mails()
    for mail in arrived:
        assert mail.envelope_to == (recipients[str(mail.message["Message-ID"])],)
    copies = Counter(str(mail.message["Message-ID"]) for mail in arrived)
    assert set(copies) == set(recipients)
    return copies
