"""The urgent email that an interview has no meeting: to the hiring manager, with a copy to the scheduler."""

from __future__ import annotations

from messaging.letters import Letter, TeamReader, compose_for_team, moment_for
from models import Interview, InterviewStatus, Mail, Meeting, MeetingState
from scheduling.mails.queue import MEETING_FAILED
from scheduling.meetings import failures
from scheduling.software import meeting_of
from tasks.mails.team import TeamCopy, TeamKind, row_of, the_other_who_is_alarmed, to_all_who_are_alarmed
from text import one_line, shortened
from timezones import utc_now


def letter(reader: TeamReader, interview: Interview, meeting: Meeting, *, link: str) -> Letter:
    """`link` leads to the page where the reader can do something about it."""
    cure = failures.cure_of(meeting.failure, meeting.software) if meeting.failure is not None else None
    job = one_line(interview.application.job.title)
    return compose_for_team(
        MEETING_FAILED,
        reader,
        {
            "software": meeting.software.label,
            "what": meeting_of(meeting.software),
            "job": job,
            # The owner asked for exactly this subject; only a very long title is shortened in it.
            "subject_job": shortened(job, 120),
            "candidate": one_line(interview.candidate.name),
            "when": moment_for(reader, interview.starts_at),
            "what_happened": failures.told_of(meeting),
            "what_helps": cure.words if cure is not None else "",
            # People were invited to an earlier meeting that is gone.
            "has_dead_link": len(interview.meetings) > 1,
            "link": link,
        },
    )


def _compose(copy: TeamCopy[Interview]) -> Letter:
    meeting = copy.about.meeting
    assert meeting is not None, "a mail about no meeting is dropped"
    return letter(copy.reader, copy.about, meeting, link=copy.links.repair_page(copy.about))


def _why_useless(mail: Mail, interview: Interview) -> str | None:
    if interview.status == InterviewStatus.CANCELLED:
        return "The interview was cancelled."
    if utc_now() >= interview.ends_at:
        return "The interview is over."
    meeting = interview.meeting
    if meeting is None or meeting.state != MeetingState.FAILED:
        return "The interview has its link."
    return "Someone has given everyone a link." if meeting.arranged_by is not None else None


KIND = TeamKind(
    name=MEETING_FAILED,
    label="Urgent notice",
    find=row_of(Interview),
    gone="The interview no longer exists.",
    why_useless=_why_useless,
    compose=_compose,
    replies_to=the_other_who_is_alarmed,
    addressed_to=to_all_who_are_alarmed,
    icon="alert-triangle",
)
