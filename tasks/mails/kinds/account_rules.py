"""The notice that the host's account has rules of its own: to a scheduler who gets no invitation."""

from __future__ import annotations

from collections.abc import Sequence

from messaging.letters import Letter, TeamReader, compose_for_team, moment_for
from models import Interview, InterviewStatus, Mail, Meeting
from scheduling.mails.queue import ACCOUNT_RULES
from scheduling.meetings.account_rules import told_to_scheduler
from scheduling.software import meeting_of, provider_of
from tasks.mails.team import TeamCopy, TeamKind, answers_are_not_directed, row_of
from text import one_line, shortened
from timezones import utc_now
from wording import possessive


def letter(
    reader: TeamReader, interview: Interview, meeting: Meeting, rules: Sequence[str], *, link: str
) -> Letter:
    """`rules` are sentences; `link` leads to the interview's page."""
    job = one_line(interview.application.job.title)
    return compose_for_team(
        ACCOUNT_RULES,
        reader,
        {
            "what": meeting_of(meeting.software, meeting.called),
            "provider": provider_of(meeting.software),
            "whose": possessive(one_line(meeting.host.name)) if meeting.host is not None else "the host's",
            "job": job,
            "subject_job": shortened(job, 70),
            "candidate": one_line(interview.candidate.name),
            "when": moment_for(reader, interview.starts_at),
            "rules": rules,
            "link": link,
        },
    )


def _compose(copy: TeamCopy[Interview]) -> Letter:
    meeting = copy.about.meeting
    assert meeting is not None, "a mail about no meeting is dropped"
    return letter(
        copy.reader,
        copy.about,
        meeting,
        told_to_scheduler(meeting),
        link=copy.links.interview_page(copy.about),
    )


def _why_useless(mail: Mail, interview: Interview) -> str | None:
    if interview.status == InterviewStatus.CANCELLED:
        return "The interview was cancelled."
    if utc_now() >= interview.ends_at:
        return "The interview is over."
    meeting = interview.meeting
    return None if meeting is not None and told_to_scheduler(meeting) else "The meeting is as it was wanted."


KIND = TeamKind(
    name=ACCOUNT_RULES,
    label="Notice of an account's rules",
    find=row_of(Interview),
    gone="The interview no longer exists.",
    why_useless=_why_useless,
    compose=_compose,
    replies_to=answers_are_not_directed,
    icon="info-circle",
)
