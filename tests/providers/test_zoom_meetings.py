"""Zoom meetings against the simulated Zoom: made as promised, found after a lost answer, removed."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from providers.base import Grant, Meeting, MeetingChange, MeetingRequest, MeetingSettings, TokenSet
from providers.errors import (
    AccessTokenRejectedError,
    DailyLimitError,
    HostNotAllowedError,
    MeetingGoneError,
    PasscodeRefusedError,
    RateLimitedError,
    RetryableError,
    ScopeMissingError,
)
from providers.zoom.meetings import create_body, may_be
from providers.zoom.provider import ZoomProvider
from tests.machines.simulators import Simulators
from tests.providers.conftest import zoom_provider
from tests.providers.scripted_server import ScriptedServer, answer

PRIYA = "priya.raman@northlight.example"
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


def _alive(simulators: Simulators) -> list[str]:
    return [str(meeting["id"]) for meeting in simulators.ledger()["meetings"] if not meeting["deleted"]]


def test_the_body_is_exactly_what_the_product_promises() -> None:
    request = MeetingRequest(
        "Data Engineer Interview",
        "Bring questions.",
        datetime(2031, 3, 10, 9, 30, tzinfo=UTC),
        45,
        "Europe/Kyiv",
    )
    assert create_body(request) == {
        "type": 2,
        "topic": "Data Engineer Interview",
        "agenda": "Bring questions.",
        "start_time": "2031-03-10T09:30:00Z",
        "duration": 45,
        "timezone": "Europe/Kiev",
        "default_password": True,
        "settings": {
            "host_video": True,
            "participant_video": True,
            "join_before_host": True,
            "jbh_time": 0,
            "waiting_room": False,
            "mute_upon_entry": False,
            "audio": "both",
            "auto_recording": "none",
            "use_pmi": False,
            "meeting_authentication": False,
            "auto_start_meeting_summary": False,
            "auto_start_ai_companion_questions": False,
        },
    }


def test_a_passcode_takes_the_place_of_zooms_own(meeting_request: MeetingRequest) -> None:
    body = create_body(replace(meeting_request, passcode="Quiet-42"))
    assert body["password"] == "Quiet-42"
    assert "default_password" not in body


def test_what_is_too_long_for_zoom_is_cut_instead_of_refused(
    zoom: ZoomProvider, host: Grant, meeting_request: MeetingRequest
) -> None:
    request = replace(meeting_request, topic="T" * 300, agenda="é " * 1500)
    meeting = zoom.create_meeting(host, request)
    assert meeting.topic == "T" * 199 + "…"
    assert len(meeting.agenda) <= 2000
    assert [found.id for found in zoom.find_meetings(host, request, LONG_AGO)] == [meeting.id]


def test_a_meeting_is_made_as_asked_and_can_be_read_back(
    zoom: ZoomProvider, host: Grant, meeting_request: MeetingRequest
) -> None:
    meeting = zoom.create_meeting(host, meeting_request)
    assert meeting.id.isdigit()
    assert meeting.join_url.startswith("http")
    assert meeting.passcode
    assert meeting.starts_at == meeting_request.starts_at
    assert (meeting.topic, meeting.duration_minutes) == (meeting_request.topic, 45)
    assert meeting.host_account_id == zoom.account(host).id
    assert meeting.created_at is not None
    assert zoom.read_meeting(host, meeting.id) == meeting


@pytest.mark.parametrize("account", ["aiko.tanaka", "hannah.weiss"])
def test_a_hosts_own_defaults_do_not_change_the_meeting(
    account: str,
    zoom: ZoomProvider,
    connect: Callable[[str], TokenSet],
    simulators: Simulators,
    meeting_request: MeetingRequest,
) -> None:
    grant = Grant(connect(f"{account}@northlight.example").access_token)
    first, second = (zoom.create_meeting(grant, meeting_request) for _ in range(2))
    assert first.join_url != second.join_url
    for meeting in simulators.ledger()["meetings"]:
        assert not meeting["settings"]["use_pmi"]
        assert not meeting["settings"]["waiting_room"]
        assert not meeting["settings"]["meeting_authentication"]
        assert meeting["settings"]["join_before_host"]


def test_a_passcode_of_our_choice_is_used(
    zoom: ZoomProvider, host: Grant, meeting_request: MeetingRequest
) -> None:
    assert zoom.create_meeting(host, replace(meeting_request, passcode="Quiet-42")).passcode == "Quiet-42"


def test_a_passcode_that_the_account_refuses_can_be_left_to_zoom(
    zoom: ZoomProvider,
    connect: Callable[[str], TokenSet],
    simulators: Simulators,
    meeting_request: MeetingRequest,
) -> None:
    grant = Grant(connect("sofia.lindqvist@northlight.example").access_token)
    with pytest.raises(PasscodeRefusedError):
        zoom.create_meeting(grant, replace(meeting_request, passcode="12"))
    assert zoom.create_meeting(grant, meeting_request).passcode
    assert len(_alive(simulators)) == 1


def test_a_create_whose_answer_was_lost_is_found(
    zoom: ZoomProvider, host: Grant, simulators: Simulators, meeting_request: MeetingRequest
) -> None:
    simulators.zoom_switches(lose_next_creates=1)
    before = datetime.now(UTC)
    with pytest.raises(RetryableError) as caught:
        zoom.create_meeting(host, meeting_request)
    assert caught.value.maybe_applied
    found = zoom.find_meetings(host, meeting_request, before)
    assert [meeting.id for meeting in found] == _alive(simulators)
    assert found[0].passcode


@pytest.mark.parametrize("spoilt", ["html", "empty", "truncated", "wrong_types"])
def test_a_create_whose_answer_was_spoiled_is_found(
    spoilt: str, zoom: ZoomProvider, host: Grant, simulators: Simulators, meeting_request: MeetingRequest
) -> None:
    simulators.zoom_switches(bad_answer=spoilt, bad_answer_calls=1)
    before = datetime.now(UTC)
    with pytest.raises(RetryableError) as caught:
        zoom.create_meeting(host, meeting_request)
    assert caught.value.maybe_applied
    assert [found.id for found in zoom.find_meetings(host, meeting_request, before)] == _alive(simulators)


def test_a_create_that_never_took_effect_is_not_found(
    zoom: ZoomProvider, host: Grant, simulators: Simulators, meeting_request: MeetingRequest
) -> None:
    simulators.zoom_switches(drop_next_creates=1)
    with pytest.raises(RetryableError) as caught:
        zoom.create_meeting(host, meeting_request)
    assert caught.value.maybe_applied
    assert zoom.find_meetings(host, meeting_request, LONG_AGO) == []


def test_only_meetings_that_fit_in_every_way_are_found(
    zoom: ZoomProvider, host: Grant, simulators: Simulators, meeting_request: MeetingRequest
) -> None:
    # The list cuts the agenda at 250 characters, and these differ only after that.
    request = replace(meeting_request, agenda="a" * 300 + " the end")
    others = [
        replace(request, agenda="a" * 300 + " another end"),
        replace(request, topic="Another Interview"),
        replace(request, duration_minutes=46),
        replace(request, starts_at=request.starts_at + timedelta(minutes=15)),
    ]
    for other in others:
        zoom.create_meeting(host, other)
    gone = zoom.create_meeting(host, request)
    simulators.delete_meeting(gone.id)
    wanted = [zoom.create_meeting(host, request).id for _ in range(2)]
    assert sorted(found.id for found in zoom.find_meetings(host, request, LONG_AGO)) == sorted(wanted)
    in_an_hour = datetime.now(UTC) + timedelta(hours=1)
    assert zoom.find_meetings(host, request, in_an_hour) == []


@pytest.mark.parametrize("wrong_by", [timedelta(minutes=-30), timedelta(minutes=30), timedelta(days=400)])
def test_a_clock_of_ours_that_is_wrong_does_not_hide_a_meeting(
    host: Grant, simulators: Simulators, meeting_request: MeetingRequest, wrong_by: timedelta
) -> None:
    """The server's clock is wrong, but Zoom gives the right time with each answer."""
    ours = zoom_provider(simulators, clock=lambda: datetime.now(UTC) + wrong_by)
    simulators.zoom_switches(lose_next_creates=1)
    before = datetime.now(UTC) + wrong_by
    with pytest.raises(RetryableError):
        ours.create_meeting(host, meeting_request)
    assert [found.id for found in ours.find_meetings(host, meeting_request, before)] == _alive(simulators)


def test_other_hosts_meetings_are_not_found(
    zoom: ZoomProvider, host: Grant, connect: Callable[[str], TokenSet], meeting_request: MeetingRequest
) -> None:
    zoom.create_meeting(host, meeting_request)
    lena = Grant(connect("lena.vogel@northlight.example").access_token)
    assert zoom.find_meetings(lena, meeting_request, LONG_AGO) == []


def test_changed_line_ends_and_a_clock_that_is_behind_do_not_hide_a_meeting(
    meeting_request: MeetingRequest,
) -> None:
    created_at = datetime(2031, 3, 4, 12, tzinfo=UTC)
    entry = {
        "topic": f" {meeting_request.topic} ",
        "start_time": meeting_request.starts_at.isoformat(),
        "duration": 45,
        "created_at": created_at.isoformat(),
    }
    assert may_be(entry, meeting_request, created_at + timedelta(seconds=90))
    assert not may_be(entry, meeting_request, created_at + timedelta(minutes=3))


def test_all_pages_of_the_list_are_read(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer, meeting_request: MeetingRequest
) -> None:
    entry = {
        "id": "123456789",
        "topic": meeting_request.topic,
        "start_time": meeting_request.starts_at.isoformat(),
        "duration": 45,
        "agenda": meeting_request.agenda,
        "created_at": "2031-03-04T12:00:00Z",
        "join_url": "https://zoom.example/j/123456789",
    }
    scripted_server.answers(
        answer(200, json.dumps({"meetings": [7, {}], "next_page_token": "p/2"}).encode()),
        answer(200, json.dumps({"meetings": [entry], "next_page_token": ""}).encode()),
        answer(200, json.dumps(entry).encode()),
    )
    found = scripted_zoom.find_meetings(Grant("t"), meeting_request, LONG_AGO)
    assert [meeting.id for meeting in found] == ["123456789"]
    assert [request.target for request in scripted_server.requests] == [
        "GET /v2/users/me/meetings?type=scheduled&page_size=300",
        "GET /v2/users/me/meetings?type=scheduled&page_size=300&next_page_token=p%2F2",
        "GET /v2/meetings/123456789",
    ]


def test_a_list_without_end_or_without_meetings_is_unusable(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer, meeting_request: MeetingRequest
) -> None:
    for body in (b'{"meetings": [], "next_page_token": "again"}', b"{}"):
        scripted_server.answers(answer(200, body))
        with pytest.raises(RetryableError) as caught:
            scripted_zoom.find_meetings(Grant("t"), meeting_request, LONG_AGO)
        assert caught.value.code == "nonsense"


def test_a_meeting_is_removed_and_removing_it_again_is_no_error(
    zoom: ZoomProvider, host: Grant, simulators: Simulators, meeting_request: MeetingRequest
) -> None:
    meeting = zoom.create_meeting(host, meeting_request)
    zoom.delete_meeting(host, meeting.id)
    zoom.delete_meeting(host, meeting.id)
    assert _alive(simulators) == []
    with pytest.raises(MeetingGoneError):
        zoom.read_meeting(host, meeting.id)


def test_removing_tells_zoom_to_notify_no_one(
    scripted_zoom: ZoomProvider, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(answer(204))
    scripted_zoom.delete_meeting(Grant("t"), "123")
    assert scripted_server.requests[0].target == (
        "DELETE /v2/meetings/123?schedule_for_reminder=false&cancel_meeting_reminder=false"
    )


def test_how_people_get_in_is_shown_as_the_account_has_it(
    zoom: ZoomProvider, host: Grant, meeting_request: MeetingRequest
) -> None:
    made = zoom.create_meeting(host, meeting_request)
    assert made.settings == MeetingSettings(
        waiting_room=False, join_before_host=True, sign_in_required=False, auto_recording=False
    )
    assert made.timezone == "Europe/Zurich"


@pytest.mark.parametrize("meeting_id", ["", "../users/me", "12?x=1", "１２３", "-5"])
def test_only_a_meetings_id_becomes_part_of_an_address(
    meeting_id: str, scripted_zoom: ZoomProvider, scripted_server: ScriptedServer
) -> None:
    for call in (scripted_zoom.read_meeting, scripted_zoom.delete_meeting):
        with pytest.raises(ValueError):
            call(Grant("t"), meeting_id)
    with pytest.raises(ValueError):
        scripted_zoom.update_meeting(Grant("t"), meeting_id, MeetingChange(topic="Another"))
    assert scripted_server.requests == []


def test_a_missing_scope_is_reported_by_name(
    zoom: ZoomProvider, connect: Callable[[str], TokenSet], meeting_request: MeetingRequest
) -> None:
    tom = Grant(connect("tom.adeyemi@northlight.example").access_token)
    meeting = zoom.create_meeting(tom, meeting_request)
    with pytest.raises(ScopeMissingError) as caught:
        zoom.delete_meeting(tom, meeting.id)
    assert caught.value.scopes == ("meeting:delete:meeting",)


def test_someone_without_a_license_may_not_host(
    zoom: ZoomProvider, connect: Callable[[str], TokenSet], meeting_request: MeetingRequest
) -> None:
    daniel = Grant(connect("daniel.okafor@northlight.example").access_token)
    with pytest.raises(HostNotAllowedError):
        zoom.create_meeting(daniel, meeting_request)


def test_the_daily_limit_of_one_host_is_not_the_others(
    zoom: ZoomProvider,
    host: Grant,
    connect: Callable[[str], TokenSet],
    simulators: Simulators,
    meeting_request: MeetingRequest,
) -> None:
    simulators.zoom_switches(daily_limit_reached=[PRIYA])
    with pytest.raises(DailyLimitError):
        zoom.create_meeting(host, meeting_request)
    lena = Grant(connect("lena.vogel@northlight.example").access_token)
    assert zoom.create_meeting(lena, meeting_request).id


def test_the_limit_per_second_is_told_apart_from_the_daily_one(
    zoom: ZoomProvider, host: Grant, simulators: Simulators, meeting_request: MeetingRequest
) -> None:
    simulators.zoom_switches(fail_next=1, fail_status=429)
    with pytest.raises(RateLimitedError) as caught:
        zoom.create_meeting(host, meeting_request)
    assert not caught.value.maybe_applied


def test_a_token_that_expired_early_asks_for_a_refresh(
    zoom: ZoomProvider, host: Grant, simulators: Simulators
) -> None:
    simulators.zoom_switches(reject_next_tokens=1)
    with pytest.raises(AccessTokenRejectedError):
        zoom.account(host)
    assert zoom.account(host).email == PRIYA


def test_a_sparse_profile_falls_back_to_the_address(
    zoom: ZoomProvider, connect: Callable[[str], TokenSet]
) -> None:
    account = zoom.account(Grant(connect("ravi.menon@northlight.example").access_token))
    assert (account.display_name, account.timezone) == ("ravi.menon@northlight.example", None)


def test_a_free_plan_is_told_apart(zoom: ZoomProvider, connect: Callable[[str], TokenSet]) -> None:
    assert zoom.account(Grant(connect("marco.bianchi@northlight.example").access_token)).plan == "basic"
    assert zoom.account(Grant(connect("daniel.okafor@northlight.example").access_token)).plan == "unknown"


def test_neither_the_hosts_key_nor_a_secret_shows_in_what_is_returned(
    zoom: ZoomProvider, connect: Callable[[str], TokenSet], meeting_request: MeetingRequest
) -> None:
    tokens = connect(PRIYA)
    grant = Grant(tokens.access_token)
    meeting: Meeting = zoom.create_meeting(grant, replace(meeting_request, passcode="Quiet-42"))
    shown = f"{tokens!r} {grant!r} {meeting!r} {replace(meeting_request, passcode='Quiet-42')!r}"
    for secret in (tokens.access_token, tokens.refresh_token, meeting.join_url, "Quiet-42", "ZAK-CANARY"):
        assert secret not in shown
    values = [getattr(meeting, name) for name in Meeting.__slots__]
    assert not any("ZAK-CANARY" in str(value) for value in values)
