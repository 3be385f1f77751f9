"""Answers that no reference mentions: nothing crashes, nothing is made twice, nothing strange is stored."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connections.checks import check_now
from extensions import db
from models import CallState, Connection, ConnectionState, MeetingState
from tests.factories import LENA, create_team
from tests.machines.application import settings_for
from tests.machines.apps import LendApp, Seeded
from tests.machines.simulators import Simulators
from tests.machines.strange_zoom import Answer, StrangeZoom, strange_zoom
from tests.tasks.installation import FrozenClock, Installation
from tests.tasks.real_time import sqlite_in_full_runs

# What the two databases can store differs. PostgreSQL refuses more: NUL, halves of characters, texts longer
# than their column and numbers beyond its own. SQLite's turn is in full runs.
pytestmark = sqlite_in_full_runs

CREATE = "POST /v2/users/me/meetings"
READ = "GET /v2/meetings"
LIST = "GET /v2/users/me/meetings"
TOKEN = "POST /oauth/token"
ACCOUNT = "GET /v2/users/me"


@pytest.fixture(scope="module")
def _running_proxy(_running_simulators: Simulators) -> Iterator[StrangeZoom]:
    with strange_zoom(_running_simulators.zoom_url) as zoom:
        yield zoom


@pytest.fixture
def zoom(_running_proxy: StrangeZoom, simulators: Simulators) -> StrangeZoom:
    """The proxy, always at the same address so that the tests can use the same app, spoiling nothing yet."""
    _running_proxy.reset()
    return _running_proxy


@pytest.fixture
def installation(
    database_url: str,
    instance_path: Path,
    lend_app: LendApp,
    seeded: Seeded,
    simulators: Simulators,
    clock: FrozenClock,
    zoom: StrangeZoom,
) -> Installation:
    """An installation that reaches Zoom through the proxy."""
    settings = {
        **simulators.settings(),
        "ZOOM_API_URL": f"{zoom.url}/v2",
        "ZOOM_OAUTH_URL": zoom.url,
        "PROVIDER_TIMEOUT_SECONDS": "2",
        "MAIL_TIMEOUT": "2",
    }
    app = lend_app(settings_for(database_url, instance_path, settings))
    return Installation(app, seeded(app, create_team), simulators, clock)


def changed(**fields: Any) -> Callable[[Answer], None]:
    return lambda answer: answer.change(**fields)


def raw(body: bytes, status: int | None = None, **headers: str) -> Callable[[Answer], None]:
    def spoil(answer: Answer) -> None:
        answer.body, answer.status = body, status or answer.status
        answer.headers |= {name.replace("_", "-"): value for name, value in headers.items()}

    return spoil


def with_bytes(change: Callable[[bytes], bytes]) -> Callable[[Answer], None]:
    def spoil(answer: Answer) -> None:
        answer.body = change(answer.body)

    return spoil


# What the meeting is stored from, or looked up after.
CREATED = {
    "NUL in texts": changed(topic="a\0b", agenda="\0", timezone="\0", password="pass\0word"),
    "half a character": changed(topic="\ud800", agenda="x\udfff", password="\udc00abc"),
    "endless passcode": changed(password="p" * 5000),
    "number as a passcode": changed(password=12345678),
    "no passcode": changed(password=None),
    "enormous length": changed(duration=10**30),
    "length below zero": changed(duration=-45),
    "length as text": changed(duration="45"),
    "endless zone": changed(timezone="Z" * 5000),
    "another age": changed(start_time="9999-12-31T23:59:59Z"),
    "long ago": changed(start_time="0001-01-01T00:00:00Z"),
    "endless number of the meeting": changed(id=10**40),
    "number as text": with_bytes(lambda body: body.replace(b'"id":', b'"id":"9", "id":', 1)),
    "settings that are a list": changed(settings=[True]),
    "settings of other types": changed(settings={"waiting_room": "yes", "join_before_host": 1}),
    "link with a space": changed(join_url="https://zoom.example/j/1 2"),
    "link with a newline": changed(join_url="https://zoom.example/j/1\r\nBcc: x"),
    "byte order mark": with_bytes(lambda body: b"\xef\xbb\xbf" + body),
    "UTF-16": with_bytes(lambda body: body.decode().encode("utf-16")),
    "Latin-1": with_bytes(lambda body: body.replace(b"Interview", b"Interv\xefew")),
    "two objects": with_bytes(lambda body: body + body),
    "empty object": raw(b"{}"),
    "wrong type of content": raw(b'{"id": 1}', Content_Type="image/png"),
    "accepted for later": lambda answer: setattr(answer, "status", 202),
    "early success": raw(b"", 204),
    "not modified": raw(b"", 304),
    "redirect to itself": raw(b"", 307, Location=""),
    "redirect without an address": raw(b"", 302),
    "made-up status": raw(b"{}", 299),
    "away with a far date": raw(b"", 503, Retry_After="Fri, 31 Dec 9999 23:59:59 GMT"),
    "away with a broken date": raw(b"", 503, Retry_After="Fri, 99 Foo 9999 99:99:99 XXX"),
}
# Refusals: nothing was made.
REFUSED = {
    "teapot": raw(b'{"code": 418, "message": "\\u0000\\ud800"}', 418),
    "limit with nonsense": raw(b'{"code": 429}', 429, Retry_After="soon, perhaps"),
    "limit below zero": raw(b"", 429, Retry_After="-1"),
    "limit for an age": raw(b"<html>", 429, Retry_After="99999999999999999999"),
    "gone that is not": raw(b'{"code": 3001, "message": "gone"}', 400),
    "code of another type": raw(b'{"code": {"a": 1}, "message": ["x"], "errors": 5}', 400),
}


@pytest.mark.parametrize("strange", (CREATED | REFUSED).values(), ids=CREATED | REFUSED)
def test_strange_answer_to_a_create_ends_in_one_meeting_and_one_invitation_with_its_link(
    installation: Installation, zoom: StrangeZoom, strange: Callable[[Answer], object]
) -> None:
    installation.connect(installation.team.ben)
    zoom.spoil(CREATE, strange, instead=strange in REFUSED.values())
    interview = installation.schedule()
    installation.run_due()
    for _ in range(6):
        installation.later(seconds=10)
    installation.later(hours=1, minutes=1)
    seen = installation.meeting(interview)
    assert seen.state is MeetingState.READY
    [living] = installation.living_meetings()
    assert seen.provider_meeting_id == str(living["id"])
    assert seen.calls[-1] is CallState.DONE
    assert not [task for task in installation.tasks() if " in " in (task.last_error or "")]
    assert {mail.state for mail in installation.mails(interview)} == {"sent"}


READS = {
    name: (CREATED | REFUSED)[name]
    for name in (
        "NUL in texts",
        "half a character",
        "endless passcode",
        "enormous length",
        "another age",
        "long ago",
        "settings that are a list",
        "UTF-16",
        "empty object",
        "teapot",
        "limit for an age",
        "code of another type",
    )
}


@pytest.mark.parametrize("strange", READS.values(), ids=READS)
def test_strange_answer_to_a_look_costs_nobody_the_link(
    installation: Installation, zoom: StrangeZoom, strange: Callable[[Answer], object]
) -> None:
    installation.connect(installation.team.ben)
    interview = installation.schedule()
    installation.run_due()
    zoom.spoil(READ, strange)
    installation.later(hours=8)
    assert zoom.times == 0
    installation.later(hours=8)
    seen = installation.meeting(interview)
    [living] = installation.living_meetings()
    assert (seen.state, seen.provider_meeting_id) == (MeetingState.READY, str(living["id"]))
    assert seen.join_url == living["join_url"]
    assert not [task for task in installation.tasks() if " in " in (task.last_error or "")]


TOKENS = {
    "no lifetime": changed(expires_in=None),
    "lifetime as text": changed(expires_in="3600"),
    "lifetime below zero": changed(expires_in=-1),
    "enormous lifetime": changed(expires_in=10**30),
    "half a second": changed(expires_in=0.5),
    "scopes as a list": changed(scope=["meeting:write"]),
    "no scopes": changed(scope=None),
    "endless scopes": changed(scope="x " * 5000),
    "no new refresh token": changed(refresh_token=None),
    "empty refresh token": changed(refresh_token=""),
    "another type of token": changed(token_type="mac"),
    "endless address": changed(api_url="https://" + "a." * 500 + "zoom.us"),
    "address of someone else": changed(api_url="https://zoom.us.example"),
    "NUL in the address": changed(api_url="https://api\0.zoom.us"),
}


@pytest.mark.parametrize("strange", TOKENS.values(), ids=TOKENS)
def test_strange_tokens_leave_the_connection_as_usable_as_they_can(
    installation: Installation, zoom: StrangeZoom, strange: Callable[[Answer], object]
) -> None:
    connection = installation.connect(installation.team.ben)
    zoom.spoil(TOKEN, strange)
    installation.clock.forward(timedelta(hours=1))
    interview = installation.schedule()
    installation.run_due()
    for _ in range(6):
        installation.later(seconds=20)
    with installation.reading():
        row = db.session.get_one(Connection, connection)
        state = row.state
    if state is ConnectionState.CONNECTED:
        assert installation.meeting(interview).state is MeetingState.READY
    assert not [task for task in installation.tasks() if " in " in (task.last_error or "")]
    tokens = [what for what in zoom.seen if what.startswith(TOKEN)]
    assert len(tokens) < 8


ACCOUNTS = {
    "another account": changed(id="someone-else", email="someone.else@example.com"),
    "endless number": changed(id="i" * 5000),
    "no number": changed(id=None),
    "endless name and address": changed(display_name="n" * 5000, email="e" * 5000),
    "NUL in name and address": changed(display_name="\0\ud800", email="\0@\0"),
    "plan of another type": changed(type="1"),
}


@pytest.mark.parametrize("strange", ACCOUNTS.values(), ids=ACCOUNTS)
def test_strange_account_does_not_take_the_place_of_the_one_that_is_connected(
    installation: Installation, zoom: StrangeZoom, strange: Callable[[Answer], object]
) -> None:
    connection = installation.connect(installation.team.ben)
    zoom.spoil(ACCOUNT, strange)
    with installation.writing():
        check_now(connection)
        db.session.commit()
    installation.run_due()
    with installation.reading():
        row = db.session.get_one(Connection, connection)
        assert row.state is ConnectionState.CONNECTED
        assert row.account_email in (LENA, "", "@")
        assert len(row.account_name) <= 160
    assert not [task for task in installation.tasks() if " in " in (task.last_error or "")]


def test_list_that_leads_to_itself_is_given_up(installation: Installation, zoom: StrangeZoom) -> None:
    installation.connect(installation.team.ben)
    installation.simulators.zoom_switches(lose_next_creates=1)
    zoom.spoil(LIST, raw(b'{"meetings": [], "next_page_token": "again"}'), times=6, instead=True)
    interview = installation.schedule()
    installation.run_due()
    for _ in range(10):
        installation.later(seconds=10)
    installation.later(minutes=5)
    assert installation.meeting(interview).state is MeetingState.READY
    assert len(installation.living_meetings()) == 1
    assert len([what for what in zoom.seen if what.startswith(LIST)]) < 12
