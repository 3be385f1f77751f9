"""The reminder some time before an interview starts: to everyone who takes part and wants one.

It has no calendar file: sending the same REQUEST again makes some programs ask for an answer that the reader
has already given.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from database import written_out
from messaging.facts import InterviewFacts, Reader
from messaging.wording import day_and_time, reader_zone
from models import Interview, Mail, MailState, ReaderRole
from rows import rows_of
from scheduling.mails.queue import REMINDER
from tasks.mails.interviews import InterviewCopy, InterviewKind, More, is_off
from tasks.mails.kinds import meeting_missing

# A reminder sent closer to the start than this only startles people.
_USELESS_BEFORE_START = timedelta(minutes=5)


def _why_useless(mail: Mail, interview: Interview, now: datetime) -> str | None:
    off = is_off(mail, interview)
    if off is not None:
        return off
    if _is_overtaken(mail, now):
        return "A later reminder leaves at the same time."
    is_late = now > interview.starts_at - _USELESS_BEFORE_START
    return "It would have come too late to be of use." if is_late else None


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
    }


def _someone_to_ask(facts: InterviewFacts, reader: Reader) -> str:
    """The people who could help at the last minute, with their addresses, but for the reader."""
    by_address = {person.address.casefold(): person for person in (facts.scheduler, facts.hiring_manager)}
    others = [person for key, person in by_address.items() if key != reader.person.address.casefold()]
    return " or ".join(f"{person.name} ({person.address})" for person in others or by_address.values())


def _instead(copy: InterviewCopy) -> InterviewKind | None:
    """The hiring manager has to see to a meeting that is missing, and is not just reminded. While it is only
    being made, there is nothing to see to."""
    is_missing = copy.facts.link_state == "failed" and not copy.facts.link_given_by
    has_to_act = copy.reader.role is ReaderRole.HIRING_MANAGER
    return meeting_missing.KIND if is_missing and has_to_act else None


KIND = InterviewKind(
    name=REMINDER,
    label="Reminder",
    why_useless=_why_useless,
    more=_more,
    instead=_instead,
    is_timed=True,
    icon="bell",
)
