"""What Microsoft refuses or delays, as people see it: on the interview's page, on the connection's card, and
in emails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from connections.rows import read_tokens
from extensions import db
from models import Connection, ConnectionState, EntryState, FailureReason, MeetingSoftware
from tests.factories import LENA
from tests.pages.visitor import Visitor
from tests.tasks.calendar_office import CalendarInstallation
from tests.web.round_trips import APPS

BEN, ADA = "ben@northlight.example", "ada@northlight.example"


@pytest.fixture
def office(calendar_installation: CalendarInstallation) -> Iterator[CalendarInstallation]:
    """Everyone's calendar is Outlook's, and Ben has connected Lena's account."""
    calendar_installation.at_outlook = frozenset({LENA})
    calendar_installation.connect_calendar(calendar_installation.team.ben, LENA)
    calendar_installation.run_due()
    yield calendar_installation
    calendar_installation.calm()


def failing(status: int, reason: str = "", *, calls: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "fail_next": calls,
        "fail_status": status,
        "fail_reason": reason,
        "fail_operation": "create",
        **more,
    }


def page_of(office: CalendarInstallation, interview: int) -> str:
    page = Visitor(office.app).enter(office.team.ada).get(f"/interviews/{interview}")
    return " ".join(page.tree.text.split())


def card_of(office: CalendarInstallation) -> str:
    page = Visitor(office.app).enter(office.team.ben).get(APPS)
    return " ".join(page.tree.text.split())


def connection(office: CalendarInstallation) -> Connection:
    with office.reading():
        row = db.session.scalars(db.select(Connection).where(Connection.app == "outlook-calendar")).one()
        db.session.expunge(row)
        return row


def state_of(office: CalendarInstallation, interview: int) -> tuple[EntryState, FailureReason | None]:
    [row] = office.rows_of_entries(interview)
    return row.state, row.failure


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        (404, "MailboxNotEnabledForRESTAPI", "This Microsoft account has no mailbox in Microsoft 365"),
        pytest.param(
            *(404, "ErrorInvalidUser", "This Microsoft account has no mailbox in Microsoft 365"),
            marks=pytest.mark.full,
        ),
        (507, "ErrorQuotaExceeded", "The mailbox of this Microsoft account is full."),
        pytest.param(
            *(404, "ErrorItemNotFound", "Microsoft didn't find what we asked for in this account's mailbox."),
            marks=pytest.mark.full,
        ),
    ],
)
def test_lasting_refusal_is_shown_in_its_own_words_and_made_up_for(
    office: CalendarInstallation, status: int, reason: str, words: str
) -> None:
    office.simulators.microsoft.switches(**failing(status, reason, calls=100))
    interview = office.schedule(software=None)
    office.settle()
    assert state_of(office, interview)[0] is EntryState.WAITING
    assert words in page_of(office, interview)
    assert any(words in line for line in office.timeline(interview))
    # Ben still gets it into his calendar, and reads why it has to come as a file.
    assert office.has_file(interview, BEN)
    [told, *_] = [
        mail.message for mail in office.simulators.mails(BEN) if "Interview" in mail.message["Subject"]
    ]
    body = told.get_body(("plain",))
    assert body is not None
    assert f"We couldn't add it to your Outlook Calendar. {words}" in " ".join(body.get_content().split())
    office.calm()
    office.later(hours=1.1)
    assert state_of(office, interview) == (EntryState.PLACED, None)
    assert words not in page_of(office, interview).partition("Timeline")[0]
    office.simulators.microsoft.assert_no_violation()


def test_host_without_a_mailbox_is_named_on_the_page_and_to_the_team(office: CalendarInstallation) -> None:
    office.simulators.microsoft.switches(no_mailbox=[LENA])
    interview = office.schedule(software=MeetingSoftware.TEAMS)
    office.until_grace_is_over()
    office.run_due()
    words = "This Microsoft account has no mailbox in Microsoft 365"
    assert words in page_of(office, interview)
    assert words in card_of(office)
    for address in (BEN, ADA):
        [urgent] = [
            mail.message
            for mail in office.simulators.mails(address)
            if str(mail.message["Subject"]).startswith("URGENT")
        ]
        body = urgent.get_body(("plain",))
        assert body is not None
        assert f"Why: Ben's account: {words}" in body.get_content()


def test_refused_access_says_that_the_organization_may_be_the_reason(office: CalendarInstallation) -> None:
    office.simulators.microsoft.switches(**failing(403, "ErrorAccessDenied"))
    interview = office.schedule(software=None)
    office.settle()
    row = connection(office)
    assert row.state is ConnectionState.RECONNECT_NEEDED
    words = "ask the organization's Microsoft 365 administrator"
    assert words in (row.problem or "")
    assert words in card_of(office)
    assert words in page_of(office, interview)


@pytest.mark.parametrize(
    ("status", "form"),
    [
        (429, "seconds"),
        (503, "date"),
        pytest.param(429, "date", marks=pytest.mark.full),
        pytest.param(429, "fraction", marks=pytest.mark.full),
        pytest.param(503, "seconds", marks=pytest.mark.full),
    ],
)
def test_long_wait_that_is_asked_for_is_respected_and_shown(
    office: CalendarInstallation, status: int, form: str
) -> None:
    until = office.clock.now + timedelta(minutes=40)
    asked = {"seconds": "2400", "fraction": "2400.5", "date": format_datetime(until, usegmt=True)}[form]
    office.simulators.microsoft.switches(**failing(status, retry_after=asked))
    interview = office.schedule(software=None)
    office.settle()
    before = len(office.asked("create"))
    assert before == 1
    words = "Microsoft is getting too many requests from us and asks us to wait."
    assert (words if status == 429 else "Microsoft is having problems right now.") in page_of(
        office, interview
    )
    # No one waits that long for the interview: it comes by email first.
    assert office.has_file(interview, BEN)
    office.later(minutes=35)
    assert len(office.asked("create")) == before
    office.later(minutes=6)
    assert state_of(office, interview) == (EntryState.PLACED, None)
    office.later(seconds=3)
    assert not office.has_file(interview, BEN)


@pytest.mark.parametrize("status", [429, pytest.param(503, marks=pytest.mark.full)])
def test_too_many_calls_at_once_are_made_up_for_within_seconds(
    office: CalendarInstallation, status: int
) -> None:
    """Each process limits only its own calls, so those of other processes can be in the way of ours."""
    microsoft = office.simulators.microsoft
    microsoft.switches(mailbox_concurrency=1, concurrency_status=status, latency_ms=1500)
    row = connection(office)
    with office.reading():
        opened = read_tokens(db.session.get_one(Connection, row.id))
    assert opened is not None
    headers = {
        "Authorization": f"Bearer {opened[0].access_token}",
        "Prefer": 'IdType="ImmutableId"',
        "client-request-id": "5f0c2c1e-6d53-4d0c-9a8b-000000000001",
    }
    interview = office.schedule(software=None)
    office.clock.forward(timedelta(seconds=12))
    in_the_way = HTTPConnection(urlsplit(microsoft.url).netloc, timeout=10)
    # Sent whole before the work begins, and answered a second and a half later.
    in_the_way.request("GET", "/v1.0/me/calendar", headers=headers)
    office.run_due()
    assert in_the_way.getresponse().status == 200
    in_the_way.close()
    microsoft.switches(mailbox_concurrency=4, latency_ms=0)
    assert state_of(office, interview) == (EntryState.WAITING, FailureReason.RATE_LIMITED)
    office.later(seconds=30)
    assert state_of(office, interview) == (EntryState.PLACED, None)


def test_challenge_is_met_by_a_fresh_token(office: CalendarInstallation) -> None:
    office.simulators.microsoft.switches(challenge_next_calls=1)
    interview = office.schedule(software=None)
    office.settle()
    assert state_of(office, interview) == (EntryState.PLACED, None)
    assert connection(office).state is ConnectionState.CONNECTED


def test_challenge_that_a_fresh_token_does_not_meet_asks_the_owner_to_sign_in(
    office: CalendarInstallation,
) -> None:
    office.simulators.microsoft.switches(challenge_next_calls=2)
    interview = office.schedule(software=None)
    office.settle()
    row = connection(office)
    assert row.state is ConnectionState.RECONNECT_NEEDED
    assert "sign in again" in (row.problem or "")
    assert "sign in again" in card_of(office)
    assert "sign in again" in page_of(office, interview)
    assert office.has_file(interview, BEN)


def test_renewal_keeps_to_the_wait_that_is_asked_for_and_says_so(office: CalendarInstallation) -> None:
    microsoft = office.simulators.microsoft
    microsoft.switches(token_endpoint="throttled", retry_after="2400")
    office.clock.forward(timedelta(minutes=70))
    interview = office.schedule(software=None)
    office.settle()
    words = (
        "Microsoft is getting too many requests from us and asks us to wait. The connection itself is fine. "
        "We'll try again automatically within the hour."
    )
    assert words in card_of(office)
    assert "asks us to wait" in page_of(office, interview)
    asked = microsoft.ledger()["token_calls"]
    office.later(minutes=35)
    assert microsoft.ledger()["token_calls"] == asked
    microsoft.switches(token_endpoint="", retry_after="")
    office.later(minutes=6)
    office.later(minutes=15)
    assert state_of(office, interview) == (EntryState.PLACED, None)
    assert "asks us to wait" not in card_of(office)
