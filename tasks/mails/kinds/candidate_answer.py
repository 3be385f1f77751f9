"""What the candidate said on their own page: to those who can do something about it, in the candidate's
name, so that a reply reaches them."""

from __future__ import annotations

from datetime import datetime

from extensions import db
from messaging.facts import Person
from messaging.wording import reader_zone
from models import AnswerKind, CandidateAnswer, Interview, Mail, RequestState
from scheduling.mails.candidate_says import answer_of
from scheduling.mails.queue import CANDIDATE_ANSWER
from scheduling.slots import was_withdrawn
from tasks.mails.addressing import person_of, to_its_reader
from tasks.mails.interviews import InterviewCopy, InterviewKind, More
from text import many_lines
from timezones import local_moment
from wording import counted, first_name


def _why_useless(mail: Mail, interview: Interview, now: datetime) -> str | None:
    answer = _answer(mail.occasion)
    if mail.user is not None and not mail.user.is_active:
        return f"{mail.name} is no longer on the team."
    if answer is None:
        return "What the candidate said was erased."
    if answer.kind in (AnswerKind.MOVE, AnswerKind.NONE_FIT) and answer.state is not RequestState.OPEN:
        return "It has been answered already."
    if interview.status.is_being_arranged or was_withdrawn(interview):
        # It has no time yet that could have passed.
        return None
    return "The interview is over." if now >= interview.ends_at else None


def _more(copy: InterviewCopy) -> More:
    answer = _answer(copy.occasion)
    assert answer is not None, "an email about nothing is dropped"
    zone = reader_zone(copy.facts, copy.reader)
    is_withdrawal = answer.kind is AnswerKind.CANCELLED and copy.facts.revision == 0
    return {
        **_said(answer, copy.facts.candidate.name, is_withdrawal=is_withdrawal),
        "suits": [local_moment(time.starts_at, zone).full for time in answer.times],
        "words": many_lines(answer.words),
        "words_from": first_name(copy.facts.candidate.name),
        "may_decide": answer.kind in (AnswerKind.MOVE, AnswerKind.NONE_FIT),
        "is_cancelled": answer.kind is AnswerKind.CANCELLED,
        "has_time": not is_withdrawal and answer.kind is not AnswerKind.NONE_FIT,
    }


def _said(answer: CandidateAnswer, name: str, *, is_withdrawal: bool) -> dict[str, str]:
    """What the subject says before the interview's time, and what the first line says."""
    if is_withdrawal:
        no_one_knew = "No one was invited yet, so there's nothing left to do."
        return {
            "subject_begins": "No longer interested:",
            "what": f"{name} is no longer interested in this interview. {no_one_knew}",
        }
    match answer.kind:
        case AnswerKind.MOVE:
            begins, what = "Another time?", f"{name} asked for another time."
        case AnswerKind.NONE_FIT:
            begins, what = "Other times?", f"None of the times you offered work for {name}."
        case AnswerKind.CANCELLED:
            begins, what = "Cancelled by the candidate:", f"{name} has cancelled the interview."
        case AnswerKind.LATE:
            by = f" by {counted(answer.minutes_late, 'minute')}" if answer.minutes_late else ""
            begins, what = "Running late:", f"{name} will be late{by}."
        case _:
            begins, what = "Can't get in:", f"{name} can't get into the interview."
    return {"subject_begins": begins, "what": what}


def _answer(occasion: str) -> CandidateAnswer | None:
    return db.session.get(CandidateAnswer, answer_of(occasion))


def _from_the_candidate(interview: Interview) -> Person:
    return person_of(interview.candidate)


KIND = InterviewKind(
    name=CANDIDATE_ANSWER,
    label="Message from the candidate",
    why_useless=_why_useless,
    more=_more,
    addressed_to=to_its_reader,
    is_from=_from_the_candidate,
    icon="user",
)
