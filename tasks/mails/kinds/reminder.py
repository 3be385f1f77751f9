"""The reminder some time before an interview starts: to everyone who takes part and wants one.

The candidate's goes to the scheduler in copy. The team's brings the internal notes and the files, so its
headers name the team alone: an answer to all must not carry the notes to the candidate.

It has no calendar file: sending the same REQUEST again makes some programs ask for an answer that the reader
has already given.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from database import written_out
from messaging.facts import AttachedFile, InterviewFacts, Reader
from messaging.wording import day_and_time, reader_zone
from models import Interview, InterviewStatus, Mail, MailState, ReaderRole
from rows import rows_of
from scheduling.mails.occasions import Occasion
from scheduling.mails.queue import REMINDER
from tasks.mails.addressing import Addressed, person_of, reader_of_copy
from tasks.mails.interviews import InterviewCopy, InterviewKind, More, is_off
from tasks.mails.kinds import meeting_missing
from wording import owned_by

# A late reminder that comes closer to the start than this only startles people.
_USELESS_BEFORE_START = timedelta(minutes=5)
# Up to here, a reminder is not late: someone may have chosen one a few minutes before the start.
_ON_TIME = timedelta(minutes=1)


def _why_useless(mail: Mail, interview: Interview, now: datetime) -> str | None:
    off = is_off(mail, interview)
    if off is not None:
        return off
    if interview.status is not InterviewStatus.SCHEDULED or now >= interview.starts_at:
        return "The interview has begun." if now < interview.ends_at else "The interview is over."
    planned_at = interview.starts_at - timedelta(minutes=Occasion.read(mail.occasion).minutes_before)
    if abs(planned_at - mail.due_at) > _ON_TIME:
        return "The interview was moved."
    if _is_overtaken(mail, now):
        return "A later reminder goes out at the same time."
    is_late = now > mail.due_at + _ON_TIME and now > interview.starts_at - _USELESS_BEFORE_START
    return "It would have come too late to help." if is_late else None


_LATER_ONE = (
    sa.select(Mail.id)
    .where(
        Mail.about == sa.bindparam("about"),
        Mail.kind == written_out(REMINDER),
        Mail.address == sa.bindparam("address"),
        Mail.state.in_([written_out(state) for state in (MailState.QUEUED, MailState.SENT)]),
        Mail.due_at > sa.bindparam("after", type_=Mail.due_at.type),
        Mail.due_at <= sa.bindparam("now", type_=Mail.due_at.type),
    )
    .limit(1)
)


def _is_overtaken(mail: Mail, now: datetime) -> bool:
    """Whether a later reminder to the same person is also due: the most urgent one is enough."""
    told = {"about": mail.about, "address": mail.address, "after": mail.due_at, "now": now}
    return bool(rows_of(_LATER_ONE, told))


def _more(copy: InterviewCopy) -> More:
    facts, reader = copy.facts, copy.reader
    if reader.role is ReaderRole.CANDIDATE:
        what = f"your interview with {facts.organization}"
    elif reader.role is ReaderRole.TEAM:
        what = f"{owned_by(facts.candidate.name)} interview for {facts.job_title}"
    else:
        what = f"your interview with {facts.candidate.name} for {facts.job_title}"
    has_page = reader.join_page_url is not None
    where = "Open this page when the interview starts:" if has_page else "We'll send it as soon as it is."
    giver = facts.link_given_by
    return {
        "what": what,
        "day_and_time": day_and_time(facts.starts_at, reader_zone(facts, reader), now=copy.made_at),
        "no_link": f"Use the link that {giver} sent you."
        if giver
        else f"The link to join isn't ready yet. {where}",
        "no_link_help": f"Still no link then? Write to {_someone_to_ask(facts, reader)}.",
        "files": _files(facts, reader),
    }


def _files(facts: InterviewFacts, reader: Reader) -> tuple[AttachedFile, ...]:
    """For those of the team who take part. The candidate and guests have theirs with the invitation."""
    if not reader.is_of_the_team or reader.role is ReaderRole.TEAM:
        return ()
    return facts.files_for(reader)


def _addressed_to(mail: Mail, interview: Interview) -> Addressed:
    if mail.role in (ReaderRole.CANDIDATE, ReaderRole.TEAM):
        return Addressed((person_of(interview.candidate),), (person_of(interview.scheduler),))
    manager = person_of(interview.hiring_manager)
    if mail.user_id is None:
        return Addressed((reader_of_copy(mail),), (manager,))
    team = [person_of(each) for each in interview.attendees if each.user_id is not None]
    return Addressed((manager,), tuple(team))


def _someone_to_ask(facts: InterviewFacts, reader: Reader) -> str:
    """The people who could help at the last minute, with their addresses, but for the reader."""
    by_address = {person.address.casefold(): person for person in (facts.scheduler, facts.hiring_manager)}
    others = [person for key, person in by_address.items() if key != reader.person.address.casefold()]
    return " or ".join(f"{person.name} ({person.address})" for person in others or by_address.values())


def _instead(copy: InterviewCopy) -> InterviewKind | None:
    """The hiring manager has to fix a missing meeting, and is not just reminded. While it is only being made,
    there is nothing to fix."""
    is_missing = copy.facts.link_state == "failed" and not copy.facts.link_given_by
    has_to_act = copy.reader.role is ReaderRole.HIRING_MANAGER
    return meeting_missing.KIND if is_missing and has_to_act else None


KIND = InterviewKind(
    name=REMINDER,
    label="Reminder",
    why_useless=_why_useless,
    more=_more,
    files=_files,
    brings_notes=True,
    addressed_to=_addressed_to,
    instead=_instead,
    is_timed=True,
    icon="bell",
)
