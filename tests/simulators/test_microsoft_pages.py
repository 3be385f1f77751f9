"""What people see and do on the simulated Microsoft's pages."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
import requests

from tests.simulators.asking import PRIYA, in_hours, message, text_of
from tests.simulators.microsoft_client import ADA, MAIL_SCOPES, TEAMS, MicrosoftAccount, MicrosoftCaller


@pytest.fixture
def priya(microsoft: MicrosoftCaller) -> MicrosoftAccount:
    """A person who has allowed the app to write into her calendar."""
    return microsoft.connect()


def as_owner(origin: str, event: dict[str, str], how: str, **form: str) -> None:
    item = unquote(event["webLink"].partition("itemid=")[2].partition("&")[0])
    answer = requests.post(f"{origin}/owa/{how}", data={"event": item, **form}, timeout=5)
    assert answer.status_code == 200, answer.text


def test_overview_shows_what_is_planned_sent_and_allowed(
    microsoft: MicrosoftCaller, priya: MicrosoftAccount
) -> None:
    assert "Nothing is planned" in text_of(microsoft.origin)
    priya.created(
        body={"contentType": "html", "content": "With <b>Dina</b><br>Agenda &amp; more"},
        location={"displayName": "Room 4"},
        **TEAMS,
    )
    microsoft.connect(scope=MAIL_SCOPES).send(message(Subject="Invitation"))
    page = text_of(microsoft.origin)
    for words in ("Chef Interview", "Priya Raman, Europe/London", "Room 4", "With Dina Agenda & more"):
        assert words in page
    for words in ("Teams", "Invitation", "Calendar allowed", "Mail allowed", "1 event"):
        assert words in page
    assert "Not as Microsoft’s documents have it" not in page
    priya.create(unknown=1)
    assert "Not as Microsoft’s documents have it" in text_of(microsoft.origin)


def test_event_is_moved_renamed_and_deleted_on_its_page(
    microsoft: MicrosoftCaller, priya: MicrosoftAccount
) -> None:
    event = priya.created(**TEAMS)
    page = text_of(event["webLink"])
    for words in ("Chef Interview", "Join Teams meeting", "Reminder 15 minutes before", "the app,"):
        assert words in page
    as_owner(microsoft.origin, event, "rename", title="Lunch")
    as_owner(microsoft.origin, event, "move")
    as_owner(microsoft.origin, event, "remove-meeting")
    changed = priya.read(event["id"])
    assert (changed["subject"], changed["isOnlineMeeting"]) == ("Lunch", False)
    assert changed["start"]["dateTime"] != event["start"]["dateTime"]
    as_owner(microsoft.origin, event, "delete")
    assert "This event was deleted by the owner." in text_of(event["webLink"])
    as_owner(microsoft.origin, event, "restore")
    assert priya.events("GET", event["id"]).status_code == 200


def test_pending_link_is_let_in_on_the_page(microsoft: MicrosoftCaller, priya: MicrosoftAccount) -> None:
    microsoft.simulator.switches(teams_creation="pending")
    event = priya.created(**TEAMS)
    assert "still being made" in text_of(event["webLink"])
    as_owner(microsoft.origin, event, "settle")
    assert priya.read(event["id"])["onlineMeeting"]


def test_calendar_has_coming_past_and_deleted_events(
    microsoft: MicrosoftCaller, priya: MicrosoftAccount
) -> None:
    microsoft.simulator.add_event(PRIYA, in_hours(-3), in_hours(-2), subject="Stand-up")
    priya.events("DELETE", priya.created(subject="Dropped")["id"])
    address = f"{microsoft.origin}/calendars/{PRIYA}"
    assert requests.post(f"{address}/busy", timeout=5).status_code == 200
    page = text_of(address)
    assert page.index("Dentist") < page.index(" Over ") < page.index("Stand-up") < page.index("Bin")
    assert "Dropped Deleted by the app" in page


def test_app_is_removed_and_sessions_end_on_pages(
    microsoft: MicrosoftCaller, priya: MicrosoftAccount
) -> None:
    requests.post(f"{microsoft.origin}/accounts/{PRIYA}/sessions", timeout=5)
    assert priya.call("GET", "/me").status_code == 401
    assert "Calendar ended: signed out everywhere" in text_of(microsoft.origin)
    again = microsoft.connect()
    requests.post(f"{microsoft.origin}/accounts/{PRIYA}/revoke", timeout=5)
    assert again.call("GET", "/me").status_code == 401
    assert "Calendar ended: removed at Microsoft" in text_of(microsoft.origin)


def test_organization_shows_and_loses_what_its_administrator_allowed(microsoft: MicrosoftCaller) -> None:
    microsoft.admin_consent()
    assert "Harborview An administrator has to allow calendars openid" not in text_of(microsoft.origin)
    assert "Calendars.ReadWrite" in text_of(microsoft.origin)
    microsoft.connect(ADA)
    requests.post(f"{microsoft.origin}/tenants/harborview.example/remove", timeout=5)
    assert "Calendars.ReadWrite" not in text_of(microsoft.origin)


def test_sent_mail_is_shown_as_it_was_written(microsoft: MicrosoftCaller) -> None:
    microsoft.connect(scope=MAIL_SCOPES).send(message(Bcc="hidden@mail.example"))
    page = text_of(f"{microsoft.origin}/sent/{microsoft.simulator.sent()[0]['id']}")
    for words in ("Interview on Thursday", "hidden@mail.example", "See you on Thursday – Priya"):
        assert words in page


@pytest.mark.parametrize(
    "path",
    [
        "/owa/?itemid=nonsense",
        "/owa/",
        "/calendars/someone@else.example",
        "/sent/unknown",
        "/l/meetup-join/19%3ameeting_abc%40thread.v2/0",
        "/skype/abc",
    ],
)
def test_what_does_not_exist_is_not_found(microsoft: MicrosoftCaller, path: str) -> None:
    assert requests.get(f"{microsoft.origin}{path}", timeout=5).status_code == 404


def test_switches_are_flipped_on_their_page(microsoft: MicrosoftCaller) -> None:
    flipped = requests.post(
        f"{microsoft.origin}/switches/no_teams", data={"value": f"{PRIYA}, a@b.example"}, timeout=5
    )
    assert flipped.status_code == 200
    assert microsoft.simulator.switches()["no_teams"] == [PRIYA, "a@b.example"]
    assert "Switches are set: No Teams for." in text_of(microsoft.origin)


def test_administrator_goes_from_the_page_that_asks_for_approval_to_their_own_sign_in(
    microsoft: MicrosoftCaller,
) -> None:
    page = microsoft.authorize(ADA).text
    for words in ("Need admin approval", "Have full access to your calendars", "Owen Park"):
        assert words in page
    found = re.search(r'href="([^"]+)">Have an admin account', page)
    assert found is not None
    address, asked = urlsplit(unescape(found[1])), microsoft.consent_fields()
    assert dict(parse_qsl(address.query)) == asked
    assert "Owen Park" in text_of(f"{microsoft.origin}{unescape(found[1])}")
    came_back = microsoft.came_back("owen.park@harborview.example")
    assert "code" in came_back
