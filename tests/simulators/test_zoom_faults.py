"""Each switch of the simulated Zoom makes exactly its own thing go wrong."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.simulators.conftest import PRIYA, ConnectedAccount, ZoomCaller


def test_a_create_whose_answer_is_lost_has_happened(zoom: ZoomCaller, priya: ConnectedAccount) -> None:
    zoom.simulators.zoom_switches(lose_next_creates=1)
    with pytest.raises(requests.ConnectionError):
        priya.create(topic="Lost and found")
    ledger = zoom.simulators.ledger()
    assert [meeting["topic"] for meeting in ledger["meetings"]] == ["Lost and found"]
    assert ledger["calls"][-1]["status"] is None
    assert ledger["calls"][-1]["body"]["topic"] == "Lost and found"
    assert priya.create().status_code == 201


def test_a_create_that_is_dropped_has_not_happened(zoom: ZoomCaller, priya: ConnectedAccount) -> None:
    zoom.simulators.zoom_switches(drop_next_creates=1)
    with pytest.raises(requests.ConnectionError):
        priya.create()
    assert zoom.simulators.ledger()["meetings"] == []


def test_a_create_that_is_answered_late_has_happened_at_once(
    zoom: ZoomCaller, priya: ConnectedAccount
) -> None:
    zoom.simulators.zoom_switches(create_answer_delay_ms=1500)
    with pytest.raises(requests.ReadTimeout):
        priya.call("POST", "/users/me/meetings", {}, timeout=0.2)
    assert len(zoom.simulators.ledger()["meetings"]) == 1


def test_next_meeting_is_refused_by_a_click_on_every_account_and_the_one_after_is_made(
    zoom: ZoomCaller, priya: ConnectedAccount
) -> None:
    clicked = requests.post(f"{zoom.simulators.zoom_url}/refuse-next-meeting", timeout=5)
    assert "Refuse the next creates" in clicked.text
    refused = priya.create()
    assert (refused.status_code, refused.json()["code"]) == (400, 300)
    assert zoom.simulators.ledger()["meetings"] == []
    assert priya.create().status_code == 201


def test_planned_failures_hit_the_chosen_operation_and_run_out(
    zoom: ZoomCaller, priya: ConnectedAccount
) -> None:
    zoom.simulators.zoom_switches(fail_next=2, fail_status=503, fail_operation="create")
    assert priya.call("GET", "/users/me").status_code == 200
    assert [priya.create().status_code for _ in range(3)] == [503, 503, 201]
    zoom.simulators.zoom_switches(fail_next=1, fail_status=429, fail_operation="any")
    limited = priya.call("GET", "/users/me")
    assert (limited.status_code, limited.headers["X-RateLimit-Type"]) == (429, "QPS")
    zoom.simulators.zoom_switches(reject_next_tokens=1)
    assert [priya.call("GET", "/users/me").status_code for _ in range(2)] == [401, 200]


def test_slow_calls_wait_side_by_side(zoom: ZoomCaller, priya: ConnectedAccount) -> None:
    zoom.simulators.zoom_switches(latency_ms=400)
    began = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: priya.call("GET", "/users/me").status_code, range(8)))
    assert answers == [200] * 8
    assert 0.4 <= time.monotonic() - began < 1.6


def test_the_per_second_limit_counts_all_hosts_together(zoom: ZoomCaller, priya: ConnectedAccount) -> None:
    lena = zoom.connect("lena.vogel@northlight.example")
    zoom.simulators.zoom_switches(per_second_limit=0)
    for account in (priya, lena):
        refused = account.call("GET", "/users/me")
        assert refused.status_code == 429
        assert "per-second rate limit" in refused.json()["message"]
    zoom.simulators.zoom_switches(per_second_limit=None)
    assert priya.call("GET", "/users/me").status_code == 200


def test_hosts_lose_their_day_their_license_and_their_scopes(
    zoom: ZoomCaller, priya: ConnectedAccount
) -> None:
    zoom.simulators.zoom_switches(daily_limit_reached=[PRIYA])
    assert "daily rate limit" in priya.create().json()["message"]
    zoom.simulators.zoom_switches(daily_limit_reached=[], no_license=[PRIYA])
    assert priya.create().json()["code"] == 3161
    zoom.simulators.zoom_switches(no_license=[], withheld_scopes=["meeting:write:meeting"])
    assert "meeting:write:meeting" in priya.create().json()["message"]
    zoom.simulators.zoom_switches(withheld_scopes=[])
    assert priya.create().status_code == 201


@pytest.mark.parametrize("answer", ["html", "empty", "truncated", "wrong_types"])
def test_a_spoiled_answer_belongs_to_a_call_that_took_effect(
    zoom: ZoomCaller, priya: ConnectedAccount, answer: str
) -> None:
    zoom.simulators.zoom_switches(bad_answer=answer, bad_answer_calls=1)
    spoiled = priya.create()
    assert 200 <= spoiled.status_code < 300
    assert "ZAK-CANARY" not in spoiled.text or answer == "truncated"
    assert len(zoom.simulators.ledger()["meetings"]) == 1
    assert priya.created()["join_url"]


def test_a_dripping_and_a_huge_answer(zoom: ZoomCaller, priya: ConnectedAccount) -> None:
    zoom.simulators.zoom_switches(bad_answer="drip", bad_answer_calls=1)
    began = time.monotonic()
    with priya.call("GET", "/users/me", stream=True) as dripping:
        assert len(dripping.raw.read(3)) == 3
    assert time.monotonic() - began > 0.4
    zoom.simulators.zoom_switches(bad_answer="huge", bad_answer_calls=1)
    with priya.call("GET", "/users/me", stream=True) as huge:
        assert sum(len(chunk) for chunk, _ in zip(huge.iter_content(65536), range(40), strict=False)) > 2**21


def test_a_redirect_leads_to_another_host_and_shows_who_followed(
    zoom: ZoomCaller, priya: ConnectedAccount
) -> None:
    zoom.simulators.zoom_switches(bad_answer="redirect")
    answer = priya.call("POST", "/users/me/meetings", {}, allow_redirects=False)
    assert answer.status_code == 307
    assert answer.headers["Location"].startswith("http://localhost:")
    requests.get(answer.headers["Location"], headers={"Authorization": "Bearer x"}, timeout=5)
    ledger = zoom.simulators.ledger()
    assert ledger["meetings"] == []
    assert ledger["calls"][-1]["operation"] == "elsewhere"
    assert ledger["calls"][-1]["authorization"] is True


def test_the_pages_flip_show_and_reset_switches(zoom: ZoomCaller) -> None:
    page = f"{zoom.origin}/switches"
    flipped = requests.post(f"{page}/latency_ms", data={"value": "250"}, timeout=5)
    assert flipped.status_code == 200
    assert 'value="250"' in flipped.text
    assert "Slow down" in requests.get(zoom.origin, timeout=5).text
    assert requests.post(f"{page}/latency_ms", data={"value": "-3"}, timeout=5).status_code == 422
    assert requests.post(f"{page}/no_such_switch", data={"value": "1"}, timeout=5).status_code == 404
    requests.post(f"{page}/no_license", data={"value": f"{PRIYA}, someone@else.example"}, timeout=5)
    control = f"{zoom.origin}/_control/switches"
    assert requests.get(control, timeout=5).json()["no_license"] == [PRIYA, "someone@else.example"]
    requests.post(f"{page}/reset", timeout=5)
    assert requests.get(control, timeout=5).json()["latency_ms"] == 0


@pytest.mark.parametrize("changes", [{"latency": 5}, {"latency_ms": "5"}, {"bad_answer": "rude"}, [1]])
def test_a_wrong_switch_changes_nothing(zoom: ZoomCaller, changes: object) -> None:
    control = f"{zoom.origin}/_control/switches"
    before = requests.get(control, timeout=5).json()
    assert requests.post(control, json=changes, timeout=5).status_code == 400
    assert requests.get(control, timeout=5).json() == before


def test_the_overview_shows_and_ends_what_happened(zoom: ZoomCaller, priya: ConnectedAccount) -> None:
    meeting = priya.created(topic="Baker Interview")
    page = requests.get(zoom.origin, timeout=5).text
    assert "Baker Interview" in page
    assert "Remove the app from Priya Raman" in page
    requests.post(f"{zoom.origin}/meetings/{meeting['id']}/delete", timeout=5)
    requests.post(f"{zoom.origin}/accounts/{PRIYA}/revoke", timeout=5)
    ledger = zoom.simulators.ledger()
    assert ledger["meetings"][0]["deleted_by"] == "the host"
    assert ledger["grants"][0]["alive"] is False


def test_a_slow_call_from_before_a_reset_has_no_effect_after_it(
    zoom: ZoomCaller, priya: ConnectedAccount
) -> None:
    zoom.simulators.zoom_switches(latency_ms=500)
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(priya.call, "GET", "/users/me")
        time.sleep(0.2)
        zoom.simulators.reset()
        with pytest.raises(requests.ConnectionError):
            late.result(timeout=5)
    assert zoom.simulators.ledger()["calls"] == []
