"""The simulated Zoom tells an app that a user removed it, when and as it was asked to."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator

import pytest
import requests

from tests.machines.simulators import CLIENT_ID
from tests.providers.scripted_server import ScriptedServer, answer
from tests.simulators.conftest import PRIYA, ConnectedAccount, ZoomCaller

SECRET = "a-webhook-secret"


@pytest.fixture
def listener() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    server.answers(answer(204))
    yield server
    server.close()


def remove(zoom: ZoomCaller) -> dict[str, object]:
    answered = requests.post(f"{zoom.origin}/_control/revoke", json={"account": PRIYA}, timeout=10)
    assert answered.status_code == 200
    result: dict[str, object] = answered.json()
    return result


def test_removal_is_reported_and_signed(
    zoom: ZoomCaller, priya: ConnectedAccount, listener: ScriptedServer
) -> None:
    me = priya.call("GET", "/users/me").json()
    zoom.simulators.zoom_switches(webhook_url=f"{listener.url}/hook", webhook_secret_token=SECRET)
    assert remove(zoom) == {"revoked": True, "webhook": 204}
    [told] = listener.requests
    assert told.target == "POST /hook"
    message = json.loads(told.body)
    assert message["event"] == "app_deauthorized"
    payload = message["payload"]
    assert (payload["user_id"], payload["client_id"]) == (me["id"], CLIENT_ID)
    signed = f"v0:{told.header('x-zm-request-timestamp')}:".encode() + told.body
    code = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert told.header("x-zm-signature") == f"v0={code}"


def test_removal_is_reported_unsigned_without_a_secret(
    zoom: ZoomCaller, priya: ConnectedAccount, listener: ScriptedServer
) -> None:
    zoom.simulators.zoom_switches(webhook_url=listener.url)
    assert remove(zoom)["webhook"] == 204
    assert listener.requests[0].header("x-zm-signature") is None


@pytest.mark.parametrize("address", ["", "http://127.0.0.1:9/hook", "not an address"])
def test_removal_happens_even_if_no_one_hears_of_it(
    zoom: ZoomCaller, priya: ConnectedAccount, address: str
) -> None:
    zoom.simulators.zoom_switches(webhook_url=address)
    assert remove(zoom) == {"revoked": True, "webhook": None}
    assert priya.call("GET", "/users/me").status_code == 401
