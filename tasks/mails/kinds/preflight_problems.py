"""What the check before an interview found and could not put right: to the hiring manager and the
scheduler."""

from __future__ import annotations

from collections.abc import Sequence

from messaging.letters import Letter, TeamReader, compose_for_team, moment_for
from messaging.wording import day_and_time, short_start
from models import Interview, InterviewStatus, Mail
from scheduling.mails.queue import PREFLIGHT_PROBLEMS
from scheduling.preflight import Problem, keys_of, problems_of
from tasks.mails.team import TeamCopy, TeamKind, row_of, the_other_who_is_alarmed, to_all_who_are_alarmed
from text import one_line, shortened
from timezones import utc_now


def letter(reader: TeamReader, interview: Interview, problems: Sequence[Problem], *, link: str) -> Letter:
    """`link` leads to the interview's page."""
    zone = reader.person.zone or interview.timezone
    job = one_line(interview.application.job.title)
    return compose_for_team(
        PREFLIGHT_PROBLEMS,
        reader,
        {
            "job": job,
            "candidate": one_line(interview.candidate.name),
            "subject_candidate": shortened(one_line(interview.candidate.name), 70),
            "short_start": short_start(interview.starts_at, zone),
            "day_and_time": day_and_time(interview.starts_at, zone, now=utc_now()),
            "when": moment_for(reader, interview.starts_at),
            "problems": [(one_line(each.whole), one_line(each.cure)) for each in problems],
            "link": link,
        },
    )


def _told_of(mail: Mail, interview: Interview) -> list[Problem]:
    keys = keys_of(mail.occasion)
    return [problem for problem in problems_of(interview) if problem.key in keys]


def _compose(copy: TeamCopy[Interview]) -> Letter:
    link = copy.links.interview_page(copy.about)
    return letter(copy.reader, copy.about, _told_of(copy.mail, copy.about), link=link)


def _why_useless(mail: Mail, interview: Interview) -> str | None:
    if interview.status == InterviewStatus.CANCELLED:
        return "The interview was cancelled."
    if utc_now() >= interview.starts_at:
        return "The interview has begun."
    return None if _told_of(mail, interview) else "It has been put right."


KIND = TeamKind(
    name=PREFLIGHT_PROBLEMS,
    label="Warning before the interview",
    find=row_of(Interview),
    gone="The interview no longer exists.",
    why_useless=_why_useless,
    compose=_compose,
    replies_to=the_other_who_is_alarmed,
    addressed_to=to_all_who_are_alarmed,
    icon="alert-triangle",
)
