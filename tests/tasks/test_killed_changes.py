"""A server killed during a change or a cancellation leaves the same result behind as one that isn't."""

from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from models import CallState, TaskState
from tests.machines.processes import wait_until
from tests.machines.servers import FailpointPlan, ServerProcesses
from tests.tasks.installation import Office
from tests.tasks.real_time import FAST, WAITING, let_leases_run_out, wait_until_settled
from tests.tasks.test_cancelling import BEN, DINA

# Every test waits until the lease of a dead process has run out.
pytestmark = pytest.mark.slow

KINDS = ("sync_meeting", "send_mail")


def _deaths() -> Iterator[Any]:
    """Each way in which a server can die during a change or a cancellation; most of them in full runs."""
    often = {("change", "sync_meeting", "called"), ("cancel", "sync_meeting", "called")}
    often |= {("change", "send_mail", "called")}
    for act, kind, phase in product(("change", "cancel"), KINDS, ("claimed", "loaded", "called", "recorded")):
        is_full = (act, kind, phase) not in often
        yield pytest.param("sqlite", act, kind, phase, marks=[pytest.mark.full] if is_full else [])
        if phase == "called":
            marks = [pytest.mark.postgres, pytest.mark.full]
            yield pytest.param("postgresql", act, kind, phase, marks=marks)


@pytest.mark.parametrize(("database_url", "act", "kind", "phase"), list(_deaths()), indirect=["database_url"])
def test_server_killed_over_a_change_or_a_cancellation_is_followed_by_one_that_finishes(
    office: Office, server_processes: ServerProcesses, act: str, kind: str, phase: str
) -> None:
    office.connect(office.team.ben)
    interview = office.schedule()
    [first] = server_processes.start(1, overrides=FAST)
    wait_until_settled(office, [interview])
    first.kill()
    if act == "change":
        office.edit(interview, duration_minutes=30)
    else:
        office.cancel(interview)
    office.let_undo_pass(interview)
    failpoint = FailpointPlan(phase=phase, kind=kind)  # type: ignore[arg-type]
    [doomed] = server_processes.start(1, failpoint=failpoint, overrides=FAST)
    doomed.process.wait(timeout=20)
    assert doomed.failpoint_fired()
    let_leases_run_out(office)
    server_processes.start(1, overrides=FAST)
    wait_until(
        lambda: all(task.state is TaskState.DONE for task in office.tasks() if task.kind not in WAITING),
        what="the next server has finished",
        timeout=30,
    )
    durations = [meeting["duration"] for meeting in office.living_meetings()]
    assert durations == ([30] if act == "change" else [])
    # An update that was written down and never sent is found not to have happened, and is sent. A removal is
    # simply repeated.
    ends = {state for _, state in office.rows(interview)[0].calls}
    if act == "change" and kind == "send_mail":
        # The server was killed during an email, and may have been at any step of the update in the other
        # lane.
        ends.discard(CallState.ABSENT)
    is_never_sent = (act, kind, phase) == ("change", "sync_meeting", "loaded")
    assert ends == {CallState.DONE} | ({CallState.ABSENT} if is_never_sent else set())
    told = [("REQUEST", 0), ("REQUEST" if act == "change" else "CANCEL", 1)]
    copies = Counter(str(mail.message["Message-ID"]) for mail in office.simulators.mails())
    # The mail server accepted the mail, and the process died before recording it: the same message is sent
    # once more.
    is_in_doubt = (kind, phase) == ("send_mail", "called")
    assert sorted(copies.values()) == ([1, 1, 1, 2] if is_in_doubt else [1, 1, 1, 1])
    for address in (DINA, BEN):
        assert list(dict.fromkeys(entry[:2] for entry in office.entries(address))) == told
