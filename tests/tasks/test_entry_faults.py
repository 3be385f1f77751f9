"""Whatever goes wrong at Google or Microsoft, each person has the right entry in the end, or people can see
why not."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from extensions import db
from models import Connection, ConnectionState, EntryState, Interview
from scheduling.calendars.reading import EntryView, entries_of
from tests.factories import LENA, in_three_days
from tests.tasks.calendar_office import CalendarInstallation, in_calendars
from tests.tasks.real_time import shorten_deadlines


@dataclass(frozen=True)
class Fault:
    """What a provider does wrong at each of the calls that make, change and remove an entry. `lasts`: it goes
    on until its cause is removed; `says` is what the page says then. `within` is how soon it is made up for
    afterwards."""

    switches: dict[str, Any] = field(default_factory=dict)
    lasts: bool = False
    says: str = ""
    within: timedelta = timedelta(minutes=1)


def failing(status: int, reason: str = "", **more: Any) -> dict[str, Any]:
    return {"fail_next": 1, "fail_status": status, "fail_reason": reason, **more}


HOURLY, FOR_HOURS = timedelta(minutes=61), timedelta(hours=4)


def spoiled(how: str) -> Fault:
    return Fault({"bad_answer": how, "bad_answer_calls": 1})


# Faults that both share.
ALIKE = {
    "expired token": Fault({"reject_next_tokens": 1}),
    "429 and when": Fault(failing(429, retry_after=20)),
    "503": Fault(failing(503)),
    "html": spoiled("html"),
    "another event": spoiled("another"),
    "lost answer": Fault({"lose_next_creates": 1, "lose_next_updates": 1, "lose_next_deletes": 1}),
    "401": Fault(failing(401)),
    "404": Fault(failing(404), within=HOURLY),
    "410": Fault(failing(410), within=HOURLY),
    "412": Fault(failing(412)),
    "429": Fault(failing(429)),
    "500": Fault(failing(500)),
    "502": Fault(failing(502)),
    "empty": spoiled("empty"),
    "truncated": spoiled("truncated"),
    "wrong types": spoiled("wrong_types"),
    "huge": spoiled("huge"),
    "drip": spoiled("drip"),
    "redirect": spoiled("redirect"),
    "dropped before": Fault({"drop_next_creates": 1}),
    "late answer": Fault({"create_answer_delay_ms": 2500}),
}
OF_GOOGLE = {
    **ALIKE,
    "403 rate limit": Fault(failing(403, "rateLimitExceeded")),
    "403 forbidden": Fault(failing(403, "forbidden"), lasts=True, says="Google refused", within=HOURLY),
    "403 user rate limit": Fault(failing(403, "userRateLimitExceeded")),
    "403 quota": Fault(
        failing(403, "quotaExceeded"), lasts=True, says="limit for this account", within=FOR_HOURS
    ),
    "403 daily": Fault(failing(403, "dailyLimitExceeded"), lasts=True, says="limit", within=FOR_HOURS),
    "403 not organizer": Fault(
        failing(403, "forbiddenForNonOrganizer"), lasts=True, says="Google refused", within=HOURLY
    ),
    "403 api off": Fault(
        failing(403, "accessNotConfigured"), lasts=True, says="administrator", within=HOURLY
    ),
    "403 domain": Fault(failing(403, "domainPolicy"), lasts=True, says="administrator", within=HOURLY),
    "400": Fault(failing(400), lasts=True, says="Google refused", within=HOURLY),
    "409 conflict": Fault(failing(409, "conflict")),
    "409 duplicate": Fault(failing(409, "duplicate"), within=HOURLY),
}
OF_OUTLOOK = {
    **ALIKE,
    "401 claims challenge": Fault({"challenge_next_calls": 1}),
    "400": Fault(failing(400), lasts=True, says="Microsoft refused", within=HOURLY),
    "400 duplicate": Fault(failing(400, "ErrorDuplicateTransactionId"), within=HOURLY),
    "404 no mailbox": Fault(
        failing(404, "MailboxNotEnabledForRESTAPI"), lasts=True, says="no mailbox", within=HOURLY
    ),
    "409 conflict": Fault(failing(409, "ErrorIrresolvableConflict")),
    "409 duplicate": Fault(failing(409, "ErrorDuplicateTransactionId"), within=HOURLY),
    "429 part of a second": Fault(failing(429, "ApplicationThrottled", retry_after=2.128)),
    "503 and when": Fault(failing(503, retry_after=20)),
    "503 mailbox at work": Fault(failing(503, "ApplicationThrottled")),
    "503 saved meanwhile": Fault(failing(503, "ConcurrentItemSave")),
    "504": Fault(failing(504)),
    "lists behind": Fault({"hide_next_lists": 1}, within=HOURLY),
    "lost answer, named": Fault({"lose_next_creates": 1, "duplicate_answer": "409"}),
    "lost answer, 400": Fault({"lose_next_creates": 1, "duplicate_answer": "400"}),
    "lost answer, no name": Fault({"lose_next_creates": 1, "duplicate_answer": "409_without_id"}),
    "lost answer, same event": Fault({"lose_next_creates": 1, "duplicate_answer": "201"}),
    "lost answer, forgotten": Fault({"lose_next_creates": 1, "transaction_memory": 0}),
    "lost answer, lists behind": Fault({"lose_next_creates": 1, "hide_next_lists": 2}, within=HOURLY),
}
FAULTS = {"google": OF_GOOGLE, "outlook": OF_OUTLOOK}
# Faults in which the two differ, and shared faults with one of the two. The others are for full runs.
ORDINARY = {
    "google": {"403 rate limit", "403 forbidden", "another event", "lost answer"},
    "outlook": {
        *("expired token", "401 claims challenge", "404", "404 no mailbox", "409 duplicate", "429 and when"),
        *("503", "html", "another event", "lists behind", "lost answer", "lost answer, forgotten"),
    },
}
EACH = [
    pytest.param(provider, name, marks=[] if name in ORDINARY[provider] else pytest.mark.full)
    for provider, faults in FAULTS.items()
    for name in faults
]


def heal(office: CalendarInstallation) -> None:
    office.calm()
    office.simulators.microsoft.switches(
        challenge_next_calls=0, duplicate_answer="409", transaction_memory=None, hide_next_lists=0
    )


MISSING = {"google-calendar": "insufficientPermissions", "outlook-calendar": "ErrorAccessDenied"}


def shown(office: CalendarInstallation, interview: int) -> EntryView:
    with office.reading():
        [view] = entries_of(db.session.get_one(Interview, interview))
        return view


def let_pass(office: CalendarInstallation, fault: Fault, interview: int, what: str) -> None:
    """Let the fault happen, check that it is shown if it lasts, and let it be made up for."""
    office.run_due()
    office.later(seconds=12)
    assert len(office.events(LENA)) <= 1
    if fault.lasts and what == "remove":
        assert any("Not removed from Ben's" in words for words in office.timeline(interview))
    elif fault.lasts:
        assert fault.says in (shown(office, interview).problem or "")
    heal(office)
    for _ in range(3):
        office.clock.forward(fault.within / 2)
        office.run_due()
        assert len(office.events(LENA)) <= 1


@pytest.mark.parametrize(("calendars", "name"), EACH, indirect=["calendars"])
@pytest.mark.parametrize("hosts", [False, pytest.param(True, marks=pytest.mark.full)])
def test_each_fault_ends_in_the_wanted_entry(
    calendar_installation: CalendarInstallation,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    calendars: str,
    hosts: bool,
) -> None:
    """`hosts`: Ben's entry also carries the meeting."""
    if name == "drip":
        shorten_deadlines(monkeypatch)
    office, fault = calendar_installation, FAULTS[calendars][name]
    side = office.side_of(LENA)
    software = side.software if hosts else None
    office.connect_calendar(office.team.ben, LENA)
    side.add_own(LENA, in_three_days(), in_three_days() + timedelta(hours=1))
    [own] = side.all_events(LENA)
    side.switches(**fault.switches)
    interview = office.schedule(software=software)
    if software is None:
        let_pass(office, fault, interview, "make")
    else:
        office.until_grace_is_over()
        heal(office)
        office.later(hours=4)
    made = office.event(LENA)
    assert made.starts_at == in_three_days()
    assert shown(office, interview).state is EntryState.PLACED
    assert shown(office, interview).problem is None

    later = in_three_days() + timedelta(hours=3)
    office.edit(interview, starts_at=later)
    side.switches(**fault.switches)
    office.clock.forward(timedelta(seconds=11))
    let_pass(office, fault, interview, "change")
    assert office.event(LENA).starts_at == later
    assert office.event(LENA).id == made.id
    assert shown(office, interview).problem is None

    office.cancel(interview)
    side.switches(**fault.switches)
    office.clock.forward(timedelta(seconds=11))
    if software is None:
        let_pass(office, fault, interview, "remove")
    else:
        office.run_due()
        heal(office)
        office.later(hours=4)
    # No answer makes us touch what is not ours.
    assert side.all_events(LENA) == [own]
    assert {row.state for row in office.rows_of_entries(interview)} == {EntryState.REMOVED}


@in_calendars("google", "outlook")
def test_missing_permission_ends_the_connection_until_it_is_granted(
    calendar_installation: CalendarInstallation,
) -> None:
    office = calendar_installation
    connection = office.connect_calendar(office.team.ben, LENA)
    office.side_of(LENA).switches(**failing(403, MISSING[office.side_of(LENA).app]))
    interview = office.schedule(software=None)
    office.run_due()
    with office.reading():
        assert db.session.get_one(Connection, connection).state is ConnectionState.RECONNECT_NEEDED
    office.later(minutes=1)
    assert shown(office, interview).problem
    assert office.has_file(interview, office.team.ben.email)
    asked = len(office.operations())
    office.later(hours=5)
    assert len(office.operations()) == asked
    heal(office)
    office.connect_calendar(office.team.ben, LENA)
    office.run_due()
    assert len(office.events(LENA)) == 1
    assert not office.has_file(interview, office.team.ben.email)


@in_calendars("outlook")
@pytest.mark.parametrize("how", ["server_error", "invalid_client", "invalid_grant"])
def test_token_that_cannot_be_renewed_is_waited_for_or_reported(
    calendar_installation: CalendarInstallation, how: str
) -> None:
    office = calendar_installation
    office.connect_calendar(office.team.ben, LENA)
    office.clock.forward(timedelta(hours=2))
    office.switches(token_endpoint=how)
    interview = office.schedule(software=None)
    office.run_due()
    assert office.events(LENA) == []
    office.switches(token_endpoint="")
    if how == "invalid_grant":
        office.connect_calendar(office.team.ben, LENA)
        office.run_due()
    else:
        office.later(minutes=61)
    assert len(office.events(LENA)) == 1
    assert not office.has_file(interview, office.team.ben.email)
