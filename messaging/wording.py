"""The wording of times and labels that mails, calendar files and the join page share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from messaging.facts import InterviewFacts, Person, Reader
from models import InterviewType, MeetingSoftware, ReaderRole
from timezones import LocalMoment, in_zone, local_moment, place_name
from wording import first_name, owned_by

NO_LINK_NO_PAGE = "We'll send you the link to join in a separate email."
NO_LINK = f"{NO_LINK_NO_PAGE} You can also find it here once it's ready:"
DEFAULT_CLOSING = "We look forward to speaking with you."
OWN_PAGE = "Confirm, ask for another time, or cancel"
CALENDAR_ANSWERS = "Replies from your calendar don't reach us."


def times(starts_at: datetime, duration_minutes: int, zone: str) -> str:
    """`Tuesday, 24 November 2026, 09:00–09:45`, in that zone.

    The end repeats the date when it falls on another day, and both name their clock when it changes in
    between.
    """
    start, end = _both_ends(starts_at, duration_minutes, zone)
    if start.date != end.date:
        return f"{start.date}, {_clock(start, end)} – {end.date}, {_clock(end, start)}"
    return f"{start.date}, {_span(start, end)}"


def place(starts_at: datetime, duration_minutes: int, zone: str) -> str:
    """The clock of the times, in words: `New York time (EST)`, because the abbreviation alone is used in
    several places and the name of a zone is not what people call it. `UTC` needs no place."""
    start, end = _both_ends(starts_at, duration_minutes, zone)
    named = _place(start)
    if named is None:
        return start.zone_abbreviation
    return f"{named} time" if _clocks_change(start, end) else f"{named} time ({start.zone_abbreviation})"


def period(starts_at: datetime, duration_minutes: int, zone: str) -> str:
    """`Tuesday, 24 November 2026, 09:00–09:45 Zurich time (CET)`, on one line."""
    start, end = _both_ends(starts_at, duration_minutes, zone)
    told = times(starts_at, duration_minutes, zone), place(starts_at, duration_minutes, zone)
    return (", " if _clocks_change(start, end) else " ").join(told)


def clock_times(starts_at: datetime, duration_minutes: int, zone: str, *, names_clock: bool = False) -> str:
    """`09:00–09:45`, for places where the day and the place are shown above; `09:00–09:45 CET` with its
    clock. The end names its day if it is another one."""
    start, end = _both_ends(starts_at, duration_minutes, zone)
    ends_on = "" if start.date == end.date else f"{end.short_date}, "
    said = f"{_clock(start, end)} – {ends_on}{_clock(end, start)}" if ends_on else _span(start, end)
    return f"{said} {start.zone_abbreviation}" if names_clock and not _clocks_change(start, end) else said


def place_of_all(periods: Sequence[tuple[datetime, int]], zone: str) -> tuple[str, bool]:
    """Whose clock several times (starts, with lengths in minutes) are told by, said once; and whether each of
    them has to name its clock, because the clocks change between the first and the last."""
    places = {place(starts_at, minutes, zone) for starts_at, minutes in periods}
    if len(places) == 1:
        return places.pop(), False
    first = local_moment(periods[0][0], zone)
    return f"{_place(first) or first.zone_abbreviation} time", True


def reader_zone(facts: InterviewFacts, reader: Reader) -> str:
    """The reader's own zone if it is known, otherwise the interview's."""
    return reader.person.zone or facts.zone


def elsewhere(facts: InterviewFacts, reader: Reader) -> str | None:
    """`In Berlin that's 09:00–09:45 (CET), the same day.`: the times in the zone the interview was planned
    in, or None when they read the same to this reader."""
    here = in_zone(facts.starts_at, reader_zone(facts, reader)).replace(tzinfo=None)
    there = in_zone(facts.starts_at, facts.zone).replace(tzinfo=None)
    # Two names for the same time of day would only make people look twice.
    if here == there:
        return None
    start, end = _both_ends(facts.starts_at, facts.duration_minutes, facts.zone)
    named = _place(start)
    clock = f" ({start.zone_abbreviation})" if named and not _clocks_change(start, end) else ""
    named = named or start.zone_abbreviation
    if start.date != end.date:
        return f"In {named} that's {times(facts.starts_at, facts.duration_minutes, facts.zone)}{clock}."
    days = {-1: "the day before", 0: "the same day", 1: "the next day"}
    day = days.get((there.date() - here.date()).days, f"on {start.date}")
    return f"In {named} that's {_span(start, end)}{clock}, {day}."


def _both_ends(starts_at: datetime, duration_minutes: int, zone: str) -> tuple[LocalMoment, LocalMoment]:
    ends_at = starts_at + timedelta(minutes=duration_minutes)
    return local_moment(starts_at, zone), local_moment(ends_at, zone)


def _place(moment: LocalMoment) -> str | None:
    """The place a zone is named after; None for UTC, and for names that no place has, such as `Etc/GMT+5`."""
    area, _, rest = moment.zone_name.partition("/")
    return place_name(moment.zone_name) if rest and area != "Etc" else None


def _clocks_change(start: LocalMoment, end: LocalMoment) -> bool:
    return start.zone_abbreviation != end.zone_abbreviation


def _clock(one: LocalMoment, other: LocalMoment) -> str:
    return f"{one.time} {one.zone_abbreviation}" if _clocks_change(one, other) else one.time


def _span(start: LocalMoment, end: LocalMoment) -> str:
    dash = " – " if _clocks_change(start, end) else "–"
    return f"{_clock(start, end)}{dash}{_clock(end, start)}"


def day_and_time(starts_at: datetime, zone: str, *, now: datetime) -> str:
    """`today at 09:00 CET`, `tomorrow at 09:00 CET`, or with the whole date: the time of day and never the
    time left, so that it stays true no matter how long an email is on its way."""
    start, days = (
        local_moment(starts_at, zone),
        (in_zone(starts_at, zone).date() - in_zone(now, zone).date()).days,
    )
    day = {0: "today", 1: "tomorrow"}.get(days, f"on {start.date},")
    return f"{day} at {start.time} {start.zone_short}"


def short_start(starts_at: datetime, zone: str) -> str:
    """`Tue 24 Nov, 09:00 CET`: for subjects, of which a phone shows the first forty characters."""
    return local_moment(starts_at, zone).short


# Only these names do not already say that they are a meeting's; what someone calls a link of their
# own, such as "Webex" or "Our video room", reads well as it is.
_CALLED_MEETING = frozenset(
    software.label
    for software in MeetingSoftware
    if software is not MeetingSoftware.OTHER and not software.label.endswith("Meet")
)


def join_label(called: str | None) -> str:
    """What the join button says: `Join Microsoft Teams Meeting`, `Join Google Meet`, `Join Webex`."""
    if called is None or called == "Other":
        return "Join Meeting"
    return f"Join {called} Meeting" if called in _CALLED_MEETING else f"Join {called}"


def what_is_missing(called: str) -> str:
    """What an interview lacks: a meeting with a software whose name does not already say so, or a link."""
    return f"{called} {'meeting' if called in _CALLED_MEETING else 'link'}"


def title_for(facts: InterviewFacts, reader: Reader) -> str:
    """What one reader's email and calendar entry call the interview: `Backend Engineer Interview` for the
    candidate, `Dina Kaur – Backend Engineer Interview` for everyone else, who may have several with the same
    title on one day."""
    if reader.role is ReaderRole.CANDIDATE:
        return facts.title
    return title_with(facts.candidate.name, facts.title)


def title_with(candidate_name: str, title: str) -> str:
    """The title of an interview for those who need to be told whose it is. One that was given the
    candidate's name by hand stays as it is."""
    is_named = candidate_name.casefold() in title.casefold()
    return title if is_named else f"{candidate_name} – {title}"


def open_interview(reader: Reader) -> str:
    """What the link to the interview's page says; an observer finds no notes there."""
    return "Open the interview: notes and files" if reader.sees_notes else "Open the interview"


def how(facts: InterviewFacts) -> str:
    """`Video call on Webex`, `Phone call`, `In person`."""
    if facts.software_label is not None:
        is_named = facts.software_label != MeetingSoftware.OTHER.label
        return f"Video call on {facts.software_label}" if is_named else "Video call"
    called = {InterviewType.VIDEO.label: "Video call", InterviewType.PHONE.label: "Phone call"}
    return called.get(facts.type_label, facts.type_label)


def call_words(candidate_name: str, *, candidate_calls: bool) -> str:
    """Who calls whom, for the team, as the beginning of a line that ends with the number."""
    return f"{candidate_name} calls" if candidate_calls else f"We'll call {candidate_name} at"


@dataclass(frozen=True)
class PhoneCall:
    """Who calls whom in a phone interview, as one reader is told: `words` and then, unless it is None, the
    number. `afterwards` is one more sentence, or ""."""

    words: str
    number: str | None
    afterwards: str = ""


def call_for(
    role: ReaderRole,
    *,
    number: str,
    candidate_calls: bool,
    candidate_name: str,
    manager_name: str,
    is_of_the_team: bool,
) -> PhoneCall:
    """What one reader is told about a phone interview. The candidate's own number is for the team alone: a
    guest from outside has to ask how to join."""
    if role is ReaderRole.CANDIDATE:
        if candidate_calls:
            return PhoneCall("Please call", number)
        wrong = "Is this the wrong number? Just reply to this email."
        return PhoneCall(f"{manager_name} will call you at", number, wrong)
    if candidate_calls:
        return PhoneCall(f"{candidate_name} will call", number)
    caller = "You" if role is ReaderRole.HIRING_MANAGER else manager_name
    if is_of_the_team or role is ReaderRole.HIRING_MANAGER:
        return PhoneCall(f"{caller} will call {candidate_name} at", number)
    ask = "To find out how to join the call, reply to this email."
    return PhoneCall(f"{caller} will call {candidate_name}.", None, ask)


def call_of(facts: InterviewFacts, reader: Reader) -> PhoneCall | None:
    """What this reader is told about a phone interview; None for any other."""
    if facts.phone_number is None:
        return None
    return call_for(
        reader.role,
        number=facts.phone_number,
        candidate_calls=facts.candidate_calls,
        candidate_name=facts.candidate.name,
        manager_name=facts.hiring_manager.name,
        is_of_the_team=reader.is_of_the_team,
    )


def call_without_time(facts: InterviewFacts, reader: Reader) -> PhoneCall | None:
    """The same for a candidate who is still to choose the time: they must not think that they should call
    right away."""
    call = call_of(facts, reader)
    if call is None or not facts.candidate_calls:
        return call
    return replace(call, words="At the time of the interview, please call")


def participants_for(facts: InterviewFacts, reader: Reader) -> list[tuple[Person, str]]:
    """Everyone who takes part, each with what this reader is to know them by: `you`, `candidate`, `hiring
    manager`, or ""."""
    parts = {
        facts.hiring_manager.address.casefold(): "hiring manager",
        facts.candidate.address.casefold(): "candidate",
        reader.person.address.casefold(): "you",
    }
    return [(person, parts.get(person.address.casefold(), "")) for person in facts.participants]


def people_met(facts: InterviewFacts, reader: Reader) -> tuple[tuple[Person, str], ...]:
    """The same but for the reader, who knows."""
    return tuple(each for each in participants_for(facts, reader) if each[1] != "you")


def answers_reach_reader(facts: InterviewFacts, reader: Reader) -> bool:
    """Whether it is the scheduler who reads this copy: answers to it would only come back."""
    return reader.person.address.casefold() == facts.scheduler.address.casefold()


def invited_to_role(facts: InterviewFacts) -> str:
    """What it is about, to the candidate, in the first sentence they read of it."""
    return f"We'd like to invite you to an interview for the {facts.job_title} role at {facts.organization}."


def cannot_come(facts: InterviewFacts, reader: Reader) -> str:
    """What to do when the time does not suit, or "" for the one who chose it. Calendars offer to decline, and
    no one would hear of that."""
    if answers_reach_reader(facts, reader):
        return ""
    scheduler = first_name(facts.scheduler.name)
    if reader.own_page_url:
        return f"Can't make it? Tell us on your interview page below, or reply to {scheduler}."
    return f"Can't make it? Reply to {scheduler}."


def on_one_line(address: str) -> str:
    """A postal address for places that have a single line."""
    return ", ".join(line.strip(" ,") for line in address.split("\n") if line.strip(" ,"))


def message_heading(facts: InterviewFacts, reader: Reader) -> str:
    """Everyone reads what was written to the candidate, and should not think it was meant for them."""
    if reader.role is ReaderRole.CANDIDATE:
        return f"A message from {facts.scheduler.name}"
    return f"{owned_by(facts.scheduler.name)} message to {facts.candidate.name}"
