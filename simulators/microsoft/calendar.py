"""The calendar of Graph, the calls that a scheduling app uses."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import formataddr
from typing import Any

from simulators import delivery
from simulators.microsoft import events, listing, teams
from simulators.microsoft.call import Call
from simulators.microsoft.errors import GraphError, wrong_request
from simulators.microsoft.event import Event
from simulators.microsoft.mail import REPORTER
from simulators.microsoft.people import BY_EMAIL, Account
from simulators.microsoft.times import shown, span

# "The time range must be less than 62 days."
LONGEST_SPAN = timedelta(days=62)
VIEW_DIGITS = {"free": "0", "tentative": "1", "busy": "2", "oof": "3", "workingElsewhere": "0"}


def get_user(call: Call) -> dict[str, Any]:
    account = call.account
    first, _, last = account.name.partition(" ")
    whole: dict[str, Any] = {
        "id": account.graph_id,
        "displayName": account.name,
        "givenName": first,
        "surname": last,
        "mail": account.mail,
        "userPrincipalName": account.email,
        "preferredLanguage": None if account.tenant.is_personal else "en-US",
    }
    return _selected(call, whole)


def get_calendar(call: Call) -> dict[str, Any]:
    allowed = teams.allowed(call.microsoft, call.account)
    whole: dict[str, Any] = {
        "id": f"AAkALgAAAAAACalendar{call.account.graph_id}=",
        "name": "Calendar",
        "color": "auto",
        "isDefaultCalendar": True,
        "canEdit": True,
        "canShare": True,
        "owner": {"name": call.account.name, "address": call.account.email},
        "allowedOnlineMeetingProviders": allowed,
        "defaultOnlineMeetingProvider": allowed[0] if allowed else "unknown",
    }
    return _selected(call, whole)


def insert(call: Call) -> dict[str, Any]:
    if call.microsoft.board.take("refuse_next_creates"):
        raise GraphError("ErrorAccessDenied")
    event, is_new = events.insert(call.microsoft, call.account, call.body)
    if is_new:
        _invite(call, event, "Invitation")
    return listing.resource(call, event)


def get(call: Call) -> dict[str, Any]:
    if call.microsoft.board.take("deny_next_events"):
        raise GraphError("ErrorItemNotFound")
    return listing.resource(call, events.get(call.microsoft, call.account, call.item))


def patch(call: Call) -> dict[str, Any]:
    event = events.write(call.microsoft, call.account, call.item, call.body, if_match=call.if_match)
    _invite(call, event, "Updated invitation")
    return listing.resource(call, event)


def delete(call: Call) -> None:
    event = events.find(call.microsoft, call.account, call.item)
    events.delete(call.microsoft, call.account, call.item)
    if event is not None:
        _invite(call, event, "Canceled")


def get_schedule(call: Call) -> dict[str, Any]:
    """The schedule of oneself and of colleagues: in an organization, everyone sees when others are busy."""
    if call.account.tenant.is_personal:
        raise GraphError("ErrorAccessDenied", "The API is not supported for MSA accounts.", our_fault=True)
    body = {name.lower(): value for name, value in call.body.items()}
    if "availabilityviewinterval" in body and body["availabilityviewinterval"] is None:
        raise GraphError("ErrorInternalServerError", our_fault=True)
    minutes = body.get("availabilityviewinterval", 30)
    if not 5 <= minutes <= 1440:
        raise wrong_request("The interval must be from 5 to 1440 minutes.", "ErrorInvalidRequest")
    first, last = span(body["starttime"], body["endtime"], all_day=False)
    if first >= last or last - first >= LONGEST_SPAN:
        raise wrong_request("The requested time must be from nothing to 62 days.", "ErrorInvalidRequest")
    step = timedelta(minutes=minutes)
    found = [_schedule(call, address, first, last, step) for address in body["schedules"]]
    return {"@odata.context": f"{call.base}/$metadata#Collection(scheduleInformation)", "value": found}


def _schedule(call: Call, address: str, first: datetime, last: datetime, step: timedelta) -> dict[str, Any]:
    account: Account | None = BY_EMAIL.get(address.lower())
    failure: str = call.microsoft.board["freebusy_error"]
    if failure or account is None or account.tenant != call.account.tenant or not account.has_mailbox:
        code = failure or "ErrorMailRecipientNotFound"
        return {
            "scheduleId": address,
            "availabilityView": "",
            "scheduleItems": [],
            "error": {"message": "Unable to resolve the address.", "responseCode": code},
        }
    busy = [
        event
        for event in events.every(call.microsoft, account.email, within=(first, last))
        if event.is_there
        and not event.is_master
        and event.fields["showAs"] != "free"
        and _overlaps(event, first, last)
    ]
    digits, start = "", first
    while start < last:
        within = [event for event in busy if _overlaps(event, start, min(start + step, last))]
        digits += max((VIEW_DIGITS.get(event.fields["showAs"], "2") for event in within), default="0")
        start += step
    return {
        "scheduleId": address,
        "availabilityView": digits,
        "scheduleItems": [
            {
                "status": event.fields["showAs"],
                "start": shown(event.fields["start"], call.zone, all_day=event.all_day),
                "end": shown(event.fields["end"], call.zone, all_day=event.all_day),
            }
            for event in busy
        ],
    }


def _overlaps(event: Event, first: datetime, last: datetime) -> bool:
    start, end = event.span()
    return start < last and end > first


def _selected(call: Call, whole: dict[str, Any]) -> dict[str, Any]:
    selected = call.query.get("$select")
    names = {name.strip() for name in selected.split(",")} if selected else set(whole)
    return {name: value for name, value in whole.items() if name in names or name.startswith("@")}


def _invite(call: Call, event: Event, what: str) -> None:
    """Microsoft tells everyone whom an event names about it, and no parameter keeps it from doing so."""
    addresses = [guest["emailAddress"]["address"] for guest in event.fields["attendees"]]
    if not addresses:
        return
    message = EmailMessage()
    message["From"] = formataddr((call.account.name, call.account.email))
    message["To"] = ", ".join(addresses)
    message["Subject"] = f"{what}: {event.fields['subject']}"
    message.set_content("This invitation comes from the (simulated) Outlook Calendar.\n")
    server = call.microsoft.mail_server
    delivery.deliver(server, call.account.email, addresses, message.as_bytes(), reporter=REPORTER)
