"""Letters: what a mail says, as subject, text, HTML and calendar file.

Pure: the same facts always give the same letter, and neither a database nor a request is needed. What each
kind of mail says beyond its templates is declared with the kind, in `tasks/mails/kinds/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from messaging.facts import InterviewFacts, Person, Reader
from messaging.invites import Method, build_ics
from messaging.rendering import rendered
from messaging.wording import (
    CALENDAR_ANSWERS,
    NO_LINK,
    NO_LINK_NO_PAGE,
    call_words,
    join_label,
    message_heading,
    other_period,
    period,
    reader_zone,
    short_start,
)
from models import ReaderRole
from phone_numbers import phone_link
from text import one_line, shortened
from timezones import local_moment
from wording import duration

# Long enough for every sensible title, short enough that the date at the end survives in an inbox.
SUBJECT_LIMIT = 180
_SUBJECT_PART_LIMIT = 70


@dataclass(frozen=True)
class Letter:
    """One mail's content. `ics` is a complete calendar file and `ics_method` the METHOD inside it."""

    subject: str
    text: str
    html: str
    ics: bytes | None = None
    ics_method: Method | None = None


@dataclass(frozen=True)
class TeamReader:
    """A person on the team, and the organization that writes to them. Both names are cleaned."""

    person: Person
    organization: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "organization", one_line(self.organization))


def compose_about_interview(
    folder: str, facts: InterviewFacts, reader: Reader, more: Mapping[str, object] | None = None
) -> Letter:
    """The letter that the templates in `folder` make about an interview for one reader, without a calendar
    file.

    `more` holds what only these templates need.
    """
    zone = reader_zone(facts, reader)
    context = {
        "facts": facts,
        "reader": reader,
        "subject_job": shortened(facts.job_title, _SUBJECT_PART_LIMIT),
        "subject_organization": shortened(facts.organization, _SUBJECT_PART_LIMIT),
        "short_start": short_start(facts.starts_at, zone),
        "period": period(facts.starts_at, facts.duration_minutes, zone),
        "zone": zone,
        "other_period": other_period(facts, reader),
        "duration": duration(facts.duration_minutes),
        "message_heading": message_heading(facts, reader),
        "your_part": _your_part(reader),
        "no_link": NO_LINK if reader.join_page_url else NO_LINK_NO_PAGE,
        "calendar_answers": CALENDAR_ANSWERS,
        "join_label": join_label(facts.software_label),
        # A pasted link can be anything; only a web address may become something to click on.
        "join_url_is_web": bool(
            facts.join_url and facts.join_url.lower().startswith(("https://", "http://"))
        ),
        "call_words": call_words(
            facts.candidate.name,
            candidate_calls=facts.candidate_calls,
            to_candidate=reader.role is ReaderRole.CANDIDATE,
        ),
        "phone_link": phone_link(facts.phone_number or ""),
        **(more or {}),
    }
    return _letter(folder, context)


def with_calendar(
    letter: Letter,
    facts: InterviewFacts,
    reader: Reader,
    *,
    method: Method,
    sender: str,
    made_at: datetime,
) -> Letter:
    """The letter with a calendar file of the same interview.

    `sender` is the bare address that the mail server sends from; it becomes the organizer of the calendar
    entry. `made_at`, aware, is when this revision was written down. Raises `ValueError` when `method` and
    `facts.is_cancelled` disagree.
    """
    ics = build_ics(facts, reader, sender=sender, made_at=made_at, method=method)
    return replace(letter, ics=ics, ics_method=method)


def compose_for_team(folder: str, reader: TeamReader, more: Mapping[str, object]) -> Letter:
    """The letter that the templates in `folder` make for one person on the team; `more` is what they need."""
    context = {
        "reader": reader.person,
        "organization": reader.organization,
        "subject_organization": shortened(reader.organization, _SUBJECT_PART_LIMIT),
        **more,
    }
    return _letter(folder, context)


def moment_for(reader: TeamReader, instant: datetime) -> str:
    """An aware instant in words, in the reader's own zone."""
    return local_moment(instant, reader.person.zone or "UTC").full


def _letter(folder: str, context: Mapping[str, object]) -> Letter:
    subject, text, html = rendered(folder, context)
    return Letter(subject=shortened(one_line(subject), SUBJECT_LIMIT), text=text, html=html)


def _your_part(reader: Reader) -> str:
    if reader.role is ReaderRole.HIRING_MANAGER:
        return "You're joining as the hiring manager."
    return "You're one of the interviewers." if reader.is_of_the_team else "You're joining as a guest."
