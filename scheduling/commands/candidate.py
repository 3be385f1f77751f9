"""What a candidate does on their own page about an interview. Each command adds to the current transaction.

No one is signed in there, so each of them is limited in number, and anyone who has the address can only say
things about this one interview.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from extensions import db
from models import AnswerKind, CandidateAnswer, Interview, InterviewStatus, ProposedTime, RequestState
from scheduling import answers
from scheduling.commands.cancel import Cancellation, cancel_interview
from scheduling.commands.locking import locked
from scheduling.mails import candidate_says
from scheduling.rules import Rules
from scheduling.slots import is_open
from scheduling.timeline import note
from timezones import local_moment, utc_now
from wording import counted, listed

MOST_IN_A_DAY = 10
MOST_TIMES = 5
LONGEST_WORDS = 1000


class TooManyAnswersError(Exception):
    """So much was said about this interview within a day that no real person would do that."""


class TooLateToAnswerError(Exception):
    """The interview was cancelled, or is over, or has begun, so this can no longer be said about it."""


def can_answer(interview: Interview, kind: AnswerKind, now: datetime) -> bool:
    """Whether something of this kind can be said about an interview at `now` (aware UTC)."""
    if kind is AnswerKind.NONE_FIT:
        return is_open(interview, now)
    if kind is AnswerKind.CANCELLED and interview.status.is_being_arranged:
        # Even after the time to choose: it saves the team from asking again.
        return True
    if interview.status is not InterviewStatus.SCHEDULED or now >= interview.ends_at:
        return False
    if kind in (AnswerKind.LATE, AnswerKind.CANNOT_JOIN):
        return now >= interview.starts_at - answers.LATE_FROM
    return now < interview.starts_at


def confirm(interview: Interview) -> None:
    """They will be there. Saying it twice makes no difference. Raises `TooLateToAnswerError` and
    `TooManyAnswersError`, as all of these do."""
    interview = _held(interview, AnswerKind.CONFIRMED)
    if answers.what_candidate_says(interview).confirmed_at is not None:
        return
    _add(interview, AnswerKind.CONFIRMED)
    note(interview.id, f"{interview.candidate.name} confirmed that they'll be there")


def ask_to_move(interview: Interview, times: Sequence[datetime], words: str, rules: Rules) -> None:
    """Ask for another time: `times` (aware UTC) that would work, or only words, or both. It replaces an
    earlier request that is still open; pressing the button twice asks once. The scheduler and the hiring
    manager are told."""
    _ask(interview, AnswerKind.MOVE, "asked for another time", times, words, rules)


def say_none_fit(interview: Interview, times: Sequence[datetime], words: str, rules: Rules) -> None:
    """None of the offered times works. Otherwise like `ask_to_move`. They can still choose one of the
    times."""
    _ask(interview, AnswerKind.NONE_FIT, "can't make any of the times", times, words, rules)


def _ask(
    interview: Interview, kind: AnswerKind, what: str, times: Sequence[datetime], words: str, rules: Rules
) -> None:
    interview = _held(interview, kind)
    wanted = sorted(set(times))[:MOST_TIMES]
    request = answers.what_candidate_says(interview).request
    if (
        request is not None
        and [each.starts_at for each in request.times] == wanted
        and request.words == words
    ):
        return
    answers.withdraw_request(interview.id)
    answer = _add(interview, kind, words=words, state=RequestState.OPEN, times=wanted)
    suits = [local_moment(time, interview.timezone).short for time in wanted]
    asked = f": {listed(suits)} would work" if suits else ""
    note(interview.id, f"{interview.candidate.name} {what}{asked}")
    candidate_says.tell_those_who_decide(interview, answer, rules)


def call_off(interview: Interview, words: str, rules: Rules) -> None:
    """The candidate cancels. Everyone is told in their name, the candidate too: that takes the interview out
    of their calendar. If no one was invited yet, only those who decide are told."""
    interview = _held(interview, AnswerKind.CANCELLED)
    was_being_arranged = interview.status.is_being_arranged
    answers.withdraw_request(interview.id)
    answer = _add(interview, AnswerKind.CANCELLED, words=words)
    cancel_interview(None, interview, Cancellation(words, can_be_undone=False, is_by_candidate=True), rules)
    if was_being_arranged:
        candidate_says.tell_those_who_decide(interview, answer, rules)
    else:
        candidate_says.tell_the_scheduler(interview, answer, rules)


def say_late(interview: Interview, minutes: int | None, words: str, rules: Rules) -> None:
    """They will be late, by this many minutes if they know. Everyone who takes part is told right away."""
    interview = _held(interview, AnswerKind.LATE)
    answer = _add(interview, AnswerKind.LATE, words=words, minutes_late=minutes)
    by = f" by {counted(minutes, 'minute')}" if minutes is not None else ""
    note(interview.id, f"{interview.candidate.name} will be late{by}")
    candidate_says.tell_everyone_else(interview, answer, rules)


def say_cannot_join(interview: Interview, words: str, rules: Rules) -> None:
    """They cannot get in. Everyone who takes part is told right away."""
    interview = _held(interview, AnswerKind.CANNOT_JOIN)
    answer = _add(interview, AnswerKind.CANNOT_JOIN, words=words)
    note(interview.id, f"{interview.candidate.name} can't get in")
    candidate_says.tell_everyone_else(interview, answer, rules)


def _held(interview: Interview, kind: AnswerKind) -> Interview:
    """The interview as it is now, if this can be said about it."""
    interview, _ = locked(interview)
    now = utc_now()
    if not can_answer(interview, kind, now):
        raise TooLateToAnswerError
    if answers.answers_since(interview.id, now - timedelta(days=1)) >= MOST_IN_A_DAY:
        raise TooManyAnswersError
    return interview


def _add(
    interview: Interview,
    kind: AnswerKind,
    *,
    words: str = "",
    minutes_late: int | None = None,
    state: RequestState | None = None,
    times: Sequence[datetime] = (),
) -> CandidateAnswer:
    answer = CandidateAnswer(
        interview_id=interview.id,
        kind=kind,
        at=utc_now(),
        starts_at=interview.starts_at,
        words=words[:LONGEST_WORDS],
        minutes_late=minutes_late,
        state=state,
        times=[ProposedTime(starts_at=time) for time in times],
    )
    db.session.add(answer)
    # Its number tells the emails about it apart.
    db.session.flush()
    return answer
