"""The parts of the invitation that the page behind a join link repeats, and the calendar file that it
offers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote

from flask import url_for

from messaging.facts import InvitingOrganization, Person, Reader, facts_of
from messaging.letters import published_calendar
from messaging.wording import cannot_come, people_met, short_start
from models import Interview, ReaderRole
from scheduling.join_links import member_who_reads, role_of, whose
from services import services
from tasks.mails.previews import organizer_of
from timezones import utc_now


@dataclass(frozen=True)
class More:
    """`people`: everyone who takes part except the reader, each with the description that the reader gets, or
    "". `cannot_come` is "" for a reader who would write to themselves; `reply_url` begins an email to the
    scheduler."""

    people_heading: str
    people: tuple[tuple[Person, str], ...]
    agenda: str
    cannot_come: str
    reply_url: str
    calendar_url: str


def more_of(token: str, interview: Interview, reader: str, organization: InvitingOrganization) -> More:
    """What `reader`, who opened the page with `token`, may know besides when and how to join."""
    facts, whom = facts_of(interview, organization), reader_of(interview, reader)
    # The usual words mention a link to the candidate's own page below, which this page doesn't have.
    whom = replace(whom, own_page_url=None)
    zone = whom.person.zone or interview.timezone
    subject = f"{interview.title}, {short_start(interview.starts_at, zone)}"
    return More(
        people_heading="Who you'll meet",
        people=people_met(facts, whom),
        agenda=facts.agenda,
        cannot_come=cannot_come(facts, whom),
        reply_url=f"mailto:{quote(facts.scheduler.address, safe='@')}?subject={quote(subject)}",
        calendar_url=url_for("join.calendar", token=token),
    )


def calendar_file(
    interview: Interview, reader: str, organization: InvitingOrganization, zone: str | None = None
) -> bytes:
    """The interview for this reader's calendar. It is no invitation and asks for no reply, because none would
    reach us. Raises `ValueError` for a cancelled interview."""
    facts, whom = facts_of(interview, organization), reader_of(interview, reader, zone)
    return published_calendar(facts, whom, sender=organizer_of(interview.scheduler), made_at=utc_now())


def reader_of(interview: Interview, reader: str, zone: str | None = None) -> Reader:
    """The person who opened one of the addresses in an email. `zone` (an IANA name) is the one they chose on
    the page, if any."""
    who, member = whose(interview, reader), member_who_reads(interview, reader)
    role = role_of(reader)
    is_candidate = role is ReaderRole.CANDIDATE
    if is_candidate:
        own_zone = interview.candidate.timezone
    else:
        # A guest's zone is not known.
        own_zone = member.timezone if member is not None else None
    return Reader(
        Person(who.name, who.email, zone or own_zone),
        role,
        services().join_links.join_page(interview, reader),
        is_of_the_team=member is not None,
        own_page_url=services().candidate_links.page(interview) if is_candidate else None,
    )
