"""Online meetings on events of the simulated Outlook calendar."""

from __future__ import annotations

import re

import pytest
import requests

from tests.simulators.asking import PRIYA
from tests.simulators.microsoft_client import MAYA, PERSONAL, TEAMS, VERA, MicrosoftAccount, MicrosoftCaller


@pytest.fixture
def priya(microsoft: MicrosoftCaller) -> MicrosoftAccount:
    """A person who has allowed the app to write into her calendar."""
    return microsoft.connect()


def test_meeting_is_there_at_once_and_can_be_joined(priya: MicrosoftAccount) -> None:
    event = priya.created(**TEAMS)
    link = event["onlineMeeting"]["joinUrl"]
    assert event["onlineMeetingProvider"] == "teamsForBusiness"
    assert event["onlineMeetingUrl"] is None
    assert event["location"]["displayName"] == "Microsoft Teams Meeting"
    page = requests.get(link, timeout=5)
    assert page.status_code == 200
    assert "Chef Interview" in page.text
    priya.events("DELETE", event["id"])
    assert requests.get(link, timeout=5).status_code == 404


def test_meeting_is_put_on_an_event_later(priya: MicrosoftAccount) -> None:
    event = priya.created()
    assert event["onlineMeeting"] is None
    assert priya.patch(event["id"], **TEAMS).json()["onlineMeeting"]["joinUrl"]


def test_link_comes_after_some_reads(microsoft: MicrosoftCaller, priya: MicrosoftAccount) -> None:
    microsoft.simulator.switches(teams_creation="pending", teams_creation_calls=1, teams_pending_reads=2)
    event = priya.created(**TEAMS)
    assert (event["isOnlineMeeting"], event["onlineMeeting"]) == (True, None)
    assert priya.read(event["id"])["onlineMeeting"] is None
    ready = priya.read(event["id"])
    assert ready["onlineMeeting"]["joinUrl"].replace("&", "&amp;") in ready["body"]["content"]
    assert ready["changeKey"] != event["changeKey"]


def test_link_never_comes_or_is_settled(microsoft: MicrosoftCaller, priya: MicrosoftAccount) -> None:
    microsoft.simulator.switches(teams_creation="never", teams_creation_calls=1)
    never = priya.created(**TEAMS)["id"]
    assert all(priya.read(never)["onlineMeeting"] is None for _ in range(3))
    microsoft.simulator.switches(teams_creation="pending", teams_creation_calls=1)
    pending = priya.created(**TEAMS)["id"]
    assert priya.read(pending)["onlineMeeting"] is None
    microsoft.simulator.settle_teams(PRIYA, pending)
    assert priya.read(pending)["onlineMeeting"]
    assert [event["teams"] for event in microsoft.simulator.events(PRIYA)] == ["never", "ready"]


def test_new_text_without_the_part_for_joining_takes_the_meeting_along(priya: MicrosoftAccount) -> None:
    event = priya.created(**TEAMS)
    priya.patch(event["id"], subject="Other")
    assert priya.read(event["id"])["onlineMeeting"] == event["onlineMeeting"]
    changed = priya.patch(event["id"], body={"contentType": "html", "content": "<p>New</p>"}).json()
    assert (changed["isOnlineMeeting"], changed["onlineMeeting"]) == (False, None)
    assert changed["onlineMeetingProvider"] == "unknown"


def test_new_text_around_the_part_for_joining_keeps_the_meeting(priya: MicrosoftAccount) -> None:
    event = priya.created(**TEAMS, body={"contentType": "html", "content": "<p>Old</p>"})
    content = event["body"]["content"].replace("<p>Old</p>", "<p>New</p>")
    changed = priya.patch(event["id"], body={"contentType": "html", "content": content}).json()
    assert changed["onlineMeeting"] == event["onlineMeeting"]
    assert "New" in changed["bodyPreview"]
    assert len(re.findall("Join the meeting now", changed["body"]["content"])) == 1


def test_new_text_may_bring_another_link(microsoft: MicrosoftCaller, priya: MicrosoftAccount) -> None:
    microsoft.simulator.switches(new_link_for_new_body=True)
    event = priya.created(**TEAMS)
    changed = priya.patch(event["id"], body={"contentType": "text", "content": "New"}).json()
    assert changed["onlineMeeting"]["joinUrl"] != event["onlineMeeting"]["joinUrl"]


def test_meeting_cannot_be_switched_off_by_an_app(
    microsoft: MicrosoftCaller, priya: MicrosoftAccount
) -> None:
    event = priya.created(**TEAMS)
    changed = priya.patch(event["id"], isOnlineMeeting=False, onlineMeetingProvider="unknown").json()
    assert changed["onlineMeeting"] == event["onlineMeeting"]
    microsoft.simulator.change_event(PRIYA, event["id"], remove_teams=True)
    taken_off = priya.read(event["id"])
    assert taken_off["isOnlineMeeting"] is False
    assert "Join the meeting" not in taken_off["body"]["content"]


@pytest.mark.parametrize(
    ("account", "allowed", "provider"),
    [
        (PRIYA, ["teamsForBusiness"], "teamsForBusiness"),
        (VERA, [], "unknown"),
        (MAYA, ["skypeForBusiness"], "skypeForBusiness"),
        (PERSONAL, ["skypeForConsumer"], "unknown"),
    ],
)
def test_account_without_teams_gets_something_else_or_nothing(
    microsoft: MicrosoftCaller, account: str, allowed: list[str], provider: str
) -> None:
    person = microsoft.connect(account)
    assert person.call("GET", "/me/calendar").json()["allowedOnlineMeetingProviders"] == allowed
    event = person.created(**TEAMS)
    assert event["onlineMeetingProvider"] == provider
    assert event["isOnlineMeeting"] is (provider != "unknown")


def test_switches_take_teams_away(microsoft: MicrosoftCaller, priya: MicrosoftAccount) -> None:
    microsoft.simulator.switches(teams_creation="skype", teams_creation_calls=1)
    skype = priya.created(**TEAMS)
    assert skype["onlineMeetingProvider"] == "skypeForBusiness"
    assert requests.get(skype["onlineMeeting"]["joinUrl"], timeout=5).status_code == 200
    microsoft.simulator.switches(teams_creation="without", teams_creation_calls=1)
    assert priya.created(**TEAMS)["isOnlineMeeting"] is False
    microsoft.simulator.switches(no_teams=[PRIYA])
    assert priya.created(**TEAMS)["isOnlineMeeting"] is False
    assert priya.call("GET", "/me/calendar").json()["defaultOnlineMeetingProvider"] == "unknown"
