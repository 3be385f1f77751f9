"""What people see and do on the simulated Google's pages."""

from __future__ import annotations

import pytest
import requests

from tests.simulators.asking import PRIYA, in_hours, message, text_of
from tests.simulators.google_client import GMAIL_SCOPES, GoogleAccount, GoogleCaller, meet_request


@pytest.fixture
def priya(google: GoogleCaller) -> GoogleAccount:
    """A person who has allowed the app to write into her calendar."""
    return google.connect()


def as_owner(link: str, how: str, **form: str) -> None:
    origin, _, eid = link.partition("/calendar/event?eid=")
    answer = requests.post(f"{origin}/calendar/event/{how}", data={"event": eid, **form}, timeout=5)
    assert answer.status_code == 200, answer.text


def test_overview_shows_what_is_planned_sent_and_allowed(google: GoogleCaller, priya: GoogleAccount) -> None:
    assert "Nothing is planned" in text_of(google.origin)
    priya.inserted(
        description="With <b>Dina</b><br>Agenda &amp; more", conferenceData=meet_request(), location="Room 4"
    )
    google.connect(scope=GMAIL_SCOPES).send(message(Subject="Invitation"))
    page = text_of(google.origin)
    for words in ("Chef Interview", "Priya Raman, Europe/London", "Room 4", "With Dina Agenda & more"):
        assert words in page
    for words in ("Google Meet", "Invitation", "Calendar allowed", "Gmail allowed", "1 event"):
        assert words in page
    assert "Not as Google’s documents have it" not in page
    priya.insert(unknown=1)
    assert "Not as Google’s documents have it" in text_of(google.origin)


def test_event_is_moved_renamed_and_deleted_on_its_page(google: GoogleCaller, priya: GoogleAccount) -> None:
    event = priya.inserted(conferenceData=meet_request(), reminders={"useDefault": False})
    link = event["htmlLink"]
    page = text_of(link)
    for words in ("Chef Interview", "Join with Google Meet", "Reminders none", "the app,"):
        assert words in page
    as_owner(link, "rename", title="Lunch")
    as_owner(link, "move")
    as_owner(link, "remove-meet")
    changed = priya.events("GET", event["id"]).json()
    assert (changed["summary"], "hangoutLink" in changed) == ("Lunch", False)
    assert changed["start"]["dateTime"] != event["start"]["dateTime"]
    as_owner(link, "delete")
    assert "This event was deleted by the owner." in text_of(link)
    as_owner(link, "restore")
    assert priya.events("GET", event["id"]).json()["status"] == "confirmed"


def test_calendar_has_coming_past_and_deleted_events(google: GoogleCaller, priya: GoogleAccount) -> None:
    google.simulator.add_event(PRIYA, in_hours(-3), in_hours(-2), summary="Stand-up")
    priya.events("DELETE", priya.inserted(summary="Dropped")["id"])
    address = f"{google.origin}/calendars/{PRIYA}"
    assert requests.post(f"{address}/busy", timeout=5).status_code == 200
    page = text_of(address)
    assert page.index("Dentist") < page.index(" Over ") < page.index("Stand-up") < page.index("Bin")
    assert "Dropped Deleted by the app" in page
    busy = priya.freebusy(0, 3).json()["calendars"]["primary"]["busy"]
    assert len(busy) == 1


def test_app_is_removed_and_the_password_changed_on_pages(google: GoogleCaller, priya: GoogleAccount) -> None:
    mail = google.connect(scope=GMAIL_SCOPES)
    requests.post(f"{google.origin}/accounts/{PRIYA}/password", timeout=5)
    assert (mail.call("GET", "/v1/userinfo").status_code, priya.list().status_code) == (401, 200)
    requests.post(f"{google.origin}/accounts/{PRIYA}/revoke", timeout=5)
    assert priya.list().status_code == 401
    page = text_of(google.origin)
    assert "Calendar ended: removed at Google" in page
    assert "Gmail ended: the password was changed" in page


def test_sent_mail_is_shown_as_it_was_written(google: GoogleCaller) -> None:
    number = google.connect(scope=GMAIL_SCOPES).send(message(Bcc="hidden@mail.example")).json()["id"]
    page = text_of(f"{google.origin}/sent/{number}")
    for words in ("Interview on Thursday", "hidden@mail.example", "See you on Thursday – Priya"):
        assert words in page


@pytest.mark.parametrize(
    "path",
    [
        "/calendar/event?eid=nonsense",
        "/calendar/event",
        "/calendars/someone@else.example",
        "/sent/unknown",
        "/meet/abc-defg-hij",
    ],
)
def test_what_does_not_exist_is_not_found(google: GoogleCaller, path: str) -> None:
    assert requests.get(f"{google.origin}{path}", timeout=5).status_code == 404


def test_switches_are_flipped_on_their_page(google: GoogleCaller) -> None:
    flipped = requests.post(
        f"{google.origin}/switches/no_meet", data={"value": f"{PRIYA}, a@b.example"}, timeout=5
    )
    assert flipped.status_code == 200
    assert google.simulator.switches()["no_meet"] == [PRIYA, "a@b.example"]
    assert "Switches are set: No Google Meet for." in text_of(google.origin)
