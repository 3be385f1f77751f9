"""The simulated Microsoft's switches."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from simulators.microsoft.errors import CODES
from tests.simulators.asking import PRIYA
from tests.simulators.microsoft_client import MAIL_SCOPES, MicrosoftAccount, MicrosoftCaller, code_of


@pytest.fixture
def priya(microsoft: MicrosoftCaller) -> MicrosoftAccount:
    """A person who has allowed the app to write into her calendar."""
    return microsoft.connect()


def lost(call: Any, *arguments: Any, **options: Any) -> None:
    """The call, which is never answered."""
    with pytest.raises(requests.ConnectionError):
        call(*arguments, **options)


@pytest.mark.parametrize("code", CODES)
def test_calls_fail_for_every_reason(microsoft: MicrosoftCaller, priya: MicrosoftAccount, code: str) -> None:
    status = CODES[code][0]
    microsoft.simulator.switches(fail_next=1, fail_status=status, fail_reason=code)
    failed = priya.events("POST", body={}, headers={"client-request-id": "mine"})
    assert (failed.status_code, code_of(failed)) == (status, code)
    inner = failed.json()["error"]["innerError"]
    assert inner["client-request-id"] == "mine"
    assert inner["request-id"] == failed.headers["request-id"]
    assert priya.create().status_code == 201
    assert len(microsoft.simulator.events(PRIYA)) == 1


def test_waiting_is_asked_for_only_where_it_was_set(
    microsoft: MicrosoftCaller, priya: MicrosoftAccount
) -> None:
    microsoft.simulator.switches(fail_next=2, fail_status=429)
    first = priya.create()
    assert (code_of(first), "Retry-After" in first.headers) == ("TooManyRequests", False)
    microsoft.simulator.switches(retry_after="2.128")
    assert priya.create().headers["Retry-After"] == "2.128"


def test_failures_can_mean_one_kind_of_call(microsoft: MicrosoftCaller, priya: MicrosoftAccount) -> None:
    microsoft.simulator.switches(fail_next=1, fail_operation="account")
    assert priya.create().status_code == 201
    assert priya.call("GET", "/me").status_code == 503


def test_answers_are_lost_after_the_call_took_effect(
    microsoft: MicrosoftCaller, priya: MicrosoftAccount
) -> None:
    microsoft.simulator.switches(lose_next_creates=1, lose_next_updates=1, lose_next_deletes=1)
    lost(priya.create, transactionId="t-1")
    event_id = priya.create(transactionId="t-1").json()["error"]["@event.existingEventId"]
    lost(priya.patch, event_id, subject="Changed")
    assert priya.read(event_id)["subject"] == "Changed"
    lost(priya.events, "DELETE", event_id)
    assert priya.events("DELETE", event_id).status_code == 404
    statuses = [call["status"] for call in microsoft.simulator.calls()]
    assert statuses == [None, 409, None, 200, None, 404]


def test_creates_are_dropped_or_refused_before_they_do_anything(
    microsoft: MicrosoftCaller, priya: MicrosoftAccount
) -> None:
    microsoft.simulator.switches(drop_next_creates=1, refuse_next_creates=1)
    lost(priya.create)
    assert priya.create().status_code == 403
    assert microsoft.simulator.events(PRIYA) == []


def test_updates_are_ignored_and_events_denied(microsoft: MicrosoftCaller, priya: MicrosoftAccount) -> None:
    event = priya.created()
    microsoft.simulator.switches(ignore_next_updates=1, deny_next_events=1)
    assert priya.patch(event["id"], subject="Other").json()["subject"] == "Chef Interview"
    assert priya.events("GET", event["id"]).status_code == 404
    assert priya.read(event["id"])["subject"] == "Chef Interview"


def test_a_mailbox_takes_four_calls_at_once(microsoft: MicrosoftCaller, priya: MicrosoftAccount) -> None:
    microsoft.simulator.switches(latency_ms=700)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: priya.call("GET", "/me/events"), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 4 + [429] * 4
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert code_of(refused) == "ApplicationThrottled"
    assert "MailboxConcurrency" in refused.text
    microsoft.simulator.switches(mailbox_concurrency=1, concurrency_status=503, latency_ms=300)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: priya.call("GET", "/me/events"), range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 503]
    microsoft.simulator.switches(latency_ms=0)
    assert priya.call("GET", "/me/events").status_code == 200


def test_calls_per_second_are_limited(microsoft: MicrosoftCaller, priya: MicrosoftAccount) -> None:
    microsoft.simulator.switches(per_second_limit=0)
    assert priya.call("GET", "/me").status_code == 429


def test_tokens_are_rejected_and_challenged(microsoft: MicrosoftCaller, priya: MicrosoftAccount) -> None:
    microsoft.simulator.switches(reject_next_tokens=1)
    assert code_of(priya.create()) == "InvalidAuthenticationToken"
    microsoft.simulator.switches(challenge_next_calls=1)
    challenged = priya.create()
    assert challenged.status_code == 401
    assert 'error="insufficient_claims"' in challenged.headers["WWW-Authenticate"]
    assert 'claims="' in challenged.headers["WWW-Authenticate"]
    assert priya.create().status_code == 201
    microsoft.simulator.switches(clock_offset_seconds=4000)
    assert priya.create().status_code == 401


def test_scopes_are_needed_and_withheld(microsoft: MicrosoftCaller, priya: MicrosoftAccount) -> None:
    mail_only = microsoft.connect("tom.adeyemi@northlight.example", scope=MAIL_SCOPES)
    refused = mail_only.create()
    assert (refused.status_code, code_of(refused)) == (403, "ErrorAccessDenied")
    microsoft.simulator.switches(withheld_scopes=["calendars.readwrite"])
    assert priya.create().status_code == 403
    assert "Calendars.ReadWrite" not in microsoft.connect().tokens["scope"]


def test_account_without_a_mailbox_has_no_calendar(
    microsoft: MicrosoftCaller, priya: MicrosoftAccount
) -> None:
    ben = microsoft.connect("ben.hollis@northlight.example")
    assert ben.call("GET", "/me").status_code == 200
    assert code_of(ben.create()) == "MailboxNotEnabledForRESTAPI"
    microsoft.simulator.switches(no_mailbox=[PRIYA])
    assert priya.call("GET", "/me/calendar").status_code == 404


@pytest.mark.parametrize("how", ["html", "empty", "truncated", "wrong_types"])
def test_answers_are_spoiled(microsoft: MicrosoftCaller, priya: MicrosoftAccount, how: str) -> None:
    microsoft.simulator.switches(bad_answer=how, bad_answer_calls=1)
    spoiled = priya.create()
    assert len(microsoft.simulator.events(PRIYA)) == 1
    if how == "wrong_types":
        assert spoiled.json()["subject"] == 7
    else:
        with pytest.raises(requests.JSONDecodeError):
            spoiled.json()
    assert priya.create().json()["subject"] == "Chef Interview"


def test_redirect_leads_away_and_does_nothing(microsoft: MicrosoftCaller, priya: MicrosoftAccount) -> None:
    microsoft.simulator.switches(bad_answer="redirect", bad_answer_calls=1)
    answer = priya.events("POST", body={}, allow_redirects=False)
    assert (answer.status_code, "localhost" in answer.headers["Location"]) == (307, True)
    assert microsoft.simulator.events(PRIYA) == []


def test_answer_can_be_about_another_event(microsoft: MicrosoftCaller, priya: MicrosoftAccount) -> None:
    other = priya.created(subject="Other")
    event = priya.created()
    microsoft.simulator.switches(bad_answer="another", bad_answer_calls=1)
    assert priya.read(event["id"])["id"] == other["id"]


def test_free_busy_fails_inside(microsoft: MicrosoftCaller, priya: MicrosoftAccount) -> None:
    microsoft.simulator.switches(freebusy_error="ErrorServerBusy")
    body = {
        "schedules": [PRIYA],
        "startTime": {"dateTime": "2031-03-04T09:00:00", "timeZone": "UTC"},
        "endTime": {"dateTime": "2031-03-04T10:00:00", "timeZone": "UTC"},
    }
    found = priya.call("POST", "/me/calendar/getSchedule", body).json()["value"][0]
    assert found["error"]["responseCode"] == "ErrorServerBusy"


def test_unknown_switches_are_refused(microsoft: MicrosoftCaller) -> None:
    with pytest.raises(requests.HTTPError):
        microsoft.simulator.switches(colour="red")
