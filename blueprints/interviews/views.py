"""What an interview's page shows to one reader."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import url_for

from accounts.permissions import Action
from blueprints.interviews.calendars import Calendars, calendars_on_page
from blueprints.interviews.cancelling import Changing, changing_of
from blueprints.interviews.concluding import Ending, ending_of
from blueprints.interviews.emails import TO_READ_ALL
from blueprints.interviews.time_requests import AskedForTime, asked_for_time
from messaging.wording import call_words, join_label
from models import (
    AnswerKind,
    FailureReason,
    Interview,
    InterviewStatus,
    MeetingState,
    PhoneCaller,
    ReaderRole,
)
from phone_numbers import phone_link
from scheduling.answers import LATE_FROM, CandidateSays, what_candidate_says
from scheduling.commands.candidate import can_answer
from scheduling.meetings import failures, wanting
from scheduling.reading import lists
from scheduling.reading.progress import Progress, progress_of
from scheduling.reading.received import without_details
from scheduling.slots import has_time
from scheduling.standing import Standing, standing_of
from services import services
from timezones import utc_now
from web.signed_in import actor

# Seconds between two polls while only the candidate can cause a change.
_SLOW_POLL = 10
# No one leaves a page open for longer and expects it to keep up.
_STAYS_OPEN = timedelta(hours=24)


@dataclass(frozen=True)
class CureLink:
    """What helps, with a button that leads there; labels are None where only waiting helps."""

    text: str
    action_label: str | None
    action_url: str | None


@dataclass(frozen=True)
class CallView:
    """Who makes the call; the number is None for a reader who may not see it."""

    words: str
    number: str | None = None
    link: str | None = None


@dataclass(frozen=True)
class InterviewView:
    """What an interview's page shows to one reader."""

    interview: Interview
    progress: Progress
    sees_contact: bool
    sees_link: bool
    sees_notes: bool
    may_change: bool
    changing: Changing
    ending: Ending
    cure: CureLink | None
    next_try: datetime | None
    is_too_late: bool
    join_label: str
    # Where someone can host the missing meeting, paste a link, or say that everyone has one.
    repair_url: str
    call: CallView | None
    # Whether everyone's emails may be read; their own may be in any case.
    reads_all_emails: bool
    says: CandidateSays
    # What became of the question to the candidate, and whether a time was ever settled.
    asked_for_time: AskedForTime | None
    has_time: bool
    calendars: Calendars
    # Changes when the parts that update on their own would show something else; and how they do.
    version: str
    is_watched: bool
    poll_seconds: int
    # The seconds until a page that is not watched yet will be, if that is soon.
    wakes_in: int | None
    standing: InterviewStatus | Standing
    # The providers were not asked about the meeting or the entries for a while: the page has that done when
    # it is opened.
    wants_look: bool = False
    # A stamp of the rows behind the page, for asking whether they have changed.
    stamp: str | None = None


def view_of(interview: Interview) -> InterviewView:
    user = actor()
    actions = (*TO_READ_ALL, Action.SCHEDULE)
    may = {action: lists.may(user, action, interview) for action in actions}
    sees_contact, sees_link = may[Action.SEE_CONTACT], may[Action.SEE_JOIN_LINK]
    progress, says = progress_of(interview), what_candidate_says(interview)
    calendars = calendars_on_page(interview, may_change=may[Action.SCHEDULE])
    asked = asked_for_time(interview, may_change=may[Action.SCHEDULE])
    now = utc_now()
    may_answer = any(can_answer(interview, kind, now) for kind in (AnswerKind.LATE, AnswerKind.NONE_FIT))
    meeting = interview.meeting
    is_missing = meeting is not None and meeting.state == MeetingState.FAILED
    next_try = wanting.next_try_at(meeting) if meeting is not None and is_missing else None
    is_watched = progress.is_watched or calendars.is_under_way or may_answer
    standing = standing_of(interview, now)
    return InterviewView(
        interview=interview,
        progress=progress if sees_contact else _without_addresses(progress, interview),
        sees_contact=sees_contact,
        sees_link=sees_link,
        sees_notes=may[Action.SEE_NOTES],
        may_change=may[Action.SCHEDULE],
        changing=changing_of(interview, may_change=may[Action.SCHEDULE]),
        ending=ending_of(interview, may_change=may[Action.SCHEDULE], sees_notes=may[Action.SEE_NOTES]),
        cure=_cure(interview) if next_try is not None else None,
        next_try=next_try,
        is_too_late=is_too_late(interview),
        join_label=join_label(interview.meeting.called if interview.meeting else None),
        repair_url=services().account_links.repair_page(interview),
        call=_call(interview, sees_number=sees_link),
        reads_all_emails=all(may[action] for action in TO_READ_ALL),
        says=says,
        asked_for_time=asked,
        has_time=has_time(interview),
        calendars=calendars,
        version=f"{progress.version}-{says.mark}-{calendars.mark}"
        + (f"-{asked.mark}" if asked is not None else "")
        + f"-{standing.value}-{is_watched:d}",
        is_watched=is_watched,
        poll_seconds=progress.poll_seconds if progress.is_watched or calendars.is_under_way else _SLOW_POLL,
        wakes_in=None if is_watched else _wakes_in(interview, now),
        standing=standing,
    )


def _wakes_in(interview: Interview, now: datetime) -> int | None:
    """The seconds until the candidate may say that they will be late, from when on the page is watched until
    the interview is over; None if that is past or far away."""
    wakes_at = interview.starts_at - LATE_FROM
    is_soon = interview.status is InterviewStatus.SCHEDULED and now < wakes_at <= now + _STAYS_OPEN
    return math.ceil((wakes_at - now).total_seconds()) if is_soon else None


def is_too_late(interview: Interview) -> bool:
    """Whether nothing more will be tried for its meeting."""
    return interview.meeting is not None and utc_now() >= wanting.useful_until(interview.meeting)


def _call(interview: Interview, *, sees_number: bool) -> CallView | None:
    number = interview.phone_number
    if number is None:
        return None
    is_theirs = interview.phone_caller is PhoneCaller.CANDIDATE
    words = call_words(interview.candidate.name, candidate_calls=is_theirs)
    if not sees_number:
        return CallView(f"{words} a number your role can't see.")
    return CallView(words, number, phone_link(number))


def _without_addresses(progress: Progress, interview: Interview) -> Progress:
    """The same for a reader without contact data: mail servers repeat the address that they refuse, and an
    email may still show an address that has been corrected since.
    """
    known = {mail.address for mail in interview.mails if mail.role is ReaderRole.CANDIDATE}
    known.add(interview.candidate.email)
    hidden = re.compile("|".join(re.escape(address) for address in known), re.IGNORECASE)

    def cleaned(words: str) -> str:
        return hidden.sub("(address not shown)", words)

    rows = (replace(row, detail=cleaned(row.detail) if row.detail else None) for row in progress.rows)
    return replace(progress, rows=tuple(rows), people=without_details(progress.people, cleaned))


def _cure(interview: Interview) -> CureLink | None:
    meeting = interview.meeting
    if meeting is None or meeting.state != MeetingState.FAILED or meeting.failure is None:
        return None
    cure = failures.cure_of(meeting.failure, meeting.software)
    leads_to_apps = meeting.failure in (
        FailureReason.NOT_CONNECTED,
        FailureReason.RECONNECT_NEEDED,
        FailureReason.SCOPES_MISSING,
        FailureReason.NOT_ALLOWED,
    )
    return CureLink(cure.words, cure.action, url_for("connected_apps.index") if leads_to_apps else None)
