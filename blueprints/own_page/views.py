"""What a candidate's page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from flask import url_for

from blueprints.join.invitation import reader_of
from messaging.facts import InterviewFacts, Person, facts_of
from messaging.wording import (
    PhoneCall,
    call_of,
    call_without_time,
    clock_times,
    elsewhere,
    how,
    join_label,
    people_met,
    place,
    place_of_all,
)
from models import AnswerKind, Interview, InterviewStatus, Organization
from phone_numbers import phone_link
from scheduling.answers import CandidateSays, what_candidate_says
from scheduling.commands.candidate import can_answer
from scheduling.join_links import CANDIDATE
from scheduling.slots import is_open, standing, was_withdrawn
from timezones import local_moment, utc_now


@dataclass(frozen=True)
class CandidatePage:
    """`zone` (an IANA name) is whose clock it tells the times by."""

    interview: Interview
    facts: InterviewFacts
    says: CandidateSays
    zone: str
    place: str
    # The same time where the interview was planned, or "" if it reads the same.
    elsewhere: str
    how: str
    people: tuple[tuple[Person, str], ...]
    is_cancelled: bool
    # The candidate or the team cancelled it before anyone was invited, so there is no time to show.
    was_withdrawn: bool
    was_withdrawn_by_candidate: bool
    # They have chosen a time, and the team has not confirmed it yet, or never did.
    is_accepted: bool
    has_begun: bool
    is_over: bool
    may_confirm: bool
    may_ask: bool
    may_say_late: bool
    may_say_none_fit: bool
    may_lose_interest: bool
    # The way into the meeting, with the words of its button; None for an interview without one.
    join_url: str | None
    join_label: str
    call: PhoneCall | None
    phone_link: str | None


def page_of(interview: Interview, organization: Organization, zone: str) -> CandidatePage:
    """For the page and the pages behind its buttons."""
    now = utc_now()
    facts, reader = facts_of(interview, organization), reader_of(interview, CANDIDATE, zone)
    call = (call_without_time if interview.status.is_being_arranged else call_of)(facts, reader)
    status, is_withdrawn = interview.status, was_withdrawn(interview)
    has_meeting = facts.link_state != "none"
    return CandidatePage(
        interview=interview,
        facts=facts,
        says=what_candidate_says(interview),
        zone=zone,
        place=place(interview.starts_at, interview.duration_minutes, zone),
        elsewhere=elsewhere(facts, reader) or "",
        how=how(facts),
        people=people_met(facts, reader),
        is_cancelled=status is InterviewStatus.CANCELLED,
        was_withdrawn=is_withdrawn,
        was_withdrawn_by_candidate=is_withdrawn and _called_it_off(interview),
        is_accepted=status is InterviewStatus.ACCEPTED,
        has_begun=now >= interview.starts_at,
        is_over=not status.is_being_arranged and now >= interview.ends_at,
        may_confirm=can_answer(interview, AnswerKind.CONFIRMED, now),
        may_ask=can_answer(interview, AnswerKind.MOVE, now),
        may_say_late=can_answer(interview, AnswerKind.LATE, now),
        may_say_none_fit=can_answer(interview, AnswerKind.NONE_FIT, now),
        may_lose_interest=status.is_being_arranged and can_answer(interview, AnswerKind.CANCELLED, now),
        join_url=reader.join_page_url if has_meeting else None,
        join_label=join_label(facts.software_label),
        call=call,
        phone_link=phone_link(call.number or "") if call is not None else None,
    )


def _called_it_off(interview: Interview) -> bool:
    return any(answer.kind is AnswerKind.CANCELLED for answer in interview.answers)


@dataclass(frozen=True)
class SlotOfDay:
    """A time that can be chosen, and its label in the list of its day."""

    id: int
    starts_at: datetime
    words: str


@dataclass(frozen=True)
class Choice:
    """What a candidate is asked. `days` has the times that can be chosen, soonest first, by the day on which
    they begin; others are left out."""

    choose_by: datetime | None
    # The zone of all times, shown once.
    place: str
    days: tuple[tuple[str, tuple[SlotOfDay, ...]], ...]
    some_are_gone: bool


def choice_of(interview: Interview, zone: str) -> Choice:
    """The times that can be chosen now, in that zone (an IANA name)."""
    now, request = utc_now(), interview.slot_request
    standing_now = standing(interview, now, seen_by=interview.scheduler) if is_open(interview, now) else []
    slots = [each.slot for each in standing_now if each.is_free]
    of_all, names_clock = "", False
    if slots:
        of_all, names_clock = place_of_all([(each.starts_at, each.duration_minutes) for each in slots], zone)
    days: dict[str, list[SlotOfDay]] = {}
    for slot in slots:
        words = clock_times(slot.starts_at, slot.duration_minutes, zone, names_clock=names_clock)
        day = local_moment(slot.starts_at, zone).date
        days.setdefault(day, []).append(SlotOfDay(slot.id, slot.starts_at, words))
    return Choice(
        choose_by=request.expires_at if request is not None else None,
        place=of_all,
        days=tuple((day, tuple(of_day)) for day, of_day in days.items()),
        some_are_gone=len(slots) < len(standing_now),
    )


def web_calendars(page: CandidatePage) -> list[tuple[str, str]]:
    """The calendars that can be opened with the interview filled in, each with its address.

    None of the three documents these addresses officially. Should one of them change, the file still works.
    """
    interview, facts = page.interview, page.facts
    starts_at, ends_at = interview.starts_at.astimezone(UTC), interview.ends_at.astimezone(UTC)
    where = page.join_url or facts.address or (page.call.number if page.call else "") or ""
    words = f"{facts.job_title}, {facts.organization}\n\n{facts.agenda}"
    google = {
        "action": "TEMPLATE",
        "text": facts.title,
        "dates": f"{_basic(starts_at)}/{_basic(ends_at)}",
        "details": words,
        "location": where,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": facts.title,
        "startdt": f"{starts_at:%Y-%m-%dT%H:%M:%SZ}",
        "enddt": f"{ends_at:%Y-%m-%dT%H:%M:%SZ}",
        "body": words,
        "location": where,
    }
    return [
        ("Google", f"https://calendar.google.com/calendar/render?{urlencode(google)}"),
        ("Outlook.com", f"https://outlook.live.com/calendar/0/action/compose?{urlencode(outlook)}"),
        ("Microsoft 365", f"https://outlook.office.com/calendar/0/action/compose?{urlencode(outlook)}"),
    ]


def _basic(instant: datetime) -> str:
    return f"{instant:%Y%m%dT%H%M%SZ}"


def address_of(endpoint: str, token: str, asked_zone: str | None) -> str:
    """The address of one of these pages, which keeps the zone that was chosen."""
    return url_for(f"own_page.{endpoint}", token=token, zone=asked_zone)
