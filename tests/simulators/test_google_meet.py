"""Google Meet on the simulated Google's events: at once, later, never."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.simulators.asking import PRIYA
from tests.simulators.google_client import GoogleAccount, GoogleCaller, at, meet_request, reason_of

VERA = "vera.costa@northlight.example"


@pytest.fixture
def priya(google: GoogleCaller) -> GoogleAccount:
    """A person who has allowed the app to write into her calendar."""
    return google.connect()


def status_of(event: dict[str, Any]) -> str:
    return str(event["conferenceData"]["createRequest"]["status"]["statusCode"])


def test_meet_is_made_with_the_event_and_its_link_works(google: GoogleCaller, priya: GoogleAccount) -> None:
    event = priya.inserted(conferenceData=meet_request())
    conference = event["conferenceData"]
    (entry,) = conference["entryPoints"]
    assert (status_of(event), entry["entryPointType"]) == ("success", "video")
    assert entry["uri"] == event["hangoutLink"] == f"{google.origin}/meet/{conference['conferenceId']}"
    assert conference["conferenceSolution"]["key"] == {"type": "hangoutsMeet"}
    page = requests.get(event["hangoutLink"], timeout=5)
    assert (page.status_code, "Chef Interview" in page.text) == (200, True)
    assert priya.events("GET", event["id"]).json()["conferenceData"] == conference
    priya.events("DELETE", event["id"])
    assert requests.get(event["hangoutLink"], timeout=5).status_code == 404


def test_version_0_ignores_meet_in_the_body_and_says_nothing(priya: GoogleAccount) -> None:
    event = priya.inserted(version=0, conferenceData=meet_request())
    assert "conferenceData" not in event
    assert "hangoutLink" not in event
    assert "conferenceData" not in priya.events("GET", event["id"]).json()


def test_same_request_again_is_ignored_and_a_new_one_makes_a_new_meet(priya: GoogleAccount) -> None:
    event = priya.inserted(conferenceData=meet_request("first"))
    same = priya.patch(event["id"], conferenceData=meet_request("first")).json()
    assert (same["hangoutLink"], same["etag"]) == (event["hangoutLink"], event["etag"])
    other = priya.patch(event["id"], conferenceData=meet_request("second")).json()
    assert other["hangoutLink"] != event["hangoutLink"]


def test_meet_stays_through_changes_and_goes_when_it_is_taken_out(
    google: GoogleCaller, priya: GoogleAccount
) -> None:
    event = priya.inserted(conferenceData=meet_request())
    for version in (0, 1):
        moved = priya.patch(event["id"], version=version, start=at(30), end=at(31)).json()
        assert moved["hangoutLink"] == event["hangoutLink"]
    taken_out = priya.patch(event["id"], conferenceData=None).json()
    assert "hangoutLink" not in taken_out
    google.simulator.switches(forgetful_meet=True)
    added = priya.patch(event["id"], conferenceData=meet_request("again")).json()
    assert "hangoutLink" in added
    assert "hangoutLink" not in priya.patch(event["id"], version=0, summary="Other").json()


def test_replacing_an_event_keeps_only_the_meet_that_it_names(priya: GoogleAccount) -> None:
    event = priya.inserted(conferenceData=meet_request())
    query = {"conferenceDataVersion": 1}
    whole = {"summary": "Other", "start": at(24), "end": at(25)}
    named = {**whole, "conferenceData": event["conferenceData"]}
    assert priya.events("PUT", event["id"], named, query=query).json()["hangoutLink"] == event["hangoutLink"]
    assert "hangoutLink" not in priya.events("PUT", event["id"], whole, query=query).json()


def test_meet_of_another_event_cannot_be_taken_over(priya: GoogleAccount) -> None:
    theirs = priya.inserted(conferenceData=meet_request())["conferenceData"]
    theirs.pop("createRequest")
    assert priya.insert(conferenceData=theirs).status_code == 400


def test_pending_meet_is_there_after_so_many_reads(google: GoogleCaller, priya: GoogleAccount) -> None:
    google.simulator.switches(meet_creation="pending", meet_creation_calls=1, meet_pending_reads=2)
    event = priya.inserted(conferenceData=meet_request())
    assert status_of(event) == "pending"
    assert set(event["conferenceData"]) == {"createRequest"}
    reads = [priya.events("GET", event["id"]).json() for _ in range(3)]
    assert [status_of(read) for read in reads] == ["pending", "success", "success"]
    assert reads[1]["hangoutLink"] == reads[2]["hangoutLink"]
    assert reads[0]["etag"] == event["etag"] != reads[1]["etag"]
    assert status_of(priya.inserted(conferenceData=meet_request())) == "success"


def test_pending_meet_can_stay_so_until_someone_settles_it(
    google: GoogleCaller, priya: GoogleAccount
) -> None:
    google.simulator.switches(meet_creation="pending")
    ids = [priya.inserted(conferenceData=meet_request())["id"] for _ in range(2)]
    for event_id, end in zip(ids, ("success", "failure"), strict=True):
        assert [status_of(priya.events("GET", event_id).json()) for _ in range(3)] == ["pending"] * 3
        google.simulator.settle_meet(PRIYA, event_id, end)
        assert status_of(priya.events("GET", event_id).json()) == end


def test_failed_meet_has_no_link_and_a_new_request_tries_again(
    google: GoogleCaller, priya: GoogleAccount
) -> None:
    google.simulator.switches(meet_creation="failure", meet_creation_calls=1)
    event = priya.inserted(conferenceData=meet_request("first"))
    assert (status_of(event), "hangoutLink" in event) == ("failure", False)
    assert status_of(priya.patch(event["id"], conferenceData=meet_request("first")).json()) == "failure"
    assert status_of(priya.patch(event["id"], conferenceData=meet_request("second")).json()) == "success"


def test_accounts_without_meet_are_refused_and_make_events_without_it(
    google: GoogleCaller, priya: GoogleAccount
) -> None:
    vera = google.connect(VERA)
    google.simulator.switches(no_meet=[PRIYA])
    for account in (vera, priya):
        refused = account.insert(conferenceData=meet_request())
        assert (refused.status_code, reason_of(refused)) == (400, "invalid")
        assert refused.json()["error"]["message"] == "Invalid conference type value."
        assert account.insert().status_code == 200
    google.simulator.assert_no_violation()
    assert len(google.simulator.events(VERA)) == 1


def test_only_google_meet_is_made(google: GoogleCaller, priya: GoogleAccount) -> None:
    assert priya.insert(conferenceData=meet_request(kind="eventHangout")).status_code == 400
    assert priya.insert(conferenceData=meet_request("")).status_code == 400
    assert len(google.simulator.ledger()["violations"]) == 2


def test_owner_takes_the_meet_out(google: GoogleCaller, priya: GoogleAccount) -> None:
    event = priya.inserted(conferenceData=meet_request())
    google.simulator.change_event(PRIYA, event["id"], remove_meet=True)
    assert "conferenceData" not in priya.events("GET", event["id"]).json()
    assert google.simulator.events(PRIYA)[0]["meet_link"] is None
