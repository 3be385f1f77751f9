"""What happens to upcoming interviews when their job is closed or their candidate is erased: people are
asked, and then told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from extensions import db
from hiring.erasing import coming_interviews, erase_candidate, is_not_over
from models import Application, Candidate, Interview, Job, Lane, Mail, MailState, User
from scheduling.commands.cancel import Cancellation, cancel_interview
from scheduling.mails.queue import CANCELLATION, SLOTS_WITHDRAWN, TAKEN_OFF
from scheduling.reading.interview_rows import InterviewRow, found, select_rows
from scheduling.rules import Rules
from timezones import utc_now
from work import outbox
from work.kinds import TaskKind

ERASE_CANDIDATE = TaskKind(
    "erase_candidate", Lane.MAIL, "Erasing a candidate once everyone has been told", subject="candidate"
)

_LONGEST_WAIT = timedelta(days=1)


def coming_on_job(job: Job) -> list[Interview]:
    """The upcoming interviews on a job, soonest first."""
    return list(
        db.session.scalars(
            sa.select(Interview)
            .join(Interview.application)
            .where(Application.job_id == job.id, is_not_over(utc_now()))
            .order_by(Interview.starts_at, Interview.id)
        )
    )


def coming_on(application: Application) -> tuple[InterviewRow, ...]:
    """The upcoming interviews of one candidate on one job, soonest first. The rows name no attendees."""
    return found(
        select_rows(with_people=False)
        .where(Interview.application_id == application.id, is_not_over(utc_now()))
        .order_by(Interview.starts_at, Interview.id)
    )


def close_job(actor: User, job: Job, cancellation: Cancellation | None, rules: Rules) -> int:
    """Close a job in the current transaction and, with a `cancellation`, cancel its interviews that are still
    to take place; returns how many these were. Otherwise they take place as planned."""
    job.is_open = False
    if cancellation is None:
        return 0
    coming = coming_on_job(job)
    for interview in coming:
        cancel_interview(actor, interview, replace(cancellation, why="because the job was closed"), rules)
    return len(coming)


def cancel_and_erase(actor: User, candidate: Candidate, cancellation: Cancellation, rules: Rules) -> None:
    """Cancel what is still to take place with a candidate, in the current transaction, and request that they
    be erased as soon as everyone has been told. This cannot be undone."""
    how = replace(cancellation, can_be_undone=False, why="to erase the candidate")
    for interview in coming_interviews(candidate):
        cancel_interview(actor, interview, how, rules)
    outbox.enqueue(
        ERASE_CANDIDATE,
        candidate.id,
        payload={"candidate_id": candidate.id, "actor_id": actor.id},
        dedupe_key=ERASE_CANDIDATE.key(candidate.id),
    )


def is_still_telling(candidate: Candidate, now: datetime) -> bool:
    """Whether a cancellation about this candidate has not been sent yet at `now` (aware UTC). Ones that wait
    for a better address do not count, because that may never come, and none counts after a day: being erased
    is the candidate's right."""
    return bool(
        db.session.scalar(
            sa.select(
                sa.exists().where(
                    Mail.interview_id == Interview.id,
                    Interview.application_id == Application.id,
                    Application.candidate_id == candidate.id,
                    Mail.kind.in_((CANCELLATION, TAKEN_OFF, SLOTS_WITHDRAWN)),
                    Mail.state == MailState.QUEUED,
                    Mail.trouble.is_(None),
                    Mail.created_at > now - _LONGEST_WAIT,
                )
            )
        )
    )


def erase_after_telling(actor_id: int, candidate: Candidate) -> None:
    """Erase a candidate for the person who asked for it. Raises `HiringError` as `erase_candidate` does."""
    actor = db.session.get_one(User, actor_id)
    erase_candidate(actor, candidate)
