"""Letters: what a mail says, as subject, text, HTML and calendar file.

Pure: the same facts give the same letter, and neither a database nor a request is needed. The preview
in the dialog is this composer's work, not a likeness of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from messaging.facts import InterviewFacts, Reader
from messaging.invites import Method, build_ics
from messaging.rendering import rendered
from messaging.wording import (
    call_words,
    join_label,
    other_period,
    period,
    reader_zone,
    short_start,
)
from models import ReaderRole
from phone_numbers import phone_link
from text import one_line, shortened
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


def compose_invitation(facts: InterviewFacts, reader: Reader, *, sender: str, made_at: datetime) -> Letter:
    """The invitation as `reader` gets it, with the calendar file.

    `sender` is the bare address that the mail server sends from; it becomes the organiser of the calendar
    entry. `made_at`, aware, is when this revision was written down.
    """
    ics = build_ics(facts, reader, sender=sender, made_at=made_at)
    return _compose("invitation", facts, reader, {"files": facts.files_for(reader)}, ics)


def compose_reminder(facts: InterviewFacts, reader: Reader, minutes_before: int) -> Letter:
    """The reminder as `reader` gets it, `minutes_before` the start.

    It carries no calendar file: the same REQUEST once more makes some programs ask again for an answer
    that the reader has already given.
    """
    return _compose("reminder", facts, reader, {"until_start": duration(minutes_before)}, None)


def _compose(
    kind: str, facts: InterviewFacts, reader: Reader, extra: Mapping[str, object], ics: bytes | None
) -> Letter:
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
        "message_heading": _message_heading(facts, reader),
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
        **extra,
    }
    subject, text, html = rendered(kind, context)
    return Letter(
        subject=shortened(one_line(subject), SUBJECT_LIMIT),
        text=text,
        html=html,
        ics=ics,
        ics_method=None if ics is None else "REQUEST",
    )


def _message_heading(facts: InterviewFacts, reader: Reader) -> str:
    """Everybody reads what was written to the candidate, and should not think it was meant for them."""
    if reader.role is ReaderRole.CANDIDATE:
        return f"A message from {facts.scheduler.name}"
    return f"{facts.scheduler.name}’s message to {facts.candidate.name}"
