"""Entries in an Outlook calendar, byte for byte: what is sent, and how the answers are understood."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from providers.base import CalendarEntry, EntryChange, EntryTime, Grant, PlacedEntry
from providers.errors import (
    EntryGoneError,
    HostNotAllowedError,
    ProviderError,
    RefusedError,
    RetryableError,
)
from providers.microsoft.calendar import PAUSES
from providers.microsoft.events import EXPANDED, SELECTED
from providers.microsoft.provider import OutlookCalendarApp
from tests.providers.microsoft_answers import (
    EVENT,
    ID,
    KEY,
    LISTED,
    OTHER_ID,
    OURS,
    PROPERTY,
    duplicate,
    event_with,
    listed,
    methods,
    refused,
    said,
    sent,
)
from tests.providers.scripted_server import Script, ScriptedServer, answer, drop

GRANT = Grant("TOKEN-OF-PRIYA")
STARTS_AT = datetime(2031, 3, 10, 9, 30, tzinfo=UTC)
ENTRY = CalendarEntry(
    key=KEY,
    title="Data Engineer Interview: Zoë & Co.",
    description="Ask <why>,\r\nthen R&D.",
    location="https://meet.example/1",
    starts_at=STARTS_AT,
    ends_at=STARTS_AT + timedelta(minutes=45),
    timezone="Europe/Zurich",
    page_url="https://hiring.example/interviews/7",
)
CONTENT = {
    "subject": "Data Engineer Interview: Zoë & Co.",
    "body": {
        "contentType": "html",
        "content": "<html><body><div>Ask &lt;why&gt;,<br>then R&amp;D.</div></body></html>",
    },
    "location": {"displayName": "https://meet.example/1"},
    "start": {"dateTime": "2031-03-10T09:30:00", "timeZone": "UTC"},
    "end": {"dateTime": "2031-03-10T10:15:00", "timeZone": "UTC"},
    "isAllDay": False,
    "showAs": "busy",
}
PLACED = PlacedEntry(
    id=ID,
    key=KEY,
    version="wgMLBV3JBEOnWI9UGI4kTQADJmgusw==",
    title=ENTRY.title,
    description="Ask <why>,\nthen R&D.",
    location=ENTRY.location,
    starts_at=ENTRY.starts_at,
    ends_at=ENTRY.ends_at,
    web_url="https://outlook.office365.com/owa/?itemid=AAkAL",
)
ON_EVENT = f"/me/events/{ID.replace('=', '%3D')}"
OF_KEY = (
    f"singleValueExtendedProperties/any(ep: ep/id eq '{PROPERTY}SmoothHiringKey' and ep/value eq '{KEY}')"
)


def test_an_entry_is_exactly_what_the_product_promises(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(EVENT, 201))
    assert scripted_outlook.calendar.create_entry(GRANT, ENTRY) == PLACED
    [request] = scripted_server.requests
    assert sent(request) == (
        "POST",
        "/me/events",
        {},
        {
            **CONTENT,
            "transactionId": KEY,
            "singleValueExtendedProperties": [
                {"id": f"{PROPERTY}SmoothHiring", "value": "interview"},
                {"id": f"{PROPERTY}SmoothHiringKey", "value": KEY},
            ],
        },
    )
    assert request.header("Prefer") == 'IdType="ImmutableId", outlook.timezone="UTC"'
    assert request.header("Authorization") == "Bearer TOKEN-OF-PRIYA"


def test_a_person_who_does_not_take_part_is_free(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(event_with(showAs="free"), 201))
    scripted_outlook.calendar.create_entry(GRANT, replace(ENTRY, shows_busy=False))
    [request] = scripted_server.requests
    assert sent(request)[3]["showAs"] == "free"


@pytest.mark.parametrize(
    ("refusal", "found"),
    [
        (duplicate(409, ID), LISTED),
        (duplicate(400), LISTED),
        (duplicate(400), said(listed(event_with(transactionId=None, **OURS)))),
    ],
)
def test_a_repeated_create_brings_the_entry_that_is_there_in_line(
    refusal: Script, found: Script, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(refusal, found, said(EVENT))
    assert scripted_outlook.calendar.create_entry(GRANT, ENTRY) == PLACED
    assert sent(scripted_server.requests[2])[0] == "PATCH"
    assert scripted_server.requests[2].target == f"PATCH /v1.0{ON_EVENT}"
    assert sent(scripted_server.requests[2])[3] == CONTENT


def test_an_answer_with_the_earlier_entry_is_brought_in_line_too(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    """Whether Graph refuses a repetition or answers with what is there is not documented."""
    scripted_server.answers(said(event_with(subject="As it was"), 201), said(EVENT))
    assert scripted_outlook.calendar.create_entry(GRANT, ENTRY) == PLACED
    assert methods(scripted_server) == ["POST", "PATCH"]


def test_an_entry_is_looked_for_by_its_key_alone_and_copies_are_left_out(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    copy = event_with(id=OTHER_ID, transactionId=None, createdDateTime="2031-03-01T08:00:00Z", **OURS)
    foreign = event_with(id="BBB=", transactionId="another", **OURS)
    scripted_server.answers(duplicate(), said(listed(copy, foreign, {**EVENT, **OURS})), said(EVENT))
    assert scripted_outlook.calendar.create_entry(GRANT, ENTRY).id == ID
    asked = {"$filter": [OF_KEY], "$select": [SELECTED], "$expand": [EXPANDED], "$top": ["10"]}
    assert sent(scripted_server.requests[1]) == ("GET", "/me/events", asked, None)
    assert "+" not in scripted_server.requests[1].target
    assert scripted_server.requests[2].target == f"PATCH /v1.0{ON_EVENT}"


@pytest.mark.parametrize("refusal", [duplicate(409, ID), duplicate(400)])
def test_a_key_whose_entry_was_deleted_is_used_up(
    refusal: Script, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(refusal, said(listed()))
    with pytest.raises(EntryGoneError):
        scripted_outlook.calendar.create_entry(GRANT, ENTRY)


def test_an_entry_that_is_not_listed_yet_is_looked_for_again(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer, pauses: list[float]
) -> None:
    scripted_server.answers(
        duplicate(), said(listed()), said(listed()), said(listed({**EVENT, **OURS})), said(EVENT)
    )
    assert scripted_outlook.calendar.create_entry(GRANT, ENTRY).id == ID
    assert pauses == list(PAUSES)


@pytest.mark.parametrize(
    ("script", "expected", "code"),
    [
        (drop, RetryableError, "dropped"),
        (answer(201, b"<html>"), RetryableError, "nonsense"),
        (said(event_with(id=...), 201), RetryableError, "nonsense"),
        (refused(500, "ErrorInternalServerError"), RetryableError, "unavailable"),
        (refused(503, "serviceNotAvailable"), RetryableError, "unavailable"),
        (answer(504, b""), RetryableError, "unavailable"),
    ],
)
def test_a_lost_answer_may_have_left_an_entry(
    script: Script,
    expected: type[ProviderError],
    code: str,
    scripted_outlook: OutlookCalendarApp,
    scripted_server: ScriptedServer,
) -> None:
    scripted_server.answers(script)
    with pytest.raises(RetryableError) as caught:
        scripted_outlook.calendar.create_entry(GRANT, ENTRY)
    assert (type(caught.value), caught.value.code, caught.value.maybe_applied) == (expected, code, True)


def test_missing_mailbox_is_explained(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(refused(404, "MailboxNotEnabledForRESTAPI"))
    with pytest.raises(HostNotAllowedError, match="no mailbox"):
        scripted_outlook.calendar.create_entry(GRANT, ENTRY)


@pytest.mark.parametrize(
    ("change", "body"),
    [
        (EntryChange(title="T" * 300), {"subject": "T" * 254 + "…"}),
        (EntryChange(location=""), {"location": {"displayName": ""}}),
        (EntryChange(shows_busy=False), {"showAs": "free"}),
        (
            EntryChange(time=EntryTime(STARTS_AT, STARTS_AT + timedelta(hours=1), "Europe/Zurich")),
            {
                "start": {"dateTime": "2031-03-10T09:30:00", "timeZone": "UTC"},
                "end": {"dateTime": "2031-03-10T10:30:00", "timeZone": "UTC"},
                "isAllDay": False,
            },
        ),
    ],
)
def test_a_change_names_nothing_else(
    change: EntryChange,
    body: dict[str, Any],
    scripted_outlook: OutlookCalendarApp,
    scripted_server: ScriptedServer,
) -> None:
    scripted_server.answers(said({**EVENT, **OURS}), LISTED, said(EVENT))
    assert scripted_outlook.calendar.change_entry(GRANT, ID, change) == PLACED
    request = scripted_server.requests[2]
    assert (sent(request)[0], sent(request)[3]) == ("PATCH", body)


@pytest.mark.parametrize("there", [listed(), listed(event_with(id=OTHER_ID, **OURS))])
def test_an_id_that_leads_to_what_was_deleted_leads_to_nothing(
    there: dict[str, Any], scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    """Ids that stay the same when an item is moved may lead into the folder of deleted items."""
    for call in (
        lambda: scripted_outlook.calendar.read_entry(GRANT, ID),
        lambda: scripted_outlook.calendar.change_entry(GRANT, ID, EntryChange(title="T")),
    ):
        scripted_server.answers(said({**EVENT, **OURS}), said(there))
        with pytest.raises(EntryGoneError):
            call()
    assert set(methods(scripted_server)) == {"GET"}


def test_an_event_of_someone_else_is_read_as_it_is(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(event_with(transactionId=None)))
    assert scripted_outlook.calendar.read_entry(GRANT, ID).key == ""
    assert methods(scripted_server) == ["GET"]


@pytest.mark.parametrize(
    ("script", "expected", "code"),
    [
        (refused(404, "ErrorItemNotFound"), EntryGoneError, "entry_gone"),
        (refused(404, "itemNotFound"), EntryGoneError, "entry_gone"),
        (refused(404, "SomethingElse"), RefusedError, "refused"),
        (answer(404, b"<html>"), RetryableError, "nonsense"),
        (refused(412, "ErrorIrresolvableConflict"), RetryableError, "conflict"),
        (refused(400, "ErrorInvalidIdMalformed"), RefusedError, "refused"),
    ],
)
def test_only_an_entry_that_is_not_there_is_gone(
    script: Script,
    expected: type[ProviderError],
    code: str,
    scripted_outlook: OutlookCalendarApp,
    scripted_server: ScriptedServer,
) -> None:
    for call in (
        lambda: scripted_outlook.calendar.read_entry(GRANT, ID),
        lambda: scripted_outlook.calendar.change_entry(GRANT, ID, EntryChange(title="T")),
        lambda: scripted_outlook.calendar.change_entry(GRANT, ID, EntryChange(description="T")),
    ):
        scripted_server.answers(script)
        with pytest.raises(ProviderError) as caught:
            call()
        assert (type(caught.value), caught.value.code) == (expected, code)


GONE = refused(404, "ErrorItemNotFound")


@pytest.mark.parametrize(
    "scripts",
    [
        (answer(204),),
        (GONE, GONE),
        # It is in the folder of deleted items.
        (GONE, said({**EVENT, **OURS}), said(listed())),
    ],
)
def test_an_entry_is_deleted_once_or_more(
    scripts: tuple[Script, ...], scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(*scripts)
    scripted_outlook.calendar.delete_entry(GRANT, ID)
    assert scripted_server.requests[0].target == f"DELETE /v1.0{ON_EVENT}"
    assert len(scripted_server.requests) == len(scripts)


def test_an_entry_that_is_denied_and_still_there_is_not_gone(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(GONE, said({**EVENT, **OURS}), said(listed({**EVENT, **OURS})))
    with pytest.raises(RetryableError, match="still has the entry"):
        scripted_outlook.calendar.delete_entry(GRANT, ID)


def test_what_may_be_there_is_looked_for_before_it_is_made(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    """How long Exchange remembers a transaction is not known."""
    again = replace(ENTRY, may_exist=True)
    scripted_server.answers(said(listed({**EVENT, **OURS})), said(EVENT))
    assert scripted_outlook.calendar.create_entry(GRANT, again) == PLACED
    assert methods(scripted_server) == ["GET", "PATCH"]
    scripted_server.answers(said(listed()), said(EVENT, 201))
    assert scripted_outlook.calendar.create_entry(GRANT, again) == PLACED
    assert methods(scripted_server)[2:] == ["GET", "POST"]


def test_an_entry_on_a_later_page_is_found(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    following = f"{scripted_server.url}/v1.0/me/events?$skip=10"
    scripted_server.answers(said(listed(nextLink=following)), said(listed({**EVENT, **OURS})), said(EVENT))
    assert scripted_outlook.calendar.create_entry(GRANT, replace(ENTRY, may_exist=True)) == PLACED
    assert methods(scripted_server) == ["GET", "GET", "PATCH"]


def test_an_answer_about_another_event_is_not_used(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    """Otherwise someone's own event would be overwritten with ours."""
    other = event_with(id=OTHER_ID, subject="Dentist", transactionId=None)
    for call, script in (
        (lambda: scripted_outlook.calendar.create_entry(GRANT, ENTRY), said(other, 201)),
        (lambda: scripted_outlook.calendar.read_entry(GRANT, ID), said(other)),
        (lambda: scripted_outlook.calendar.change_entry(GRANT, ID, EntryChange(title="T")), said(other)),
    ):
        scripted_server.answers(script)
        with pytest.raises(RetryableError) as caught:
            call()
        assert caught.value.code == "nonsense"
    assert methods(scripted_server) == ["POST", "GET", "GET"]
    # Without the transaction's name, its content decides.
    scripted_server.answers(said(event_with(transactionId=None), 201))
    assert scripted_outlook.calendar.create_entry(GRANT, ENTRY).id == ID


def test_what_is_not_listed_is_looked_at_again_later(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    """A list may be behind: with a status, the calendar's owner is not yet said to have deleted it."""
    scripted_server.answers(said({**EVENT, **OURS}), said(listed()))
    with pytest.raises(EntryGoneError) as caught:
        scripted_outlook.calendar.read_entry(GRANT, ID)
    assert caught.value.facts.status == 200


def test_an_entry_that_could_not_be_deleted_is_not_gone(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(answer(404, b"<html>"))
    with pytest.raises(RetryableError):
        scripted_outlook.calendar.delete_entry(GRANT, ID)


@pytest.mark.parametrize("entry_id", ["", "a b", "x" * 256, "../me", "ü"])
def test_what_is_not_an_id_is_not_asked_for(entry_id: str, scripted_outlook: OutlookCalendarApp) -> None:
    with pytest.raises(ValueError, match="not an id"):
        scripted_outlook.calendar.read_entry(GRANT, entry_id)


def test_only_exchange_knows_the_id_of_an_entry(scripted_outlook: OutlookCalendarApp) -> None:
    assert scripted_outlook.calendar.entry_id(KEY) is None
    with pytest.raises(ValueError, match="not a key"):
        scripted_outlook.calendar.entry_id("No' or true")
