"""The all-clear to those who were alarmed: the interview has its link now."""

from __future__ import annotations

from messaging.letters import Letter, TeamReader, compose_for_team, moment_for
from models import Interview, InterviewStatus, Mail, Meeting, MeetingState
from scheduling.mails.queue import MEETING_SOLVED
from scheduling.software import provider_of
from tasks.mails.team import TeamCopy, TeamKind, answers_are_not_directed, row_of
from text import one_line, shortened


def letter(reader: TeamReader, interview: Interview, meeting: Meeting, *, link: str) -> Letter:
    """`link` leads to the interview's page."""
    job, candidate = one_line(interview.application.job.title), one_line(interview.candidate.name)
    return compose_for_team(
        MEETING_SOLVED,
        reader,
        {
            "software": meeting.called,
            "job": job,
            "subject_job": shortened(job, 70),
            "candidate": candidate,
            "subject_candidate": shortened(candidate, 50),
            "when": moment_for(reader, interview.starts_at),
            "host": one_line(meeting.host.name) if meeting.host is not None else "",
            # The person who pasted the link is no host.
            "provider": provider_of(meeting.software) if meeting.host is not None else "",
            "join_url": meeting.join_url or "",
            "link": link,
        },
    )


def _compose(copy: TeamCopy[Interview]) -> Letter:
    meeting = copy.about.meeting
    assert meeting is not None, "a mail about no meeting is dropped"
    return letter(copy.reader, copy.about, meeting, link=copy.links.interview_page(copy.about))


def _why_useless(mail: Mail, interview: Interview) -> str | None:
    if interview.status == InterviewStatus.CANCELLED:
        return "The interview was cancelled."
    meeting = interview.meeting
    return None if meeting is not None and meeting.state == MeetingState.READY else "The link is gone again."


KIND = TeamKind(
    name=MEETING_SOLVED,
    label="All-clear",
    find=row_of(Interview),
    gone="The interview no longer exists.",
    why_useless=_why_useless,
    compose=_compose,
    replies_to=answers_are_not_directed,
    icon="circle-check",
)
