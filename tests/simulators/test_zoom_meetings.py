"""The simulated API makes, lists, changes and refuses meetings as Zoom's reference says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from tests.simulators.conftest import PRIYA, ConnectedAccount, ZoomCaller, in_hours


def test_a_created_meeting_has_what_zoom_answers(priya: ConnectedAccount) -> None:
    start = in_hours(24)
    answer = priya.create(
        start_time=start,
        duration=45,
        agenda="Meet the team",
        timezone="Europe/Rome",
        settings={"join_before_host": True, "waiting_room": False},
    )
    assert answer.status_code == 201
    assert answer.headers["x-zm-trackingid"]
    meeting = answer.json()
    assert 10**10 <= meeting["id"] < 10**11
    assert (meeting["start_time"], meeting["duration"], meeting["type"]) == (start, 45, 2)
    assert meeting["host_email"] == PRIYA
    assert f"/j/{meeting['id']}?pwd=" in meeting["join_url"]
    assert "ZAK-CANARY-" in meeting["start_url"]
    assert meeting["password"]
    assert meeting["settings"]["join_before_host"] is True
    again = priya.call("GET", f"/meetings/{meeting['id']}").json()
    assert again.pop("start_url") != meeting.pop("start_url")
    assert again == meeting


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"topic": "x" * 201}, "topic"),
        ({"agenda": "x" * 2001}, "agenda"),
        ({"duration": "45"}, "duration"),
        ({"duration": True}, "duration"),
        ({"duration": 0}, "duration"),
        ({"duration": 1441}, "duration"),
        ({"type": 4}, "type"),
        ({"start_time": "2031-05-01T10:00:00+02:00"}, "start_time"),
        ({"start_time": "2031-05-01T10:00:00.000Z"}, "start_time"),
        ({"start_time": "2031-02-31T10:00:00Z"}, "start_time"),
        ({"start_time": None}, "start_time"),
        ({"timezone": "Europe/Kyiv"}, "timezone"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"password": "x" * 11}, "password"),
        ({"password": "white space"[:10]}, "password"),
        ({"pasword": "secret1"}, "pasword"),
        ({"settings": {"audio": "voice"}}, "settings.audio"),
        ({"settings": {"jbh_time": 7}}, "settings.jbh_time"),
        ({"settings": {"waitingroom": False}}, "settings.waitingroom"),
        ({"settings": []}, "settings"),
    ],
)
def test_a_field_that_is_wrong_is_named(priya: ConnectedAccount, body: dict[str, Any], field: str) -> None:
    answer = priya.create(**body)
    assert answer.status_code == 400
    assert answer.json()["code"] == 300
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_body_that_is_not_an_object_and_scheduling_for_others_are_refused(priya: ConnectedAccount) -> None:
    assert priya.call("POST", "/users/me/meetings", ["no"]).json()["code"] == 300
    assert priya.create(schedule_for="marco.bianchi@northlight.example").json()["code"] == 300
    assert priya.call("POST", "/users/somebody/meetings", {}).json()["code"] == 1001


def test_a_start_without_z_is_wall_time_and_a_past_one_is_now(priya: ConnectedAccount) -> None:
    winter = f"{datetime.now(UTC).year + 1}-01-15"
    local = priya.created(start_time=f"{winter}T10:00:00", timezone="Europe/Rome")
    assert local["start_time"] == f"{winter}T09:00:00Z"
    utc = priya.created(start_time=f"{winter}T10:00:00Z", timezone="Europe/Rome")
    assert utc["start_time"] == f"{winter}T10:00:00Z"
    past = datetime.fromisoformat(priya.created(start_time="2020-01-01T10:00:00Z")["start_time"])
    assert abs(past - datetime.now(UTC)) < timedelta(minutes=1)


def test_settings_that_do_not_go_together_are_settled(priya: ConnectedAccount) -> None:
    unprotected = priya.created(default_password=False, settings={"join_before_host": True})
    assert unprotected["password"] == ""
    assert "pwd=" not in unprotected["join_url"]
    assert unprotected["settings"]["waiting_room"] is True
    assert unprotected["settings"]["join_before_host"] is False
    assert priya.created(password="s3cret")["password"] == "s3cret"


def test_users_own_settings_apply_to_what_is_left_out(zoom: ZoomCaller) -> None:
    aiko = zoom.connect("aiko.tanaka@northlight.example")
    first, second = aiko.created(), aiko.created()
    assert first["join_url"].partition("?")[0] == second["join_url"].partition("?")[0]
    own = aiko.created(settings={"use_pmi": False})
    assert f"/j/{own['id']}?" in own["join_url"]
    hannah = zoom.connect("hannah.weiss@northlight.example").created()["settings"]
    assert (hannah["waiting_room"], hannah["meeting_authentication"]) == (True, True)


def test_peculiar_accounts_refuse_what_they_should(zoom: ZoomCaller) -> None:
    sofia = zoom.connect("sofia.lindqvist@northlight.example")
    assert sofia.create(password="short1").json()["errors"][0]["field"] == "password"
    assert sofia.create().status_code == 201
    daniel = zoom.connect("daniel.okafor@northlight.example")
    assert daniel.create().json()["code"] == 3161
    chloe = zoom.connect("chloe.martin@northlight.example")
    assert set(chloe.tokens["scope"].split()) == {"meeting:read", "meeting:write", "user:read"}
    assert chloe.create().status_code == 201
    tom = zoom.connect("tom.adeyemi@northlight.example")
    refused = tom.call("DELETE", f"/meetings/{tom.created()['id']}")
    assert refused.status_code == 400
    assert refused.json()["code"] == 4711
    assert "meeting:delete:meeting" in refused.json()["message"]
    assert "timezone" not in zoom.connect("ravi.menon@northlight.example").call("GET", "/users/me").json()


def test_the_list_is_paged_and_says_less(priya: ConnectedAccount) -> None:
    for hour in range(5):
        priya.created(start_time=in_hours(24 + hour), agenda="x" * 300)
    seen: list[dict[str, Any]] = []
    token = ""
    while True:
        page = priya.call(
            "GET", "/users/me/meetings", params={"page_size": 2, "next_page_token": token}
        ).json()
        seen += page["meetings"]
        token = page["next_page_token"]
        if not token:
            break
    assert len({item["id"] for item in seen}) == 5
    assert len(seen[0]["agenda"]) == 250
    assert not {"password", "settings", "start_url"} & set(seen[0])
    assert priya.call("GET", "/users/me/meetings", params={"page_size": 301}).status_code == 400
    assert priya.call("GET", "/users/me/meetings", params={"next_page_token": "junk"}).status_code == 400


def test_the_list_knows_upcoming_and_expired(zoom: ZoomCaller, priya: ConnectedAccount) -> None:
    meeting_id = priya.created(start_time=in_hours(1), duration=30)["id"]

    def listed(kind: str) -> list[int]:
        account = zoom.connect()
        page = account.call("GET", "/users/me/meetings", params={"type": kind}).json()
        return [item["id"] for item in page["meetings"]]

    assert listed("upcoming") == [meeting_id]
    zoom.simulators.zoom_switches(clock_offset_seconds=2 * 3600)
    assert (listed("upcoming"), listed("scheduled")) == ([], [meeting_id])
    zoom.simulators.zoom_switches(clock_offset_seconds=32 * 86400)
    assert listed("scheduled") == []
    assert zoom.connect().call("GET", f"/meetings/{meeting_id}").json()["code"] == 3001


def test_changing_a_meeting(priya: ConnectedAccount) -> None:
    meeting = priya.created()
    path = f"/meetings/{meeting['id']}"
    later = in_hours(48)
    answer = priya.call("PATCH", path, {"start_time": later, "settings": {"mute_upon_entry": True}})
    assert (answer.status_code, answer.content) == (204, b"")
    changed = priya.call("GET", path).json()
    assert (changed["start_time"], changed["settings"]["mute_upon_entry"]) == (later, True)
    assert changed["join_url"] == meeting["join_url"]
    assert priya.call("PATCH", path, {"start_time": "2020-01-01T10:00:00Z"}).status_code == 204
    assert priya.call("GET", path).json()["start_time"] == later
    assert priya.call("PATCH", path, {"password": "n3wpass"}).status_code == 204
    assert priya.call("GET", path).json()["join_url"] != meeting["join_url"]
    assert priya.call("PATCH", path, {"default_password": True}).status_code == 400


def test_deleting_a_meeting(zoom: ZoomCaller, priya: ConnectedAccount) -> None:
    path = f"/meetings/{priya.created()['id']}"
    assert priya.call("DELETE", path, params={"cancel_meeting_reminder": "False"}).status_code == 400
    stranger = zoom.connect("lena.vogel@northlight.example")
    assert stranger.call("DELETE", path).json()["code"] == 3001
    gone = priya.call("DELETE", path)
    assert (gone.status_code, gone.content) == (204, b"")
    for method, body in (("GET", None), ("PATCH", {}), ("DELETE", None)):
        answer = priya.call(method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (404, 3001)
    [entry] = zoom.simulators.ledger()["meetings"]
    assert (entry["deleted"], entry["deleted_by"]) == (True, "the app")


def test_a_host_may_create_and_change_a_hundred_times_a_day(
    zoom: ZoomCaller, priya: ConnectedAccount
) -> None:
    zoom.simulators.zoom_switches(daily_limit=2)
    path = f"/meetings/{priya.created()['id']}"
    assert priya.create(duration=0).status_code == 400, "a refused call does not count"
    assert priya.call("PATCH", path, {"topic": "Renamed"}).status_code == 204
    for refused in (priya.create(), priya.call("PATCH", path, {"topic": "Again"})):
        assert (refused.status_code, refused.json()["code"]) == (429, 429)
        assert "daily rate limit (2)" in refused.json()["message"]
        assert "Retry-After" not in refused.headers
    assert priya.call("DELETE", path).status_code == 204
    assert zoom.connect("lena.vogel@northlight.example").create().status_code == 201
    zoom.simulators.zoom_switches(clock_offset_seconds=86400)
    tomorrow = zoom.connect()
    assert tomorrow.create(start_time=in_hours(48)).status_code == 201


def test_the_meeting_page_knows_its_guests(zoom: ZoomCaller, priya: ConnectedAccount) -> None:
    meeting = priya.created(topic="Chef & Baker Interview")
    bare = meeting["join_url"].partition("?")[0]
    inside = requests.get(meeting["join_url"], timeout=5)
    assert "You are in the (simulated) Zoom meeting" in inside.text
    assert "Chef &amp; Baker Interview" in inside.text
    assert "Enter the meeting passcode" in requests.get(bare, timeout=5).text
    assert "Enter the meeting passcode" in requests.get(f"{bare}?pwd=wrong", timeout=5).text
    assert "not this meeting" in requests.post(bare, data={"passcode": "wrong"}, timeout=5).text
    assert "You are in the" in requests.post(bare, data={"passcode": meeting["password"]}, timeout=5).text
    zoom.simulators.delete_meeting(str(meeting["id"]))
    closed = requests.get(meeting["join_url"], timeout=5)
    assert closed.status_code == 404
    assert "does not exist" in closed.text
