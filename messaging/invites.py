"""The calendar file of an interview (RFC 5545, RFC 5546).

Times are UTC, which every calendar program shows in its user's own zone and which needs no VTIMEZONE.
There is no alarm: when to be reminded is the reader's own choice, made in their calendar.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import quote

from icalendar import Calendar, Event, vCalAddress, vText, vUri

from messaging.addresses import wire_address
from messaging.facts import InterviewFacts, Person, Reader
from messaging.wording import (
    CALENDAR_ANSWERS,
    OWN_PAGE,
    answers_reach_reader,
    call_of,
    join_label,
    message_heading,
    on_one_line,
    open_interview,
    title_for,
)
from text import shortened

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]

# Exchange and Outlook cut off a longer one, and a link that was cut off doesn't work.
_LONGEST_LOCATION = 255

PRODUCT_ID = "-//SmoothHiring//Interviews//EN"


def build_ics(
    facts: InterviewFacts, reader: Reader, *, sender: str, made_at: datetime, method: Method = "REQUEST"
) -> bytes:
    """A calendar file with one event, CRLF line ends, lines of at most 75 octets.

    `sender` is the mail server's own address: it is the organizer, under the scheduler's name, because
    a program that answers the organizer must reach a mailbox that our domain may send for. `made_at` is
    aware. Raises `ValueError` when `method` and `facts.is_cancelled` disagree: Outlook rejects such a file
    as "not supported calendar message", and others keep a cancelled entry alive.
    """
    if (method == "CANCEL") != facts.is_cancelled:
        raise ValueError("only a cancelled interview is cancelled in calendars")
    event = Event()
    event.add("uid", facts.uid)
    event.add("sequence", facts.revision)
    event.add("dtstamp", made_at.astimezone(UTC).replace(microsecond=0))
    starts_at = facts.starts_at.astimezone(UTC)
    event.add("dtstart", starts_at)
    event.add("dtend", starts_at + timedelta(minutes=facts.duration_minutes))
    event.add("summary", title_for(facts, reader))
    event.add("location", _location(facts, reader))
    if reader.join_page_url:
        event.add("url", vUri(reader.join_page_url))
    event.add("description", _description(facts, reader))
    event.add("organizer", _organizer(facts.scheduler.name, sender), encode=False)
    for person in _listed(facts, reader):
        attendee = _attendee(person, sender)
        if attendee is not None:
            event.add("attendee", attendee, encode=False)
    event.add("status", "CANCELLED" if facts.is_cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE")

    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT_ID)
    calendar.add("method", method)
    calendar.add_component(event)
    ics: bytes = calendar.to_ical()
    return ics


@dataclass(frozen=True)
class EntryTexts:
    """What an entry in a calendar says. `location` is never "": it names at least the kind of interview."""

    title: str
    description: str
    location: str


def entry_texts(facts: InterviewFacts, reader: Reader) -> EntryTexts:
    """The text of an entry that the product itself keeps in a calendar: the same as the file's, plus what
    only its owner may read, because no one forwards an entry."""
    description = _description(facts, reader)
    if reader.entry_notes:
        description += "\n\n" + "\n".join(reader.entry_notes)
    if reader.internal_notes:
        description += f"\n\nInternal notes\n{reader.internal_notes}"
    return EntryTexts(title_for(facts, reader), description, _whole_location(facts, reader))


def _listed(facts: InterviewFacts, reader: Reader) -> tuple[Person, ...]:
    """A cancellation lists those for whom it is cancelled: for someone who was taken off, them alone."""
    address = reader.person.address.casefold()
    is_in = any(person.address.casefold() == address for person in facts.participants)
    return (reader.person,) if facts.is_cancelled and not is_in else facts.participants


def _location(facts: InterviewFacts, reader: Reader) -> str:
    words = _whole_location(facts, reader)
    if len(words) <= _LONGEST_LOCATION:
        return words
    if facts.join_url:
        return reader.join_page_url or "Online"
    return shortened(words, _LONGEST_LOCATION)


def _whole_location(facts: InterviewFacts, reader: Reader) -> str:
    if facts.join_url:
        return facts.join_url
    call = call_of(facts, reader)
    if call is not None:
        return f"Phone: {call.number}" if call.number else "Phone"
    if facts.address:
        return on_one_line(facts.address)
    return facts.software_label or facts.type_label


def _description(facts: InterviewFacts, reader: Reader) -> str:
    """Everything a reader needs if their calendar shows only the description."""
    blocks = [f"{title_for(facts, reader)}\n{facts.job_title}, {facts.organization}"]
    if facts.is_cancelled:
        # Calendars that keep the entry, crossed out, should not invite anyone to anything.
        return "\n\n".join([*blocks, "Cancelled"])
    if facts.intro:
        blocks.append(facts.intro)
    if facts.join_url:
        join = f"{join_label(facts.software_label)}: {facts.join_url}"
        if facts.passcode:
            join += f"\nPassword: {facts.passcode}"
        if reader.join_page_url:
            join += f"\nTrouble joining? Use this link: {reader.join_page_url}"
        blocks.append(join)
    elif facts.link_state != "none":
        join = "We'll send you the link to join in a separate email."
        if reader.join_page_url:
            join += f"\nYou can also find it here once it's ready: {reader.join_page_url}"
        blocks.append(join)
    else:
        blocks += _where(facts, reader)
    if facts.agenda:
        blocks.append(f"Agenda\n{facts.agenda}")
    if facts.message_to_candidate:
        blocks.append(f"{message_heading(facts, reader)}\n{facts.message_to_candidate}")
    if facts.closing:
        blocks.append(facts.closing)
    files = facts.files_for(reader)
    if files:
        names = "\n".join(f"- {file.name}" for file in files)
        blocks.append(f"{'Attached files' if len(files) > 1 else 'Attached file'}\n{names}")
    if reader.interview_url:
        blocks.append(f"{open_interview(reader)}\n{reader.interview_url}")
    if reader.own_page_url:
        blocks.append(f"{OWN_PAGE}: {reader.own_page_url}")
    if not answers_reach_reader(facts, reader):
        write = f"Write to {facts.scheduler.name} ({facts.scheduler.address})."
        blocks.append(f"Can't make it, or a question? {write} {CALENDAR_ANSWERS}")
    return "\n\n".join(blocks)


def _where(facts: InterviewFacts, reader: Reader) -> list[str]:
    """Number or address of an interview without a meeting, and the page that has the current one."""
    blocks = []
    call = call_of(facts, reader)
    if call is not None:
        # The sentence after it asks for a reply, which a calendar entry does not offer.
        blocks.append(f"{call.words} {call.number}" if call.number else call.words)
    if facts.address:
        blocks.append(f"Where\n{facts.address}")
    if facts.directions:
        blocks.append(f"How to get there\n{facts.directions}")
    if reader.join_page_url:
        blocks.append(f"Always up to date here: {reader.join_page_url}")
    return blocks


def _organizer(name: str, sender: str) -> vCalAddress:
    organizer = vCalAddress(f"mailto:{_in_uri(wire_address(sender))}")
    organizer.params["CN"] = _common_name(name)
    return organizer


def _attendee(person: Person, sender: str) -> vCalAddress | None:
    """The ATTENDEE line, or None for an address that no calendar could use.

    Leaving one person out of the list is better than leaving everyone without the file.
    """
    try:
        attendee = vCalAddress(f"mailto:{_in_uri(wire_address(person.address))}")
    except ValueError:
        return None
    attendee.params["CUTYPE"] = vText("INDIVIDUAL")
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    # The organizer's own address has nothing to answer.
    is_organizer = person.address.casefold() == sender.casefold()
    attendee.params["PARTSTAT"] = vText("ACCEPTED" if is_organizer else "NEEDS-ACTION")
    # The answer would go to the server's own mailbox, which no one reads.
    attendee.params["RSVP"] = vText("FALSE")
    attendee.params["CN"] = _common_name(person.name)
    return attendee


def _common_name(name: str) -> vText:
    # A double quote is legal here only as `^'` and a caret only as `^^` (RFC 6868), which most programs show
    # as typed; after a backslash some read a line end.
    return vText(name.replace('"', "'").replace("^", "").replace("\\", "/"))


def _in_uri(address: str) -> str:
    """An address as a `mailto:` holds it: a local part beyond ASCII is percent-encoded (RFC 6068)."""
    return quote(address, safe="!#$&'*+-/=?^_`{|}~.@")
