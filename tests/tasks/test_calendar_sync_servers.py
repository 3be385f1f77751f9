"""Servers that read calendars: one that is killed is followed by one that finishes, and two do not read the
same calendar at once."""

from datetime import timedelta

import pytest

from scheduling.outside.sync import SYNC_CALENDAR
from tests.factories import LENA, PRIYA
from tests.machines.processes import wait_until
from tests.machines.servers import FailpointPlan, ServerProcesses
from tests.tasks.calendar_office import MARCO, CalendarOffice, in_calendars
from tests.tasks.reading_calendars import ask, own, titles
from tests.tasks.real_time import FAST, postgresql_in_full_runs
from timezones import utc_now


def settings(office: CalendarOffice) -> dict[str, str]:
    return {**office.sides.google.settings(), **office.sides.outlook.settings()}


@postgresql_in_full_runs
@in_calendars("both")
@pytest.mark.parametrize(
    "phase",
    [
        pytest.param("loaded", marks=pytest.mark.full),
        "called",
        pytest.param("recorded", marks=pytest.mark.full),
    ],
)
def test_killed_server_is_followed_by_one_that_reads_the_calendars(
    calendar_office: CalendarOffice, server_processes: ServerProcesses, phase: str
) -> None:
    office, begins = calendar_office, utc_now() + timedelta(days=2)
    people = {LENA: office.team.ben, MARCO: office.team.cleo}
    for account, member in people.items():
        own(office, f"Of {member.name}", begins, account=account)
        office.connect_calendar(member, account)
    failpoint = FailpointPlan(phase=phase, kind=SYNC_CALENDAR.name)  # type: ignore[arg-type]
    [doomed] = server_processes.start(1, failpoint=failpoint, overrides=FAST, settings=settings(office))
    doomed.process.wait(timeout=20)
    assert doomed.failpoint_fired()
    server_processes.start(1, overrides=FAST, settings=settings(office))
    wait_until(
        lambda: all(titles(office, each) == [f"Of {each.name}"] for each in people.values()),
        what="both calendars are read",
        timeout=30,
    )


@postgresql_in_full_runs
@in_calendars("both")
def test_two_servers_read_each_calendar_once_at_a_time(
    calendar_office: CalendarOffice, server_processes: ServerProcesses
) -> None:
    office, begins = calendar_office, utc_now() + timedelta(days=2)
    people = {LENA: office.team.ben, MARCO: office.team.cleo, PRIYA: office.team.ada}
    for account, member in people.items():
        for number in range(3):
            own(office, f"Event {number}", begins + timedelta(days=number), account=account)
        office.connect_calendar(member, account)
    server_processes.start(2, overrides=FAST, settings=settings(office))
    for member in people.values():
        ask(office, member)
    wait_until(
        lambda: all(len(titles(office, each)) == 3 for each in people.values()),
        what="all calendars are read",
        timeout=30,
    )
    running = [task for task in office.tasks(SYNC_CALENDAR.name) if task.state == "running"]
    assert len({task.subject for task in running}) == len(running)
    assert all(task.failures == 0 for task in office.tasks(SYNC_CALENDAR.name))
