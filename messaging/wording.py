"""The wording of times and labels that mails, calendar files and the join page share."""

from __future__ import annotations

from datetime import datetime, timedelta

from messaging.facts import InterviewFacts, Reader
from models import MeetingSoftware, ReaderRole
from timezones import in_zone, local_moment, place_name

CALENDAR_ANSWERS = (
    "If this time doesn't work for you, just reply to this email. "
    "Answers given in your calendar don't reach us."
)
NO_LINK_NO_PAGE = "We'll send you the link to join in a separate email."
NO_LINK = f"{NO_LINK_NO_PAGE} You can also find it here once it's ready:"


def period(starts_at: datetime, duration_minutes: int, zone: str) -> str:
    """`Tuesday, 24 November 2026, 09:00–09:45 CET`, in that zone.

    The end repeats the date when it falls on another day, and the start names its zone as well when the
    clocks change in between.
    """
    start = local_moment(starts_at, zone)
    end = local_moment(starts_at + timedelta(minutes=duration_minutes), zone)
    if start.date != end.date:
        return f"{start.full} – {end.full}"
    if start.zone_abbreviation != end.zone_abbreviation:
        begins, ends = f"{start.time} {start.zone_abbreviation}", f"{end.time} {end.zone_abbreviation}"
        place = "" if start.zone_short == start.zone_abbreviation else f", {place_name(start.zone_name)} time"
        return f"{start.date}, {begins} – {ends}{place}"
    return f"{start.date}, {start.time}–{end.time} {end.zone_short}"


def reader_zone(facts: InterviewFacts, reader: Reader) -> str:
    """The reader's own zone if it is known, otherwise the interview's."""
    return reader.person.zone or facts.zone


def other_period(facts: InterviewFacts, reader: Reader) -> str | None:
    """The same period in the interview's zone, or None when it would read the same to this reader."""
    own = period(facts.starts_at, facts.duration_minutes, reader_zone(facts, reader))
    planned = period(facts.starts_at, facts.duration_minutes, facts.zone)
    if planned == own:
        return None
    here = in_zone(facts.starts_at, reader_zone(facts, reader))
    there = in_zone(facts.starts_at, facts.zone)
    # Giving the same time of day twice would only make people look twice.
    return None if here.replace(tzinfo=None) == there.replace(tzinfo=None) else planned


def day_and_time(starts_at: datetime, zone: str, *, now: datetime) -> str:
    """`today at 09:00 CET`, `tomorrow at 09:00 CET`, or with the whole date: the moment and never the
    distance, so that it stays true however long an email is on its way."""
    start, days = (
        local_moment(starts_at, zone),
        (in_zone(starts_at, zone).date() - in_zone(now, zone).date()).days,
    )
    day = {0: "today", 1: "tomorrow"}.get(days, f"on {start.date},")
    return f"{day} at {start.time} {start.zone_short}"


def short_start(starts_at: datetime, zone: str) -> str:
    """`Tue 24 Nov 2026, 09:00 CET`: for subjects, where the year has to be seen as well."""
    moment = local_moment(starts_at, zone)
    return f"{moment.short_date} {in_zone(starts_at, zone).year}, {moment.time} {moment.zone_short}"


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


def call_words(candidate_name: str, *, candidate_calls: bool, to_candidate: bool) -> str:
    """Who is calling, as the beginning of a line that ends with the number."""
    if to_candidate:
        return "Please call" if candidate_calls else "We'll call you on"
    return f"{candidate_name} calls" if candidate_calls else f"We call {candidate_name} on"


def on_one_line(address: str) -> str:
    """A postal address for places that have a single line."""
    return ", ".join(line.strip(" ,") for line in address.split("\n") if line.strip(" ,"))


def message_heading(facts: InterviewFacts, reader: Reader) -> str:
    """Everyone reads what was written to the candidate, and should not think it was meant for them."""
    if reader.role is ReaderRole.CANDIDATE:
        return f"A message from {facts.scheduler.name}"
    return f"{facts.scheduler.name}’s message to {facts.candidate.name}"
