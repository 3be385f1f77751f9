"""The text of an entry in an Outlook calendar, byte for byte: the part for joining the meeting stays."""

import pytest

from providers.base import EntryChange, Grant
from providers.microsoft.calendar import PAUSES
from providers.microsoft.provider import OutlookCalendarApp
from tests.providers.microsoft_answers import (
    EVENT,
    ID,
    JOINING,
    LINK,
    LISTED,
    OURS,
    html,
    methods,
    online,
    said,
    sent,
)
from tests.providers.scripted_server import ScriptedServer

GRANT = Grant("TOKEN-OF-PRIYA")


def test_a_description_is_replaced_where_there_is_no_meeting(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said({**EVENT, **OURS}), LISTED, said(EVENT))
    scripted_outlook.calendar.change_entry(GRANT, ID, EntryChange(description="New"))
    assert sent(scripted_server.requests[2])[3] == {
        "body": {"contentType": "html", "content": "<html><body><div>New</div></body></html>"}
    }


def test_a_description_goes_in_before_the_part_for_joining_a_meeting(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    before = online(**OURS)
    scripted_server.answers(said(before), LISTED, said(online()))
    change = EntryChange(title="Later", description="Bring <questions>.\nAnd a pen.")
    placed = scripted_outlook.calendar.change_entry(GRANT, ID, change)
    assert placed.description == "Ask <why>,\nthen R&D."
    body = sent(scripted_server.requests[2])[3]
    assert set(body) == {"subject", "body"}
    content = body["body"]["content"]
    opened = before["body"]["content"].partition("<body>")[0] + "<body>"
    assert content.startswith(f"{opened}<div>Bring &lt;questions&gt;.<br>And a pen.</div>")
    assert content.endswith(f"{JOINING}\r\n</body>\r\n</html>\r\n")
    assert content.count(LINK) == 1
    assert "Ask" not in content


@pytest.mark.parametrize(
    "body",
    [
        html("<div>Ask &lt;why&gt;.</div>"),
        html(f"<p>{'_' * 60}</p><a href='https://teams.microsoft.com/l/meetup-join/another'>Join</a>"),
        {"contentType": "text", "content": f"Ask.\r\n{'_' * 60}\r\n{LINK}"},
        None,
    ],
)
def test_the_text_of_a_meeting_stays_if_it_cannot_be_told_from_the_link(
    body: object, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer, pauses: list[float]
) -> None:
    found = said(online(body=body, **OURS))
    scripted_server.answers(found, LISTED, found)
    scripted_outlook.calendar.change_entry(GRANT, ID, EntryChange(description="New"))
    assert methods(scripted_server) == ["GET"] * (2 + len(PAUSES))
    assert pauses == list(PAUSES)


def test_the_rest_of_a_change_is_still_made(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    bare = said(online(body=html("<div>Ask</div>"), **OURS))
    scripted_server.answers(bare, LISTED, bare, bare, said(online()))
    scripted_outlook.calendar.change_entry(GRANT, ID, EntryChange(title="New", description="New"))
    assert sent(scripted_server.requests[4])[3] == {"subject": "New"}


def test_the_part_for_joining_is_waited_for_a_moment(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer, pauses: list[float]
) -> None:
    bare = said(online(body=html("<div>Ask</div>"), **OURS))
    scripted_server.answers(bare, LISTED, said(online()), said(online()))
    scripted_outlook.calendar.change_entry(GRANT, ID, EntryChange(description="New"))
    assert pauses == [PAUSES[0]]
    assert LINK in sent(scripted_server.requests[3])[3]["body"]["content"]


def test_a_text_that_is_there_already_is_not_written_again(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(online(**OURS)), LISTED)
    change = EntryChange(description="Ask <why>,\nthen R&D.")
    assert scripted_outlook.calendar.change_entry(GRANT, ID, change).title == EVENT["subject"]
    assert methods(scripted_server) == ["GET", "GET"]
