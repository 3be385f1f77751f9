"""Answering a candidate who asked for another time. Adds to the current transaction; the route commits
once. Moving the interview in any other way answers it too: see `scheduling.answers.settle_by_moving`."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from datetime import UTC, datetime

from models import AnswerKind, Interview, RequestState, User
from scheduling import answers
from scheduling.commands.change import Change, change_interview, mark_of
from scheduling.commands.locking import locked
from scheduling.mails import candidate_says
from scheduling.plans import When, plan_of
from scheduling.rules import Rules
from scheduling.timeline import note
from timezones import in_zone


class AnsweredMeanwhileError(Exception):
    """The request is no longer waiting, or is not the one that the person saw."""


def take_time(
    actor: User,
    interview: Interview,
    starts_at: datetime,
    rules: Rules,
    *,
    accepted_clashes: Container[str] = frozenset(),
) -> None:
    """Move the interview to a time that the candidate named. Raises `AnsweredMeanwhileError`, and as
    `change_interview` does."""
    request = answers.what_candidate_says(interview).request
    if request is None or starts_at not in [time.starts_at for time in request.times]:
        raise AnsweredMeanwhileError
    plan = plan_of(interview)
    when = when_in_plan(plan.when, starts_at)
    change = Change(replace(plan, when=when), mark_of(interview), accepted_clashes=accepted_clashes)
    change_interview(actor, interview, change, rules)


def when_in_plan(when: When, starts_at: datetime) -> When:
    """The same length in the same zone, beginning at another instant."""
    wall = in_zone(starts_at, when.timezone)
    return When(starts_at.astimezone(UTC), f"{wall:%Y-%m-%dT%H:%M}", when.timezone, when.duration_minutes)


def keep_time(actor: User, interview: Interview, answer_id: int, words: str, rules: Rules) -> None:
    """Leave the interview where it is, and tell the candidate so, in `words` of one's own. Raises
    `AnsweredMeanwhileError`."""
    interview, _ = locked(interview)
    request = answers.what_candidate_says(interview).request
    # Where no time is set yet, there is none to keep.
    if request is None or request.id != answer_id or request.kind is not AnswerKind.MOVE:
        raise AnsweredMeanwhileError
    answers.settle(request, RequestState.DECLINED, actor)
    request.reply = words
    note(interview.id, f"{actor.name} kept the time", actor=actor)
    candidate_says.tell_time_is_kept(interview, request, rules)
