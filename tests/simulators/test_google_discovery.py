"""The simulated Google checks requests against Google's own documents, and its answers too."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from simulators.google.discovery import DOCUMENTS, find
from tests.simulators.asking import PRIYA, in_hours, message
from tests.simulators.google_client import (
    GMAIL_SCOPES,
    GoogleAccount,
    GoogleCaller,
    at,
    meet_request,
    reason_of,
)

EVENTS = "/calendar/v3/calendars/primary/events"
TIMES: dict[str, Any] = {"start": at(24), "end": at(25)}


@pytest.fixture
def priya(google: GoogleCaller) -> GoogleAccount:
    """A person who has allowed the app to write into her calendar."""
    return google.connect()


def only_violation(google: GoogleCaller) -> dict[str, Any]:
    (violation,) = google.simulator.ledger()["violations"]
    return dict(violation)


def test_documents_are_the_ones_that_were_read() -> None:
    assert [(d.raw["id"], d.raw["revision"]) for d in DOCUMENTS] == [
        ("calendar:v3", "20261030"),
        ("gmail:v1", "20261005"),
    ]


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", f"{EVENTS}/abc", "calendar.events.get"),
        ("POST", f"{EVENTS}/import", "calendar.events.import"),
        ("POST", "/calendar/v3/freeBusy", "calendar.freebusy.query"),
        ("GET", "/gmail/v1/users/me/messages/abc", "gmail.users.messages.get"),
        ("PATCH", EVENTS, None),
        ("GET", "/calendar/v3/freeBusy", None),
        ("GET", f"{EVENTS}/", None),
        ("GET", "/calendar/v2/freeBusy", None),
    ],
)
def test_calls_are_found_by_method_and_path(method: str, path: str, expected: str | None) -> None:
    found = find(method, path)
    assert (found[0].id if found else None) == expected


def test_calls_that_do_not_exist_are_refused(google: GoogleCaller, priya: GoogleAccount) -> None:
    assert priya.call("PATCH", EVENTS, {}).status_code == 404
    assert only_violation(google)["where"] == "path"


def test_calls_that_are_not_simulated_say_so(google: GoogleCaller) -> None:
    whole = google.connect(scope="openid https://www.googleapis.com/auth/calendar")
    assert whole.call("GET", "/calendar/v3/users/me/calendarList").status_code == 501
    assert google.connect().call("GET", "/calendar/v3/users/me/calendarList").status_code == 403
    assert google.simulator.ledger()["violations"] == []


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ({"conferenceDataVersion": "2"}, "conferenceDataVersion"),
        ({"conferenceDataVersion": "one"}, "conferenceDataVersion"),
        ({"conferenceDataVersion": ["1", "1"]}, "conferenceDataVersion"),
        ({"sendUpdates": "false"}, "sendUpdates"),
        ({"supportsAttachments": "yes"}, "supportsAttachments"),
        ({"maxAttendees": "0"}, "maxAttendees"),
        ({"unknown": "1"}, "unknown"),
        ({"timeMin": "2027-01-15T10:00:00Z"}, "timeMin"),
    ],
)
def test_wrong_parameters_are_refused(
    google: GoogleCaller, priya: GoogleAccount, query: dict[str, Any], where: str
) -> None:
    refused = priya.events("POST", body=TIMES, query=query)
    assert (refused.status_code, reason_of(refused)) == (400, "invalid")
    assert refused.json()["error"]["status"] == "INVALID_ARGUMENT"
    violation = only_violation(google)
    assert (violation["method_id"], violation["where"]) == ("calendar.events.insert", where)
    assert violation["account"] == PRIYA
    assert google.simulator.events(PRIYA) == []


@pytest.mark.parametrize(
    "query",
    [
        {"timeMin": "2027-01-15T10:00:00"},
        {"timeMin": "2027-01-15"},
        {"timeMin": "2027-02-30T10:00:00Z"},
        {"timeMin": "2027-01-15 10:00:00Z"},
        {"maxResults": "0"},
        {"singleEvents": "True"},
        {"orderBy": "start"},
        {"eventTypes": ["default", "party"]},
    ],
)
def test_wrong_parameters_of_lists_are_refused(google: GoogleCaller, query: dict[str, Any]) -> None:
    assert google.connect().list(**query).status_code == 400
    assert only_violation(google)["where"] == next(iter(query))


def test_parameters_that_all_methods_have_are_taken(google: GoogleCaller, priya: GoogleAccount) -> None:
    assert priya.list(prettyPrint="false", alt="json", eventTypes=["default", "focusTime"]).status_code == 200
    google.simulator.assert_no_violation()


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"unknown": 1}, "unknown"),
        ({"summary": 7}, "summary"),
        ({"summary": None}, "summary"),
        ({"attendees": {"email": "a@b.example"}}, "attendees"),
        ({"attendees": [{"email": "a@b.example", "mail": 1}]}, "attendees[0].mail"),
        ({"attendees": [{"email": "a@b.example", "optional": "true"}]}, "attendees[0].optional"),
        ({"extendedProperties": {"private": {"interview": 17}}}, "extendedProperties.private.interview"),
        ({"extendedProperties": {"secret": {}}}, "extendedProperties.secret"),
        ({"reminders": {"useDefault": False, "overrides": [{"method": "popup", "minutes": 1.5}]}},
         "reminders.overrides[0].minutes"),
        ({"reminders": {"useDefault": False, "overrides": [{"method": "popup", "minutes": 2**31}]}},
         "reminders.overrides[0].minutes"),
        ({"conferenceData": {"createRequest": {"id": "x"}}}, "conferenceData.createRequest.id"),
        ({"conferenceData": {"createRequest": {"requestId": "x", "conferenceSolutionKey": {"kind": "y"}}}},
         "conferenceData.createRequest.conferenceSolutionKey.kind"),
        ({"start": "2027-01-15T10:00:00Z"}, "start"),
        ({"start": {"dateTime": "2027-01-15T10:00:00"}}, "start.dateTime"),
        ({"start": {"dateTime": "tomorrow", "timeZone": "Europe/London"}}, "start.dateTime"),
        ({"start": {"dateTime": in_hours(24), "timeZone": "London"}}, "start.timeZone"),
        ({"start": {"dateTime": in_hours(24), "date": "2027-01-15"}}, "start"),
        ({"start": {"date": "15.01.2027"}}, "start.date"),
        ({"start": {"time": in_hours(24)}}, "start.time"),
        ({"start": {}}, "start"),
    ],
)  # fmt: skip
def test_wrong_bodies_are_refused(
    google: GoogleCaller, priya: GoogleAccount, body: dict[str, Any], where: str
) -> None:
    refused = priya.events("POST", body={**TIMES, **body})
    assert (refused.status_code, reason_of(refused)) == (400, "invalid")
    found = [violation["where"] for violation in google.simulator.ledger()["violations"]]
    assert where in found
    assert google.simulator.events(PRIYA) == []


def test_unknown_fields_are_named_as_google_does(priya: GoogleAccount) -> None:
    error = priya.events("POST", body={**TIMES, "title": "Interview"}).json()["error"]
    assert error["message"] == 'Invalid JSON payload received. Unknown name "title": Cannot find field.'
    assert error["details"][0]["fieldViolations"][0]["field"] == "title"


@pytest.mark.parametrize("missing", ["start", "end"])
def test_missing_fields_are_refused(google: GoogleCaller, priya: GoogleAccount, missing: str) -> None:
    body = {name: value for name, value in TIMES.items() if name != missing}
    assert reason_of(priya.events("POST", body=body)) == "required"
    assert only_violation(google)["where"] == missing


def test_bodies_that_are_not_json_are_refused(google: GoogleCaller, priya: GoogleAccount) -> None:
    headers = {"Authorization": f"Bearer {priya.tokens['access_token']}"}
    for sent, kind in (
        (b"{", "application/json"),
        (b"a=b", "application/x-www-form-urlencoded"),
        (b"[]", "application/json"),
    ):
        answer = requests.post(
            f"{google.origin}{EVENTS}", data=sent, headers={**headers, "Content-Type": kind}, timeout=5
        )
        assert answer.status_code == 400
    assert priya.events("GET", body={}).status_code == 400
    assert priya.events("POST").status_code == 400


def test_null_takes_out_in_patches_only(google: GoogleCaller, priya: GoogleAccount) -> None:
    event_id = priya.inserted(description="Agenda")["id"]
    assert priya.patch(event_id, description=None).status_code == 200
    google.simulator.assert_no_violation()
    assert priya.events("PUT", event_id, {**TIMES, "description": None}).status_code == 400


def test_freebusy_and_mail_are_checked_too(google: GoogleCaller, priya: GoogleAccount) -> None:
    assert priya.freebusy(1, 2, items=["primary"]).status_code == 400
    assert priya.freebusy(1, 2, timeMin="2027-01-15T10:00:00").status_code == 400
    mailer = google.connect(scope=GMAIL_SCOPES)
    assert mailer.send(message(), labels=["SENT"]).status_code == 400
    assert mailer.send(message(), labelIds="SENT").status_code == 400
    assert len(google.simulator.ledger()["violations"]) == 4


def test_violations_are_noted_even_where_a_switch_answers(google: GoogleCaller, priya: GoogleAccount) -> None:
    google.simulator.switches(fail_next=1)
    assert priya.insert(unknown=1).status_code == 503
    assert only_violation(google)["where"] == "unknown"


@pytest.mark.parametrize(
    ("scope", "may"),
    [
        ("calendar.events.owned", {"insert", "list"}),
        ("calendar.events.owned.readonly", {"list"}),
        ("calendar.events.freebusy", {"list", "freebusy"}),
        ("calendar.freebusy", {"freebusy"}),
        ("calendar", {"insert", "list", "freebusy"}),
        ("gmail.send", {"send"}),
        ("gmail.readonly", set()),
    ],
)
def test_each_call_needs_one_of_the_scopes_of_its_method(
    google: GoogleCaller, scope: str, may: set[str]
) -> None:
    account = google.connect(scope=f"openid https://www.googleapis.com/auth/{scope}")
    answers = {
        "insert": account.insert(),
        "list": account.list(),
        "freebusy": account.freebusy(1, 2),
        "send": account.send(message()),
    }
    assert {name for name, answer in answers.items() if answer.status_code == 200} == may
    assert {answer.status_code for answer in answers.values()} <= {200, 403}
    google.simulator.assert_no_violation()


def test_answers_keep_to_the_documents(google: GoogleCaller, priya: GoogleAccount) -> None:
    event = priya.inserted(conferenceData=meet_request(), attendees=[{"email": "dina@mail.example"}])
    priya.patch(event["id"], summary="Other", conferenceData=None)
    priya.inserted(start={"date": "2027-01-15"}, end={"date": "2027-01-16"})
    token = priya.listed()["nextSyncToken"]
    priya.events("DELETE", event["id"])
    priya.listed(syncToken=token)
    priya.listed(showDeleted="true")
    priya.events("GET", event["id"])
    priya.freebusy(1, 90)
    google.connect(scope=GMAIL_SCOPES).send(message())
    google.simulator.assert_no_violation()
