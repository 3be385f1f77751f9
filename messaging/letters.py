"""Letters: the content of a mail, as subject, text, HTML and calendar file.

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
    DEFAULT_CLOSING,
    NO_LINK,
    NO_LINK_NO_PAGE,
    OWN_PAGE,
    answers_reach_reader,
    call_of,
    cannot_come,
    elsewhere,
    how,
    join_label,
    message_heading,
    open_interview,
    participants_for,
    period,
    place,
    reader_zone,
    short_start,
    times,
    title_for,
)
from models import ReaderRole
from phone_numbers import phone_link
from text import one_line, shortened, without_unseen
from timezones import local_moment
from wording import duration, first_name, owned_by

# Long enough for every sensible title, short enough that the date at the end survives in an inbox.
SUBJECT_LIMIT = 180
_SUBJECT_PART_LIMIT = 70
# For subjects in which the time comes after both, and sometimes an earlier time after that.
_SUBJECT_NAME_LIMIT, _SUBJECT_JOB_LIMIT = 40, 50


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
    zone, starts_at, minutes = reader_zone(facts, reader), facts.starts_at, facts.duration_minutes
    is_candidate = reader.role is ReaderRole.CANDIDATE
    call = call_of(facts, reader)
    context = {
        "facts": facts,
        "reader": reader,
        "first_name": first_name(reader.person.name),
        "title": title_for(facts, reader),
        "is_candidate": is_candidate,
        "subject_candidate": shortened(facts.candidate.name, _SUBJECT_NAME_LIMIT),
        "subject_was": "",
        "subject_job": shortened(
            facts.job_title, _SUBJECT_PART_LIMIT if is_candidate else _SUBJECT_JOB_LIMIT
        ),
        "subject_organization": shortened(facts.organization, _SUBJECT_PART_LIMIT),
        "short_start": short_start(starts_at, zone),
        "period": period(starts_at, minutes, zone),
        "times": times(starts_at, minutes, zone),
        "place": place(starts_at, minutes, zone),
        "elsewhere": elsewhere(facts, reader),
        "duration": duration(minutes),
        "how": how(facts),
        "message_heading": message_heading(facts, reader),
        # The scheduler may only have a copy.
        "people_heading": "Who takes part" if reader.role is ReaderRole.TEAM else "Who you'll meet",
        "participants": participants_for(facts, reader),
        "no_link": _no_link(facts, reader),
        "no_link_help": "",
        "interview_link": reader.interview_url,
        "open_interview": open_interview(reader),
        "own_page": OWN_PAGE,
        "cannot_come": cannot_come(facts, reader),
        "calendar_answers": CALENDAR_ANSWERS,
        "answers_reach_reader": answers_reach_reader(facts, reader),
        "closing": facts.closing or (DEFAULT_CLOSING if is_candidate else ""),
        "join_label": join_label(facts.software_label),
        # A pasted link can be anything; only a web address may become something to click on.
        "join_url_is_web": bool(
            facts.join_url and facts.join_url.lower().startswith(("https://", "http://"))
        ),
        "call": call,
        "phone_link": phone_link(call.number) if call and call.number else "",
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


def published_calendar(facts: InterviewFacts, reader: Reader, *, sender: str, made_at: datetime) -> bytes:
    """A calendar file of the interview for one reader to open, outside of any letter. It has the UID of the
    one that came by email, so calendars keep a single entry; it requests no answer, which would reach no one.

    `sender` and `made_at` as in `with_calendar`. Raises `ValueError` for a cancelled interview."""
    return build_ics(facts, reader, sender=sender, made_at=made_at, method="PUBLISH")


def compose_for_team(folder: str, reader: TeamReader, more: Mapping[str, object]) -> Letter:
    """The letter that the templates in `folder` make for one person on the team; `more` is what they need."""
    context = {
        "reader": reader.person,
        "first_name": first_name(reader.person.name),
        "organization": reader.organization,
        "organizations": owned_by(reader.organization),
        "subject_organization": shortened(reader.organization, _SUBJECT_PART_LIMIT),
        **more,
    }
    return _letter(folder, context)


def moment_for(reader: TeamReader, instant: datetime) -> str:
    """An aware instant in words, in the reader's own zone."""
    return local_moment(instant, reader.person.zone or "UTC").full


def _letter(folder: str, context: Mapping[str, object]) -> Letter:
    subject, text, html = rendered(folder, context)
    # Once more for everything that a template quotes: a kind that forgets to clean a name or what a server
    # answered must not bring a control character into someone's mail program.
    return Letter(
        subject=shortened(one_line(subject), SUBJECT_LIMIT),
        text=without_unseen(text),
        html=without_unseen(html),
    )


def _no_link(facts: InterviewFacts, reader: Reader) -> str:
    if facts.link_given_by:
        return f"{facts.link_given_by} sends you the link to join."
    return NO_LINK if reader.join_page_url else NO_LINK_NO_PAGE
