"""Who is told what a candidate said on their own page, and the reply to the candidate."""

from __future__ import annotations

from collections.abc import Iterable

from models import CandidateAnswer, Interview, ReaderRole
from scheduling.mails.queue import CANDIDATE_ANSWER, TIME_KEPT, recipients_of
from scheduling.rules import Rules
from timezones import utc_now
from work import mail as mails
from work.mail import Recipient


def tell_those_who_decide(interview: Interview, answer: CandidateAnswer, rules: Rules) -> None:
    """Tell the hiring manager and the scheduler, who can move the interview."""
    team = [who for who in recipients_of(interview) if who.role is ReaderRole.HIRING_MANAGER]
    _tell(interview, answer, with_scheduler(interview, team), rules)


def tell_the_scheduler(interview: Interview, answer: CandidateAnswer, rules: Rules) -> None:
    """Tell the scheduler, if they don't take part: everyone else gets the cancellation."""
    here = recipients_of(interview)
    _tell(interview, answer, with_scheduler(interview, here)[len(here) :], rules)


def tell_everyone_else(interview: Interview, answer: CandidateAnswer, rules: Rules) -> None:
    """Tell everyone who takes part besides the candidate, and the scheduler."""
    others = [who for who in recipients_of(interview) if who.role is not ReaderRole.CANDIDATE]
    _tell(interview, answer, with_scheduler(interview, others), rules)


def tell_time_is_kept(interview: Interview, request: CandidateAnswer, rules: Rules) -> None:
    """Tell the candidate that the interview stays at its time."""
    candidate = [who for who in recipients_of(interview) if who.role is ReaderRole.CANDIDATE]
    _queue(TIME_KEPT, interview, request, candidate, rules)


def occasion_of(answer: CandidateAnswer) -> str:
    return f"answer-{answer.id}"


def answer_of(occasion: str) -> int:
    """The number of the answer that an email is about."""
    return int(occasion.removeprefix("answer-"))


def with_scheduler(interview: Interview, people: list[Recipient]) -> list[Recipient]:
    """These people, then the scheduler, if they are not among them and still on the team."""
    scheduler = interview.scheduler
    known = {who.address.lower() for who in people}
    if not scheduler.is_active or scheduler.email.lower() in known:
        return people
    return [*people, Recipient(ReaderRole.TEAM, scheduler.id, scheduler.name, scheduler.email)]


def _tell(interview: Interview, answer: CandidateAnswer, to: Iterable[Recipient], rules: Rules) -> None:
    _queue(CANDIDATE_ANSWER, interview, answer, to, rules)


def _queue(
    kind: str, interview: Interview, answer: CandidateAnswer, to: Iterable[Recipient], rules: Rules
) -> None:
    mails.queue(
        mails.copies(
            kind,
            mails.about_interview(interview.id),
            to,
            occasion=occasion_of(answer),
            due_at=utc_now(),
        ),
        domain=rules.message_id_domain,
    )
