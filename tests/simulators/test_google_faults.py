"""The simulated Google's switches."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from simulators.google.errors import REASONS
from tests.machines.simulators import Simulators
from tests.simulators.asking import PRIYA, in_hours, message
from tests.simulators.google_client import GMAIL_SCOPES, GoogleAccount, GoogleCaller, reason_of


@pytest.fixture
def priya(google: GoogleCaller) -> GoogleAccount:
    """A person who has allowed the app to write into her calendar."""
    return google.connect()


@pytest.fixture
def mailer(google: GoogleCaller) -> GoogleAccount:
    """A person who has allowed the app to send in her name."""
    return google.connect(scope=GMAIL_SCOPES)


def lost(call: Any, *arguments: Any, **options: Any) -> None:
    """The call, which is never answered."""
    with pytest.raises(requests.ConnectionError):
        call(*arguments, **options)


@pytest.mark.parametrize("reason", REASONS)
def test_calls_fail_for_every_reason(google: GoogleCaller, priya: GoogleAccount, reason: str) -> None:
    status = REASONS[reason][0]
    google.simulator.switches(fail_next=1, fail_status=status, fail_reason=reason)
    failed = priya.insert()
    assert (failed.status_code, reason_of(failed)) == (status, reason)
    assert failed.json()["error"]["code"] == status
    assert priya.insert().status_code == 200
    assert len(google.simulator.events(PRIYA)) == 1


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "authError"),
        (403, "forbidden"),
        (404, "notFound"),
        (409, "conflict"),
        (410, "deleted"),
        (412, "conditionNotMet"),
        (429, "rateLimitExceeded"),
        (500, "internalError"),
        (502, "backendError"),
        (503, "backendError"),
    ],
)
def test_each_status_has_its_usual_reason(
    google: GoogleCaller, priya: GoogleAccount, status: int, reason: str
) -> None:
    google.simulator.switches(fail_next=1, fail_status=status)
    assert reason_of(priya.insert()) == reason


def test_waiting_is_asked_for_only_where_it_was_set(google: GoogleCaller, priya: GoogleAccount) -> None:
    google.simulator.switches(fail_next=2, fail_status=429)
    assert "Retry-After" not in priya.insert().headers
    google.simulator.switches(retry_after=7)
    assert priya.insert().headers["Retry-After"] == "7"


def test_failures_can_mean_one_kind_of_call(google: GoogleCaller, priya: GoogleAccount) -> None:
    google.simulator.switches(fail_next=1, fail_operation="freebusy")
    assert priya.insert().status_code == 200
    assert priya.freebusy(1, 2).status_code == 503
    google.simulator.switches(fail_next=1, fail_operation="account")
    assert priya.call("GET", "/v1/userinfo").status_code == 503


def test_answers_are_lost_after_the_call_took_effect(google: GoogleCaller, priya: GoogleAccount) -> None:
    google.simulator.switches(lose_next_creates=1, lose_next_updates=1, lose_next_deletes=1)
    lost(priya.insert, id="abcde")
    assert priya.insert(id="abcde").status_code == 409
    lost(priya.patch, "abcde", summary="Changed")
    assert priya.events("GET", "abcde").json()["summary"] == "Changed"
    lost(priya.events, "DELETE", "abcde")
    assert priya.events("DELETE", "abcde").status_code == 410
    statuses = [call["status"] for call in google.simulator.calls()]
    assert statuses == [None, 409, None, 200, None, 410]


def test_sends_are_lost_before_and_after(
    google: GoogleCaller, mailer: GoogleAccount, simulators: Simulators
) -> None:
    google.simulator.switches(drop_next_sends=1)
    lost(mailer.send, message())
    assert simulators.mails() == []
    google.simulator.switches(lose_next_sends=1)
    lost(mailer.send, message())
    assert len(simulators.mails()) == 1
    assert len(google.simulator.sent(PRIYA)) == 1


def test_creates_are_dropped_before_they_do_anything(google: GoogleCaller, priya: GoogleAccount) -> None:
    google.simulator.switches(drop_next_creates=1)
    lost(priya.insert)
    assert google.simulator.events(PRIYA) == []


def test_creates_are_refused_for_good(google: GoogleCaller, priya: GoogleAccount) -> None:
    google.simulator.switches(refuse_next_creates=1)
    assert reason_of(priya.insert()) == "forbidden"
    google.simulator.switches(usage_limit_reached=[PRIYA])
    event = priya.insert()
    assert (event.status_code, reason_of(event)) == (403, "quotaExceeded")
    google.simulator.switches(usage_limit_reached=[])
    assert priya.insert().status_code == 200


def test_updates_are_ignored_and_events_denied(google: GoogleCaller, priya: GoogleAccount) -> None:
    event_id = priya.inserted()["id"]
    google.simulator.switches(ignore_next_updates=1, deny_next_events=1)
    assert priya.patch(event_id, summary="Changed").status_code == 200
    assert priya.events("GET", event_id).status_code == 404
    assert priya.events("GET", event_id).json()["summary"] == "Chef Interview"


def test_answers_are_nonsense(google: GoogleCaller, priya: GoogleAccount) -> None:
    google.simulator.switches(bad_answer="html", bad_answer_calls=1)
    assert priya.insert().headers["Content-Type"].startswith("text/html")
    google.simulator.switches(bad_answer="empty", bad_answer_calls=1)
    assert priya.insert().content == b""
    google.simulator.switches(bad_answer="truncated", bad_answer_calls=1)
    with pytest.raises(requests.JSONDecodeError):
        priya.insert().json()
    google.simulator.switches(bad_answer="wrong_types", bad_answer_calls=1)
    assert priya.insert().json()["id"] == {}
    google.simulator.switches(bad_answer="another", bad_answer_calls=1)
    made = priya.insert(id="abcde").json()["id"]
    assert made != "abcde"
    assert len(google.simulator.events(PRIYA)) == 5


def test_answers_drip_and_swell(google: GoogleCaller, priya: GoogleAccount) -> None:
    google.simulator.switches(bad_answer="drip", bad_answer_calls=1)
    with pytest.raises(requests.ConnectionError):
        priya.events(
            "POST", body={"start": {"dateTime": in_hours(1)}, "end": {"dateTime": in_hours(2)}}, timeout=0.1
        )
    google.simulator.switches(bad_answer="huge", bad_answer_calls=1)
    with priya.events("GET", stream=True) as answer:
        assert len(next(answer.iter_content(4096))) > 0
        assert "Content-Length" not in answer.headers


def test_redirects_lead_to_another_host_and_do_nothing(google: GoogleCaller, priya: GoogleAccount) -> None:
    google.simulator.switches(bad_answer="redirect", bad_answer_calls=1)
    answer = priya.events(
        "POST",
        body={"start": {"dateTime": in_hours(1)}, "end": {"dateTime": in_hours(2)}},
        allow_redirects=False,
    )
    assert (answer.status_code, answer.headers["Location"]) == (
        307,
        google.origin.replace("127.0.0.1", "localhost") + "/elsewhere",
    )
    assert google.simulator.events(PRIYA) == []
    requests.get(answer.headers["Location"], headers={"Authorization": "Bearer x"}, timeout=5)
    assert google.simulator.calls("elsewhere")[0]["authorization"] is True


def test_access_tokens_expire_early(google: GoogleCaller, priya: GoogleAccount) -> None:
    google.simulator.switches(reject_next_tokens=1)
    refused = priya.insert()
    assert (refused.status_code, reason_of(refused)) == (401, "authError")
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert priya.insert().status_code == 200


def test_too_many_calls_in_a_second_are_refused(google: GoogleCaller, priya: GoogleAccount) -> None:
    google.simulator.switches(per_second_limit=0)
    assert priya.insert().status_code == 429


def test_calls_are_slow_side_by_side(google: GoogleCaller, priya: GoogleAccount) -> None:
    google.simulator.switches(latency_ms=100)
    began = time.monotonic()
    priya.insert()
    assert time.monotonic() - began >= 0.1
    google.simulator.switches(latency_ms=0, create_answer_delay_ms=100)
    began = time.monotonic()
    priya.insert()
    assert time.monotonic() - began >= 0.1


def test_call_that_began_before_a_reset_does_nothing(google: GoogleCaller, priya: GoogleAccount) -> None:
    google.simulator.switches(latency_ms=400)
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(priya.insert)
        time.sleep(0.1)
        google.simulator.reset()
        with pytest.raises(requests.ConnectionError):
            slow.result()
    assert google.simulator.calls() == []
    assert google.simulator.events(PRIYA) == []


def test_switches_that_do_not_exist_are_refused(google: GoogleCaller) -> None:
    for wrong in ({"unknown": 1}, {"fail_next": -1}, {"fail_reason": "bad mood"}, {"meet_creation": "later"}):
        answer = requests.post(f"{google.origin}/_control/switches", json=wrong, timeout=5)
        assert answer.status_code == 400


def test_clock_runs_ahead(google: GoogleCaller, priya: GoogleAccount) -> None:
    google.simulator.switches(clock_offset_seconds=1800)
    assert priya.inserted()["created"] > in_hours(0.4)


def test_secrets_carry_their_canaries(google: GoogleCaller, priya: GoogleAccount) -> None:
    assert google.came_back()["code"].startswith("4/GAC-CANARY-")
    assert priya.tokens["access_token"].startswith("ya29.GAT-CANARY-")
    assert priya.tokens["refresh_token"].startswith("1//GRT-CANARY-")
    ledger = str(google.simulator.ledger())
    assert "CANARY" not in ledger
