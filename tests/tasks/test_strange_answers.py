"""Answers that no reference mentions: nothing crashes, nothing is made twice, nothing strange is stored."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from connections.checks import check_now
from extensions import db
from models import CallState, Connection, ConnectionState, FailureReason, Interview, MeetingState
from tests.factories import LENA, PRIYA, create_team
from tests.machines.application import settings_for
from tests.machines.apps import LendApp, Seeded
from tests.machines.simulators import Simulators
from tests.machines.strange_zoom import Answer, Strange, StrangeZoom, strange_zoom
from tests.tasks.frozen_clock import FrozenClock
from tests.tasks.installation import Installation
from tests.tasks.real_time import sqlite_in_full_runs

# Answers with values that the databases store differently: PostgreSQL refuses NUL, halves of characters, long
# texts, and numbers and times beyond its own. It has the turn of these in every run, and SQLite that of all
# others; the rest is in full runs.
HARD_TO_STORE = frozenset(
    {
        "NUL in texts",
        "half a character",
        "endless passcode",
        "enormous length",
        "length below zero",
        "endless zone",
        "another age",
        "long ago",
        "endless number of the meeting",
        "settings that are a list",
        "away with a far date",
        "limit for an age",
        "enormous lifetime",
        "lifetime below zero",
        "endless scopes",
        "endless address",
        "NUL in the address",
        "endless number",
        "endless name and address",
        "NUL in name and address",
    }
)

CREATE = "POST /v2/users/me/meetings"
READ = "GET /v2/meetings"
LIST = "GET /v2/users/me/meetings"
TOKEN = "POST /oauth/token"
ACCOUNT = "GET /v2/users/me"


def each_strange(answers: Mapping[str, Strange]) -> pytest.MarkDecorator:
    """Run a test with each of these answers, once on each database."""
    return pytest.mark.parametrize(
        ("database_url", "strange"),
        [
            pytest.param(
                database,
                strange,
                id=f"{database}-{name}",
                marks=[
                    *([pytest.mark.postgres] if database == "postgresql" else []),
                    *([pytest.mark.full] if (name in HARD_TO_STORE) != (database == "postgresql") else []),
                ],
            )
            for name, strange in answers.items()
            for database in ("sqlite", "postgresql")
        ],
        indirect=["database_url"],
    )


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


# Answers from which the meeting is stored, or after which it is looked up.
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


@each_strange(CREATED | REFUSED)
def test_strange_answer_to_a_create_ends_in_one_meeting_and_one_invitation_with_its_link(
    installation: Installation, zoom: StrangeZoom, strange: Strange
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


# What Zoom says about when to try again, and the seconds for which it should be left alone.
COME_BACK: dict[str, tuple[Callable[[datetime], str | None], float, float]] = {
    "in seconds": (lambda now: "30", 30, 30),
    "as a date": (lambda now: format_datetime(now + timedelta(seconds=40), usegmt=True), 39, 40),
    "not at all": (lambda now: None, 0.5, 2),
    "nonsense": (lambda now: "soon, perhaps", 0.5, 2),
    "in the past": (lambda now: "-1", 0.5, 2),
    # No longer than an hour is believed.
    "for a day": (lambda now: "86400", 3600, 3600),
}


@pytest.mark.parametrize(("words", "at_least", "at_most"), COME_BACK.values(), ids=COME_BACK)
def test_limit_is_kept_for_as_long_as_zoom_says_if_that_makes_sense(
    installation: Installation,
    zoom: StrangeZoom,
    words: Callable[[datetime], str | None],
    at_least: float,
    at_most: float,
) -> None:
    installation.connect(installation.team.ben)
    said = words(installation.clock.now)
    headers = {} if said is None else {"Retry_After": said}
    zoom.spoil(CREATE, raw(b'{"code": 429}', 429, **headers), instead=True)
    interview = installation.schedule()
    installation.run_due()
    [task] = installation.tasks("sync_meeting")
    assert at_least <= (task.run_at - installation.clock.now).total_seconds() <= at_most
    installation.later(seconds=at_most)
    assert installation.meeting(interview).state is MeetingState.READY
    assert len(installation.living_meetings()) == 1


def test_host_whose_account_was_closed_is_replaced_by_the_scheduler(
    installation: Installation, zoom: StrangeZoom
) -> None:
    installation.connect(installation.team.ben, PRIYA)
    installation.connect(installation.team.ada)
    zoom.spoil(CREATE, raw(b'{"code": 1001, "message": "User does not exist"}', 404), instead=True)
    interview = installation.schedule()
    installation.run_due()
    assert (installation.meeting(interview).state, installation.meeting(interview).host) == (
        MeetingState.READY,
        "Ada Berg",
    )
    assert "Ben's account: " in installation.progress(interview)
    assert len(installation.simulators.mails("dina.kaur@mail.example")) == 1


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


@each_strange(READS)
def test_strange_answer_to_a_look_costs_no_one_the_link(
    installation: Installation, zoom: StrangeZoom, strange: Strange
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


@each_strange(TOKENS)
def test_strange_tokens_leave_the_connection_as_usable_as_they_can(
    installation: Installation, zoom: StrangeZoom, strange: Strange
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

assert (CREATED | REFUSED | TOKENS | ACCOUNTS).keys() >= HARD_TO_STORE


@each_strange(ACCOUNTS)
def test_strange_account_does_not_take_the_place_of_the_one_that_is_connected(
    installation: Installation, zoom: StrangeZoom, strange: Strange
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


@sqlite_in_full_runs
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


# As in Zoom's reference. If only this account is refused, another account may be able to do it.
_SCOPES, _NOT_ALLOWED = FailureReason.SCOPES_MISSING, FailureReason.NOT_ALLOWED
ABOUT_ACCOUNT: dict[str, tuple[FailureReason, int, int, str]] = {
    "scope missing": (_SCOPES, 400, 4711, "does not contain scopes:[meeting:write:meeting]."),
    "scope missing, older": (_SCOPES, 400, 104, "Invalid access token, does not contain scopes."),
    "no license": (_NOT_ALLOWED, 400, 3161, "You are not allowed to host or schedule meetings."),
    "plan": (_NOT_ALLOWED, 400, 200, "Only available for paid users."),
    "user left": (_NOT_ALLOWED, 400, 1010, "User does not belong to this account."),
    "user is pending": (_NOT_ALLOWED, 400, 1120, "An invite email was sent to user."),
    "day is used up": (FailureReason.DAILY_LIMIT, 429, 429, "You have exceeded the daily rate limit (100)."),
}


@pytest.mark.parametrize("strange", ABOUT_ACCOUNT)
def test_error_that_rules_out_one_account_has_the_next_one_asked_at_once(
    installation: Installation, zoom: StrangeZoom, strange: str
) -> None:
    reason, status, code, message = ABOUT_ACCOUNT[strange]
    installation.connect(installation.team.ben)
    installation.connect(installation.team.ada, PRIYA)
    body = json.dumps({"code": code, "message": message}).encode()
    zoom.spoil(CREATE, raw(body, status), instead=True)
    interview = installation.schedule()
    installation.run_due()
    seen = installation.meeting(interview)
    assert (seen.state, seen.host) == (MeetingState.READY, "Ada Berg")
    assert seen.calls == (CallState.REFUSED, CallState.DONE)
    with installation.reading():
        row = db.session.get_one(Interview, interview).meeting
        assert row is not None
        assert row.calls[0].failure is reason
    assert "Ben's account: " in installation.progress(interview)
