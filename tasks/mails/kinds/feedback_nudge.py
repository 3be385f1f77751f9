"""The gentle reminder to someone who took part in an interview and has not given feedback yet."""

from __future__ import annotations

from messaging.facts import Person
from messaging.letters import Letter, TeamReader, compose_for_team, moment_for
from models import Interview, Mail
from scheduling.feedback import is_awaited, owing
from scheduling.mails.queue import FEEDBACK_NUDGE
from tasks.mails.team import TeamCopy, TeamKind, row_of
from text import one_line, shortened


def letter(reader: TeamReader, interview: Interview, *, link: str) -> Letter:
    """`link` leads to the page where feedback is given."""
    candidate = one_line(interview.candidate.name)
    return compose_for_team(
        FEEDBACK_NUDGE,
        reader,
        {
            "candidate": candidate,
            "subject_candidate": shortened(candidate, 80),
            "job": one_line(interview.application.job.title),
            "when": moment_for(reader, interview.starts_at),
            "link": link,
        },
    )


def _compose(copy: TeamCopy[Interview]) -> Letter:
    return letter(copy.reader, copy.about, link=f"{copy.links.interview_page(copy.about)}/feedback")


def _why_useless(mail: Mail, interview: Interview) -> str | None:
    if not any(user.id == mail.user_id for user in owing(interview)):
        return "They have given feedback."
    if not is_awaited(interview):
        return "The interview didn't take place."
    return None


def _to_the_scheduler(mail: Mail, interview: Interview) -> Person:
    is_theirs = interview.scheduler_id == mail.user_id
    return Person(interview.scheduler.name, "" if is_theirs else interview.scheduler.email)


KIND = TeamKind(
    name=FEEDBACK_NUDGE,
    label="Reminder to give feedback",
    find=row_of(Interview),
    gone="The interview no longer exists.",
    why_useless=_why_useless,
    compose=_compose,
    replies_to=_to_the_scheduler,
    icon="bell",
)
